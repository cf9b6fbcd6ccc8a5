//! What a guest's agent tells: the operating system and the addresses. Containers' addresses come without one, in the same form.

use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize};

use super::rows::Rows;
use crate::pve::lenient;

/// The agent's answers are wrapped once more.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AgentAnswer<T> {
    /// What it said.
    pub result: T,
}

/// The answer of `get-osinfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct OsInfo {
    /// `debian`, `alpine`, `mswindows`, …
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// `Debian GNU/Linux`.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// `Debian GNU/Linux 13 (trixie)`.
    #[serde(rename = "pretty-name", deserialize_with = "lenient::text")]
    pub pretty_name: Option<String>,
    /// `13`.
    #[serde(rename = "version-id", deserialize_with = "lenient::text")]
    pub version_id: Option<String>,
    /// `6.12.107+deb13-cloud-amd64`.
    #[serde(rename = "kernel-release", deserialize_with = "lenient::text")]
    pub kernel_release: Option<String>,
    /// `x86_64`.
    #[serde(deserialize_with = "lenient::text")]
    pub machine: Option<String>,
}

/// The answer of `get-host-name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostName {
    /// As the guest calls itself.
    #[serde(rename = "host-name")]
    pub host_name: String,
}

/// A network interface as the guest has it: by the agent of a virtual machine or by the node of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuestInterface {
    /// `eth0`, `Ethernet 2`, `lo`.
    pub name: String,
    /// Hardware address, in lower case; `None` for tunnels.
    pub mac: Option<String>,
    /// Its addresses, link-local ones too.
    pub addresses: Vec<InterfaceAddress>,
}

/// An address and the size of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InterfaceAddress {
    /// The address.
    pub address: IpAddr,
    /// Bits of the network.
    pub prefix: Option<u8>,
}

impl InterfaceAddress {
    fn of(cidr: &str) -> Option<Self> {
        let (address, prefix) = cidr.split_once('/').unwrap_or((cidr, ""));
        Some(Self { address: address.parse().ok()?, prefix: prefix.parse().ok() })
    }
}

#[derive(Deserialize)]
struct Sent {
    name: String,
    #[serde(default, rename = "hardware-address", deserialize_with = "lenient::text")]
    hardware_address: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    hwaddr: Option<String>,
    #[serde(default, rename = "ip-addresses", deserialize_with = "lenient::part")]
    addresses: Rows<SentAddress>,
    #[serde(default, deserialize_with = "lenient::text")]
    inet: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    inet6: Option<String>,
}

#[derive(Deserialize)]
struct SentAddress {
    #[serde(rename = "ip-address")]
    address: IpAddr,
    #[serde(default, deserialize_with = "lenient::parsed")]
    prefix: Option<u8>,
}

impl<'de> Deserialize<'de> for GuestInterface {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let sent = Sent::deserialize(input)?;
        let listed = sent.addresses.iter();
        let mut addresses: Vec<InterfaceAddress> =
            listed.map(|sent| InterfaceAddress { address: sent.address, prefix: sent.prefix }).collect();
        // Version 8 has these two only; version 9 repeats the first of each kind in them.
        let single =
            [&sent.inet, &sent.inet6].into_iter().flatten().filter_map(|cidr| InterfaceAddress::of(cidr));
        for address in single {
            if !addresses.iter().any(|known| known.address == address.address) {
                addresses.push(address);
            }
        }
        let mac = sent.hardware_address.or(sent.hwaddr).map(|mac| mac.to_ascii_lowercase());
        Ok(Self { name: sent.name, mac, addresses })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_8_lists_one_address_of_each_kind() {
        let eth0: GuestInterface = serde_json::from_str(
            r#"{"name": "eth0", "hwaddr": "BC:24:11:7A:26:5C", "inet": "10.77.0.101/24", "inet6": "fe80::1/64"}"#,
        )
        .unwrap();
        assert_eq!(eth0.mac.as_deref(), Some("bc:24:11:7a:26:5c"));
        let addresses: Vec<String> =
            eth0.addresses.iter().map(|address| address.address.to_string()).collect();
        assert_eq!(addresses, ["10.77.0.101", "fe80::1"]);
        assert_eq!(eth0.addresses[0].prefix, Some(24));
    }
}
