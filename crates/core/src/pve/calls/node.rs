//! Questions to one node.

use crate::pve::call::Call;
use crate::pve::facts::{
    Disk, NetworkInterface, NodeCertificate, NodeStatus, Replication, Rows, Service, TaskRow, Update,
    ZfsPool, ZfsPoolStatus,
};
use crate::pve::names::{NodeName, ZfsPoolName};
use crate::pve::need::Need;
use crate::pve::path::ApiPath;
use crate::pve::vmid::VmId;

/// Processor, memory, load, versions.
pub fn status(node: &NodeName) -> Call<NodeStatus> {
    Call::get(ApiPath::node(node).word("status")).needs(audit(node))
}

/// The system services that belong to Proxmox.
pub fn services(node: &NodeName) -> Call<Rows<Service>> {
    Call::get(ApiPath::node(node).word("services")).needs(audit(node))
}

/// Its disks and how they are. Takes seconds on a node with many: every disk is asked for its health.
pub fn disks(node: &NodeName) -> Call<Rows<Disk>> {
    Call::get(ApiPath::node(node).word("disks/list")).needs(audit(node))
}

/// Its ZFS pools. A node without ZFS answers with a failure of its own.
pub fn zfs_pools(node: &NodeName) -> Call<Rows<ZfsPool>> {
    Call::get(ApiPath::node(node).word("disks/zfs")).needs(Need::refused("/", &["Sys.Audit"]))
}

/// One ZFS pool, with its devices and their errors.
pub fn zfs_pool(node: &NodeName, pool: &ZfsPoolName) -> Call<ZfsPoolStatus> {
    Call::get(ApiPath::node(node).word("disks/zfs").name(pool)).needs(Need::refused("/", &["Sys.Audit"]))
}

/// Its network interfaces, as configured.
pub fn network(node: &NodeName) -> Call<Rows<NetworkInterface>> {
    Call::get(ApiPath::node(node).word("network"))
}

/// Its certificates.
pub fn certificates(node: &NodeName) -> Call<Rows<NodeCertificate>> {
    Call::get(ApiPath::node(node).word("certificates/info"))
}

/// Its last tasks, newest first; those of one guest, if told. Tasks of others are left out for who may not see them.
pub fn tasks(node: &NodeName, guest: Option<VmId>, limit: u32) -> Call<Rows<TaskRow>> {
    Call::get(ApiPath::node(node).word("tasks"))
        .with("source", "all")
        .with("limit", limit)
        .with_some("vmid", guest)
        .needs(Need::left_out(format!("/nodes/{node}"), &["Sys.Audit"]))
}

/// Pending updates, as of the node's last look. An auditor may not ask.
pub fn updates(node: &NodeName) -> Call<Rows<Update>> {
    Call::get(ApiPath::node(node).word("apt/update"))
        .needs(Need::refused(format!("/nodes/{node}"), &["Sys.Modify"]))
}

/// Its replication jobs; those of guests that the token may not see are left out.
pub fn replication(node: &NodeName) -> Call<Rows<Replication>> {
    Call::get(ApiPath::node(node).word("replication")).needs(Need::left_out("/vms", &["VM.Audit"]))
}

fn audit(node: &NodeName) -> Need {
    Need::refused(format!("/nodes/{node}"), &["Sys.Audit"])
}
