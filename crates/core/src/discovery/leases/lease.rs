//! One lease, and how long it holds.

use std::net::IpAddr;

use crate::discovery::host_name::is_host_name;
use crate::inventory::address;
use crate::stamp::Stamp;

/// To whom an address was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its hardware address, lower case with colons.
    pub mac: Option<String>,
    /// The name that it gave when it asked, checked to be a host name.
    pub hostname: Option<String>,
}

impl Lease {
    /// Keeps of both what is well-formed.
    pub(super) fn of(mac: &str, hostname: &str) -> Self {
        let hostname = hostname.strip_suffix('.').unwrap_or(hostname);
        Self { mac: address::mac(mac).ok(), hostname: is_host_name(hostname).then(|| hostname.to_owned()) }
    }
}

/// One entry of a file.
pub(super) struct Entry {
    pub(super) address: IpAddr,
    pub(super) lease: Lease,
    pub(super) until: Until,
}

/// How long it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// It was given back, or never taken.
    Over,
    /// Up to that time.
    Then(Stamp),
    /// For ever, or nobody says.
    Open,
}

impl Until {
    /// Seconds since 1970.
    pub(super) fn seconds(seconds: i64) -> Self {
        Self::Then(Stamp(seconds.saturating_mul(1_000_000)))
    }

    pub(super) fn holds(self, now: Stamp) -> bool {
        match self {
            Self::Over => false,
            Self::Then(end) => now < end,
            Self::Open => true,
        }
    }
}
