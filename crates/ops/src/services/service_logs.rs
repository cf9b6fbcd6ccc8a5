//! `service_logs`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, NodeName, VmId};
use labkeeper_core::service::{Since, UnitName};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::files::tailing::{Source, Tail, tail};
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

/// Read the end of a service's journal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLogs {
    /// The service's unit: `nginx`, `getty@tty1.service`.
    pub unit: UnitName,
    /// The guest it is in; without it, it is on a node.
    #[serde(default)]
    pub vmid: Option<VmId>,
    /// How many lines; 100 when left out, 500 at most.
    #[serde(default)]
    pub lines: Option<u32>,
    /// From when on: `2026-06-24 10:00`, `30 min ago`.
    #[serde(default)]
    pub since: Option<Since>,
    /// The node it is on; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where it is not clear.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// The end of a service's journal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServiceLog {
    /// The unit.
    pub unit: UnitName,
    /// Where: `host:CLUSTER/NODE`, `pct:CLUSTER/VMID`, `qm:CLUSTER/VMID`.
    pub place: String,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vmid: Option<VmId>,
    /// How many lines there are.
    pub lines: usize,
    /// The lines.
    pub content: String,
    /// They were too long together; the first of them are not here.
    pub truncated: bool,
}

impl Operation for ServiceLogs {
    type Output = ServiceLog;
    const META: Meta = Meta::read("service_logs", "Read a service's journal", Toolset::Proxmox)
        .tier(Tier::Companion)
        .open_world()
        .foreign()
        .routes(&[Route::get("/api/services/{unit}/logs")]);

    async fn run(self, cx: &mut Cx) -> Result<ServiceLog, Fault> {
        let site = Site::guest_or_host(cx, self.vmid, self.node.as_ref(), self.cluster.as_ref()).await?;
        let source = Source::Unit { unit: self.unit.clone(), since: self.since };
        let Tail { content, truncated } = tail(cx, &site, &source, self.lines).await?;
        Ok(ServiceLog {
            unit: self.unit,
            place: site.place_name().to_string(),
            vmid: site.vmid(),
            lines: content.lines().count(),
            content,
            truncated,
        })
    }
}
