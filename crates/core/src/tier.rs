//! The four tiers of operating a lab, least privilege first; each contains the ones below.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far an actor may reach into the lab. `observe` and `operate` are enforced by Proxmox itself,
/// `companion` and `root` by labkeeper alone.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, Default,
)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Reads only.
    #[default]
    Observe,
    /// Guest start, stop, restart, snapshots through the API.
    Operate,
    /// Commands and files inside guests.
    Companion,
    /// The host itself, by explicit acknowledgement.
    Root,
}

impl Tier {
    /// Lower-case name as used in configuration and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Operate => "operate",
            Self::Companion => "companion",
            Self::Root => "root",
        }
    }
}
