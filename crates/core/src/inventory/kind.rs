//! Which kinds of things there are. What is said about each stands in [`super::kinds`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of item; its wire name is the plural used in URLs and map node ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Physical machines and devices.
    Hardware,
    /// Virtual machines.
    Vms,
    /// LXC guests.
    Containers,
    /// Services.
    Apps,
    /// Pools and disks.
    Storage,
    /// Network shares of a storage.
    Shares,
    /// Networks and VLANs.
    Networks,
    /// Anything else.
    Misc,
    /// Markdown pages.
    Documents,
}
