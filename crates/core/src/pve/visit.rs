//! What one endpoint of a cluster showed when it was asked by itself.

use std::time::Duration;

use super::address::Address;
use super::error::PveError;
use super::facts::Version;
use crate::stamp::Stamp;

/// A look at one endpoint, with nothing but a question for its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Which.
    pub endpoint: Address,
    /// From opening the connection to the end of the answer, or of the waiting for it.
    pub took: Duration,
    /// The node's clock when it answered, to the second; `None` when it did not say.
    pub clock: Option<Stamp>,
    /// Which Proxmox VE answers there, or why nobody knows.
    pub answer: Result<Version, PveError>,
}
