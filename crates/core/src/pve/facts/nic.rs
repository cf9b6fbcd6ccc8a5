//! The network cards of a guest, as configured.

use serde::Serialize;

use super::property::Properties;
use crate::pve::lenient;

/// One card: `net0`, `net1`, … with what `ipconfig0`, … tells a virtual machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct GuestNic {
    /// The number behind `net`.
    pub index: u32,
    /// What the container calls it: `eth0`. Virtual machines choose for themselves.
    pub name: Option<String>,
    /// The card that a virtual machine sees: `virtio`, `e1000`, …
    pub model: Option<String>,
    /// The bridge of the node that it hangs on.
    pub bridge: Option<String>,
    /// Its hardware address, in capitals.
    pub mac: Option<String>,
    /// IPv4.
    pub ip: Option<IpSetting>,
    /// IPv6.
    pub ip6: Option<IpSetting>,
    /// IPv4 gateway.
    pub gateway: Option<String>,
    /// IPv6 gateway.
    pub gateway6: Option<String>,
    /// The VLAN that it is in.
    pub vlan: Option<u16>,
    /// VLANs that it may carry besides.
    pub trunks: Option<String>,
    /// Whether the firewall looks at it.
    pub firewall: Option<bool>,
    /// Largest packet; 1 means that of the bridge.
    pub mtu: Option<u64>,
    /// Whether its cable is unplugged.
    pub link_down: Option<bool>,
}

/// Where an address comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IpSetting {
    /// From a DHCP server.
    Dhcp,
    /// From router advertisements.
    Auto,
    /// The guest sees to it itself.
    Manual,
    /// This one, with its prefix: `10.77.0.101/24`.
    Static(String),
}

impl IpSetting {
    fn of(text: &str) -> Self {
        match text {
            "dhcp" => Self::Dhcp,
            "auto" => Self::Auto,
            "manual" => Self::Manual,
            address => Self::Static(address.to_owned()),
        }
    }
}

impl GuestNic {
    /// From the value of `net<index>` and, for a virtual machine with cloud-init, of `ipconfig<index>`.
    pub(super) fn read(index: u32, net: &str, ipconfig: Option<&str>) -> Self {
        let net = Properties::of(net);
        let cloud = Properties::of(ipconfig.unwrap_or_default());
        let text = |name: &str| net.get(name).map(str::to_owned);
        let either = |name: &str| net.get(name).or_else(|| cloud.get(name));
        // A virtual machine's first part is model=MAC; written out it is model=virtio,macaddr=….
        let (model, mac) = match net.first() {
            Some((model, mac)) if looks_like_mac(mac) && model != "hwaddr" && model != "macaddr" => {
                (Some(model.to_owned()), Some(mac))
            }
            _ => (text("model"), net.get("hwaddr").or_else(|| net.get("macaddr"))),
        };
        Self {
            index,
            name: text("name"),
            model,
            bridge: text("bridge"),
            mac: mac.map(str::to_ascii_uppercase),
            ip: either("ip").map(IpSetting::of),
            ip6: either("ip6").map(IpSetting::of),
            gateway: either("gw").map(str::to_owned),
            gateway6: either("gw6").map(str::to_owned),
            vlan: net.get("tag").and_then(|tag| tag.parse().ok()),
            trunks: text("trunks"),
            firewall: net.get("firewall").and_then(lenient::word_flag),
            mtu: net.get("mtu").and_then(|mtu| mtu.parse().ok()),
            link_down: net.get("link_down").and_then(lenient::word_flag),
        }
    }
}

fn looks_like_mac(text: &str) -> bool {
    let pairs = text.split(':');
    pairs.clone().count() == 6
        && pairs.into_iter().all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_card_has_a_name_and_an_address() {
        let nic = GuestNic::read(
            0,
            "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:7A:26:5C,ip=10.77.0.101/24,type=veth,tag=20",
            None,
        );
        assert_eq!(nic.name.as_deref(), Some("eth0"));
        assert_eq!(nic.bridge.as_deref(), Some("vmbr0"));
        assert_eq!(nic.mac.as_deref(), Some("BC:24:11:7A:26:5C"));
        assert_eq!(nic.ip, Some(IpSetting::Static("10.77.0.101/24".into())));
        assert_eq!((nic.vlan, nic.model), (Some(20), None));
    }

    #[test]
    fn a_machine_card_has_a_model_and_cloud_init_its_address() {
        let nic = GuestNic::read(
            0,
            "virtio=bc:24:11:00:02:00,bridge=vmbr0,firewall=1",
            Some("ip=dhcp,gw=10.0.0.1,ip6=auto"),
        );
        assert_eq!(nic.model.as_deref(), Some("virtio"));
        assert_eq!(nic.mac.as_deref(), Some("BC:24:11:00:02:00"));
        assert_eq!((nic.ip, nic.ip6), (Some(IpSetting::Dhcp), Some(IpSetting::Auto)));
        assert_eq!((nic.gateway.as_deref(), nic.firewall), (Some("10.0.0.1"), Some(true)));
        let written_out = GuestNic::read(1, "model=e1000,macaddr=BC:24:11:00:02:01,bridge=vmbr1", None);
        assert_eq!(written_out.model.as_deref(), Some("e1000"));
        assert_eq!(written_out.mac.as_deref(), Some("BC:24:11:00:02:01"));
    }

    #[test]
    fn an_empty_or_odd_card_is_still_a_card() {
        assert_eq!(GuestNic::read(3, "", None), GuestNic { index: 3, ..GuestNic::default() });
        assert_eq!(GuestNic::read(0, "tag=x,=,,y", None).vlan, None);
    }
}
