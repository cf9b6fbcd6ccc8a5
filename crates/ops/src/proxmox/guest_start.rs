//! `guest_start`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, RunState, VmId, calls};
use schemars::JsonSchema;
use serde::Deserialize;

use super::power::{PATIENCE, Switched, about, status, target};
use super::task::Watch;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Start a guest, and wait until it runs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestStart {
    /// Which.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for GuestStart {
    type Output = Switched;
    const META: Meta = Meta::act("guest_start", "Start a guest", Toolset::Proxmox)
        .idempotent()
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/start")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        Ok(about(Plan::allow(format!("start {}", found.text())), &found))
    }

    async fn run(self, cx: &mut Cx) -> Result<Switched, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        if status(&found).await?.status == RunState::Running {
            cx.summarise(format!("{} runs already", found.text()));
            return Ok(Switched::of(&found, String::new(), RunState::Running));
        }
        let watch = Watch::of(cx);
        let end = watch.carry_through(&found, &calls::guest::start(&found.at()), PATIENCE).await?;
        let now = watch.came_about(&found, &end, |status| status.status == RunState::Running).await?.status;
        cx.summarise(format!("started {}", found.text()));
        Ok(Switched::of(&found, end.upid.to_string(), now))
    }
}
