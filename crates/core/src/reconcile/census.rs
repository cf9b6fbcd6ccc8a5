//! What was asked of a cluster and what it answered.

use crate::pve::{
    ClusterName, GuestConfig, GuestInterface, GuestRow, NetworkInterface, NodeRow, NodeStatus, OsInfo,
    StorageRow, StorageStatus, Version, ZfsPool,
};

/// A cluster as it showed itself.
#[derive(Debug, Clone)]
pub struct Census {
    /// What the owner calls it.
    pub cluster: ClusterName,
    /// Its Proxmox VE.
    pub version: Option<Version>,
    /// Nodes.
    pub nodes: Vec<SeenNode>,
    /// Guests.
    pub guests: Vec<SeenGuest>,
    /// Storages, once for each node that has them.
    pub storages: Vec<StorageRow>,
}

/// A node. `None` is what could not be asked.
#[derive(Debug, Clone)]
pub struct SeenNode {
    /// Its row in the list.
    pub row: NodeRow,
    /// Its address in the cluster.
    pub address: Option<String>,
    /// What it says of itself.
    pub status: Option<NodeStatus>,
    /// Its network.
    pub network: Option<Vec<NetworkInterface>>,
    /// Its storages and how full they are.
    pub storages: Option<Vec<StorageStatus>>,
    /// Its ZFS pools; empty where there is no ZFS.
    pub pools: Option<Vec<ZfsPool>>,
}

/// A guest. `None` is what could not be asked.
#[derive(Debug, Clone)]
pub struct SeenGuest {
    /// Its row in the list.
    pub row: GuestRow,
    /// Its configuration.
    pub config: Option<GuestConfig>,
    /// Its network as seen from inside.
    pub interfaces: Option<Vec<GuestInterface>>,
    /// What its guest agent says of the operating system.
    pub os: Option<OsInfo>,
    /// Whether its agent answers.
    pub agent: Option<bool>,
}
