//! What the token may.

use crate::pve::call::Call;
use crate::pve::facts::{Permissions, Rows, UserRow};
use crate::pve::need::Need;
use crate::pve::path::ApiPath;

/// The token's own privileges. Every token may ask.
pub fn own_permissions() -> Call<Permissions> {
    Call::get(ApiPath::of("access/permissions"))
}

/// Users with their tokens. Those that the token may not see are left out, even its own.
pub fn users() -> Call<Rows<UserRow>> {
    Call::get(ApiPath::of("access/users"))
        .with("full", 1)
        .needs(Need::left_out("/access/groups", &["Sys.Audit", "User.Modify"]))
}
