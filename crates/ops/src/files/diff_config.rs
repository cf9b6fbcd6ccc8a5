//! `diff_config`.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{BackupId, Content, Diff, DiffBudget, Settlement};
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::revert_file::proposed;
use super::version::{Which, find};
use super::written::of_owner;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::vmid_of;

/// Show what revert_file would change: the unified diff from the file as it is now to a kept version.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DiffConfig {
    /// The version's id: `b42`; the newest one of `path` when left out.
    #[serde(default)]
    pub backup_path: Option<BackupId>,
    /// The file. Without vmid it is one on a node.
    #[serde(default)]
    pub path: Option<FilePath>,
    /// The guest that the file is in.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// The node that the file is on; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where it is not clear.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// A version beside the file as it is now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionDiff {
    /// The version.
    pub backup_path: BackupId,
    /// When the file was written, UTC.
    pub timestamp: String,
    /// The file.
    pub path: FilePath,
    /// Where it is: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// The guest it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// revert_file can put it back.
    pub revertible: bool,
    /// From the file as it is now to the version.
    #[serde(flatten)]
    pub diff: Diff,
    /// SHA-256 of the file as it is now; absent when there is none.
    pub current_sha256: Option<String>,
    /// SHA-256 of the version; absent when there was no file.
    pub backup_sha256: Option<String>,
    /// What is worth knowing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Operation for DiffConfig {
    type Output = VersionDiff;
    const META: Meta = Meta::read("diff_config", "Compare a file with a kept version", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/files/diff")]);

    async fn run(self, cx: &mut Cx) -> Result<VersionDiff, Fault> {
        let which = Which {
            backup: self.backup_path,
            path: self.path.as_ref(),
            vmid: self.vmid,
            node: self.node.as_ref(),
            cluster: self.cluster.as_ref(),
        };
        let version = find(cx, &which).await?;
        let cleared = proposed(cx, &version).await?.clear(cx).await?;
        let note = match (cleared.before(), cleared.after()) {
            _ if cleared.changes_nothing() => Some("the file is like that version now".to_string()),
            (_, None) => Some("there was no file then: putting that back removes it".into()),
            (None, _) => {
                let owner = of_owner(&cleared).map(|said| format!("; {said}")).unwrap_or_default();
                Some(format!("there is no file now: putting it back creates it{owner}"))
            }
            _ => None,
        };
        Ok(VersionDiff {
            backup_path: version.id,
            timestamp: version.at.text(),
            vmid: vmid_of(&version.place),
            place: version.place.to_string(),
            revertible: version.settlement != Settlement::NotApplied,
            diff: Diff::between(cleared.before(), cleared.after(), DiffBudget::default()),
            current_sha256: Content::of(cleared.before()).sha256().map(str::to_string),
            backup_sha256: version.before.sha256().map(str::to_string),
            note,
            path: version.path,
        })
    }
}
