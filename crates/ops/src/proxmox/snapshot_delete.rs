//! `snapshot_delete`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, SnapshotName, VmId, calls};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::power::target;
use super::snapshot_create::PATIENCE;
use super::snapshots::{list, ours, tool};
use super::task::{Watch, effect_missing};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Delete a snapshot that labkeeper made. The guest itself stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotDelete {
    /// Which guest.
    pub vmid: VmId,
    /// Which snapshot, `mcp-…`.
    pub name: SnapshotName,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The snapshot that is gone.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gone {
    /// Its name.
    pub name: String,
    /// `pct` or `qm`.
    pub guest_type: String,
}

impl Operation for SnapshotDelete {
    type Output = Gone;
    const META: Meta = Meta::act("snapshot_delete", "Delete a snapshot", Toolset::Proxmox)
        .destructive()
        .routes(&[Route::delete("/api/proxmox/guests/{vmid}/snapshots/{name}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let all = list(&found).await?;
        let snapshot = ours(&found, &all, &self.name)?;
        let summary = format!("delete snapshot {} of {}", self.name, found.text());
        let plan = Plan::confirm(summary, "nobody can go back to it afterwards");
        Ok(plan.with(json!({"snapshot": snapshot})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Gone, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        ours(&found, &list(&found).await?, &self.name)?;
        let call = calls::snapshot::delete(&found.at(), &self.name);
        let end = Watch::of(cx).carry_through(&found, &call, PATIENCE).await?;
        if list(&found).await?.find(&self.name).is_some() {
            return Err(effect_missing(&found, &end, &format!("still has snapshot {}", self.name)));
        }
        cx.summarise(format!("deleted snapshot {} of {}", self.name, found.text()));
        Ok(Gone { name: self.name.to_string(), guest_type: tool(found.row.kind).into() })
    }
}
