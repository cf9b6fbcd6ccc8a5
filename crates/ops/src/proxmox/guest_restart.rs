//! `guest_restart`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{ClusterName, GuestStatus, RunState, VmId, calls};
use schemars::JsonSchema;
use serde::Deserialize;

use super::power::{PATIENCE, Switched, about, status, target};
use super::task::Watch;
use crate::clusters::Found;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Shut a running guest down and start it again. After two minutes a container is switched off, a virtual machine left running.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestRestart {
    /// Which.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for GuestRestart {
    type Output = Switched;
    const META: Meta = Meta::act("guest_restart", "Restart a guest", Toolset::Proxmox)
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/restart")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        running(&found).await?;
        let summary = format!("restart {}", found.text());
        Ok(about(Plan::confirm(summary, "whoever uses it is interrupted"), &found))
    }

    async fn run(self, cx: &mut Cx) -> Result<Switched, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let before = running(&found).await?;
        let call = calls::guest::reboot(&found.at(), PATIENCE);
        let watch = Watch::of(cx);
        let end = watch.carry_through(&found, &call, 2 * PATIENCE).await?;
        let runs_anew = |now: &GuestStatus| now.status == RunState::Running && is_another_run(&before, now);
        let now = watch.came_about(&found, &end, runs_anew).await?.status;
        cx.summarise(format!("restarted {}", found.text()));
        Ok(Switched::of(&found, end.upid.to_string(), now))
    }
}

async fn running(found: &Found) -> Result<GuestStatus, Fault> {
    let status = status(found).await?;
    if status.status == RunState::Running {
        return Ok(status);
    }
    let fault = Fault::new(Code::Conflict, format!("{} does not run", found.text()));
    Err(fault.with_hint("guest_start starts it"))
}

/// Another process, or one that is younger than the one before was.
fn is_another_run(before: &GuestStatus, now: &GuestStatus) -> bool {
    match (before.pid, now.pid) {
        (Some(before), Some(now)) => before != now,
        _ => now.uptime < before.uptime,
    }
}
