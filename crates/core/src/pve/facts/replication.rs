//! Replication jobs of a node.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;
use crate::pve::names::NodeName;
use crate::pve::vmid::VmId;

/// A row of `/nodes/{node}/replication`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replication {
    /// Guest and number of the job: `101-0`.
    pub id: String,
    /// The guest.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub guest: Option<VmId>,
    /// The node that it is copied to.
    #[serde(default, deserialize_with = "lenient::parsed")]
    pub target: Option<NodeName>,
    /// How often in a row it failed.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub fail_count: Option<u64>,
    /// Why it failed last.
    #[serde(default, deserialize_with = "lenient::text")]
    pub error: Option<String>,
    /// When it last went well, in seconds since 1970; 0 for never.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub last_sync: Option<i64>,
    /// When it is tried next.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub next_sync: Option<i64>,
}
