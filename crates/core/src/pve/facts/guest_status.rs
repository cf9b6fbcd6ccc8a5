//! How one guest is just now.

use serde::{Deserialize, Serialize};

use super::run_state::RunState;
use crate::pve::lenient;

/// The answer of `status/current`, of containers and virtual machines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct GuestStatus {
    /// Whether it runs.
    #[serde(deserialize_with = "lenient::part")]
    pub status: RunState,
    /// What QEMU says of a virtual machine: `running`, `paused`, `prelaunch`, …
    #[serde(deserialize_with = "lenient::text")]
    pub qmpstatus: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What has its hands on it.
    #[serde(deserialize_with = "lenient::text")]
    pub lock: Option<String>,
    /// Its tags.
    #[serde(deserialize_with = "lenient::words")]
    pub tags: Vec<String>,
    /// A template cannot run.
    #[serde(deserialize_with = "lenient::flag")]
    pub template: Option<bool>,
    /// Whether a virtual machine's configuration has the agent switched on; says nothing about its running.
    #[serde(deserialize_with = "lenient::flag")]
    pub agent: Option<bool>,
    /// Seconds since it started, 0 when it does not run.
    #[serde(deserialize_with = "lenient::whole")]
    pub uptime: Option<u64>,
    /// Process on the node.
    #[serde(deserialize_with = "lenient::whole")]
    pub pid: Option<u64>,
    /// Share of its CPUs that is busy, 0 to 1.
    #[serde(deserialize_with = "lenient::number")]
    pub cpu: Option<f64>,
    /// How many CPUs it has.
    #[serde(deserialize_with = "lenient::number")]
    pub cpus: Option<f64>,
    /// Bytes of memory used.
    #[serde(deserialize_with = "lenient::whole")]
    pub mem: Option<u64>,
    /// Bytes of memory that it may use.
    #[serde(deserialize_with = "lenient::whole")]
    pub maxmem: Option<u64>,
    /// Bytes of swap used; containers only.
    #[serde(deserialize_with = "lenient::whole")]
    pub swap: Option<u64>,
    /// Bytes of its root disk used; 0 for virtual machines, which do not tell.
    #[serde(deserialize_with = "lenient::whole")]
    pub disk: Option<u64>,
    /// Bytes of its root disk.
    #[serde(deserialize_with = "lenient::whole")]
    pub maxdisk: Option<u64>,
    /// Bytes received since it started.
    #[serde(deserialize_with = "lenient::whole")]
    pub netin: Option<u64>,
    /// Bytes sent since it started.
    #[serde(deserialize_with = "lenient::whole")]
    pub netout: Option<u64>,
    /// High availability.
    #[serde(deserialize_with = "lenient::part")]
    pub ha: HaState,
}

/// Whether a guest is looked after by high availability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct HaState {
    /// Whether it is.
    #[serde(deserialize_with = "lenient::flag")]
    pub managed: Option<bool>,
    /// What is wanted of it: `started`, `stopped`, …
    #[serde(deserialize_with = "lenient::text")]
    pub state: Option<String>,
}
