//! Storages of a node, and the backups that lie on them.

use crate::pve::call::Call;
use crate::pve::facts::{Rows, StorageStatus, StoredVolume};
use crate::pve::names::{NodeName, StorageId};
use crate::pve::need::Need;
use crate::pve::path::ApiPath;

/// The node's storages and how full they are; those that the token may not see are left out.
pub fn list(node: &NodeName) -> Call<Rows<StorageStatus>> {
    Call::get(ApiPath::node(node).word("storage")).needs(Need::left_out("/storage", AUDIT))
}

/// Everything on a storage. Disks and backups of guests are left out for who may not touch them: an auditor sees templates
/// and images only.
pub fn contents(node: &NodeName, storage: &StorageId) -> Call<Rows<StoredVolume>> {
    of_kind(node, storage, None).needs(Need::left_out("/vms", &["VM.Config.Disk"]))
}

/// The backups on a storage: [`StoredVolume::backup`] says of which guest and from when. An auditor sees none.
pub fn backups(node: &NodeName, storage: &StorageId) -> Call<Rows<StoredVolume>> {
    of_kind(node, storage, Some("backup"))
}

fn of_kind(node: &NodeName, storage: &StorageId, kind: Option<&str>) -> Call<Rows<StoredVolume>> {
    let path = format!("/storage/{storage}");
    Call::get(ApiPath::node(node).word("storage").name(storage).word("content"))
        .with_some("content", kind)
        .needs(Need::refused(&path, AUDIT))
        .needs(Need::left_out(&path, &["Datastore.AllocateSpace", "Datastore.Allocate"]))
        .needs(Need::left_out("/vms", &["VM.Backup"]))
}

const AUDIT: &[&str] = &["Datastore.Audit", "Datastore.AllocateSpace"];
