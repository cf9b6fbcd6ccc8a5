//! Questions about the cluster as a whole.

use crate::pve::call::Call;
use crate::pve::facts::{ClusterStatus, NodeRow, Resource, Rows, Version};
use crate::pve::need::Need;
use crate::pve::path::ApiPath;

/// Which Proxmox VE answers. Every token may ask.
pub fn version() -> Call<Version> {
    Call::get(ApiPath::of("version"))
}

/// Everything that the cluster has: guests, nodes, storages, pools, networks. The one call that a list needs.
///
/// Guests and storages that the token may not see are left out.
pub fn resources() -> Call<Rows<Resource>> {
    Call::get(ApiPath::of("cluster/resources")).needs(Need::left_out("/vms", &["VM.Audit"]))
}

/// Who belongs to the cluster and whether it can decide.
pub fn status() -> Call<ClusterStatus> {
    Call::get(ApiPath::of("cluster/status")).needs(Need::refused("/", &["Sys.Audit"]))
}

/// The nodes, with the print of the certificate that each shows.
pub fn nodes() -> Call<Rows<NodeRow>> {
    Call::get(ApiPath::of("nodes"))
}
