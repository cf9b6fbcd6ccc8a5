//! What a sweep saw of one address: facts only, nothing concluded.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::leases::Lease;
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
    /// It said that name itself, to us or to a DHCP server: anybody can, so nobody is recognised by it.
    pub names_itself: bool,
    /// Hardware address, lower case with colons; on the same segment, or as its lease has it.
    pub mac: Option<String>,
    /// To whom a DHCP server handed the address out.
    pub lease: Option<Leased>,
    /// Ports that accepted a connection, ascending.
    pub open_ports: Vec<u16>,
    /// What a port said first, or in answer to one harmless question; printable text, at most 200 characters.
    pub greetings: BTreeMap<u16, String>,
    /// Answers of web servers, by ascending port.
    pub pages: Vec<Page>,
}

/// A lease, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// The file.
    pub file: String,
    /// What it says.
    pub lease: Lease,
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
    /// Its icon, as [`super::icon_hash`] tells icons apart.
    pub icon: Option<i32>,
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
            lease: None,
            open_ports: Vec::new(),
            greetings: BTreeMap::new(),
            pages: Vec::new(),
        }
    }

    /// Notes the hardware address that was heard on the segment. Heard is better than written down: a lease of another machine
    /// is left from before, and neither it nor its name is this one's.
    pub fn hear(&mut self, mac: Option<String>) {
        self.mac = mac;
        let is_of_another = |leased: &mut Leased| {
            self.mac.is_some() && leased.lease.mac.is_some() && leased.lease.mac != self.mac
        };
        let Some(stale) = self.lease.take_if(is_of_another) else { return };
        if self.names_itself && self.hostname == stale.lease.hostname {
            (self.hostname, self.names_itself) = (None, false);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A host that has the lease of a camera, and says that it has that name.
    fn leased(mac: Option<&str>, hostname: &str) -> Evidence {
        let lease = Lease { mac: mac.map(Into::into), hostname: Some("camera".into()) };
        Evidence {
            hostname: Some(hostname.into()),
            names_itself: true,
            lease: Some(Leased { file: "leases".into(), lease }),
            ..Evidence::none(IpAddr::from([10, 0, 0, 5]))
        }
    }

    #[test]
    fn a_lease_of_another_machine_is_dropped_with_its_name() {
        let (camera, laptop) = (Some("bc:24:11:00:00:01"), Some("bc:24:11:00:00:02".to_owned()));
        for (lease_of, says, heard, is_kept, named) in [
            (camera, "camera", laptop.clone(), false, None),
            (camera, "laptop", laptop.clone(), false, Some("laptop")),
            (camera, "camera", camera.map(Into::into), true, Some("camera")),
            (camera, "camera", None, true, Some("camera")),
            (None, "camera", laptop.clone(), true, Some("camera")),
        ] {
            let mut host = leased(lease_of, says);
            host.hear(heard.clone());
            assert_eq!((host.lease.is_some(), host.hostname.as_deref()), (is_kept, named), "{heard:?}");
            assert_eq!((host.names_itself, host.mac), (named.is_some(), heard));
        }
    }

    #[test]
    fn the_name_that_reverse_dns_knows_stays_whoever_had_the_lease() {
        let mut host = Evidence { names_itself: false, ..leased(Some("bc:24:11:00:00:01"), "camera") };
        host.hear(Some("bc:24:11:00:00:02".into()));
        assert_eq!((host.hostname.as_deref(), host.lease), (Some("camera"), None));
    }
}
