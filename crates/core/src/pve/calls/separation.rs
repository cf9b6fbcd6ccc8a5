//! Proof that a node holds a token to its tier, without any harm where it does not.

use serde_json::Value;

use crate::pve::call::Call;
use crate::pve::guest::{GuestAt, GuestKind};
use crate::pve::names::NodeName;
use crate::pve::need::Need;
use crate::pve::path::ApiPath;
use crate::pve::request::Method;
use crate::tier::Tier;

/// A call that a token of that tier is refused, and that does nothing when it is not.
///
/// Proxmox looks at the permission first and at the parameters then, and neither call ever gets past its parameters: the start has one that
/// Proxmox does not know (and means a guest that is not there), the new role has no name.
pub fn forbidden(tier: Tier, node: &NodeName) -> Call<Value> {
    match tier {
        Tier::Observe => Call::new(Method::Post, ApiPath::guest(&nobody(node)).word("status/start"))
            .with("proof", 1)
            .needs(Need::refused("/vms/999999999", &["VM.PowerMgmt"])),
        Tier::Operate | Tier::Companion | Tier::Root => Call::new(Method::Post, ApiPath::of("access/roles"))
            .needs(Need::refused("/access", &["Sys.Modify"])),
    }
}

/// The last number that a guest may have, which none has.
fn nobody(node: &NodeName) -> GuestAt {
    let vmid = "999999999".parse().expect("it is the highest guest id");
    GuestAt { node: node.clone(), kind: GuestKind::Lxc, vmid }
}
