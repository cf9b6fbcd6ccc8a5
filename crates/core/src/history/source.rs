//! Where something in the history comes from. Each source has a directory of its own, and touches no other.

use std::fmt;

use super::tree_path::TreePath;
use crate::pve::{GuestKind, GuestRef};
use crate::shell::{FilePath, Place};

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Files of a node or in a guest.
    Files(Place),
    /// The configuration that Proxmox has of a guest.
    Config(GuestRef, GuestKind),
}

impl Source {
    /// Its directory: `host/home/pve1`, `pct/home/101`, `qm/home/200`.
    pub fn directory(&self) -> String {
        match self {
            Self::Files(Place::Host { cluster, node }) => format!("host/{cluster}/{node}"),
            Self::Files(Place::Lxc(guest)) => format!("pct/{guest}"),
            Self::Files(Place::Vm(guest)) => format!("qm/{guest}"),
            Self::Config(guest, _) => format!("config/{guest}"),
        }
    }

    /// Where a file of it is kept; `None` for a name that git does not take.
    pub fn file(&self, path: &FilePath) -> Option<TreePath> {
        TreePath::below(&self.directory(), path)
    }

    /// Where the only file of a configuration is kept: `config/home/101/lxc.conf`.
    pub fn config_file(&self) -> Option<TreePath> {
        match self {
            Self::Config(_, kind) => TreePath::new(&format!("{}/{kind}.conf", self.directory())),
            Self::Files(_) => None,
        }
    }

    /// What is known of its files beside their bytes.
    pub fn manifest(&self) -> TreePath {
        TreePath::new(&format!("manifests/{}.json", self.directory())).expect("names of places are names")
    }
}

/// `host:home/pve1`, `pct:home/101`, `config:home/101`.
impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(place) => write!(out, "{place}"),
            Self::Config(guest, _) => write!(out, "config:{guest}"),
        }
    }
}
