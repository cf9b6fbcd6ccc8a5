//! The ports worth knocking on in a homelab, what usually listens there, and how such a service is made to speak.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much to knock on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// The sixteen that say most.
    Quick,
    /// What homelabs run, about ninety ports.
    #[default]
    Standard,
    /// The standard ones and everything up to 1024.
    Full,
}

impl Preset {
    /// Its ports, ascending, each once.
    pub fn ports(self) -> Vec<u16> {
        let mut ports: Vec<u16> =
            SERVICES.iter().filter(|service| service.from <= self).map(|service| service.port).collect();
        if self == Self::Full {
            ports.extend(1..=1024);
            ports.sort_unstable();
            ports.dedup();
        }
        ports
    }
}

/// How to learn what listens on an open port without disturbing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It speaks first.
    Listen,
    /// Send these bytes, read the answer.
    Ask(&'static [u8]),
    /// A web server; plain first, TLS if that fails.
    Web,
    /// A web server; TLS first, plain if that fails.
    SecureWeb,
    /// Nothing is known: listen a moment, then ask like a web browser.
    Unknown,
    /// Say nothing: it has nothing to tell, or a stray byte does harm.
    Quiet,
}

/// The usual name of what listens there.
pub fn service_name(port: u16) -> Option<&'static str> {
    find(port).map(|service| service.name)
}

/// How to address an open port, given the others that are open on the same host.
///
/// Raw printing (9100 to 9107) prints whatever it is sent, so a page is asked for on 9100 only where SSH runs and no
/// other sign of a printer is there.
pub fn opening_of(port: u16, open: &[u16]) -> Opening {
    match port {
        9100 if open.contains(&22) && !open.contains(&515) && !open.contains(&631) => Opening::Web,
        9100..=9107 => Opening::Quiet,
        _ => find(port).map_or(Opening::Unknown, |service| service.opening),
    }
}

struct Service {
    port: u16,
    name: &'static str,
    opening: Opening,
    from: Preset,
}

fn find(port: u16) -> Option<&'static Service> {
    SERVICES.binary_search_by_key(&port, |service| service.port).ok().map(|at| &SERVICES[at])
}

/// PostgreSQL's `SSLRequest`: every server answers it with the one letter `S` or `N`, and nothing is logged.
const SSL_REQUEST: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
/// MQTT 3.1.1 `CONNECT`, clean session, empty client id, keep-alive 5 s; a broker answers `CONNACK` (0x20).
const MQTT_CONNECT: &[u8] = &[0x10, 0x0c, 0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 5, 0, 0];

/// What a camera can do; it asks for no picture.
const RTSP_OPTIONS: &[u8] = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";

const fn quick(port: u16, name: &'static str, opening: Opening) -> Service {
    Service { port, name, opening, from: Preset::Quick }
}

const fn standard(port: u16, name: &'static str, opening: Opening) -> Service {
    Service { port, name, opening, from: Preset::Standard }
}

/// Ascending by port.
static SERVICES: &[Service] = &[
    standard(21, "FTP", Opening::Listen),
    quick(22, "SSH", Opening::Listen),
    standard(23, "Telnet", Opening::Quiet),
    standard(25, "SMTP", Opening::Listen),
    quick(53, "DNS", Opening::Quiet),
    quick(80, "HTTP", Opening::Web),
    standard(81, "Nginx Proxy Manager", Opening::Web),
    standard(88, "Kerberos", Opening::Quiet),
    standard(110, "POP3", Opening::Listen),
    standard(111, "RPC portmapper", Opening::Quiet),
    standard(139, "NetBIOS", Opening::Quiet),
    standard(143, "IMAP", Opening::Listen),
    standard(389, "LDAP", Opening::Quiet),
    quick(443, "HTTPS", Opening::SecureWeb),
    quick(445, "SMB", Opening::Quiet),
    standard(515, "LPD printing", Opening::Quiet),
    standard(548, "AFP", Opening::Quiet),
    standard(554, "RTSP", Opening::Ask(RTSP_OPTIONS)),
    standard(587, "SMTP submission", Opening::Listen),
    standard(631, "IPP printing", Opening::Web),
    standard(853, "DNS over TLS", Opening::Quiet),
    standard(873, "rsync", Opening::Listen),
    standard(993, "IMAPS", Opening::Quiet),
    standard(1433, "SQL Server", Opening::Quiet),
    standard(1880, "Node-RED", Opening::Web),
    standard(1883, "MQTT", Opening::Ask(MQTT_CONNECT)),
    standard(2049, "NFS", Opening::Quiet),
    standard(2283, "Immich", Opening::Web),
    standard(2375, "Docker", Opening::Web),
    standard(2376, "Docker TLS", Opening::Quiet),
    standard(2379, "etcd", Opening::Quiet),
    standard(3000, "Grafana", Opening::Web),
    standard(3001, "Uptime Kuma", Opening::Web),
    standard(3260, "iSCSI", Opening::Quiet),
    quick(3306, "MySQL", Opening::Listen),
    quick(3389, "RDP", Opening::Quiet),
    standard(3493, "NUT", Opening::Ask(b"VER\n")),
    standard(4533, "Navidrome", Opening::Web),
    standard(5000, "HTTP 5000", Opening::Web),
    standard(5001, "HTTPS 5001", Opening::SecureWeb),
    standard(5055, "Overseerr", Opening::Web),
    quick(5432, "PostgreSQL", Opening::Ask(SSL_REQUEST)),
    standard(5601, "Kibana", Opening::Web),
    standard(5672, "AMQP", Opening::Quiet),
    quick(5900, "VNC", Opening::Listen),
    standard(5985, "WinRM", Opening::Web),
    standard(6052, "ESPHome", Opening::Web),
    standard(6053, "ESPHome API", Opening::Quiet),
    standard(6379, "Redis", Opening::Ask(b"PING\r\n")),
    quick(6443, "Kubernetes", Opening::SecureWeb),
    standard(6767, "Bazarr", Opening::Web),
    standard(7878, "Radarr", Opening::Web),
    standard(8000, "HTTP 8000", Opening::Web),
    quick(8006, "Proxmox", Opening::SecureWeb),
    standard(8007, "Proxmox Backup", Opening::SecureWeb),
    standard(8008, "HTTP 8008", Opening::Web),
    quick(8080, "HTTP-alt", Opening::Web),
    standard(8081, "HTTP 8081", Opening::Web),
    standard(8083, "Calibre-Web", Opening::Web),
    standard(8086, "InfluxDB", Opening::Web),
    standard(8096, "Jellyfin", Opening::Web),
    standard(8112, "Deluge", Opening::Web),
    standard(8123, "Home Assistant", Opening::Web),
    standard(8181, "HTTP 8181", Opening::Web),
    standard(8200, "Vault", Opening::Web),
    standard(8291, "Winbox", Opening::Quiet),
    standard(8384, "Syncthing", Opening::Web),
    quick(8443, "HTTPS-alt", Opening::SecureWeb),
    standard(8686, "Lidarr", Opening::Web),
    standard(8728, "RouterOS API", Opening::Quiet),
    standard(8787, "Readarr", Opening::Web),
    standard(8880, "HTTP 8880", Opening::Web),
    standard(8883, "MQTT TLS", Opening::Quiet),
    standard(8888, "HTTP 8888", Opening::Web),
    standard(8989, "Sonarr", Opening::Web),
    standard(9000, "Portainer", Opening::Web),
    standard(9001, "MinIO console", Opening::Web),
    quick(9090, "Cockpit", Opening::Web),
    standard(9091, "Transmission", Opening::Web),
    standard(9093, "Alertmanager", Opening::Web),
    quick(9100, "Node Exporter", Opening::Quiet),
    standard(9117, "Jackett", Opening::Web),
    standard(9200, "Elasticsearch", Opening::Web),
    standard(9443, "Portainer TLS", Opening::SecureWeb),
    standard(9696, "Prowlarr", Opening::Web),
    standard(10000, "Webmin", Opening::SecureWeb),
    standard(10250, "kubelet", Opening::SecureWeb),
    standard(11434, "Ollama", Opening::Web),
    standard(19999, "Netdata", Opening::Web),
    standard(25565, "Minecraft", Opening::Quiet),
    standard(27017, "MongoDB", Opening::Web),
    standard(32400, "Plex", Opening::Web),
    standard(51821, "WireGuard UI", Opening::Web),
    standard(61208, "Glances", Opening::Web),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ascending_so_that_it_can_be_searched() {
        assert!(SERVICES.windows(2).all(|pair| pair[0].port < pair[1].port));
    }

    #[test]
    fn each_preset_contains_the_smaller_one() {
        let (quick, standard, full) = (Preset::Quick.ports(), Preset::Standard.ports(), Preset::Full.ports());
        assert!(quick.iter().all(|port| standard.contains(port)));
        assert!(standard.iter().all(|port| full.contains(port)));
        assert!(quick.len() < standard.len() && standard.len() < full.len());
        assert!(full.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_ports_of_the_predecessor_are_all_in_the_quick_preset() {
        for port in [22, 80, 443, 3306, 5432, 5900, 6443, 8006, 8080, 8443, 9090, 9100] {
            assert!(Preset::Quick.ports().contains(&port), "{port}");
        }
    }

    #[test]
    fn a_printer_is_never_sent_a_page_request() {
        assert_eq!(opening_of(9100, &[80, 631, 9100]), Opening::Quiet);
        assert_eq!(opening_of(9100, &[22, 515, 9100]), Opening::Quiet);
        assert_eq!(opening_of(9100, &[9100]), Opening::Quiet);
        assert_eq!(opening_of(9101, &[22, 9101]), Opening::Quiet);
        assert_eq!(opening_of(9100, &[22, 9100]), Opening::Web);
    }
}
