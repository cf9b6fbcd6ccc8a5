//! Where labkeeper may look: private ranges by default, others only when the keeper configured them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use thiserror::Error;

/// The ranges that may be probed. Private and IPv4 link-local ranges always may; loopback, public and shared ones
/// only when listed in `also`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Territory {
    also: Vec<IpNet>,
}

/// Why an address or range is left alone. The text holds the way out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OutOfBounds {
    /// Not private, not configured.
    #[error("{0} is not a private range; add it to discovery.ranges in the configuration if it is yours")]
    NotPrivate(IpNet),
    /// Would be a probe of this machine or of a cloud's metadata service.
    #[error(
        "{address} is {what} and is not probed; add it to discovery.ranges in the configuration if you mean it"
    )]
    Sensitive { address: IpAddr, what: &'static str },
}

impl Territory {
    /// The built-in ranges and these.
    pub fn with(also: Vec<IpNet>) -> Self {
        Self { also }
    }

    /// Whether every address of the block may be swept: ports tried, banners and titles read.
    pub fn may_sweep(&self, block: IpNet) -> Result<(), OutOfBounds> {
        if self.lists(block) || private_ranges().iter().any(|range| range.contains(&block)) {
            Ok(())
        } else {
            Err(OutOfBounds::NotPrivate(block))
        }
    }

    /// Whether one address may be asked if it is alive. Wider than a sweep, because an inventory may hold a rented
    /// server: public addresses are fine, but not this machine, link-local neighbours or groups of hosts.
    pub fn may_reach(&self, address: IpAddr) -> Result<(), OutOfBounds> {
        let address = address.to_canonical();
        match sensitive(address) {
            Some(what) if !self.lists(address.into()) => Err(OutOfBounds::Sensitive { address, what }),
            _ => Ok(()),
        }
    }

    /// The addresses that are skipped inside a block that may be swept: a cloud's metadata service sits in the
    /// middle of the link-local range, and reading a page from it is an attack, not a discovery.
    pub fn skipped_in(&self, block: IpNet) -> impl Iterator<Item = IpAddr> + '_ {
        let is_skipped =
            move |address: &IpAddr| block.contains(address) && !self.also.contains(&IpNet::from(*address));
        METADATA.into_iter().filter(is_skipped)
    }

    fn lists(&self, block: IpNet) -> bool {
        self.also.iter().any(|range| range.contains(&block))
    }
}

const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// RFC 1918, RFC 3927 and RFC 4193. Not 100.64.0.0/10: between a home and its provider it belongs to the provider.
fn private_ranges() -> [IpNet; 5] {
    let v4 = |a, b, length| Ipv4Net::new_assert(Ipv4Addr::new(a, b, 0, 0), length).into();
    [
        v4(10, 0, 8),
        v4(172, 16, 12),
        v4(192, 168, 16),
        v4(169, 254, 16),
        Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7).into(),
    ]
}

fn sensitive(address: IpAddr) -> Option<&'static str> {
    if METADATA.contains(&address) {
        return Some("a cloud metadata service");
    }
    if address.is_loopback() {
        return Some("this machine itself");
    }
    if address.is_unspecified() {
        return Some("no address of a host");
    }
    if address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) {
        return Some("a group of hosts");
    }
    let link_local = match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    link_local.then_some("a link-local address")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    #[test]
    fn only_private_and_configured_ranges_are_swept() {
        let home = Territory::default();
        for allowed in ["192.168.1.0/24", "10.0.0.0/16", "172.31.0.0/16", "169.254.7.0/24", "fd12:3456::/120"]
        {
            assert_eq!(home.may_sweep(net(allowed)), Ok(()), "{allowed}");
        }
        for refused in [
            "8.8.8.0/24",
            "127.0.0.0/24",
            "172.32.0.0/24",
            "100.64.0.0/24",
            "0.0.0.0/0",
            "2001:db8::/120",
            "224.0.0.0/24",
        ] {
            assert!(home.may_sweep(net(refused)).is_err(), "{refused}");
        }
        assert_eq!(Territory::with(vec![net("100.64.0.0/10")]).may_sweep(net("100.64.3.0/24")), Ok(()));
    }

    #[test]
    fn a_block_wider_than_the_private_range_is_not_private() {
        assert!(Territory::default().may_sweep(net("192.0.0.0/8")).is_err());
    }

    #[test]
    fn reach_refuses_this_machine_however_it_is_written() {
        let home = Territory::default();
        for refused in [
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "0.0.0.0",
            "::",
            "169.254.169.254",
            "fe80::1",
            "224.0.0.251",
            "255.255.255.255",
        ] {
            assert!(home.may_reach(refused.parse().unwrap()).is_err(), "{refused}");
        }
        for fine in ["192.168.1.1", "1.1.1.1", "2606:4700::1111", "fd00::1"] {
            assert_eq!(home.may_reach(fine.parse().unwrap()), Ok(()), "{fine}");
        }
        assert_eq!(Territory::with(vec![net("127.0.0.0/8")]).may_reach("127.0.0.1".parse().unwrap()), Ok(()));
    }

    #[test]
    fn the_metadata_service_is_skipped_inside_the_link_local_range() {
        let skipped = |also: Vec<IpNet>, block: &str| {
            Territory::with(also)
                .skipped_in(net(block))
                .map(|address| address.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(skipped(vec![], "169.254.0.0/16"), ["169.254.169.254"]);
        assert_eq!(
            skipped(vec![], "fd00:ec2::/64"),
            ["fd00:ec2::254"],
            "also where nobody walks through the block"
        );
        assert!(skipped(vec![net("169.254.169.254/32")], "169.254.0.0/16").is_empty());
        assert!(skipped(vec![], "10.0.0.0/8").is_empty());
    }
}
