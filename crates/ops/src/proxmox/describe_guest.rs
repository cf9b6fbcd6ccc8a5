//! `describe_guest`: everything the API tells of one guest.

use std::collections::BTreeMap;

use futures::join;
use labkeeper_core::describe::{Agent, capability, without_secrets};
use labkeeper_core::fault::Fault;
use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::guest::ContainerAt;
use labkeeper_core::pve::{
    ClusterName, Complaint, GuestInterface, GuestKind, GuestStatus, PveError, RunState, VmId, calls,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::census::answers;
use crate::clusters::Found;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Describe one guest: state, resources, addresses, configuration without secrets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribeGuest {
    /// Which.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// A guest.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DescribedGuest {
    /// Number.
    pub vmid: VmId,
    /// `lxc` or `qemu`.
    pub kind: GuestKind,
    /// Name or host name.
    pub name: String,
    /// `running`, `stopped`, `paused`, or `unknown`.
    pub status: String,
    /// Node it is on.
    pub node: String,
    /// Cluster it is in.
    pub cluster: String,
    /// What holds it just now; absent when nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Seconds since it was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uptime: Option<u64>,
    /// How busy it is.
    pub usage: Usage,
    /// Its network as seen from inside; absent when nobody could look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interfaces: Option<Vec<SeenInterface>>,
    /// Of virtual machines: the guest agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// Whether Proxmox can snapshot it; absent when that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_capable: Option<bool>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot_reason: Option<String>,
    /// The configuration, without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, String>>,
    /// Values left out of the configuration.
    pub redactions: usize,
    /// What could not be asked.
    pub errors: Vec<FailedProbe>,
}

/// How busy a guest is.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Share of its CPUs that is busy, 0 to 1.
    pub cpu: Option<f64>,
    /// CPUs it has.
    pub cores: Option<f64>,
    /// Bytes of memory used.
    pub memory_used: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Bytes of its root disk used; not known of virtual machines.
    pub disk_used: Option<u64>,
    /// Bytes of its root disk.
    pub disk: Option<u64>,
    /// Bytes received since it started.
    pub net_in: Option<u64>,
    /// Bytes sent since it started.
    pub net_out: Option<u64>,
}

/// A network interface in the guest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SeenInterface {
    /// Name.
    pub name: String,
    /// Hardware address.
    pub mac: Option<String>,
    /// Addresses with their prefix, link-local ones too.
    pub addresses: Vec<String>,
}

/// Something that could not be asked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailedProbe {
    /// What.
    pub probe: String,
    /// Why.
    pub error: String,
    /// What to do about it.
    pub remedy: String,
}

impl Operation for DescribeGuest {
    type Output = DescribedGuest;
    const META: Meta = Meta::read("describe_guest", "Describe a guest", Toolset::Proxmox)
        .open_world()
        .routes(&[Route::get("/api/proxmox/guests/{vmid}")]);

    async fn run(self, cx: &mut Cx) -> Result<DescribedGuest, Fault> {
        let found = cx.house().clusters().find(self.vmid, self.cluster.as_ref()).await?;
        let at = found.at();
        let calls = (calls::guest::status(&at), calls::guest::config(&at), calls::storage::list(&at.node));
        let pve = &found.cluster;
        let (status, config, storages, inside) =
            join!(pve.call(&calls.0), pve.call(&calls.1), pve.call(&calls.2), inside(&found));
        let mut told = told(&found);
        if let Some(status) = told.kept("how it is", status) {
            told.show(status);
        }
        let types: Vec<(String, String)> = told
            .kept("the storages of its node", storages)
            .into_iter()
            .flatten()
            .filter_map(|storage| Some((storage.storage.to_string(), storage.kind?)))
            .collect();
        if let Some(config) = told.kept("its configuration", config) {
            (told.snapshot_capable, told.snapshot_reason) = capability(told.kind, &config, &types).in_short();
            let enabled = config.expects_agent();
            told.agent = (told.kind == GuestKind::Qemu)
                .then(|| Agent { enabled, running: inside.as_ref().and_then(answers) });
            let (config, left_out) = without_secrets(&config);
            (told.config, told.redactions) = (Some(config), left_out);
        }
        // That a machine has no agent, or one that is silent, is told by `agent`.
        match inside {
            Some(Err(PveError::InTheWay {
                complaint: Complaint::AgentSilent | Complaint::AgentOff, ..
            }))
            | None => {}
            Some(inside) => {
                let seen = told.kept("its network", inside);
                told.interfaces = seen.map(|seen| seen.into_iter().map(SeenInterface::from).collect());
            }
        }
        Ok(told)
    }
}

/// Its network as seen from inside, while it runs: the node tells of a container, the agent of a machine.
async fn inside(found: &Found) -> Option<Result<Vec<GuestInterface>, PveError>> {
    if found.row.status != RunState::Running {
        return None;
    }
    let at = found.at();
    if let Some(container) = ContainerAt::of(&at) {
        let seen = found.cluster.call(&calls::guest::container_interfaces(&container)).await;
        return Some(seen.map(labkeeper_core::pve::Rows::into_vec));
    }
    let machine = MachineAt::of(&at)?;
    let seen = found.cluster.call(&calls::agent::interfaces(&machine)).await;
    Some(seen.map(|answer| answer.result.into_vec()))
}

/// What the list of guests says already.
fn told(found: &Found) -> DescribedGuest {
    let row = &found.row;
    DescribedGuest {
        vmid: row.vmid,
        kind: row.kind,
        name: row.name.clone().unwrap_or_default(),
        status: row.status.as_str().into(),
        node: row.node.to_string(),
        cluster: found.cluster.cluster().to_string(),
        lock: row.lock.clone(),
        tags: row.tags.clone(),
        uptime: row.uptime,
        usage: Usage::default(),
        interfaces: None,
        agent: None,
        snapshot_capable: None,
        snapshot_reason: None,
        config: None,
        redactions: 0,
        errors: Vec::new(),
    }
}

impl DescribedGuest {
    fn kept<T>(&mut self, probe: &str, answer: Result<T, PveError>) -> Option<T> {
        answer
            .map_err(|error| {
                self.errors.push(FailedProbe {
                    probe: probe.into(),
                    error: error.to_string(),
                    remedy: error.remedy(),
                });
            })
            .ok()
    }

    fn show(&mut self, status: GuestStatus) {
        self.status = status.status.as_str().into();
        self.uptime = status.uptime;
        self.lock = status.lock;
        self.usage = Usage {
            cpu: status.cpu,
            cores: status.cpus,
            memory_used: status.mem,
            memory: status.maxmem,
            disk_used: status.disk.filter(|_| self.kind == GuestKind::Lxc),
            disk: status.maxdisk,
            net_in: status.netin,
            net_out: status.netout,
        };
    }
}

impl From<GuestInterface> for SeenInterface {
    fn from(seen: GuestInterface) -> Self {
        let text = |address: &labkeeper_core::pve::InterfaceAddress| match address.prefix {
            Some(prefix) => format!("{}/{prefix}", address.address),
            None => address.address.to_string(),
        };
        Self { name: seen.name, mac: seen.mac, addresses: seen.addresses.iter().map(text).collect() }
    }
}
