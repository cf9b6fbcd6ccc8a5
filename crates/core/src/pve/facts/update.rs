//! Pending updates of a node.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// A row of `/nodes/{node}/apt/update`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
pub struct Update {
    /// Debian's name of the package.
    pub package: String,
    /// What it is.
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// The version to come.
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: Option<String>,
    /// The version that is there.
    #[serde(default, deserialize_with = "lenient::text")]
    pub old_version: Option<String>,
    /// `Proxmox`, `Debian`, …
    #[serde(default, deserialize_with = "lenient::text")]
    pub origin: Option<String>,
}
