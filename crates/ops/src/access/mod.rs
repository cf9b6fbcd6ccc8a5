//! Who may come in: people, sessions, tokens. Managing them are operations; coming in is [`Keeper::authenticate`]
//! and [`Keeper::sign_in`], which every face that listens on a network asks before it calls anything.
//!
//! Invariant: secrets are stored and compared only as hashes; each failed attempt is counted per address and audited.

mod attempts;
mod authenticate;
pub(crate) mod caller;
pub(crate) mod owners;
mod password;
mod record;
pub mod secret;
mod sign_in;
mod state;
mod tries;
mod ways_in;

pub mod password_change;
pub mod token_create;
pub mod token_list;
pub mod token_revoke;
pub mod user_create;
pub mod user_delete;
pub mod user_list;
pub mod user_update;

pub(crate) use caller::is_live;
pub use caller::{Caller, Credential};
pub use sign_in::SignedIn;
pub(crate) use state::Access;
pub use state::AccessState;

#[cfg(doc)]
use crate::keeper::Keeper;
