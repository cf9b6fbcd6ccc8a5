//! The guests: one line each.

use std::collections::BTreeMap;

use super::super::guest::{Agent, Guest, Kind, Nic, Status};
use super::units::DAY;

/// A row of the list of guests.
pub(super) struct Row {
    vmid: u32,
    kind: Kind,
    name: &'static str,
    node: u32,
    cores: u32,
    memory: u64,
    disk: u64,
    storage: &'static str,
    ostype: &'static str,
    /// VLAN and last byte of the address; VLAN 0 is the home network, address 0 is none.
    net: (u16, u8),
    tags: &'static str,
    on: bool,
    load: f64,
    what: &'static str,
}

macro_rules! guests {
    ($($kind:ident $vmid:literal $name:literal on $node:literal: $cores:literal x $memory:literal MiB, $disk:literal GiB $storage:literal, $os:literal, vlan $vlan:literal .$ip:literal, $tags:literal, $on:literal $load:literal, $what:literal;)*) => {
        &[$(Row { vmid: $vmid, kind: Kind::$kind, name: $name, node: $node, cores: $cores, memory: $memory, disk: $disk, storage: $storage, ostype: $os, net: ($vlan, $ip), tags: $tags, on: $on, load: $load, what: $what }),*]
    };
}

pub(super) const GUESTS: &[Row] = guests! {
    Lxc 100 "adguard" on 2: 1 x 512 MiB, 4 GiB "local-lvm", "debian", vlan 0 .53, "dns;infra", true 0.04, "DNS and ad blocking for the whole house";
    Lxc 101 "proxy" on 2: 2 x 1024 MiB, 8 GiB "local-lvm", "debian", vlan 20 .10, "infra;web", true 0.06, "Caddy, terminates TLS for *.home.arpa";
    Lxc 102 "vaultwarden" on 2: 1 x 512 MiB, 6 GiB "local-lvm", "alpine", vlan 20 .11, "security", true 0.02, "Passwords of the family";
    Lxc 103 "paperless" on 1: 4 x 4096 MiB, 32 GiB "tank", "debian", vlan 20 .12, "documents", true 0.11, "Scans and invoices";
    Lxc 104 "postgres" on 1: 4 x 4096 MiB, 48 GiB "tank", "debian", vlan 20 .13, "database", true 0.15, "PostgreSQL 17 for everything";
    Lxc 105 "redis" on 1: 1 x 1024 MiB, 4 GiB "tank", "alpine", vlan 20 .14, "database", true 0.03, "";
    Lxc 106 "grafana" on 3: 2 x 1024 MiB, 10 GiB "local-lvm", "debian", vlan 20 .15, "monitoring", true 0.05, "Dashboards";
    Lxc 107 "prometheus" on 3: 2 x 2048 MiB, 40 GiB "local-lvm", "debian", vlan 20 .16, "monitoring", true 0.22, "Metrics, kept for 90 days";
    Lxc 108 "gitea" on 1: 2 x 2048 MiB, 24 GiB "tank", "debian", vlan 20 .17, "dev", true 0.04, "Git";
    Lxc 109 "wireguard" on 2: 1 x 256 MiB, 2 GiB "local-lvm", "alpine", vlan 10 .20, "infra;vpn", true 0.02, "The way in from outside";
    Lxc 110 "mqtt" on 2: 1 x 256 MiB, 2 GiB "local-lvm", "debian", vlan 30 .10, "iot", true 0.03, "Mosquitto";
    Lxc 111 "zigbee2mqtt" on 2: 1 x 512 MiB, 4 GiB "local-lvm", "debian", vlan 30 .11, "iot", true 0.04, "USB stick passed through";
    Lxc 112 "jellyfin" on 1: 4 x 4096 MiB, 24 GiB "tank", "ubuntu", vlan 20 .18, "media", true 0.27, "Films; the GPU is shared with it";
    Lxc 113 "unifi" on 3: 2 x 2048 MiB, 16 GiB "local-lvm", "debian", vlan 10 .21, "network", true 0.08, "Controller of the access points";
    Lxc 114 "step-ca" on 3: 1 x 512 MiB, 4 GiB "local-lvm", "debian", vlan 10 .22, "security", true 0.01, "Certificates for home.arpa";
    Lxc 115 "playground" on 3: 2 x 1024 MiB, 8 GiB "local-lvm", "debian", vlan 20 .99, "lab", false 0.0, "May be deleted";
    Qemu 200 "opnsense" on 1: 2 x 4096 MiB, 32 GiB "tank", "other", vlan 0 .1, "infra;network", true 0.12, "Firewall and router";
    Qemu 201 "home-assistant" on 2: 2 x 4096 MiB, 32 GiB "local-lvm", "l26", vlan 30 .5, "iot", true 0.09, "Home Assistant OS";
    Qemu 202 "docker" on 1: 6 x 16384 MiB, 128 GiB "tank", "l26", vlan 20 .30, "docker", true 0.31, "Compose stacks";
    Qemu 203 "k3s-1" on 1: 2 x 4096 MiB, 40 GiB "tank", "l26", vlan 20 .41, "k3s;lab", true 0.18, "";
    Qemu 204 "k3s-2" on 2: 2 x 4096 MiB, 40 GiB "local-lvm", "l26", vlan 20 .42, "k3s;lab", true 0.17, "";
    Qemu 205 "k3s-3" on 3: 2 x 4096 MiB, 40 GiB "local-lvm", "l26", vlan 20 .43, "k3s;lab", true 0.19, "";
    Qemu 206 "truenas" on 3: 4 x 12288 MiB, 16 GiB "local-lvm", "l26", vlan 50 .5, "storage", true 0.14, "NAS; both disks are passed through";
    Qemu 207 "windows" on 1: 4 x 8192 MiB, 80 GiB "tank", "win11", vlan 20 .60, "desktop", false 0.0, "For the tax program";
    Qemu 208 "debian-13" on 1: 1 x 1024 MiB, 8 GiB "tank", "l26", vlan 20 .0, "template", false 0.0, "Cloud image, cloned for new machines";
    Qemu 209 "runner" on 3: 4 x 8192 MiB, 60 GiB "local-lvm", "l26", vlan 20 .44, "dev;lab", true 0.4, "CI jobs";
};

pub(super) fn guest(row: &Row, now: i64) -> Guest {
    let template = row.tags == "template";
    let (vlan, last) = row.net;
    let prefix = if vlan == 0 { "192.168.1".to_string() } else { format!("10.10.{vlan}") };
    let nic = |bridge: &str, at: u32, tag, ip, dhcp| Nic {
        bridge: bridge.into(),
        mac: format!("BC:24:11:{:02X}:{:02X}:{at:02X}", row.node, row.vmid % 256),
        tag,
        ip,
        dhcp,
    };
    let ip = (last > 0).then(|| format!("{prefix}.{last}/24"));
    let mut nics = vec![nic("vmbr0", 0, (vlan > 0).then_some(vlan), ip, row.vmid.is_multiple_of(3))];
    if row.name == "opnsense" {
        nics.push(nic("vmbr1", 1, None, None, false));
    }
    let disk = match (row.kind, row.storage) {
        (Kind::Lxc, "tank") => format!("tank:subvol-{}-disk-0", row.vmid),
        (_, storage) => format!("{storage}:vm-{}-disk-0", row.vmid),
    };
    let agent = match row.name {
        "opnsense" | "debian-13" => Agent::Off,
        "truenas" => Agent::Silent,
        "windows" => answering("mswindows", "Microsoft Windows 11 Pro", "11"),
        "home-assistant" => answering("haos", "Home Assistant OS 16.3", "16.3"),
        _ if row.kind == Kind::Qemu => answering("debian", "Debian GNU/Linux 13 (trixie)", "13"),
        _ => Agent::Off,
    };
    let mut more = BTreeMap::new();
    if row.kind == Kind::Lxc {
        more.insert("features".to_string(), "nesting=1".to_string());
        more.insert("unprivileged".to_string(), "1".to_string());
    } else {
        more.insert("cpu".to_string(), "host".to_string());
        more.insert("boot".to_string(), "order=scsi0;net0".to_string());
        more.insert("sockets".to_string(), "1".to_string());
    }
    let since = now - i64::from(row.vmid % 11 + 1) * DAY / 2 - i64::from(row.vmid);
    Guest {
        vmid: row.vmid,
        kind: row.kind,
        name: row.name.into(),
        node: format!("pve{}", row.node),
        status: if row.on { Status::Running { since, pid: 1000 + row.vmid * 7 } } else { Status::Stopped },
        cores: row.cores,
        memory: row.memory,
        swap: 512,
        tags: row.tags.split(';').map(str::to_string).collect(),
        onboot: row.on && row.name != "runner",
        template,
        lock: None,
        ostype: row.ostype.into(),
        description: row.what.into(),
        nics,
        disks: vec![(if row.kind == Kind::Lxc { "rootfs" } else { "scsi0" }.into(), disk, row.disk)],
        more,
        agent,
        snapshots: Vec::new(),
        parent: None,
        load: row.load,
        filling: 0.25 + f64::from(row.vmid % 7) * 0.09,
    }
}

fn answering(id: &str, name: &str, version: &str) -> Agent {
    Agent::Answers { id: id.into(), name: name.into(), version: version.into() }
}
