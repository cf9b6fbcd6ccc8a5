//! Networks: bridges without a tag, and VLANs by bridge and tag. Nodes name them, and so do the cards of guests.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::census::{Census, SeenGuest};
use super::sight::{Key, Sight};
use crate::inventory::Kind;
use crate::pve::{GuestNic, IpSetting, NetworkInterface};

/// A bridge, and a tag when it is a VLAN on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Segment {
    bridge: String,
    vlan: Option<u16>,
}

#[derive(Debug, Default)]
struct Known {
    /// Subnets that nodes are in there.
    of_nodes: BTreeSet<IpNet>,
    /// Subnets that guests are in there.
    of_guests: BTreeSet<IpNet>,
    gateways: BTreeSet<String>,
}

/// Every network that anything is in.
#[derive(Debug, Default)]
pub(super) struct Networks(BTreeMap<Segment, Known>);

impl Networks {
    pub(super) fn of(census: &Census) -> Self {
        let mut networks = Self::default();
        for node in &census.nodes {
            for interface in node.network.iter().flatten() {
                if let Some(segment) = segment_of(interface) {
                    let known = networks.0.entry(segment).or_default();
                    known.of_nodes.extend(interface.cidr.as_deref().and_then(subnet));
                    known.gateways.extend(interface.gateway.clone());
                }
            }
        }
        for guest in &census.guests {
            for nic in cards(guest) {
                let Some(segment) = segment_of_card(&nic) else { continue };
                let known = networks.0.entry(segment).or_default();
                known.of_guests.extend(
                    address(guest, &nic)
                        .and_then(|(ip, prefix)| IpNet::new(ip, prefix?).ok().map(|net| net.trunc())),
                );
            }
        }
        networks
    }

    pub(super) fn sights(&self, census: &Census) -> Vec<Sight> {
        let sight = |(segment, known): (&Segment, &Known)| {
            let name = match segment.vlan {
                Some(vlan) => format!("VLAN {vlan}"),
                None => segment.bridge.clone(),
            };
            Sight::new(key(census, segment), Kind::Networks, name)
                .with("vlan_id", segment.vlan)
                .with("subnet", known.subnet().map(ToString::to_string))
                .with("gateway", only(&known.gateways).cloned())
        };
        self.0.iter().map(sight).collect()
    }

    /// The network that a card is in.
    pub(super) fn of_card(&self, census: &Census, nic: &GuestNic) -> Option<Key> {
        segment_of_card(nic)
            .filter(|segment| self.0.contains_key(segment))
            .map(|segment| key(census, &segment))
    }
}

impl Known {
    /// The nodes know best. Guests of more than one subnet tell nothing.
    fn subnet(&self) -> Option<&IpNet> {
        if self.of_nodes.is_empty() { only(&self.of_guests) } else { only(&self.of_nodes) }
    }
}

fn only<T: Ord>(set: &BTreeSet<T>) -> Option<&T> {
    set.first().filter(|_| set.len() == 1)
}

fn key(census: &Census, segment: &Segment) -> Key {
    let name = match segment.vlan {
        Some(vlan) => format!("{}.{vlan}", segment.bridge),
        None => segment.bridge.clone(),
    };
    Key::network(&census.cluster, &name)
}

fn segment_of(interface: &NetworkInterface) -> Option<Segment> {
    match interface.kind.as_deref()? {
        "bridge" | "OVSBridge" => Some(Segment { bridge: interface.iface.clone(), vlan: None }),
        "vlan" => {
            let named = interface.iface.split_once('.').map(|(bridge, _)| bridge.to_string());
            let bridge = interface.vlan_raw_device.clone().or(named)?;
            Some(Segment { bridge, vlan: Some(interface.vlan?) })
        }
        _ => None,
    }
}

fn segment_of_card(nic: &GuestNic) -> Option<Segment> {
    Some(Segment { bridge: nic.bridge.clone()?, vlan: nic.vlan })
}

pub(super) fn cards(guest: &SeenGuest) -> Vec<GuestNic> {
    guest.config.as_ref().map(crate::pve::GuestConfig::nics).unwrap_or_default()
}

/// The address at a card: as seen from inside, else as configured. IPv4 before IPv6.
pub(super) fn address(guest: &SeenGuest, nic: &GuestNic) -> Option<(IpAddr, Option<u8>)> {
    let mac = nic.mac.as_deref()?;
    let inside = guest.interfaces.iter().flatten();
    let inside =
        inside.filter(|interface| interface.mac.as_deref().is_some_and(|of| of.eq_ignore_ascii_case(mac)));
    let mut seen: Vec<(IpAddr, Option<u8>)> =
        inside.flat_map(|interface| &interface.addresses).map(|one| (one.address, one.prefix)).collect();
    seen.retain(|(ip, _)| is_reachable(*ip));
    seen.sort_by_key(|(ip, _)| ip.is_ipv6());
    let configured = || match &nic.ip {
        Some(IpSetting::Static(text)) => {
            let net: IpNet = text.parse().ok()?;
            Some((net.addr(), Some(net.prefix_len())))
        }
        _ => None,
    };
    seen.first().copied().or_else(configured)
}

fn is_reachable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local() && !ip.is_unspecified(),
    }
}

fn subnet(cidr: &str) -> Option<IpNet> {
    cidr.parse::<IpNet>().ok().map(|net| net.trunc())
}
