//! The report: what is kept, compared, and shown to people and models.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checkup::Level;
use crate::tier::Tier;

/// The predecessor's number for this shape.
pub const SCHEMA_VERSION: u32 = 1;

/// A part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "CensusSection")]
pub enum Section {
    /// Version, load, memory, ZFS of each node.
    Node,
    /// Storages as each node has them.
    Storage,
    /// Interfaces and bridges of each node.
    Network,
    /// Containers.
    Containers,
    /// Virtual machines.
    Vms,
    /// Failed units and Docker rosters inside containers.
    Services,
    /// The tailnet.
    Tailscale,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 7] = [
        Self::Node,
        Self::Storage,
        Self::Network,
        Self::Containers,
        Self::Vms,
        Self::Services,
        Self::Tailscale,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Storage => "storage",
            Self::Network => "network",
            Self::Containers => "containers",
            Self::Vms => "vms",
            Self::Services => "services",
            Self::Tailscale => "tailscale",
        }
    }

    /// Whether an API token is enough to see it.
    pub fn is_of_the_api(self) -> bool {
        !matches!(self, Self::Services | Self::Tailscale)
    }
}

/// How much of each guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// What the lists say.
    #[default]
    Summary,
    /// Also whether it can be snapshotted and whether its agent answers.
    Status,
    /// Also its configuration, without secrets.
    Full,
}

impl Depth {
    /// Every depth, least first.
    pub const ALL: [Self; 3] = [Self::Summary, Self::Status, Self::Full];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Status => "status",
            Self::Full => "full",
        }
    }
}

/// What a look at the lab found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// 1.
    pub schema_version: u32,
    /// When it was taken, UTC.
    pub ts: String,
    /// The clusters that were asked.
    pub host: String,
    /// How much of each guest was asked.
    pub depth: Depth,
    /// What was found.
    pub sections: Sections,
    /// For each section that was asked: `ok` when all of it was seen, `unknown` when something is missing; `errors` says
    /// what.
    pub coverage: BTreeMap<Section, Level>,
    /// What could not be asked, and why.
    pub errors: Vec<ProbeError>,
    /// Secrets left out of configurations.
    pub redactions: usize,
    /// What was left out because there is too much of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub truncations: Vec<Truncation>,
}

impl Report {
    /// Whether it can stand for the lab: everything that an API token can see was asked, was seen, and is in it.
    pub fn is_whole(&self) -> bool {
        let seen = |section: &Section| self.coverage.get(section) == Some(&Level::Ok);
        let mut of_the_api = Section::ALL.into_iter().filter(|section| section.is_of_the_api());
        of_the_api.all(|section| seen(&section)) && self.truncations.is_empty()
    }

    pub(super) fn length(&self) -> usize {
        serde_json::to_string(self).map_or(0, |text| text.len())
    }
}

/// The sections that were asked for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Sections {
    /// Nodes, by cluster and name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<Vec<NodeEntry>>,
    /// Storages, by cluster, node and name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Vec<StorageEntry>>,
    /// Networks, by cluster and node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Vec<NetworkEntry>>,
    /// Containers, by cluster and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containers: Option<Vec<GuestEntry>>,
    /// Virtual machines, by cluster and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vms: Option<Vec<GuestEntry>>,
    /// Units and containers inside containers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Unavailable>,
    /// The tailnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tailscale: Option<Unavailable>,
}

impl Sections {
    /// Leaves out the configurations; how many there were.
    pub(super) fn drop_configs(&mut self) -> usize {
        let guests = self.containers.iter_mut().chain(&mut self.vms).flatten();
        guests.filter_map(|guest| guest.config.take()).count()
    }
}

/// A section that this tier cannot see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unavailable {
    /// The lowest tier that can.
    pub unavailable_at_tier: Tier,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeEntry {
    /// Cluster it belongs to.
    pub cluster: String,
    /// Name.
    pub node: String,
    /// `online`, `offline` or `unknown`.
    pub status: String,
    /// Proxmox VE version, `9.1.8`.
    pub version: Option<String>,
    /// `up 2 days, 3 hours, 4 minutes`.
    pub uptime: Option<String>,
    /// CPUs, threads counted.
    pub cpu: Option<u64>,
    /// Bytes of memory.
    pub mem_bytes: Option<u64>,
    /// Bytes of memory used.
    pub mem_used_bytes: Option<u64>,
    /// Load over 1, 5 and 15 minutes.
    pub load: Vec<f64>,
    /// Its ZFS pools taken together; absent when they could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zpool: Option<PoolState>,
}

/// How the pools of a node are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PoolState {
    /// None of them is in trouble.
    pub healthy: bool,
    /// In words.
    pub detail: String,
}

/// A storage as one node has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StorageEntry {
    /// Cluster it belongs to.
    pub cluster: String,
    /// Node that has it so.
    pub node: String,
    /// Name.
    pub name: String,
    /// `dir`, `zfspool`, `lvmthin`, …
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whether the node reaches it.
    pub active: Option<bool>,
    /// Whether all nodes see the same one.
    pub shared: bool,
    /// Bytes in all.
    pub total_bytes: Option<u64>,
    /// Bytes used.
    pub used_bytes: Option<u64>,
    /// Bytes left.
    pub avail_bytes: Option<u64>,
}

/// The network of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkEntry {
    /// Cluster it belongs to.
    pub cluster: String,
    /// Node.
    pub node: String,
    /// Interfaces, by name.
    pub ifaces: Vec<InterfaceRow>,
    /// Bridges, by name.
    pub bridges: Vec<BridgeRow>,
}

/// An interface of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InterfaceRow {
    /// Name.
    pub iface: String,
    /// `UP` or `DOWN`; `UNKNOWN` when the node does not say.
    pub state: String,
    /// Addresses with their prefix.
    pub addrs: Vec<String>,
}

/// A bridge of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BridgeRow {
    /// Name.
    pub name: String,
    /// What hangs on it.
    pub ports: Vec<String>,
    /// Address with its prefix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A guest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestEntry {
    /// Cluster it is in.
    pub cluster: String,
    /// Node it is on.
    pub node: String,
    /// Number.
    pub vmid: u32,
    /// Name or host name.
    pub name: String,
    /// `running`, `stopped`, `paused`, or `unknown`.
    pub status: String,
    /// What holds it just now; absent when nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
    /// From depth `status`: whether Proxmox can snapshot it; absent when that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_capable: Option<bool>,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_reason: Option<String>,
    /// From depth `status`, of virtual machines: the guest agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// At depth `full`: the configuration, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, String>>,
}

/// A virtual machine's guest agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Agent {
    /// Switched on in the configuration.
    pub enabled: bool,
    /// It answers; absent when the machine is off or the token may not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<bool>,
}

/// Something that could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProbeError {
    /// What is incomplete for it.
    pub section: Section,
    /// Which cluster.
    pub cluster: String,
    /// What was asked.
    pub probe: String,
    /// Why there is no answer.
    pub error: String,
    /// What to do about it.
    pub remedy: String,
}

/// Something left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Truncation {
    /// Of which section; `_response` for the whole.
    pub section: String,
    /// Why.
    pub reason: String,
    /// How many rows or configurations.
    pub omitted: usize,
}
