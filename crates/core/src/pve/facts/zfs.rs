//! ZFS pools of a node.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// A row of `/nodes/{node}/disks/zfs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZfsPool {
    /// Its name.
    pub name: String,
    /// `ONLINE`, `DEGRADED`, `FAULTED`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub health: Option<String>,
    /// Bytes in all, parity counted.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub size: Option<u64>,
    /// Bytes used.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub alloc: Option<u64>,
    /// Bytes left.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub free: Option<u64>,
    /// Fragmentation in per cent.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub frag: Option<u64>,
    /// How often the same block is kept once only.
    #[serde(default, deserialize_with = "lenient::number")]
    pub dedup: Option<f64>,
}

impl ZfsPool {
    /// What is wrong with it in words; `None` for a pool that is online.
    pub fn trouble(&self) -> Option<String> {
        match self.health.as_deref() {
            Some("ONLINE") => None,
            state => Some(format!("{} is {}", self.name, state.unwrap_or("in an unknown state"))),
        }
    }
}

/// The answer of `/nodes/{node}/disks/zfs/{name}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct ZfsPoolStatus {
    /// `ONLINE`, `DEGRADED`, `FAULTED`, …
    #[serde(deserialize_with = "lenient::text")]
    pub state: Option<String>,
    /// What is wrong, in a sentence.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// What to do about it.
    #[serde(deserialize_with = "lenient::text")]
    pub action: Option<String>,
    /// The last scrub or resilver.
    #[serde(deserialize_with = "lenient::text")]
    pub scan: Option<String>,
    /// `No known data errors`, or which.
    #[serde(deserialize_with = "lenient::text")]
    pub errors: Option<String>,
    /// What it is made of.
    #[serde(deserialize_with = "lenient::part")]
    pub children: Vec<ZfsDevice>,
}

/// A part of a pool, and its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct ZfsDevice {
    /// Its name.
    #[serde(deserialize_with = "lenient::line")]
    pub name: String,
    /// `ONLINE`, `OFFLINE`, …
    #[serde(deserialize_with = "lenient::text")]
    pub state: Option<String>,
    /// Failed reads.
    #[serde(deserialize_with = "lenient::whole")]
    pub read: Option<u64>,
    /// Failed writes.
    #[serde(deserialize_with = "lenient::whole")]
    pub write: Option<u64>,
    /// Wrong checksums.
    #[serde(deserialize_with = "lenient::whole")]
    pub cksum: Option<u64>,
    /// What it is made of.
    #[serde(deserialize_with = "lenient::part")]
    pub children: Vec<ZfsDevice>,
}
