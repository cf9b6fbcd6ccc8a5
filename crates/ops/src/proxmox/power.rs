//! What starting, stopping and restarting share: finding the guest, and what is said of it before and after.

use std::time::Duration;

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, GuestKind, GuestStatus, RunState, VmId, calls};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::clusters::{Found, Target};
use crate::cx::Cx;
use crate::operation::Plan;

/// How long a start or stop may take before it is left to itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Switched {
    /// Number.
    pub vmid: VmId,
    /// `lxc` or `qemu`.
    pub guest_type: GuestKind,
    /// Node it is on.
    pub node: String,
    /// Cluster it is in.
    pub cluster: String,
    /// The task's UPID; empty when there was nothing to do.
    pub task: String,
    /// It was so already, and nothing was done.
    pub already: bool,
    /// What the node says of it now.
    pub status: String,
}

impl Switched {
    pub(super) fn of(found: &Found, task: String, status: RunState) -> Self {
        let already = task.is_empty();
        Self {
            vmid: found.row.vmid,
            guest_type: found.row.kind,
            node: found.row.node.to_string(),
            cluster: found.cluster.cluster().to_string(),
            task,
            already,
            status: status.as_str().into(),
        }
    }
}

/// The guest that is to be switched, or set back.
pub(super) async fn target(cx: &Cx, vmid: VmId, cluster: Option<&ClusterName>) -> Result<Target, Fault> {
    cx.house().clusters().target(Tier::Operate, vmid, cluster).await
}

/// What is known about the guest before it is touched.
pub(super) fn about(plan: Plan, found: &Found) -> Plan {
    let row = &found.row;
    plan.with(json!({
        "vmid": row.vmid, "name": row.name, "node": row.node, "status": row.status.as_str(), "lock": row.lock,
        "uptime": row.uptime, "cluster": found.cluster.cluster(),
    }))
}

/// What the node says of the guest now.
pub(super) async fn status(found: &Found) -> Result<GuestStatus, Fault> {
    found.ask(&calls::guest::status(&found.at())).await
}
