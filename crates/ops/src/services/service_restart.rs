//! `service_restart`.

use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::service::UnitName;
use labkeeper_core::shell::Command;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::state::{Service, said, service};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset, Verdict};
use crate::site::Site;

/// How long a restart may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Restart a service, and look whether it runs afterwards.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceRestart {
    /// The service's unit: `nginx`, `getty@tty1.service`.
    pub unit: UnitName,
    /// The guest it is in; without it, it is on a node.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// The node it is on; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where it is not clear.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl ServiceRestart {
    async fn site(&self, cx: &Cx) -> Result<Site, Fault> {
        Site::guest_or_host(cx, self.vmid, self.node.as_ref(), self.cluster.as_ref()).await
    }
}

impl Operation for ServiceRestart {
    type Output = Service;
    const META: Meta = Meta::act("service_restart", "Restart a service", Toolset::Proxmox)
        .tier(Tier::Companion)
        .destructive()
        .foreign()
        .routes(&[Route::post("/api/services/{unit}/restart")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let site = self.site(cx).await?;
        let now = service(&site, &self.unit).await?;
        let summary = format!("restart {} in {}", self.unit, site.name());
        let mut plan = Plan::confirm(summary, "who uses it is interrupted, and it may not come back");
        // As for a command on a node.
        if let (None, Verdict::Confirm(reasons)) = (site.vmid(), &plan.verdict) {
            plan.verdict = Verdict::Approve(reasons.clone());
        }
        Ok(plan.with(json!({"service": now, "place": now.place, "cluster": site.place_name().cluster()})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Service, Fault> {
        let site = self.site(cx).await?;
        let words = ["systemctl", "restart", self.unit.as_str()];
        said(&site.act(&Command::argv(words, PATIENCE)).await?, "systemctl")?;
        let now = service(&site, &self.unit).await?;
        // A service that does one thing and ends is inactive, and well.
        let is_well =
            now.active == "active" || (now.active == "inactive" && now.result.as_deref() == Some("success"));
        if !is_well {
            let message = format!("{} was restarted and is {} ({})", self.unit, now.active, now.sub);
            return Err(Fault::new(Code::Conflict, message)
                .with_hint("service_logs says why")
                .with_details(json!({"service": now})));
        }
        cx.summarise(format!("restarted {} in {}", self.unit, site.name()));
        Ok(now)
    }
}
