//! `list_backups`: the backups of guests.

use std::collections::BTreeMap;

use futures::future::join_all;
use labkeeper_core::fault::Fault;
use labkeeper_core::health::{Seen, Unseen};
use labkeeper_core::pve::calls::cluster;
use labkeeper_core::pve::{BackupVolume, ClusterName, Resource, VmId};
use labkeeper_core::stamp::Stamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::backups::backups;
use super::eye::{Eye, unseen};
use crate::clusters::Gap;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the backups of containers and virtual machines on the storages of the connected clusters, newest first. The times are
/// those of the backups themselves. A token that may not see backups is told so: then an empty list means nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListBackups {
    /// Only those of this guest.
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
}

/// A backup.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestBackup {
    /// Cluster that keeps it.
    pub cluster: String,
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
    const META: Meta = Meta::read("list_backups", "List backups of guests", Toolset::Proxmox)
        .open_world()
        .routes(&[Route::get("/api/proxmox/backups")]);

    async fn run(self, cx: &mut Cx) -> Result<Backups, Fault> {
        let clusters = cx.house().clusters().named(self.cluster.as_ref())?;
        let looks = join_all(clusters.iter().map(|pve| async {
            let eye = Eye::of(pve).await;
            all_of(&eye).await
        }))
        .await;
        let mut list = Backups::default();
        let mut found: BTreeMap<(std::cmp::Reverse<Option<i64>>, String), GuestBackup> = BTreeMap::new();
        for (pve, look) in clusters.iter().zip(looks) {
            match look {
                Err(Unseen { problem, remedy }) => {
                    list.gaps.push(Gap { cluster: pve.cluster().to_string(), problem, remedy });
                }
                Ok(backups) => {
                    let wanted =
                        backups.into_iter().filter(|one| self.vmid.is_none_or(|vmid| one.vmid == vmid));
                    found.extend(wanted.map(|backup| {
                        let key =
                            (std::cmp::Reverse(backup.made), format!("{}/{}", pve.cluster(), backup.volid));
                        (key, shown(pve.cluster(), backup))
                    }));
                }
            }
        }
        list.total = found.len();
        list.backups = found.into_values().take(self.limit.unwrap_or(MOST)).collect();
        Ok(list)
    }
}

async fn all_of(eye: &Eye<'_>) -> Seen<Vec<BackupVolume>> {
    let listed = eye.pve.call(&cluster::resources()).await.map_err(|error| unseen(&error))?;
    let (mut nodes, mut storages) = (Vec::new(), Vec::new());
    for resource in listed {
        match resource {
            Resource::Node(row) => nodes.push(*row),
            Resource::Storage(row) => storages.push(row),
            _ => {}
        }
    }
    backups(eye, &nodes, &storages).await
}

fn shown(cluster: &ClusterName, backup: BackupVolume) -> GuestBackup {
    GuestBackup {
        cluster: cluster.to_string(),
        vmid: backup.vmid,
        archive: backup.volid.to_string(),
        made: backup.made.map(|seconds| Stamp(seconds.saturating_mul(1_000_000)).text()),
        size_bytes: backup.size,
        notes: backup.notes,
        protected: backup.is_protected,
        verified: backup.verified,
    }
}
