//! Handlers of `/access`: who there is, and who may what. Permission was checked before; what depends on the caller
//! beyond that, such as what a list shows, is decided here.

mod acl;
mod domains;
mod groups;
mod parameters;
mod permissions;
mod request;
mod roles;
mod sign_in;
mod tokens;
mod users;

use std::collections::BTreeMap;

use crate::access::{Access, Caller, Pools};
use crate::answer::{Answer, Ask};
use request::Request;

/// Answers a request that the table admits. `template` is the route's path, `path` what its placeholders stand for.
/// `None` when it is not below `/access`, or not modelled.
pub fn answer(
    access: &mut Access,
    caller: &Caller,
    ask: &Ask,
    template: &str,
    path: &BTreeMap<String, String>,
    pools: &dyn Pools,
) -> Option<Answer> {
    let mut request = Request { access, caller, ask, path, pools };
    let areas = [
        sign_in::answer,
        users::answer,
        tokens::answer,
        groups::answer,
        roles::answer,
        acl::answer,
        domains::answer,
        permissions::answer,
    ];
    areas.iter().find_map(|area| area(&mut request, template))
}
