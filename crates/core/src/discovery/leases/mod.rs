//! What a DHCP server handed out, read from the file in which it remembers that: of dnsmasq, ISC dhcpd or Kea.
//!
//! *Invariant:* a lease that is expired, given back or only half written is none; of several for one address the last counts.

mod dnsmasq;
mod isc;
mod kea;
mod lease;

use std::collections::BTreeMap;
use std::net::IpAddr;

use thiserror::Error;

use crate::stamp::Stamp;
use lease::Entry;

pub use lease::Lease;

/// No form of lease file that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it is no lease file of dnsmasq, ISC dhcpd or Kea")]
pub struct NoLeaseFile;

/// The leases that hold at that time, by address.
///
/// # Errors
/// When it is no lease file; an empty one is.
pub fn read_leases(text: &str, now: Stamp) -> Result<BTreeMap<IpAddr, Lease>, NoLeaseFile> {
    let entries: Box<dyn Iterator<Item = Entry> + '_> = match first_line(text) {
        None => Box::new(std::iter::empty()),
        Some(line) if kea::begins(line) => Box::new(kea::entries(whole_lines(text))),
        Some(line) if isc::begins(line) => Box::new(isc::entries(text)),
        Some(line) if dnsmasq::begins(line) => Box::new(dnsmasq::entries(whole_lines(text))),
        Some(_) => return Err(NoLeaseFile),
    };
    let mut leases = BTreeMap::new();
    for Entry { address, lease, until } in entries {
        // The journals of ISC and Kea say last what holds.
        match until.holds(now) {
            true => drop(leases.insert(address, lease)),
            false => drop(leases.remove(&address)),
        }
    }
    Ok(leases)
}

/// Whether it is a table of Kea, which keeps what it wrote earlier in files beside it.
pub fn is_of_kea(text: &str) -> bool {
    first_line(text).is_some_and(kea::begins)
}

/// The first line that says something.
fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Lines that were written to their end: half an address is another address.
fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim_end)
}

#[cfg(test)]
mod tests;
