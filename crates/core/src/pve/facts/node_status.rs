//! How one node is: processor, memory, load, versions.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// The answer of `/nodes/{node}/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct NodeStatus {
    /// Seconds since it started.
    #[serde(deserialize_with = "lenient::whole")]
    pub uptime: Option<u64>,
    /// Share of all CPUs that is busy, 0 to 1.
    #[serde(deserialize_with = "lenient::number")]
    pub cpu: Option<f64>,
    /// Share of the time that is spent waiting for disks, 0 to 1.
    #[serde(deserialize_with = "lenient::number")]
    pub wait: Option<f64>,
    /// Load over 1, 5 and 15 minutes.
    #[serde(deserialize_with = "lenient::numbers")]
    pub loadavg: Vec<f64>,
    /// The processor.
    #[serde(deserialize_with = "lenient::part")]
    pub cpuinfo: CpuInfo,
    /// Memory.
    #[serde(deserialize_with = "lenient::part")]
    pub memory: Space,
    /// Swap.
    #[serde(deserialize_with = "lenient::part")]
    pub swap: Space,
    /// The root file system.
    #[serde(deserialize_with = "lenient::part")]
    pub rootfs: Space,
    /// `pve-manager/9.1.8/a8e257e1`.
    #[serde(deserialize_with = "lenient::text")]
    pub pveversion: Option<String>,
    /// The kernel in one line; version 9 also splits it, and older ones do not.
    #[serde(deserialize_with = "lenient::text")]
    pub kversion: Option<String>,
    /// How it was booted.
    #[serde(rename = "boot-info", deserialize_with = "lenient::part")]
    pub boot: BootInfo,
}

/// What is there, used and left, in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Space {
    /// In all.
    #[serde(deserialize_with = "lenient::whole")]
    pub total: Option<u64>,
    /// Used.
    #[serde(deserialize_with = "lenient::whole")]
    pub used: Option<u64>,
    /// Free. For memory without what caches would give back.
    #[serde(deserialize_with = "lenient::whole")]
    pub free: Option<u64>,
    /// What can still be had: memory with caches, disk without what is kept for root.
    #[serde(alias = "avail", deserialize_with = "lenient::whole")]
    pub available: Option<u64>,
}

/// The processor of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct CpuInfo {
    /// As it calls itself.
    #[serde(deserialize_with = "lenient::text")]
    pub model: Option<String>,
    /// Cores per socket.
    #[serde(deserialize_with = "lenient::whole")]
    pub cores: Option<u64>,
    /// Threads in all.
    #[serde(deserialize_with = "lenient::whole")]
    pub cpus: Option<u64>,
    /// Sockets.
    #[serde(deserialize_with = "lenient::whole")]
    pub sockets: Option<u64>,
    /// Clock in MHz at that moment.
    #[serde(deserialize_with = "lenient::number")]
    pub mhz: Option<f64>,
}

/// How a node was booted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct BootInfo {
    /// `efi` or `legacy-bios`.
    #[serde(deserialize_with = "lenient::text")]
    pub mode: Option<String>,
    /// Whether secure boot is on.
    #[serde(deserialize_with = "lenient::flag")]
    pub secureboot: Option<bool>,
}
