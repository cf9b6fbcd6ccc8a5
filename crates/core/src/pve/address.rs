//! Where a node's API answers.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id_error::{IdError, Shown};
use super::text_id::made_of;

/// Host and port. Read from `pve1.lan`, `10.0.0.2:8006`, `[fd00::2]:8006` and from the address that a browser shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// Where Proxmox VE listens unless told otherwise.
    pub const USUAL_PORT: u16 = 8006;

    /// Name or address; an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same host at another port.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self { port, ..self }
    }
}

impl FromStr for Address {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let refused = || IdError::Address(Shown::of(text));
        let text = text.trim();
        let text = text.strip_prefix("https://").unwrap_or(text);
        let text = text.trim_end_matches('/').trim_end_matches("/api2/json");
        let (host, port) = apart(text).ok_or_else(refused)?;
        let port = match port {
            None => Self::USUAL_PORT,
            Some(digits) => port_number(digits).ok_or_else(refused)?,
        };
        Ok(Self { host: host.to_ascii_lowercase(), port })
    }
}

/// The host without brackets, and the port's digits.
fn apart(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(inner) = text.strip_prefix('[') {
        let (host, rest) = inner.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return match rest {
            "" => Some((host, None)),
            rest => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((text, None));
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    is_host(host).then_some((host, port))
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| made_of(label, 1..=63, |byte| *byte != b'-' && in_label(byte), in_label);
    text.len() <= 253 && text.split('.').all(label)
}

/// IPv4 addresses are made of these too. The underscore is no part of a host's name by the book, and of many in practice.
fn in_label(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(byte)
}

fn port_number(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port > 0)
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(out, "[{}]:{}", self.host, self.port);
        }
        write!(out, "{}:{}", self.host, self.port)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_the_same_place() {
        for (given, shown) in [
            ("pve1", "pve1:8006"),
            ("PVE1.lan:443", "pve1.lan:443"),
            ("10.0.0.2", "10.0.0.2:8006"),
            ("https://10.0.0.2:8006/api2/json", "10.0.0.2:8006"),
            ("https://pve1.lan:8006/", "pve1.lan:8006"),
            ("[fd00::2]:8443", "[fd00::2]:8443"),
            ("fd00::2", "[fd00::2]:8006"),
        ] {
            assert_eq!(given.parse::<Address>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for bad in [
            "",
            ":8006",
            "http://pve1",
            "pve1:",
            "pve1:0",
            "pve1:+8006",
            "pve1:70000",
            "a b",
            "-pve",
            "pve1/x",
            "user@pve1",
            "pve1:8006/evil",
            "[pve1]",
            "a..b",
            "[::1]8006",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
