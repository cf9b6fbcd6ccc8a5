//! `qm_exec`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, GuestKind, VmId};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;

use super::judging::Judged;
use super::running::{self, Ran};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};
use crate::shells::Reach;

/// Run a command as root inside a virtual machine, through its guest agent. One that takes too long cannot be ended there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QmExec {
    /// Which guest.
    pub vmid: VmId,
    /// What to run, for its bash, else sh.
    #[schemars(length(min = 1, max = 16384))]
    pub command: String,
    /// After so many milliseconds it is ended; 30000 when left out, at most 600000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 600_000))]
    pub timeout_ms: Option<u64>,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for QmExec {
    type Output = Ran;
    const META: Meta = Meta::act("qm_exec", "Run a command in a virtual machine", Toolset::Proxmox)
        .tier(Tier::Companion)
        .raw_shell()
        .destructive()
        .routes(&[Route::post("/api/proxmox/machines/{vmid}/exec")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        running::timeout(self.timeout_ms)?;
        let reach = self.reach(cx).await?;
        Ok(Judged::at(cx, &reach, &self.command).await?.plan(&reach))
    }

    async fn run(self, cx: &mut Cx) -> Result<Ran, Fault> {
        let timeout = running::timeout(self.timeout_ms)?;
        let reach = self.reach(cx).await?;
        let program = Judged::at(cx, &reach, &self.command).await?.program(cx, &reach)?;
        running::run(cx, &reach, program, timeout).await
    }
}

impl QmExec {
    async fn reach(&self, cx: &Cx) -> Result<Reach, Fault> {
        let house = cx.house();
        house.shells().guest(house.clusters(), GuestKind::Qemu, self.vmid, self.cluster.as_ref()).await
    }
}
