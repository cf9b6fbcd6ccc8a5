//! Guests: containers and virtual machines.

use super::census::{Census, SeenGuest};
use super::networks::{Networks, address, cards};
use super::sight::{Key, Sight, gib};
use crate::inventory::Kind;
use crate::pve::{GuestConfig, GuestKind};

pub(super) fn sights(census: &Census, networks: &Networks) -> Vec<Sight> {
    census.guests.iter().map(|guest| sight(census, networks, guest)).collect()
}

fn sight(census: &Census, networks: &Networks, guest: &SeenGuest) -> Sight {
    let row = &guest.row;
    let kind = match row.kind {
        GuestKind::Lxc => Kind::Containers,
        GuestKind::Qemu => Kind::Vms,
    };
    let name = row.name.clone().unwrap_or_else(|| format!("{} {}", row.kind.abbreviation(), row.vmid));
    let cards = cards(guest);
    let first = cards.first();
    let ip = cards.iter().find_map(|nic| address(guest, nic)).map(|(ip, _)| ip.to_string());
    let mut sight = Sight::new(Key::guest(&census.cluster, row.vmid), kind, name)
        .with("vmid", Some(row.vmid.get()))
        .with("hostname", row.name.clone())
        .with("ip_address", ip)
        .with("mac_address", first.and_then(|nic| nic.mac.clone()))
        .with("os", os(guest))
        .with("cpu_cores", row.maxcpu.map(|count| count as u64))
        .with("ram_gb", row.maxmem.map(gib))
        .with("disk_gb", row.maxdisk.filter(|bytes| *bytes > 0).map(gib));
    if let (Kind::Containers, Some(config)) = (kind, &guest.config) {
        sight = sight
            .with("unprivileged", Some(config.is_unprivileged()))
            .with("onboot", Some(config.onboot()))
            .with("template", Some(config.is_template()));
    }
    sight.macs = cards.iter().filter_map(|nic| nic.mac.clone()).collect();
    sight.on = Some(Key::node(&census.cluster, &row.node));
    sight.networks = guest.config.as_ref().map(|_| {
        let mut joined: Vec<Key> = Vec::new();
        for network in cards.iter().filter_map(|nic| networks.of_card(census, nic)) {
            if !joined.contains(&network) {
                joined.push(network);
            }
        }
        joined
    });
    sight
}

/// What the agent says; else what the configuration was told when the guest was made.
fn os(guest: &SeenGuest) -> Option<String> {
    let inside = guest.os.as_ref().and_then(|os| os.pretty_name.clone().or_else(|| os.name.clone()));
    let configured =
        || guest.config.as_ref().and_then(GuestConfig::ostype).and_then(told).map(str::to_string);
    inside.or_else(configured)
}

/// Of a machine `l26` says no more than that it is some Linux, which a person knows better.
fn told(ostype: &str) -> Option<&'static str> {
    Some(match ostype {
        "debian" | "devuan" => "Debian",
        "ubuntu" => "Ubuntu",
        "alpine" => "Alpine",
        "archlinux" => "Arch Linux",
        "centos" => "CentOS",
        "fedora" => "Fedora",
        "gentoo" => "Gentoo",
        "nixos" => "NixOS",
        "opensuse" => "openSUSE",
        "win11" => "Windows 11",
        "win10" => "Windows 10",
        "win8" => "Windows 8",
        "win7" => "Windows 7",
        "solaris" => "Solaris",
        _ => return None,
    })
}
