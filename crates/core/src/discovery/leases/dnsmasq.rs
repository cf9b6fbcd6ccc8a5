//! dnsmasq: a line for each lease, `expiry hardware-address address name client-id`; those of IPv6 have a number in place of the
//! hardware address and come after a line `duid …`.

use super::lease::{Entry, Lease, Until};

/// Where the server has no clock that runs on while it is off, it writes how long a lease lasts in place of when it ends.
const A_LENGTH: i64 = 10 * 365 * 24 * 3600;

pub(super) fn begins(line: &str) -> bool {
    line.starts_with("duid ") || entry(line).is_some()
}

pub(super) fn entries<'a>(lines: impl Iterator<Item = &'a str> + 'a) -> impl Iterator<Item = Entry> + 'a {
    lines.filter_map(entry)
}

fn entry(line: &str) -> Option<Entry> {
    let mut words = line.split_whitespace();
    let (expiry, hardware, address, name) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let until = match expiry.parse::<i64>().ok()? {
        ..=A_LENGTH => Until::Open,
        seconds => Until::seconds(seconds),
    };
    // A kind of network that is not Ethernet stands before it: `06-…`.
    let mac = hardware.split_once('-').map_or(hardware, |(_, mac)| mac);
    Some(Entry { address: address.parse().ok()?, lease: Lease::of(mac, name), until })
}
