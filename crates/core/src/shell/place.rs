//! Where: for good, and just now.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::pve::{ClusterName, GuestAt, GuestRef, NodeName};

/// A place for good, as backups and records name it; a guest keeps its place when it migrates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A node.
    Host {
        /// Its cluster.
        cluster: ClusterName,
        /// Its name.
        node: NodeName,
    },
    /// Inside a container.
    Lxc(GuestRef),
    /// Inside a virtual machine.
    Vm(GuestRef),
}

impl Place {
    /// Its cluster.
    pub fn cluster(&self) -> &ClusterName {
        match self {
            Self::Host { cluster, .. } => cluster,
            Self::Lxc(guest) | Self::Vm(guest) => &guest.cluster,
        }
    }
}

/// `host:home/pve1`, `pct:home/101`, `qm:home/200`.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { cluster, node } => write!(out, "host:{cluster}/{node}"),
            Self::Lxc(guest) => write!(out, "pct:{guest}"),
            Self::Vm(guest) => write!(out, "qm:{guest}"),
        }
    }
}

/// That text names no place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("that is no place: it is written host:CLUSTER/NODE, pct:CLUSTER/VMID or qm:CLUSTER/VMID")]
pub struct PlaceError;

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let (kind, rest) = text.split_once(':').ok_or(PlaceError)?;
        let guest = || rest.parse::<GuestRef>().map_err(|_| PlaceError);
        match kind {
            "host" => {
                let (cluster, node) = rest.split_once('/').ok_or(PlaceError)?;
                let cluster = cluster.parse().map_err(|_| PlaceError)?;
                Ok(Self::Host { cluster, node: node.parse().map_err(|_| PlaceError)? })
            }
            "pct" => Ok(Self::Lxc(guest()?)),
            "qm" => Ok(Self::Vm(guest()?)),
            _ => Err(PlaceError),
        }
    }
}

/// Where in a cluster, just now.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Spot {
    /// A node itself.
    Host(NodeName),
    /// A guest, on the node that holds it.
    Guest(GuestAt),
}

impl Spot {
    /// The node that SSH goes to.
    pub fn node(&self) -> &NodeName {
        match self {
            Self::Host(node) => node,
            Self::Guest(at) => &at.node,
        }
    }
}
