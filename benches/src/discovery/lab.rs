//! The lab that is scanned: what stands in it, and what each of it is. Twenty boxes as homes have them, and a wide network
//! with two hundred hosts behind a router.

use crate::servers::Manner;

/// One box of the small network.
pub(crate) struct Housed {
    /// Last part of its address in 10.77.5.0/24.
    pub(crate) octet: u8,
    /// What it is; empty where nothing shows.
    pub(crate) label: &'static str,
    /// What it keeps from whoever asks.
    pub(crate) shy: Shy,
    /// Its ports.
    pub(crate) doors: &'static [(u16, Door)],
}

/// What a box does not answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shy {
    Open,
    /// Drops echo requests.
    Ping,
    /// Answers echo requests and drops every TCP segment.
    Tcp,
}

/// What stands behind a port.
#[derive(Clone, Copy)]
pub(crate) enum Door {
    Greets(&'static str),
    Replies(&'static [u8]),
    Mute,
    Page(&'static str),
    Secure(&'static str),
    Redirects(&'static str),
}

impl Door {
    pub(crate) fn manner(self) -> Manner {
        match self {
            Self::Greets(text) => Manner::Greets(format!("{text}\r\n").into_bytes()),
            Self::Replies(bytes) => Manner::Replies(bytes.into()),
            Self::Mute => Manner::Mute,
            Self::Page(title) => Manner::Page(title.into()),
            Self::Secure(title) => Manner::SecurePage(title.into()),
            Self::Redirects(location) => Manner::Redirects(location.into()),
        }
    }
}

const DEBIAN: Door = Door::Greets("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3");
const MARIADB: Door = Door::Greets("Y\0\0\x005.5.5-10.11.6-MariaDB-0+deb12u1\0mysql_native_password\0");
const RTSP: Door = Door::Replies(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP\r\n\r\n");

/// The small network.
pub(crate) static HOUSED: &[Housed] = &[
    at(1, "OPNsense", &[(22, DEBIAN), (53, Door::Mute), (443, Door::Secure("Login | OPNsense"))]),
    at(2, "Network switch", &[(23, Door::Mute), (80, Door::Page("NETGEAR GS308T"))]),
    at(
        3,
        "UniFi",
        &[(22, DEBIAN), (8080, Door::Mute), (8443, Door::Secure("UniFi Network")), (8880, Door::Mute)],
    ),
    at(
        10,
        "Proxmox VE",
        &[(22, DEBIAN), (111, Door::Mute), (8006, Door::Secure("pve1 - Proxmox Virtual Environment"))],
    ),
    at(11, "Proxmox Backup Server", &[(22, DEBIAN), (8007, Door::Secure("pbs - Proxmox Backup Server"))]),
    at(
        12,
        "TrueNAS",
        &[
            (22, DEBIAN),
            (80, Door::Redirects("https://10.77.5.12/")),
            (443, Door::Secure("TrueNAS - 10.77.5.12")),
            (445, Door::Mute),
            (2049, Door::Mute),
        ],
    ),
    at(
        13,
        "Synology NAS",
        &[
            (139, Door::Mute),
            (445, Door::Mute),
            (5000, Door::Page("nas - Synology DiskStation")),
            (5001, Door::Secure("nas - Synology DiskStation")),
        ],
    ),
    at(
        14,
        "Unraid",
        &[(22, DEBIAN), (80, Door::Page("Tower/Main - Unraid")), (445, Door::Mute), (2049, Door::Mute)],
    ),
    at(
        15,
        "Printer",
        &[
            (80, Door::Page("HP LaserJet Pro")),
            (515, Door::Mute),
            (631, Door::Page("HP LaserJet Pro")),
            (9100, Door::Mute),
        ],
    ),
    shy(16, "Windows PC", Shy::Ping, &[(139, Door::Mute), (445, Door::Mute), (3389, Door::Mute)]),
    at(20, "Home Assistant", &[(8123, Door::Page("Home Assistant"))]),
    at(21, "Pi-hole", &[(22, DEBIAN), (53, Door::Mute), (80, Door::Page("Pi-hole - attic"))]),
    at(
        22,
        "Docker Host",
        &[
            (22, DEBIAN),
            (3000, Door::Page("Grafana")),
            (8096, Door::Page("Jellyfin")),
            (9000, Door::Page("Portainer")),
            (9443, Door::Secure("Portainer")),
        ],
    ),
    at(23, "PostgreSQL", &[(22, DEBIAN), (5432, Door::Replies(b"N")), (9100, Door::Page("Node Exporter"))]),
    at(24, "MySQL", &[(3306, MARIADB)]),
    at(25, "MQTT broker", &[(22, DEBIAN), (1883, Door::Replies(&[0x20, 2, 0, 0]))]),
    at(26, "Kubernetes API", &[(22, DEBIAN), (6443, Door::Secure("")), (10250, Door::Secure(""))]),
    shy(27, "Web Server", Shy::Ping, &[(80, Door::Page("Welcome to nginx!"))]),
    at(28, "Camera", &[(80, Door::Page("Web client")), (554, RTSP)]),
    shy(30, "", Shy::Tcp, &[(22, DEBIAN), (80, Door::Page("Nobody sees this"))]),
];

/// The boxes of it that speak IPv6 too, as `fd77:5::<octet>`.
pub(crate) const SPEAK_V6: [u8; 3] = [10, 13, 20];

const fn at(octet: u8, label: &'static str, doors: &'static [(u16, Door)]) -> Housed {
    shy(octet, label, Shy::Open, doors)
}

const fn shy(octet: u8, label: &'static str, shy: Shy, doors: &'static [(u16, Door)]) -> Housed {
    Housed { octet, label, shy, doors }
}

impl Housed {
    pub(crate) fn address(&self) -> String {
        format!("10.77.5.{}", self.octet)
    }

    /// The ports that a scan of them can find.
    pub(crate) fn ports(&self) -> Vec<u16> {
        let open = self.doors.iter().map(|(port, _)| *port);
        if self.shy == Shy::Tcp { Vec::new() } else { open.collect() }
    }
}

/// The two hundred hosts of 10.78.0.0/16, far apart from each other; every fifth drops echo requests.
pub(crate) fn wide() -> Vec<(String, Shy)> {
    let host = |number: u32| {
        let place = 1 + number * 327;
        let shy = if number % 5 == 4 { Shy::Ping } else { Shy::Open };
        (format!("10.78.{}.{}", place / 256, (place % 256).clamp(1, 254)), shy)
    };
    (0..200).map(host).collect()
}
