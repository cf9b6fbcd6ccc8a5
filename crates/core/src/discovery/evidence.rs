//! What a sweep saw of one address: facts only, nothing concluded.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use crate::pve::CertificateFacts;

/// Everything one address gave away.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The address asked.
    pub address: IpAddr,
    /// How it was noticed; `None` when nothing answered, and then everything below is empty.
    pub liveness: Option<Liveness>,
    /// Time to the first answer, where the answer was one to a question of ours.
    pub latency: Option<Duration>,
    /// Name from the hosts file, reverse DNS or the host itself, without trailing dot, checked to be a host name.
    pub hostname: Option<String>,
    /// It said that name itself: anybody can, so nobody is recognised by it.
    pub names_itself: bool,
    /// Hardware address, lower case with colons; only on the same segment.
    pub mac: Option<String>,
    /// Ports that accepted a connection, ascending.
    pub open_ports: Vec<u16>,
    /// What a port said first, or in answer to one harmless question; printable text, at most 200 characters.
    pub greetings: BTreeMap<u16, String>,
    /// Answers of web servers, by ascending port.
    pub pages: Vec<Page>,
}

/// The sign of life that came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// An echo reply.
    Icmp,
    /// Its hardware address, learnt just now.
    Arp,
    /// This port accepted or refused a connection.
    Tcp(u16),
}

impl std::fmt::Display for Liveness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Icmp => f.write_str("icmp"),
            Self::Arp => f.write_str("arp"),
            Self::Tcp(port) => write!(f, "tcp:{port}"),
        }
    }
}

/// What a web server answered to `GET /`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The port asked first; redirects within the host may have led to another.
    pub port: u16,
    /// The port that it led to.
    pub lands: u16,
    /// Spoken over TLS there. The certificate is not checked: the page is read, never trusted.
    pub secure: bool,
    /// HTTP status of the last answer.
    pub status: u16,
    /// Text of `<title>`, one line, of answers that are no error; at most 200 characters.
    pub title: Option<String>,
    /// Status line and headers as received, at most 4 KiB.
    pub head: String,
    /// The beginning of the body, at most 8 KiB.
    pub body: String,
    /// The certificate that was shown, read and not believed.
    pub certificate: Option<CertificateFacts>,
}

impl Evidence {
    /// An address of which nothing is known yet.
    pub fn none(address: IpAddr) -> Self {
        Self {
            address,
            liveness: None,
            latency: None,
            hostname: None,
            names_itself: false,
            mac: None,
            open_ports: Vec::new(),
            greetings: BTreeMap::new(),
            pages: Vec::new(),
        }
    }

    /// Whether the port accepted a connection.
    pub fn is_open(&self, port: u16) -> bool {
        self.open_ports.binary_search(&port).is_ok()
    }

    /// The title that says most about the host: the first one in the order of ports.
    pub fn title(&self) -> Option<&str> {
        self.pages.iter().find_map(|page| page.title.as_deref())
    }

    /// The SSH server's own version line, on whichever port it was heard.
    pub fn ssh_banner(&self) -> Option<&str> {
        self.greetings.values().map(String::as_str).find(|greeting| greeting.starts_with("SSH-"))
    }
}
