//! One look at one door: whether a port takes a connection, what a web server answers.

use std::net::IpAddr;
use std::time::Duration;

use thiserror::Error;

use crate::pve::CertificateFacts;

/// What came of one TCP connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knocked {
    /// The address that was asked; `None` when the name has none.
    pub address: Option<IpAddr>,
    /// How long it took to be let in, or to be refused; `None` when there was no answer.
    pub latency: Option<Duration>,
    /// Why it was not let in; `None` when it was.
    pub reason: Option<String>,
}

impl Knocked {
    /// Nobody could be asked.
    pub fn not_asked(reason: impl Into<String>) -> Self {
        Self { address: None, latency: None, reason: Some(reason.into()) }
    }

    /// Whether it was let in.
    pub fn is_open(&self) -> bool {
        self.reason.is_none()
    }
}

/// An address in the web that may be asked: `http` or `https`, a host, a port, a path. No user, no fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress {
    /// `https`.
    pub secure: bool,
    /// Name or address; of IPv6 without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path and question, as they are sent.
    pub path: String,
}

/// Why that is no address in the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WebAddressError {
    /// Another scheme.
    #[error("give a URL that begins with http:// or https://")]
    Scheme,
    /// A user or password in it.
    #[error("leave user and password out of the URL: they would be sent to whoever answers")]
    User,
    /// No host, or none that can be one.
    #[error("the URL has no host that can be one")]
    Host,
    /// A port that is none.
    #[error("the URL has a port that is none: 1 to 65535")]
    Port,
    /// Characters that no URL has.
    #[error("a URL has printable ASCII characters only and no spaces; escape others as %XX")]
    Characters,
    /// Too long.
    #[error("a URL has at most 2000 characters here")]
    Long,
}

impl WebAddress {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, WebAddressError> {
        if text.len() > 2000 {
            return Err(WebAddressError::Long);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['\\', '"', '<', '>']) {
            return Err(WebAddressError::Characters);
        }
        let (scheme, rest) = text.split_once("://").ok_or(WebAddressError::Scheme)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(WebAddressError::Scheme),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(WebAddressError::User);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(v6) => {
                let (host, after) = v6.split_once(']').ok_or(WebAddressError::Host)?;
                host.parse::<std::net::Ipv6Addr>().map_err(|_| WebAddressError::Host)?;
                let port = if after.is_empty() {
                    None
                } else {
                    Some(after.strip_prefix(':').ok_or(WebAddressError::Host)?)
                };
                (host, port)
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_host = authority.starts_with('[') || host.bytes().all(is_name);
        if host.is_empty() || host.len() > 253 || host.starts_with('-') || !is_host {
            return Err(WebAddressError::Host);
        }
        let port = match port {
            None if secure => 443,
            None => 80,
            Some(text) => {
                let port = text.parse::<u16>().ok().filter(|port| *port > 0);
                port.filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
                    .ok_or(WebAddressError::Port)?
            }
        };
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Ok(Self { secure, host: host.into(), port, path })
    }

    /// Host and port as the header `Host` has them.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }

    /// The whole of it.
    pub fn text(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority(), self.path)
    }
}

/// What a web server answered to one request. A redirect is an answer like any other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fetched {
    /// The address that was asked; `None` when the name has none.
    pub address: Option<IpAddr>,
    /// Status; `None` when there was no answer that is HTTP.
    pub status: Option<u16>,
    /// From the beginning to the end of the answer.
    pub latency: Duration,
    /// Bytes of the body that came.
    pub body_bytes: u64,
    /// There was more of it than is read.
    pub is_cut: bool,
    /// The certificate that was shown, read and not believed.
    pub certificate: Option<CertificateFacts>,
    /// Why there is no answer.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_is_read_as_it_is_meant() {
        let read = |text: &str| WebAddress::parse(text).unwrap();
        let plain = read("http://nas.lan/a?b=c#d");
        assert_eq!(
            (plain.secure, plain.host.as_str(), plain.port, plain.path.as_str()),
            (false, "nas.lan", 80, "/a?b=c")
        );
        assert_eq!(plain.text(), "http://nas.lan/a?b=c");
        let v6 = read("HTTPS://[fd00::1]:8006?x");
        assert_eq!(
            (v6.host.as_str(), v6.port, v6.text().as_str()),
            ("fd00::1", 8006, "https://[fd00::1]:8006/?x")
        );
        assert_eq!(read("https://pve").text(), "https://pve/");
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        use WebAddressError as E;
        for (text, why) in [
            ("file:///etc/passwd", E::Scheme),
            ("gopher://x/", E::Scheme),
            ("ftp://x/", E::Scheme),
            ("/etc/passwd", E::Scheme),
            ("http://user:pass@10.0.0.1/", E::User),
            ("http://10.0.0.1@127.0.0.1/", E::User),
            ("http:///x", E::Host),
            ("http://[::1/", E::Host),
            ("http://[x]/", E::Host),
            ("http://-oProxy/", E::Host),
            ("http://a b/", E::Characters),
            ("http://a/\r\nHost: b", E::Characters),
            ("http://a\\@b/", E::Characters),
            ("http://a:0/", E::Port),
            ("http://a:99999/", E::Port),
            ("http://a:+80/", E::Port),
        ] {
            assert_eq!(WebAddress::parse(text), Err(why), "{text}");
        }
    }
}
