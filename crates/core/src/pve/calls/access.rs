//! What the token may.

use crate::pve::call::Call;
use crate::pve::facts::Permissions;
use crate::pve::path::ApiPath;

/// The token's own privileges. Every token may ask.
pub fn own_permissions() -> Call<Permissions> {
    Call::get(ApiPath::of("access/permissions"))
}
