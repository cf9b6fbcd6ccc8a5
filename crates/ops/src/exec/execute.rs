//! `execute`.

use labkeeper_core::fault::Fault;
use labkeeper_core::pve::{ClusterName, NodeName};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;

use super::judging::Judged;
use super::running::{self, Ran};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};
use crate::shells::Reach;

/// Run a command as root on a node itself. Prefer the tools made for a purpose: they are backed up and can be undone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Execute {
    /// What to run, as one line or script of bash.
    #[schemars(length(min = 1, max = 16384))]
    pub command: String,
    /// On which node; may be left out where there is only one.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// After so many milliseconds it is ended; 30000 when left out, at most 600000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 600_000))]
    pub timeout_ms: Option<u64>,
    /// In which cluster; only where several have a node of that name.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

impl Operation for Execute {
    type Output = Ran;
    const META: Meta = Meta::act("execute", "Run a command on a node", Toolset::Proxmox)
        .tier(Tier::Root)
        .raw_shell()
        .destructive()
        .routes(&[Route::post("/api/proxmox/exec")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        running::timeout(self.timeout_ms)?;
        let reach = self.reach(cx)?;
        Ok(Judged::at(cx, &reach, &self.command).await?.plan(&reach))
    }

    async fn run(self, cx: &mut Cx) -> Result<Ran, Fault> {
        let timeout = running::timeout(self.timeout_ms)?;
        let reach = self.reach(cx)?;
        let program = Judged::at(cx, &reach, &self.command).await?.program(cx, &reach)?;
        running::run(cx, &reach, program, timeout).await
    }
}

impl Execute {
    fn reach(&self, cx: &Cx) -> Result<Reach, Fault> {
        let house = cx.house();
        house.shells().host(house.clusters(), self.node.as_ref(), self.cluster.as_ref())
    }
}
