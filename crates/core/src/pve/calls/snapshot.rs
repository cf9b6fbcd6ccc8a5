//! Snapshots of a guest.

use crate::pve::call::Call;
use crate::pve::facts::Snapshots;
use crate::pve::guest::{GuestAt, GuestKind};
use crate::pve::names::SnapshotName;
use crate::pve::need::Need;
use crate::pve::path::ApiPath;
use crate::pve::request::Method;
use crate::pve::upid::Upid;

/// Its snapshots.
pub fn list(at: &GuestAt) -> Call<Snapshots> {
    let need = Need::refused(format!("/vms/{}", at.vmid), &["VM.Audit"]);
    Call::get(ApiPath::guest(at).word("snapshot")).needs(need)
}

/// Makes one of its disks. On a storage that cannot, the task fails.
pub fn create(at: &GuestAt, name: &SnapshotName, description: &str) -> Call<Upid> {
    let call = Call::new(Method::Post, ApiPath::guest(at).word("snapshot")).with("snapname", name);
    let call = call.with_some("description", Some(description).filter(|text| !text.is_empty()));
    call.needs(snapshot(at))
}

/// Makes one of a running virtual machine's disks and memory. A container has no memory to keep and gets its disks only.
pub fn create_with_memory(at: &GuestAt, name: &SnapshotName, description: &str) -> Call<Upid> {
    create(at, name, description).with_some("vmstate", (at.kind == GuestKind::Qemu).then_some(1))
}

/// Removes one.
pub fn delete(at: &GuestAt, name: &SnapshotName) -> Call<Upid> {
    Call::new(Method::Delete, ApiPath::guest(at).word("snapshot").name(name)).needs(snapshot(at))
}

/// Sets the guest back to one. What was written since is lost, and a container that ran is *stopped* afterwards.
pub fn rollback(at: &GuestAt, name: &SnapshotName) -> Call<Upid> {
    Call::new(Method::Post, ApiPath::guest(at).word("snapshot").name(name).word("rollback"))
        .needs(Need::refused(format!("/vms/{}", at.vmid), &["VM.Snapshot", "VM.Snapshot.Rollback"]))
}

/// Goes back to a snapshot and starts the guest afterwards; one that runs is stopped first. One task does all of it.
pub fn rollback_and_start(at: &GuestAt, name: &SnapshotName) -> Call<Upid> {
    rollback(at, name).with("start", 1)
}

fn snapshot(at: &GuestAt) -> Need {
    Need::refused(format!("/vms/{}", at.vmid), &["VM.Snapshot"])
}
