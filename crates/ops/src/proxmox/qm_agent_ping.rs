//! `qm_agent_ping`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::calls::agent::{self, MachineAt};
use labkeeper_core::pve::{ClusterName, PveError, VmId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Ask whether the QEMU guest agent inside a virtual machine answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QmAgentPing {
    /// Which.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// Whether it does.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Pong {
    /// It answers. `null` when the token may not ask, so that nobody knows.
    pub available: Option<bool>,
    /// Why not, or why nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Operation for QmAgentPing {
    type Output = Pong;
    const META: Meta = Meta::read("qm_agent_ping", "Ping a guest agent", Toolset::Proxmox)
        .open_world()
        .routes(&[Route::get("/api/proxmox/guests/{vmid}/agent")]);

    async fn run(self, cx: &mut Cx) -> Result<Pong, Fault> {
        let found = cx.house().clusters().find(self.vmid, self.cluster.as_ref()).await?;
        let Some(at) = MachineAt::of(&found.at()) else {
            let fault =
                Fault::new(Code::Conflict, format!("{} is a container and has no guest agent", found.text()));
            return Err(fault.with_field("vmid").with_hint("qm_list shows the virtual machines"));
        };
        match found.cluster.call(&agent::ping(&at)).await {
            Ok(_) => Ok(Pong { available: Some(true), error: None, remedy: None }),
            Err(error @ PveError::Forbidden(_)) => Ok(silent(None, &error)),
            Err(error @ PveError::InTheWay { .. }) => Ok(silent(Some(false), &error)),
            Err(error) => Err(error.into()),
        }
    }
}

fn silent(available: Option<bool>, error: &PveError) -> Pong {
    Pong { available, error: Some(error.to_string()), remedy: Some(error.remedy()) }
}
