//! The three nodes.

use super::super::node::{Certificate, Disk, Interface, Node, Service, ZfsPool};
use super::units::{DAY, GIB};
use crate::access::Release;

pub(super) fn node(release: Release, number: u32, now: i64) -> Node {
    let name = format!("pve{number}");
    let (cpu_model, cpus, memory) = match number {
        1 => ("AMD Ryzen 7 5825U with Radeon Graphics", 16, 64 * GIB),
        2 => ("Intel(R) N100", 4, 32 * GIB),
        _ => ("Intel(R) Core(TM) i5-8500T CPU @ 2.10GHz", 6, 32 * GIB),
    };
    let nvme = Disk {
        path: "/dev/nvme0n1".into(),
        model: "Samsung SSD 980 1TB".into(),
        serial: format!("S649NX0T{number}0415"),
        kind: "nvme",
        size: 1_000_204_886_016,
        health: "PASSED",
        wearout: Some([93, 88, 41][number as usize - 1]),
        used: "LVM",
    };
    let hard = |at: u32| Disk {
        path: format!("/dev/sd{}", ['a', 'b', 'c', 'd'][at as usize]),
        model: "WDC WD40EFPX-68C6CN0".into(),
        serial: format!("WD-WX{number}{at}D73K"),
        kind: "hdd",
        size: 4_000_787_030_016,
        health: "PASSED",
        wearout: None,
        used: "ZFS",
    };
    let mut disks = vec![nvme];
    let mut zfs = Vec::new();
    if number == 1 {
        disks.extend([hard(0), hard(1)]);
        zfs.push(ZfsPool {
            name: "tank".into(),
            size: 3_985_729_650_688,
            alloc: 1_812_743_184_384,
            health: "ONLINE",
            frag: 7,
            scan: "scrub repaired 0B in 03:12:41 with 0 errors on Sun Nov  8 03:36:42 2026".into(),
            devices: vec![
                "ata-WDC_WD40EFPX-68C6CN0_WD-WX10D73K".into(),
                "ata-WDC_WD40EFPX-68C6CN0_WD-WX11D73K".into(),
            ],
        });
    }
    let updates = match number {
        2 => vec![
            ("openssh-server".to_string(), "1:10.0p1-7".to_string(), "1:10.0p1-7+deb13u1".to_string()),
            ("pve-manager".to_string(), release.version().to_string(), release.next_version().to_string()),
        ],
        _ => Vec::new(),
    };
    Node {
        address: format!("192.168.1.{}", 10 + number),
        id: number,
        online: true,
        booted_at: now - i64::from(number) * 9 * DAY - 4_321,
        cpu_model: cpu_model.into(),
        cpus,
        memory,
        root_bytes: 98 * GIB,
        root_used: [31, 84, 22][number as usize - 1] * GIB,
        kernel: release.kernel().into(),
        disks,
        zfs,
        interfaces: interfaces(number),
        services: services(),
        certificates: vec![Certificate {
            filename: "pve-ssl.pem",
            fingerprint: fingerprint(number),
            pem: String::new(),
            subject: format!("/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN={name}.home.arpa"),
            issuer: "/CN=Proxmox Virtual Environment/OU=5f3c/O=PVE Cluster Manager CA".into(),
            not_before: now - 700 * DAY,
            not_after: now + if number == 3 { 19 * DAY } else { 300 * DAY },
        }],
        updates,
        name,
    }
}

/// Until a door gives the certificate it really shows.
fn fingerprint(number: u32) -> String {
    let byte = format!("{:02X}", 0xA0 + number);
    vec![byte; 32].join(":")
}

fn interfaces(number: u32) -> Vec<Interface> {
    let port = if number == 1 { "enp2s0" } else { "enp1s0" };
    let plain = |name: &str, kind, comments: &str| Interface {
        name: name.into(),
        kind,
        cidr: None,
        gateway: None,
        ports: String::new(),
        vlan_aware: false,
        comments: comments.into(),
    };
    let mut all = vec![
        plain(port, "eth", ""),
        Interface {
            cidr: Some(format!("192.168.1.{}/24", 10 + number)),
            gateway: Some("192.168.1.1".into()),
            ports: port.into(),
            vlan_aware: true,
            ..plain("vmbr0", "bridge", "trunk to the switch")
        },
        Interface {
            cidr: Some(format!("10.10.50.{}/24", 10 + number)),
            ..plain("vmbr0.50", "vlan", "storage")
        },
    ];
    if number == 1 {
        all.push(plain("vmbr1", "bridge", "WAN of the firewall"));
    }
    all
}

fn services() -> Vec<Service> {
    let service = |name, description, state| Service { name, description, state };
    vec![
        service("chrony", "chrony, an NTP client/server", "running"),
        service("corosync", "Corosync Cluster Engine", "running"),
        service("cron", "Regular background program processing daemon", "running"),
        service("postfix", "Postfix Mail Transport Agent", "running"),
        service("pve-cluster", "The Proxmox VE cluster filesystem", "running"),
        service("pve-firewall", "Proxmox VE firewall", "running"),
        service("pve-ha-crm", "PVE Cluster HA Resource Manager Daemon", "running"),
        service("pve-ha-lrm", "PVE Local HA Resource Manager Daemon", "running"),
        service("pvedaemon", "PVE API Daemon", "running"),
        service("pveproxy", "PVE API Proxy Server", "running"),
        service("pvescheduler", "Proxmox VE scheduler", "running"),
        service("pvestatd", "PVE Status Daemon", "running"),
        service("spiceproxy", "PVE SPICE Proxy Server", "running"),
        service("sshd", "OpenBSD Secure Shell server", "running"),
        service("syslog", "syslog.service", "dead"),
    ]
}
