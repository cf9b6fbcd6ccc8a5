//! `service_status`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::service::UnitName;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;

use super::state::{Service, service};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

/// Say how a service is: whether it runs, since when, whether it starts by itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceStatus {
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

impl Operation for ServiceStatus {
    type Output = Service;
    const META: Meta = Meta::read("service_status", "Look at a service", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/services/{unit}")]);

    async fn run(self, cx: &mut Cx) -> Result<Service, Fault> {
        let site = Site::guest_or_host(cx, self.vmid, self.node.as_ref(), self.cluster.as_ref()).await?;
        service(&site, &self.unit).await
    }
}
