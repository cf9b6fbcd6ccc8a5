//! What was asked of a cluster for its health, and what it answered.

use crate::pve::{
    BackupVolume, ClusterName, ClusterStatus, GuestConfig, GuestRow, NodeCertificate, NodeName, NodeStatus,
    PveError, Replication, Rows, Service, StorageStatus, Update, ZfsPool,
};

/// Why something could not be seen, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Why.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl Unseen {
    /// The cluster did not answer, or not with what was asked for.
    pub fn of(error: &PveError) -> Self {
        Self { problem: error.to_string(), remedy: error.remedy() }
    }

    /// Rows of a list that nobody can read; `None` when there are none.
    pub fn in_rows<T>(rows: &Rows<T>) -> Option<Self> {
        let (first, many) = (rows.unreadable().first()?, rows.unreadable().len());
        Some(Self {
            problem: format!("{many} rows of the list cannot be read, the first because {first}"),
            remedy: "labkeeper may be older than this Proxmox VE: update it".into(),
        })
    }
}

/// A full answer, or why there is none.
pub type Seen<T> = Result<T, Unseen>;

/// A cluster. `None` is what was not asked for.
#[derive(Debug, Clone)]
pub struct ClusterFacts {
    /// What the owner calls it.
    pub name: ClusterName,
    /// Why nothing of it could be seen at all; then the rest is empty.
    pub silent: Option<Unseen>,
    /// Why its list of nodes and guests may be shorter than the lab.
    pub cut: Option<Unseen>,
    /// Who belongs to it.
    pub members: Option<Seen<ClusterStatus>>,
    /// Its nodes.
    pub nodes: Vec<NodeFacts>,
    /// Its guests; an error when the list may be shorter than the lab.
    pub guests: Option<Seen<Vec<GuestFacts>>>,
    /// The backups.
    pub backups: Option<SeenBackups>,
}

/// A backup and where it lies.
#[derive(Debug, Clone)]
pub struct PlacedBackup {
    /// The node whose storage it is on; `None` when the nodes share it.
    pub node: Option<NodeName>,
    /// The backup.
    pub volume: BackupVolume,
}

/// The backups of a cluster, as far as they could be seen.
#[derive(Debug, Clone, Default)]
pub struct SeenBackups {
    /// Those that were seen.
    pub backups: Vec<PlacedBackup>,
    /// Why there may be more.
    pub unseen: Vec<Unseen>,
}

/// A node. `None` is what was not asked for.
#[derive(Debug, Clone)]
pub struct NodeFacts {
    /// Its name.
    pub name: NodeName,
    /// Whether the cluster sees it.
    pub is_online: bool,
    /// Load and memory.
    pub status: Option<Seen<NodeStatus>>,
    /// ZFS pools.
    pub pools: Option<Seen<Vec<ZfsPool>>>,
    /// Storages.
    pub storages: Option<Seen<Vec<StorageStatus>>>,
    /// Proxmox's own services.
    pub services: Option<Seen<Vec<Service>>>,
    /// Pending updates.
    pub updates: Option<Seen<Vec<Update>>>,
    /// Certificates.
    pub certificates: Option<Seen<Vec<NodeCertificate>>>,
    /// Replication jobs.
    pub replication: Option<Seen<Vec<Replication>>>,
}

/// A guest.
#[derive(Debug, Clone)]
pub struct GuestFacts {
    /// Its row in the list.
    pub row: GuestRow,
    /// Its configuration; `None` when nobody asked.
    pub config: Option<Seen<GuestConfig>>,
}

impl GuestFacts {
    /// `101 (dns)`
    pub(super) fn text(&self) -> String {
        match &self.row.name {
            Some(name) => format!("{} ({name})", self.row.vmid),
            None => self.row.vmid.to_string(),
        }
    }

    pub(super) fn is_template(&self) -> bool {
        self.row.template == Some(true)
    }
}
