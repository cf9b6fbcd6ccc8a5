//! Whether a guest runs.

use serde::{Deserialize, Serialize};

/// State of a guest, as far as its node tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// It runs.
    Running,
    /// It does not run.
    Stopped,
    /// It is halted with its memory kept.
    #[serde(alias = "suspended")]
    Paused,
    /// Its node does not say, or says something new.
    #[default]
    #[serde(other)]
    Unknown,
}

impl RunState {
    /// Lower-case name as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }
}
