//! Addresses of this machine, as the kernel's tables list them.

use std::net::{IpAddr, Ipv4Addr};

use crate::callout::own_v6;

/// Whether that is one of them.
pub(crate) fn is_own(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let table = std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default();
            v4.is_loopback() || own_v4(&table).any(|own| own == v4)
        }
        IpAddr::V6(v6) => v6.is_loopback() || own_v6().contains(&v6),
    }
}

/// A leaf of the table is a line with an address, and below it one for each of its routes; `LOCAL` ones lead here.
fn own_v4(table: &str) -> impl Iterator<Item = Ipv4Addr> {
    let mut leaf = None;
    table.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.parse().ok();
            return None;
        }
        leaf.filter(|_| line == "/32 host LOCAL")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_as_the_kernel_writes_it() {
        let table = "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n           |-- 10.77.5.254\n              /32 host LOCAL\n           |-- 10.77.5.255\n              /32 link BROADCAST\n";
        let own: Vec<Ipv4Addr> = own_v4(table).collect();
        assert_eq!(own, [Ipv4Addr::new(10, 77, 5, 254)]);
        assert!(
            is_own("127.0.0.1".parse().expect("an address"))
                && !is_own("192.0.2.1".parse().expect("an address"))
        );
    }
}
