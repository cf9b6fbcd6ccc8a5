//! `snapshot_list`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, VmId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::snapshots::{is_ours, list, tool};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the snapshots of a guest, oldest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotList {
    /// Which guest.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The snapshots of a guest.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotsOfGuest {
    /// `pct` or `qm`.
    pub guest_type: String,
    /// Oldest first.
    pub snapshots: Vec<ShownSnapshot>,
}

/// A snapshot.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShownSnapshot {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// When it was made, in seconds since 1970.
    pub snaptime: Option<i64>,
    /// The snapshot it grew from.
    pub parent: Option<String>,
    /// Made by labkeeper or its predecessor, so that the other snapshot tools may touch it.
    pub mcp_managed: bool,
    /// The guest as it is grew from this one.
    pub current: bool,
}

impl Operation for SnapshotList {
    type Output = SnapshotsOfGuest;
    const META: Meta = Meta::read("snapshot_list", "List snapshots", Toolset::Proxmox)
        .list("snapshots")
        .open_world()
        .routes(&[Route::get("/api/proxmox/guests/{vmid}/snapshots")]);

    async fn run(self, cx: &mut Cx) -> Result<SnapshotsOfGuest, Fault> {
        let found = cx.house().clusters().find(self.vmid, self.cluster.as_ref()).await?;
        let mut all = list(&found).await?;
        all.snapshots.sort_by_key(|snapshot| snapshot.snaptime);
        let parent = all.parent;
        let snapshots = all.snapshots.into_iter().map(|snapshot| ShownSnapshot {
            mcp_managed: is_ours(&snapshot.name),
            current: parent.as_ref() == Some(&snapshot.name),
            name: snapshot.name.to_string(),
            description: snapshot.description.unwrap_or_default().trim_end().to_string(),
            snaptime: snapshot.snaptime,
            parent: snapshot.parent.map(|name| name.to_string()),
        });
        Ok(SnapshotsOfGuest { guest_type: tool(found.row.kind).into(), snapshots: snapshots.collect() })
    }
}
