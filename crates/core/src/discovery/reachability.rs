//! Whether a host answers, and how it was noticed.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A host to ask, as a person or an item names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Address or name; the answer repeats it unchanged.
    pub host: String,
    /// Ports that something is known to listen on; tried besides the usual ones.
    pub ports: Vec<u16>,
}

/// The answer for one host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reachability {
    /// The host as it was asked for.
    pub host: String,
    /// Something at that address answered.
    pub alive: bool,
    /// Milliseconds until the first answer, two decimals; null when nothing answered.
    pub latency_ms: Option<f64>,
    /// What answered: `icmp`, `tcp:<port>` (accepted or refused, both take a living host), or `none`.
    pub method: String,
    /// Why nothing was asked or nothing can be said, when it is not plain silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its name leads to no address just now.
    #[serde(skip)]
    pub nameless: bool,
    /// The address that was asked; `None` when none was.
    #[serde(skip)]
    pub address: Option<IpAddr>,
}

impl Reachability {
    /// A host that gave no sign of life within the time allowed.
    pub fn silent(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            alive: false,
            latency_ms: None,
            method: "none".into(),
            reason: None,
            nameless: false,
            address: None,
        }
    }

    /// The same of that address.
    #[must_use]
    pub fn at(self, address: IpAddr) -> Self {
        Self { address: Some(address), ..self }
    }

    /// A host that was not asked, and why.
    pub fn not_asked(host: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::silent(host) }
    }

    /// A host whose name leads to no address.
    pub fn nameless(host: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { nameless: true, ..Self::not_asked(host, reason) }
    }
}
