//! Network addresses of an item: a list, one of them primary.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::item::ItemId;

/// One address of an item: an IP, a MAC, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// IPv4 or IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// MAC address, lower case with colons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Interface name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Network it is on, when said explicitly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_id: Option<ItemId>,
    /// Shown as `ip_address` and `mac_address`.
    #[serde(default)]
    pub primary: bool,
}

/// The networks that the addresses in an item's fields name.
pub fn networks(fields: &Map<String, Value>) -> impl Iterator<Item = ItemId> {
    stored(fields.get("addresses")).into_iter().filter_map(|address| address.network_id)
}

/// The address list stored in an item's `addresses` field.
pub fn stored(value: Option<&Value>) -> Vec<Address> {
    value.and_then(|value| serde_json::from_value(value.clone()).ok()).unwrap_or_default()
}

/// The primary entry, else the first.
pub fn primary(list: &[Address]) -> Option<&Address> {
    list.iter().find(|address| address.primary).or_else(|| list.first())
}

/// Checks a list given by a caller and puts it in stored form, exactly one entry primary.
///
/// # Errors
/// What is wrong, as a fragment to follow the field's name.
pub fn accept(value: &Value) -> Result<Vec<Address>, String> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let mut list: Vec<Address> = serde_json::from_value(value.clone())
        .map_err(|error| format!("wants a list of {{ip, mac, interface, network_id, primary}}: {error}"))?;
    for address in &mut list {
        if let Some(text) = address.ip.take().filter(|text| !text.trim().is_empty()) {
            address.ip = Some(ip(&text)?);
        }
        if let Some(text) = address.mac.take().filter(|text| !text.trim().is_empty()) {
            address.mac = Some(mac(&text)?);
        }
        if address.ip.is_none() && address.mac.is_none() {
            return Err("has an entry with neither ip nor mac".into());
        }
    }
    settle_primary(&mut list);
    Ok(list)
}

/// Sets the primary IP from text; "a, b" sets the primary and adds the others. `None` clears it.
///
/// # Errors
/// When a part is not an IP address.
pub fn set_ip(list: &mut Vec<Address>, text: Option<&str>) -> Result<(), String> {
    let mut given = Vec::new();
    for part in text.unwrap_or_default().split([',', ' ', ';']).filter(|part| !part.is_empty()) {
        given.push(ip(part)?);
    }
    let mut given = given.into_iter();
    let first = given.next();
    let at = list.iter().position(|address| address.primary).or(if list.is_empty() { None } else { Some(0) });
    match (at, first) {
        (Some(at), first) => list[at].ip = first,
        (None, Some(first)) => list.push(Address { ip: Some(first), primary: true, ..Address::default() }),
        (None, None) => {}
    }
    for ip in given {
        if !list.iter().any(|address| address.ip.as_deref() == Some(ip.as_str())) {
            list.push(Address { ip: Some(ip), ..Address::default() });
        }
    }
    list.retain(|address| address.ip.is_some() || address.mac.is_some());
    settle_primary(list);
    Ok(())
}

/// Sets the primary MAC from text; several separated by commas as for [`set_ip`]. `None` clears it.
///
/// # Errors
/// When a part is not a MAC address.
pub fn set_mac(list: &mut Vec<Address>, text: Option<&str>) -> Result<(), String> {
    let mut given = Vec::new();
    for part in text.unwrap_or_default().split([',', ' ', ';']).filter(|part| !part.is_empty()) {
        given.push(mac(part)?);
    }
    let mut given = given.into_iter();
    let first = given.next();
    let at = list.iter().position(|address| address.primary).or(if list.is_empty() { None } else { Some(0) });
    match (at, first) {
        (Some(at), first) => list[at].mac = first,
        (None, Some(first)) => list.push(Address { mac: Some(first), primary: true, ..Address::default() }),
        (None, None) => {}
    }
    for mac in given {
        match list.iter_mut().find(|address| address.mac.is_none()) {
            Some(free) => free.mac = Some(mac),
            None => list.push(Address { mac: Some(mac), ..Address::default() }),
        }
    }
    list.retain(|address| address.ip.is_some() || address.mac.is_some());
    settle_primary(list);
    Ok(())
}

fn settle_primary(list: &mut [Address]) {
    let chosen = list.iter().position(|address| address.primary).unwrap_or(0);
    for (at, address) in list.iter_mut().enumerate() {
        address.primary = at == chosen;
    }
}

/// An IP address in canonical form.
///
/// # Errors
/// When it is not one.
pub fn ip(text: &str) -> Result<String, String> {
    let text = text.trim();
    text.parse::<IpAddr>()
        .map(|ip| ip.to_string())
        .map_err(|_| format!("wants an IP address, not \"{text}\""))
}

/// A MAC address as lower-case hex with colons; dashes, dots and no separators are understood.
///
/// # Errors
/// When it is not twelve hex digits.
pub fn mac(text: &str) -> Result<String, String> {
    let text = text.trim();
    let digits: String =
        text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).map(|c| c.to_ascii_lowercase()).collect();
    if digits.len() != 12 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(format!("wants a MAC address such as bc:24:11:0a:0b:0c, not \"{text}\""));
    }
    let pairs: Vec<&str> = (0..6).map(|at| &digits[at * 2..at * 2 + 2]).collect();
    Ok(pairs.join(":"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn two_addresses_in_one_text_are_two_addresses() {
        let mut list = Vec::new();
        set_ip(&mut list, Some("10.0.0.1, 10.0.0.2")).unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(primary(&list).unwrap().ip.as_deref(), Some("10.0.0.1"));
        assert!(list[0].primary && !list[1].primary);
    }

    #[test]
    fn clearing_the_ip_keeps_the_mac() {
        let mut list = Vec::new();
        set_ip(&mut list, Some("10.0.0.1")).unwrap();
        set_mac(&mut list, Some("BC-24-11-0A-0B-0C")).unwrap();
        set_ip(&mut list, None).unwrap();
        assert_eq!(list[0].mac.as_deref(), Some("bc:24:11:0a:0b:0c"));
        set_mac(&mut list, None).unwrap();
        assert!(list.is_empty());
    }

    #[test]
    fn rubbish_is_refused_by_name() {
        assert!(mac("bc:24").unwrap_err().contains("bc:24"));
        assert!(set_ip(&mut Vec::new(), Some("10.0.0.999")).unwrap_err().contains("10.0.0.999"));
    }
}
