//! Which Proxmox VE answers.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// The answer of `/version`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Full version, such as `9.1.8`.
    pub version: String,
    /// Release, such as `9.1`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub release: Option<String>,
    /// Short hash of the build.
    #[serde(default, deserialize_with = "lenient::text")]
    pub repoid: Option<String>,
}

impl Version {
    /// The first number: privileges and fields differ from one to the next.
    pub fn major(&self) -> Option<u32> {
        self.version.split('.').next()?.parse().ok()
    }
}
