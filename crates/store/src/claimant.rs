//! Who claims something, for whoever comes second.

use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};

/// Who claims something, for whoever comes second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimant {
    /// Who.
    pub actor: String,
    /// With which operation.
    pub op: String,
    /// Since when.
    pub since: Stamp,
}
