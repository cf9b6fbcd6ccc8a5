//! The system services of a node that belong to Proxmox.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// A row of `/nodes/{node}/services`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Unit without `.service`.
    pub service: String,
    /// What it is for.
    #[serde(default, deserialize_with = "lenient::text")]
    pub desc: Option<String>,
    /// systemd's sub-state: `running`, `dead`, `failed`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub state: Option<String>,
    /// systemd's state: `active`, `inactive`, `failed`, …
    #[serde(default, rename = "active-state", deserialize_with = "lenient::text")]
    pub active_state: Option<String>,
    /// Whether it starts with the node: `enabled`, `disabled`, `masked`, `static`, `not-found`.
    #[serde(default, rename = "unit-state", deserialize_with = "lenient::text")]
    pub unit_state: Option<String>,
}

impl Service {
    /// Whether it broke down; one that is switched off or not installed has not.
    pub fn has_failed(&self) -> bool {
        [&self.state, &self.active_state].into_iter().any(|state| state.as_deref() == Some("failed"))
    }
}
