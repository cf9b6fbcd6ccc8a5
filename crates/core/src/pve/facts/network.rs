//! The network interfaces of a node, as configured.

use serde::{Deserialize, Serialize};

use crate::pve::lenient;

/// A row of `/nodes/{node}/network`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// Its name: `vmbr0`, `eno1`, `bond0`, `vmbr0.20`.
    pub iface: String,
    /// `bridge`, `bond`, `eth`, `vlan`, `OVSBridge`, …
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Whether it is up.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub active: Option<bool>,
    /// Whether it comes up with the node.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub autostart: Option<bool>,
    /// Whether there is hardware behind it.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub exists: Option<bool>,
    /// How it gets its IPv4 address: `static`, `dhcp`, `manual`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub method: Option<String>,
    /// IPv4 address with prefix.
    #[serde(default, deserialize_with = "lenient::text")]
    pub cidr: Option<String>,
    /// IPv4 gateway.
    #[serde(default, deserialize_with = "lenient::text")]
    pub gateway: Option<String>,
    /// IPv6 address with prefix.
    #[serde(default, deserialize_with = "lenient::text")]
    pub cidr6: Option<String>,
    /// IPv6 gateway.
    #[serde(default, deserialize_with = "lenient::text")]
    pub gateway6: Option<String>,
    /// What hangs on a bridge.
    #[serde(default, deserialize_with = "lenient::words")]
    pub bridge_ports: Vec<String>,
    /// Whether a bridge carries VLANs.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub bridge_vlan_aware: Option<bool>,
    /// The VLANs that a bridge carries: `2-4094`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub bridge_vids: Option<String>,
    /// What a bond is made of.
    #[serde(default, deserialize_with = "lenient::words")]
    pub slaves: Vec<String>,
    /// How a bond shares its load.
    #[serde(default, deserialize_with = "lenient::text")]
    pub bond_mode: Option<String>,
    /// The VLAN of a VLAN interface.
    #[serde(default, rename = "vlan-id", deserialize_with = "lenient::parsed")]
    pub vlan: Option<u16>,
    /// The interface below a VLAN interface.
    #[serde(default, rename = "vlan-raw-device", deserialize_with = "lenient::text")]
    pub vlan_raw_device: Option<String>,
    /// Largest packet.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub mtu: Option<u64>,
    /// What somebody wrote about it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub comments: Option<String>,
}
