//! The kernel's table of hardware addresses on the local segment: who answered ARP, and who was asked in vain.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the kernel knows of a host on the local segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Neighbour {
    /// Its hardware address, lower case with colons.
    Known(String),
    /// It was asked for and has not answered.
    Sought,
}

/// The table, read afresh at most ten times a second, and as it was when the sweep began.
pub(crate) struct Neighbours {
    before: HashMap<Ipv4Addr, Neighbour>,
    now: Mutex<(Instant, HashMap<Ipv4Addr, Neighbour>)>,
}

const FRESH: Duration = Duration::from_millis(100);

impl Neighbours {
    pub(crate) fn new() -> Self {
        let before = read();
        Self { now: Mutex::new((Instant::now(), before.clone())), before }
    }

    /// The entry now; `None` for hosts behind a router, for IPv6, and where there is no such table.
    pub(crate) fn of(&self, address: IpAddr) -> Option<Neighbour> {
        let IpAddr::V4(address) = address else { return None };
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if now.0.elapsed() >= FRESH {
            // Added to what was read before: while the kernel reorders a busy table, single reads miss entries.
            now.0 = Instant::now();
            now.1.extend(read());
        }
        now.1.get(&address).cloned()
    }

    /// The hardware address, where it is known.
    pub(crate) fn mac_of(&self, address: IpAddr) -> Option<String> {
        match self.of(address)? {
            Neighbour::Known(mac) => Some(mac),
            Neighbour::Sought => None,
        }
    }

    /// Whether the address was learnt since the sweep began. An older entry may outlive its host by minutes, so it
    /// proves nothing.
    pub(crate) fn learnt(&self, address: IpAddr) -> bool {
        let IpAddr::V4(v4) = address else { return false };
        let known_before = matches!(self.before.get(&v4), Some(Neighbour::Known(_)));
        !known_before && matches!(self.of(address), Some(Neighbour::Known(_)))
    }
}

fn read() -> HashMap<Ipv4Addr, Neighbour> {
    parse(&std::fs::read_to_string("/proc/net/arp").unwrap_or_default())
}

/// Columns: address, hardware type, flags (2 = complete, 4 = entered by hand), hardware address, mask, device.
fn parse(table: &str) -> HashMap<Ipv4Addr, Neighbour> {
    table.lines().skip(1).filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<(Ipv4Addr, Neighbour)> {
    let mut columns = line.split_whitespace();
    let address = columns.next()?.parse().ok()?;
    let flags = u32::from_str_radix(columns.nth(1)?.strip_prefix("0x")?, 16).ok()?;
    let mac = columns.next()?.to_lowercase();
    let complete = flags & 2 != 0 && mac != "00:00:00:00:00:00";
    Some((address, if complete { Neighbour::Known(mac) } else { Neighbour::Sought }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_as_the_kernel_writes_it() {
        let table = "\
IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         B8:27:EB:00:11:22     *        eth0
192.168.1.9      0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.8      0x1         0x6         aa:bb:cc:dd:ee:ff     *        eth0
garbage
";
        let neighbours = parse(table);
        let of = |address: [u8; 4]| neighbours.get(&Ipv4Addr::from(address)).cloned();
        assert_eq!(of([192, 168, 1, 1]), Some(Neighbour::Known("b8:27:eb:00:11:22".into())));
        assert_eq!(of([192, 168, 1, 9]), Some(Neighbour::Sought));
        assert_eq!(of([192, 168, 1, 8]), Some(Neighbour::Known("aa:bb:cc:dd:ee:ff".into())));
        assert_eq!(neighbours.len(), 3);
    }
}
