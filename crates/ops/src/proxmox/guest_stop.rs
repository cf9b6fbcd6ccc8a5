//! `guest_stop`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, RunState, VmId, calls};
use schemars::JsonSchema;
use serde::Deserialize;

use super::power::{PATIENCE, Switched, about, status, target};
use super::task::Watch;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Switch a guest off at once, as pulling its plug would; what it had not written is lost.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestStop {
    /// Which.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for GuestStop {
    type Output = Switched;
    const META: Meta = Meta::act("guest_stop", "Switch a guest off", Toolset::Proxmox)
        .idempotent()
        .destructive()
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/stop")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let summary = format!("switch {} off at once", found.text());
        Ok(about(Plan::confirm(summary, "what it has not written yet is lost"), &found))
    }

    async fn run(self, cx: &mut Cx) -> Result<Switched, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        if status(&found).await?.status == RunState::Stopped {
            cx.summarise(format!("{} is off already", found.text()));
            return Ok(Switched::of(&found, String::new(), RunState::Stopped));
        }
        let watch = Watch::of(cx);
        let end = watch.carry_through(&found, &calls::guest::stop(&found.at()), PATIENCE).await?;
        let now = watch.came_about(&found, &end, |status| status.status == RunState::Stopped).await?.status;
        cx.summarise(format!("switched {} off", found.text()));
        Ok(Switched::of(&found, end.upid.to_string(), now))
    }
}
