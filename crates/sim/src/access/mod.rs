//! Who may what: users, groups, tokens, roles and grants as `user.cfg` has them, and the privileges that follow.
//!
//! *Invariant:* a privilege is held only where a grant reaches; the one exception is `root@pam` itself, not its tokens.

mod acl;
mod authenticate;
mod caller;
mod directory;
mod grants;
mod groups;
mod names;
mod path;
mod pools;
mod realm;
mod release;
mod rights;
mod role;
mod roles;
mod secrets;
mod tokens;
mod user;
mod user_cfg;
mod users;

pub use acl::{Acl, Grant, Holder};
pub use caller::Caller;
pub use directory::Access;
pub use names::{
    check_group_name, check_role_name, check_user_name, is_realm_name, is_token_name, split_token,
};
pub use path::{is_acl_path, normalise};
pub use pools::{PoolMembers, Pools};
pub use realm::Realm;
pub use release::Release;
pub use rights::Privileges;
pub use role::Role;
pub use tokens::TokenChange;
pub use user::{Group, Token, User};
pub use users::UserChange;
