//! `snapshot_rollback`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{ClusterName, RunState, SnapshotName, VmId, calls};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::power::{status, target};
use super::setting_back;
use super::snapshot_create::PATIENCE;
use super::snapshots::{list, ours, tool};
use super::task::{Watch, effect_missing};
use crate::clusters::Found;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Take a guest back to a snapshot that labkeeper made. Everything written since is lost. A running guest is refused unless stopIfRunning is
/// set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SnapshotRollback {
    /// Which guest.
    pub vmid: VmId,
    /// Which snapshot, `mcp-…`.
    pub name: SnapshotName,
    /// Stop a running guest first, and start it again.
    #[serde(default)]
    pub stop_if_running: bool,
    /// Go on although the same guest was set back twice within ten minutes.
    #[serde(default)]
    pub override_circuit_breaker: bool,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TakenBack {
    /// The snapshot's name.
    pub name: String,
    /// `pct` or `qm`.
    pub guest_type: String,
    /// It ran before, and runs again.
    pub restarted: bool,
}

impl Operation for SnapshotRollback {
    type Output = TakenBack;
    const META: Meta = Meta::act("snapshot_rollback", "Go back to a snapshot", Toolset::Proxmox)
        .destructive()
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/snapshots/{name}/rollback")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let all = list(&found).await?;
        let snapshot = ours(&found, &all, &self.name)?;
        self.may(&found, status(&found).await?.status)?;
        let summary = format!("take {} back to {}", found.text(), self.name);
        let plan = Plan::confirm(summary, "everything written since the snapshot is lost");
        let plan = plan.with(json!({"snapshot": snapshot, "stopsAndStarts": self.stop_if_running}));
        setting_back::braked(cx, self.vmid, self.override_circuit_breaker, plan).await
    }

    async fn run(self, cx: &mut Cx) -> Result<TakenBack, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        ours(&found, &list(&found).await?, &self.name)?;
        let before = status(&found).await?;
        self.may(&found, before.status)?;
        let runs = before.status == RunState::Running;
        let at = found.at();
        // One task of the node stops it, takes it back and starts it, so that it goes on without us.
        let call = if runs {
            calls::snapshot::rollback_and_start(&at, &self.name)
        } else {
            calls::snapshot::rollback(&at, &self.name)
        };
        let watch = Watch::of(cx);
        let end = watch.carry_through(&found, &call, PATIENCE).await?;
        if runs {
            watch.came_about(&found, &end, |now| now.status == RunState::Running).await?;
        }
        if list(&found).await?.parent.as_ref() != Some(&self.name) {
            return Err(effect_missing(&found, &end, &format!("does not stand on {}", self.name)));
        }
        cx.summarise(format!("took {} back to {}", found.text(), self.name));
        Ok(TakenBack {
            name: self.name.to_string(),
            guest_type: tool(found.row.kind).into(),
            restarted: runs,
        })
    }
}

impl SnapshotRollback {
    fn may(&self, found: &Found, status: RunState) -> Result<(), Fault> {
        match status {
            RunState::Stopped => return Ok(()),
            RunState::Running if self.stop_if_running => return Ok(()),
            RunState::Running => {}
            RunState::Paused | RunState::Unknown => {
                let fault =
                    Fault::new(Code::Conflict, format!("{} neither runs nor is stopped", found.text()));
                return Err(fault.with_hint("start or stop it first"));
            }
        }
        let fault = Fault::new(Code::Conflict, format!("{} runs", found.text()));
        Err(fault.with_field("stopIfRunning").with_hint("stop it first, or set stopIfRunning: true"))
    }
}
