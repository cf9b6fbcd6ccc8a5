//! Making, restoring and removing backups of a guest.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::pve::call::Call;
use crate::pve::guest::{GuestAt, GuestKind};
use crate::pve::names::{NodeName, StorageId};
use crate::pve::need::Need;
use crate::pve::path::ApiPath;
use crate::pve::request::Method;
use crate::pve::upid::Upid;
use crate::pve::volume_id::VolumeId;

/// What happens to a running guest while it is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupMode {
    /// It goes on; its storage must be able to make snapshots, or Proxmox takes [`BackupMode::Suspend`] for containers.
    #[default]
    Snapshot,
    /// It halts for a while.
    Suspend,
    /// It is shut down and started again.
    Stop,
}

impl fmt::Display for BackupMode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Snapshot => "snapshot",
            Self::Suspend => "suspend",
            Self::Stop => "stop",
        })
    }
}

/// Makes one, compressed with zstd. Older ones are left alone, whatever the storage's rule says.
pub fn create(at: &GuestAt, storage: &StorageId, mode: BackupMode, notes: &str) -> Call<Upid> {
    Call::new(Method::Post, ApiPath::node(&at.node).word("vzdump"))
        .with("vmid", at.vmid)
        .with("storage", storage)
        .with("mode", mode)
        .with("compress", "zstd")
        .with("remove", 0)
        .with_some("notes-template", Some(notes).filter(|text| !text.is_empty()).map(literal))
        .needs(Need::refused(format!("/vms/{}", at.vmid), &["VM.Backup"]))
        .needs(Need::refused(format!("/storage/{storage}"), &["Datastore.AllocateSpace"]))
}

/// Puts a backup in the place of a guest that is there and does not run; everything that it has is lost.
pub fn restore_over(at: &GuestAt, backup: &VolumeId, storage: Option<&StorageId>) -> Call<Upid> {
    let call = Call::new(Method::Post, ApiPath::node(&at.node).name(&at.kind))
        .with("vmid", at.vmid)
        .with("force", 1);
    let call = match at.kind {
        GuestKind::Lxc => call.with("ostemplate", backup).with("restore", 1),
        GuestKind::Qemu => call.with("archive", backup),
    };
    let call = call
        .with_some("storage", storage)
        .needs(Need::refused(format!("/vms/{}", at.vmid), &["VM.Allocate", "VM.Backup"]));
    match storage {
        Some(storage) => {
            call.needs(Need::refused(format!("/storage/{storage}"), &["Datastore.AllocateSpace"]))
        }
        None => call,
    }
}

/// Removes one. Answers a task, or nothing when it was done at once.
pub fn delete(node: &NodeName, backup: &VolumeId) -> Call<Option<Upid>> {
    let path = ApiPath::node(node).word("storage").name(&backup.storage()).word("content").name(backup);
    Call::new(Method::Delete, path).needs(Need::refused(
        format!("/storage/{}", backup.storage()),
        &["Datastore.Allocate", "Datastore.AllocateSpace"],
    ))
}

/// Notes are a template: what would be filled in is kept as written.
fn literal(notes: &str) -> String {
    notes.replace('\\', "\\\\").replace('\n', "\\n").replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_fill_in_nothing() {
        assert_eq!(literal("before {{node}}\nC:\\x"), "before { {node}}\\nC:\\\\x");
    }
}
