//! In which network an address is, however many networks there are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::inventory::ItemId;

/// Networks by their range, longest prefix first. Of several with one range the one that came first counts.
#[derive(Debug, Default)]
pub(super) struct Nets(BTreeMap<Reverse<u8>, HashMap<IpNet, Vec<ItemId>>>);

impl Nets {
    pub(super) fn put(&mut self, net: IpNet, id: ItemId) {
        self.0.entry(Reverse(net.prefix_len())).or_default().entry(net.trunc()).or_default().push(id);
    }

    pub(super) fn remove(&mut self, net: IpNet, id: ItemId) {
        let Some(alike) = self.0.get_mut(&Reverse(net.prefix_len())) else { return };
        let Some(ids) = alike.get_mut(&net.trunc()) else { return };
        ids.retain(|known| *known != id);
        if ids.is_empty() {
            alike.remove(&net.trunc());
        }
    }

    /// The narrowest that the address is in.
    pub(super) fn around(&self, ip: IpAddr) -> Option<ItemId> {
        self.0.iter().find_map(|(Reverse(length), alike)| {
            // An address of the other sort may have no prefix of that length.
            let net = IpNet::new(ip, *length).ok()?.trunc();
            alike.get(&net)?.first().copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_that_is_left_is_the_one() {
        let at = |nets: &Nets, ip: &str| nets.around(ip.parse().unwrap());
        let net = |text: &str| text.parse::<IpNet>().unwrap();
        let mut nets = Nets::default();
        nets.put(net("10.0.0.0/8"), 1);
        nets.put(net("fd00::/64"), 2);
        // As somebody may write it who means the network of that host.
        nets.put(net("10.0.30.7/24"), 3);
        nets.put(net("10.0.30.0/24"), 4);
        assert_eq!(
            (at(&nets, "10.0.30.9"), at(&nets, "10.1.0.1"), at(&nets, "fd00::7")),
            (Some(3), Some(1), Some(2))
        );
        assert_eq!((at(&nets, "192.168.0.1"), at(&nets, "fd00:0:0:1::7")), (None, None));
        nets.remove(net("10.0.30.7/24"), 3);
        assert_eq!(at(&nets, "10.0.30.9"), Some(4));
        nets.remove(net("10.0.30.0/24"), 4);
        assert_eq!(at(&nets, "10.0.30.9"), Some(1));
    }
}
