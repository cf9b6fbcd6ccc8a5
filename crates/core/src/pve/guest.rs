//! Which guest: by kind, by cluster and number, and by where it is just now.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id_error::{IdError, Shown};
use super::names::{ClusterName, NodeName};
use super::vmid::VmId;

/// Container or virtual machine; also the word in the API's paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GuestKind {
    /// A container.
    Lxc,
    /// A virtual machine.
    Qemu,
}

impl GuestKind {
    /// The word in paths and in `type` fields.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lxc => "lxc",
            Self::Qemu => "qemu",
        }
    }

    /// What people say before the number: CT 101, VM 200.
    pub fn abbreviation(self) -> &'static str {
        match self {
            Self::Lxc => "CT",
            Self::Qemu => "VM",
        }
    }
}

impl fmt::Display for GuestKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A guest for good: it keeps this name when it moves to another node. Written `home/101`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GuestRef {
    /// Its cluster.
    pub cluster: ClusterName,
    /// Its number there.
    pub vmid: VmId,
}

impl fmt::Display for GuestRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.cluster, self.vmid)
    }
}

impl FromStr for GuestRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (cluster, vmid) = text.split_once('/').ok_or_else(|| IdError::GuestRef(Shown::of(text)))?;
        Ok(Self { cluster: cluster.parse()?, vmid: vmid.parse()? })
    }
}

/// Where a guest is just now, which is how the API addresses it. True until it migrates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GuestAt {
    /// The node that holds it.
    pub node: NodeName,
    /// What it is.
    pub kind: GuestKind,
    /// Its number.
    pub vmid: VmId,
}

impl fmt::Display for GuestAt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} on {}", self.kind.abbreviation(), self.vmid, self.node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_named_by_cluster_and_number() {
        let guest: GuestRef = "home/101".parse().unwrap();
        assert_eq!(guest.to_string(), "home/101");
        for bad in ["101", "home/", "/101", "home/99", "ho me/101", "home/101/x"] {
            assert!(bad.parse::<GuestRef>().is_err(), "{bad}");
        }
    }

    #[test]
    fn where_a_guest_is_reads_aloud() {
        let at =
            GuestAt { node: "pve1".parse().unwrap(), kind: GuestKind::Lxc, vmid: "101".parse().unwrap() };
        assert_eq!(at.to_string(), "CT 101 on pve1");
    }
}
