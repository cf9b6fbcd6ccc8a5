//! What must be known to log in to the nodes of a cluster.

use std::time::Duration;

use labkeeper_core::pve::{Address, ClusterName, Fingerprint, NodeName};

use super::key::PrivateKey;

/// One cluster, or a single node.
#[derive(Debug, Clone)]
pub struct SshSettings {
    /// What the owner calls it.
    pub cluster: ClusterName,
    /// The nodes that can be logged in to.
    pub nodes: Vec<SshNode>,
    /// Bounds.
    pub limits: SshLimits,
}

/// A node that can be logged in to.
#[derive(Debug, Clone)]
pub struct SshNode {
    /// Its name in the cluster.
    pub node: NodeName,
    /// Where its SSH server listens; tried in this order.
    pub addresses: Vec<Address>,
    /// Who logs in.
    pub user: String,
    /// How the node proves that it is the one.
    pub host_key: HostKey,
    /// What opens it.
    pub key: PrivateKey,
}

/// How a node proves that it is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostKey {
    /// By the host key with this print and no other.
    Pin(Fingerprint),
    /// It cannot: nothing is pinned yet, or the pin could not be read. It is never spoken to.
    Nothing,
}

/// Bounds for what is done on a node. The default is right for a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SshLimits {
    pub(super) connect: Duration,
    pub(super) retry: Duration,
    pub(super) at_once: usize,
    pub(super) keepalive: Duration,
}

impl SshLimits {
    /// For how long one try to connect and log in may take.
    #[must_use]
    pub fn with_connect(self, connect: Duration) -> Self {
        Self { connect, ..self }
    }

    /// After which time no connection is tried again.
    #[must_use]
    pub fn with_retry(self, retry: Duration) -> Self {
        Self { retry, ..self }
    }

    /// How many commands run at a time on one node; at least one. More wait their turn. OpenSSH allows ten on a connection.
    #[must_use]
    pub fn with_at_once(self, at_once: usize) -> Self {
        Self { at_once: at_once.max(1), ..self }
    }

    /// How often a silent connection is asked whether it lives. After three questions without an answer it does not.
    #[must_use]
    pub fn with_keepalive(self, keepalive: Duration) -> Self {
        Self { keepalive, ..self }
    }
}

impl Default for SshLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            retry: Duration::from_secs(5),
            at_once: 5,
            keepalive: Duration::from_secs(5),
        }
    }
}
