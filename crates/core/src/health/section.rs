//! The parts that a lab's health has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part of a lab's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "HealthSection")]
pub enum Section {
    /// Whether it answers, whether it can decide, whether all nodes are there.
    Cluster,
    /// Load, memory, ZFS.
    Node,
    /// How full file systems and storages are.
    Storage,
    /// Guests that should run and do not.
    Guests,
    /// Services that broke down.
    Units,
    /// Pending updates.
    Updates,
    /// Guests without a recent backup.
    Backups,
    /// Certificates that expire.
    Certificates,
    /// Replication that fails.
    Replication,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 9] = [
        Self::Cluster,
        Self::Node,
        Self::Storage,
        Self::Guests,
        Self::Units,
        Self::Updates,
        Self::Backups,
        Self::Certificates,
        Self::Replication,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Node => "node",
            Self::Storage => "storage",
            Self::Guests => "guests",
            Self::Units => "units",
            Self::Updates => "updates",
            Self::Backups => "backups",
            Self::Certificates => "certificates",
            Self::Replication => "replication",
        }
    }
}
