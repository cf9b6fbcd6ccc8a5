//! A row of `/cluster/resources`: everything that a cluster has, in one answer.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::run_state::RunState;
use crate::pve::fingerprint::Fingerprint;
use crate::pve::guest::{GuestAt, GuestKind};
use crate::pve::lenient;
use crate::pve::names::{NodeName, StorageId};
use crate::pve::vmid::VmId;

/// One thing of the cluster.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Resource {
    /// A container or virtual machine.
    Guest(Box<GuestRow>),
    /// A node.
    Node(Box<NodeRow>),
    /// A storage as one node sees it; a shared one comes once per node.
    Storage(StorageRow),
    /// A pool of guests and storages.
    Pool(PoolRow),
    /// A zone or fabric of the software-defined network.
    Network(NetworkRow),
    /// A kind that this version does not know.
    Other {
        /// Its `type`.
        kind: String,
        /// Its `id`.
        id: String,
    },
}

impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let row = Value::deserialize(input)?;
        let word = |name: &str| row.get(name).and_then(lenient::as_text).unwrap_or_default();
        let kind = word("type");
        let read = match kind.as_str() {
            "lxc" | "qemu" => serde_json::from_value(row).map(|row| Self::Guest(Box::new(row))),
            "node" => serde_json::from_value(row).map(|row| Self::Node(Box::new(row))),
            "storage" => serde_json::from_value(row).map(Self::Storage),
            "pool" => serde_json::from_value(row).map(Self::Pool),
            // Version 8 calls them `sdn`.
            "network" | "sdn" => serde_json::from_value(row).map(Self::Network),
            _ => {
                let id = word("id");
                return Ok(Self::Other { kind, id });
            }
        };
        read.map_err(serde::de::Error::custom)
    }
}

/// A guest, as the cluster lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuestRow {
    /// Container or virtual machine.
    #[serde(rename = "type")]
    pub kind: GuestKind,
    /// Its number.
    pub vmid: VmId,
    /// The node that holds it.
    pub node: NodeName,
    /// Its name; `None` for a guest whose node has not been heard of yet.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Whether it runs. Unknown while its node is away.
    #[serde(default, deserialize_with = "lenient::part")]
    pub status: RunState,
    /// What has its hands on it: `backup`, `snapshot`, `migrate`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub lock: Option<String>,
    /// Its tags.
    #[serde(default, deserialize_with = "lenient::words")]
    pub tags: Vec<String>,
    /// The pool that it is in.
    #[serde(default, deserialize_with = "lenient::text")]
    pub pool: Option<String>,
    /// A template cannot run.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub template: Option<bool>,
    /// Seconds since it started, 0 when it does not run.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub uptime: Option<u64>,
    /// Share of its CPUs that is busy, 0 to 1.
    #[serde(default, deserialize_with = "lenient::number")]
    pub cpu: Option<f64>,
    /// How many CPUs it has.
    #[serde(default, deserialize_with = "lenient::number")]
    pub maxcpu: Option<f64>,
    /// Bytes of memory used.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub mem: Option<u64>,
    /// Bytes of memory that it may use.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub maxmem: Option<u64>,
    /// Bytes of its root disk used; 0 for virtual machines, which do not tell.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub disk: Option<u64>,
    /// Bytes of its root disk.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub maxdisk: Option<u64>,
    /// State of its high availability, when that is managed.
    #[serde(default, deserialize_with = "lenient::text")]
    pub hastate: Option<String>,
}

impl GuestRow {
    /// How the API addresses it.
    pub fn at(&self) -> GuestAt {
        GuestAt { node: self.node.clone(), kind: self.kind, vmid: self.vmid }
    }
}

/// A node, in `/cluster/resources` and in `/nodes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeRow {
    /// Its name.
    pub node: NodeName,
    /// `online`, `offline` or `unknown`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// Seconds since it started.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub uptime: Option<u64>,
    /// Share of its CPUs that is busy, 0 to 1.
    #[serde(default, deserialize_with = "lenient::number")]
    pub cpu: Option<f64>,
    /// How many CPUs it has.
    #[serde(default, deserialize_with = "lenient::number")]
    pub maxcpu: Option<f64>,
    /// Bytes of memory used.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub mem: Option<u64>,
    /// Bytes of memory.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub maxmem: Option<u64>,
    /// Bytes of its root file system used.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub disk: Option<u64>,
    /// Bytes of its root file system.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub maxdisk: Option<u64>,
    /// The certificate that its API shows; only `/nodes` tells.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub ssl_fingerprint: Option<Fingerprint>,
}

impl NodeRow {
    /// Whether the cluster sees it.
    pub fn is_online(&self) -> bool {
        self.status.as_deref() == Some("online")
    }
}

/// A storage, as one node sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StorageRow {
    /// Its id.
    pub storage: StorageId,
    /// The node that sees it so.
    pub node: NodeName,
    /// `available`, or `unknown` when the node cannot reach it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// `dir`, `zfspool`, `lvmthin`, `pbs`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub plugintype: Option<String>,
    /// What may lie on it: `images`, `rootdir`, `backup`, `iso`, `vztmpl`, …
    #[serde(default, deserialize_with = "lenient::words")]
    pub content: Vec<String>,
    /// Whether all nodes see the same one.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub shared: Option<bool>,
    /// Bytes used.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub disk: Option<u64>,
    /// Bytes in all.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub maxdisk: Option<u64>,
}

/// A pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolRow {
    /// Its name.
    pub pool: String,
}

/// A zone or fabric of the software-defined network, on one node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkRow {
    /// Its name.
    #[serde(alias = "sdn")]
    pub network: String,
    /// The node that reports it.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub node: Option<NodeName>,
    /// `zone` or `fabric`.
    #[serde(default, rename = "network-type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// `ok` when it is as configured.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: Option<String>,
}
