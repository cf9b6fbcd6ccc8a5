//! `list_backups`: the backups of guests, and the kept versions of a file.

use std::collections::BTreeMap;

use futures::future::join_all;
use labkeeper_core::fault::Fault;
use labkeeper_core::health::{PlacedBackup, SeenBackups, Unseen};
use labkeeper_core::pve::calls::cluster;
use labkeeper_core::pve::{ClusterName, Resource, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::stamp::Stamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::backups::backups;
use super::eye::Eye;
use crate::clusters::Gap;
use crate::cx::Cx;
use crate::files::versions::{FileVersion, of_file};
use crate::operation::{Meta, Operation, Route, Toolset};

/// List backups, newest first. With path: the kept versions of that file, for revert_file and diff_config. Without: the backups of guests on
/// the storages of the connected clusters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListBackups {
    /// The versions of this file instead.
    #[serde(default)]
    pub path: Option<FilePath>,
    /// Only those of this guest, or of the file in it.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// Only those in this cluster.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// At most so many, 100 when left out.
    #[serde(default)]
    pub limit: Option<usize>,
}

const MOST: usize = 100;

/// The backups.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Backups {
    /// Newest first.
    pub backups: Vec<GuestBackup>,
    /// How many there are, those beyond the limit too.
    pub total: usize,
    /// Why backups may be missing here.
    pub gaps: Vec<Gap>,
    /// The file that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// The file was looked at to say which version it is like now.
    #[serde(rename = "currentVerified", skip_serializing_if = "Option::is_none")]
    pub current_verified: Option<bool>,
    /// The file's versions, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<FileVersion>>,
}

/// A backup.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestBackup {
    /// Cluster that keeps it.
    pub cluster: String,
    /// Node whose own storage it is on; absent when the nodes share it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Which guest it is of.
    pub vmid: VmId,
    /// Storage and name: `nas:backup/vzdump-lxc-101-….tar.zst`.
    pub archive: String,
    /// When it was made, UTC; absent where the storage does not say.
    pub made: Option<String>,
    /// Bytes.
    pub size_bytes: Option<u64>,
    /// The first line of its notes.
    pub notes: Option<String>,
    /// Pruning leaves it alone.
    pub protected: bool,
    /// A backup server checked it, and how that went; absent when nobody checked.
    pub verified: Option<bool>,
}

impl Operation for ListBackups {
    type Output = Backups;
    const META: Meta = Meta::read("list_backups", "List backups", Toolset::Proxmox)
        .open_world()
        .routes(&[Route::get("/api/proxmox/backups")]);

    async fn run(self, cx: &mut Cx) -> Result<Backups, Fault> {
        if let Some(path) = &self.path {
            return self.of_file(cx, path).await;
        }
        let clusters = cx.house().clusters().named(self.cluster.as_ref())?;
        let looks = join_all(clusters.iter().map(|pve| async {
            let eye = Eye::of(pve).await;
            all_of(&eye).await
        }))
        .await;
        let mut list = Backups::default();
        let mut found: BTreeMap<(std::cmp::Reverse<Option<i64>>, String), GuestBackup> = BTreeMap::new();
        for (pve, seen) in clusters.iter().zip(looks) {
            let name = pve.cluster();
            list.gaps.extend(seen.unseen.into_iter().map(|unseen| Gap::of_unseen(name, unseen)));
            let wanted =
                seen.backups.into_iter().filter(|one| self.vmid.is_none_or(|vmid| one.volume.vmid == vmid));
            found.extend(wanted.map(|backup| {
                let node = backup.node.as_ref().map(ToString::to_string).unwrap_or_default();
                let key =
                    (std::cmp::Reverse(backup.volume.made), format!("{name}/{node}/{}", backup.volume.volid));
                (key, shown(name, backup))
            }));
        }
        list.total = found.len();
        list.backups = found.into_values().take(self.limit.unwrap_or(MOST)).collect();
        Ok(list)
    }
}

impl ListBackups {
    async fn of_file(&self, cx: &Cx, path: &FilePath) -> Result<Backups, Fault> {
        let (mut versions, verified) = of_file(cx, path, self.vmid, self.cluster.as_ref()).await?;
        let total = versions.len();
        versions.truncate(self.limit.unwrap_or(MOST));
        Ok(Backups {
            total,
            path: Some(path.clone()),
            current_verified: Some(verified),
            versions: Some(versions),
            ..Backups::default()
        })
    }
}

/// Every backup of a cluster that can be seen.
pub(super) async fn all_of(eye: &Eye<'_>) -> SeenBackups {
    let listed = match eye.pve.call(&cluster::resources()).await {
        Ok(listed) => listed,
        Err(error) => return SeenBackups { backups: Vec::new(), unseen: vec![Unseen::of(&error)] },
    };
    let unread = Unseen::in_rows(&listed);
    let (mut nodes, mut storages) = (Vec::new(), Vec::new());
    for resource in listed {
        match resource {
            Resource::Node(row) => nodes.push(*row),
            Resource::Storage(row) => storages.push(row),
            _ => {}
        }
    }
    let mut seen = backups(eye, &nodes, &storages).await;
    seen.unseen.extend(unread);
    seen
}

fn shown(cluster: &ClusterName, placed: PlacedBackup) -> GuestBackup {
    let PlacedBackup { node, volume: backup } = placed;
    GuestBackup {
        cluster: cluster.to_string(),
        node: node.map(|node| node.to_string()),
        vmid: backup.vmid,
        archive: backup.volid.to_string(),
        made: backup.made.map(|seconds| Stamp(seconds.saturating_mul(1_000_000)).text()),
        size_bytes: backup.size,
        notes: backup.notes,
        protected: backup.is_protected,
        verified: backup.verified,
    }
}
