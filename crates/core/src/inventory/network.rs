//! Which network an address is on: explicit membership first, else the longest matching prefix.

use std::net::IpAddr;

use ipnet::IpNet;

use super::item::{Item, ItemId};

/// A network in canonical CIDR form; host bits are dropped, a bare address is a network of one.
///
/// # Errors
/// When it is neither.
pub fn cidr(text: &str) -> Result<String, String> {
    parse(text)
        .map(|net| net.to_string())
        .ok_or_else(|| format!("wants a network such as 10.0.20.0/24, not \"{text}\""))
}

fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(|net| net.trunc())
}

/// The networks of a lab, ready to be asked.
#[derive(Debug, Default, Clone)]
pub struct Networks {
    nets: Vec<Net>,
}

/// One network.
#[derive(Debug, Clone)]
pub struct Net {
    /// Id of the network item.
    pub id: ItemId,
    /// Name.
    pub name: String,
    /// `#rrggbb`, the predecessor's default when none is set.
    pub color: String,
    /// VLAN id.
    pub vlan_id: Option<i64>,
    subnet: Option<IpNet>,
}

/// Colour of a network that has none, as the predecessor drew it.
pub const DEFAULT_COLOR: &str = "#E74C3C";

impl Networks {
    /// Reads the network items among `items`.
    pub fn new<'a>(items: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut nets: Vec<Net> = items
            .into_iter()
            .filter(|item| item.kind == super::Kind::Networks)
            .map(|item| {
                let text = |name: &str| item.fields.get(name).and_then(|value| value.as_str());
                Net {
                    id: item.id,
                    name: item.name.clone(),
                    color: text("color").unwrap_or(DEFAULT_COLOR).into(),
                    vlan_id: item.fields.get("vlan_id").and_then(serde_json::Value::as_i64),
                    subnet: text("subnet").and_then(parse),
                }
            })
            .collect();
        nets.sort_by_key(|net| std::cmp::Reverse(net.subnet.map(|subnet| subnet.prefix_len())));
        Self { nets }
    }

    /// The network with the longest prefix that contains the address.
    pub fn containing(&self, ip: &str) -> Option<&Net> {
        let ip: IpAddr = ip.parse().ok()?;
        self.nets.iter().find(|net| net.subnet.is_some_and(|subnet| subnet.contains(&ip)))
    }

    /// The network of that id.
    pub fn get(&self, id: ItemId) -> Option<&Net> {
        self.nets.iter().find(|net| net.id == id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{inventory::Kind, stamp::Stamp};

    fn network(id: i64, subnet: &str) -> Item {
        let fields = serde_json::json!({"subnet": subnet}).as_object().unwrap().clone();
        Item {
            id,
            kind: Kind::Networks,
            name: subnet.into(),
            fields,
            rev: 1,
            created_at: Stamp(0),
            updated_at: Stamp(0),
        }
    }

    #[test]
    fn the_longest_prefix_wins_whatever_the_order() {
        let networks =
            Networks::new(&[network(1, "10.0.0.0/8"), network(2, "10.0.20.0/24"), network(3, "fd00::/8")]);
        assert_eq!(networks.containing("10.0.20.7").unwrap().id, 2);
        assert_eq!(networks.containing("10.1.1.1").unwrap().id, 1);
        assert_eq!(networks.containing("fd00::1").unwrap().id, 3);
        assert!(networks.containing("192.168.0.1").is_none());
        assert!(networks.containing("a, b").is_none());
    }

    #[test]
    fn cidr_is_canonical() {
        assert_eq!(cidr("10.0.20.5/24").unwrap(), "10.0.20.0/24");
        assert!(cidr("10.0.20.5/33").is_err());
    }
}
