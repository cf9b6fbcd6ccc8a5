//! What must be known to speak with a cluster.

use labkeeper_core::provision::rights::Extras;
use labkeeper_core::pve::{Address, ClusterName, Fingerprint, Secret, TokenId};
use labkeeper_core::tier::Tier;
use thiserror::Error;

use crate::limits::Limits;

/// One cluster, or a single node.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the owner calls it.
    pub cluster: ClusterName,
    /// Nodes that can be asked, the favourite first. Any of them answers for the whole cluster.
    pub endpoints: Vec<Endpoint>,
    /// The API token.
    pub token: TokenId,
    /// Its secret.
    pub secret: Secret,
    /// The tier that the token was made for; `None` when nobody said.
    pub tier: Option<Tier>,
    /// What its owner switched on beyond the tier.
    pub extras: Extras,
    /// Bounds.
    pub limits: Limits,
}

/// A node that can be asked. Each has its own certificate, so each has its own pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where its API answers.
    pub address: Address,
    /// How it proves that it is the one.
    pub trust: Trust,
}

/// How a node proves that it is the one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// By the certificate with this print and no other. Names and dates in it do not matter.
    Pin(Fingerprint),
    /// By a certificate for its name that an authority of this system vouches for.
    SystemRoots,
    /// It cannot: nothing is pinned yet, or the pin could not be read. It is never spoken to.
    Nothing,
}

/// Why settings are not enough to begin with.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// There is no node to ask.
    #[error("cluster {0} has no endpoint: give at least one host:port of its nodes")]
    NoEndpoint(ClusterName),
    /// The system's authorities cannot be read.
    #[error(
        "the certificate authorities of this system cannot be read: install ca-certificates, or pin {0}'s certificate"
    )]
    NoAuthorities(Address, #[source] rustls::Error),
}
