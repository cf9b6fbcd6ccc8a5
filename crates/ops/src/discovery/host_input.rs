//! A found host as the import takes it, and what can be said of it without the store.

use std::collections::{BTreeMap, HashMap};

use labkeeper_core::discovery::PortChoice;
use labkeeper_core::inventory::admit::{OnUnknown, admit};
use labkeeper_core::inventory::field::Shape;
use labkeeper_core::inventory::{Kind, address};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::found_host::FoundHost;
use super::recognition::Traits;

/// One host to take in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostInput {
    /// Its address.
    pub ip: String,
    /// Kind of item to create.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Host name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// That name is its own word alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub names_itself: bool,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Port of its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// That page is behind TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub https: Option<bool>,
    /// Icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Open ports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_ports: Option<String>,
    /// Page title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_title: Option<String>,
}

impl HostInput {
    /// What the import is given of a found host. A scan of few ports says nothing of the others, so it proposes none.
    pub fn suggested(host: &FoundHost, block: &str, ports: &PortChoice) -> Self {
        let page = host.url.as_deref().filter(|_| host.suggested_type == Kind::Apps);
        Self {
            ip: host.ip.to_string(),
            kind: host.suggested_type,
            name: Some(host.suggested_name.clone()),
            hostname: host.hostname.clone(),
            names_itself: host.names_itself,
            notes: Some(host.notes(block)),
            mac: host.mac.clone(),
            port: page.and_then(|url| url.trim_end_matches('/').rsplit(':').next()?.parse().ok()),
            https: page.map(|url| url.starts_with("https:")),
            icon: host.icon.clone(),
            open_ports: ports.covers_standard().then(|| host.ports_text()),
            page_title: host.http_title.clone(),
        }
    }
}

/// A host that may become an item.
pub(super) struct Host {
    pub(super) kind: Kind,
    pub(super) ip: String,
    pub(super) mac: Option<String>,
    pub(super) name: String,
    hostname: Option<String>,
    names_itself: bool,
    /// What the new item would say of it.
    pub(super) data: Map<String, Value>,
    /// What the scan saw of it, by field.
    pub(super) seen: BTreeMap<&'static str, Value>,
}

impl Host {
    pub(super) fn traits(&self) -> Traits<'_> {
        let named = (self.name != self.ip).then_some(self.name.as_str());
        let names = if self.names_itself { [None, None] } else { [named, self.hostname.as_deref()] };
        Traits { kind: self.kind, ip: &self.ip, mac: self.mac.as_deref(), names }
    }
}

/// What an import of each found host would take, checked.
pub(super) fn proposed(
    found: &[FoundHost],
    block: &str,
    ports: &PortChoice,
) -> Vec<(HostInput, Result<Host, String>)> {
    let proposals: Vec<HostInput> =
        found.iter().map(|host| HostInput::suggested(host, block, ports)).collect();
    let read = read_hosts(&proposals);
    proposals.into_iter().zip(read).collect()
}

/// Each host checked as far as that needs no store. A hardware address that several of them share is a router
/// speaking for others and identifies none.
pub(super) fn read_hosts(given: &[HostInput]) -> Vec<Result<Host, String>> {
    let mut shared: HashMap<String, usize> = HashMap::new();
    for mac in given.iter().filter_map(|host| address::mac(host.mac.as_deref()?).ok()) {
        *shared.entry(mac).or_default() += 1;
    }
    given.iter().map(|host| read_host(host, |mac| shared.get(mac).is_some_and(|times| *times > 1))).collect()
}

fn read_host(given: &HostInput, is_shared: impl Fn(&str) -> bool) -> Result<Host, String> {
    if given.kind == Kind::Documents {
        return Err("a document is no host; choose another type".into());
    }
    let ip = address::ip(&given.ip).map_err(|wants| format!("ip {wants}"))?;
    let filled = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let mac = match filled(&given.mac) {
        Some(mac) => Some(address::mac(&mac).map_err(|wants| format!("mac {wants}"))?),
        None => None,
    };
    let mac = mac.filter(|mac| !is_shared(mac));
    let hostname = filled(&given.hostname).filter(|hostname| *hostname != ip);
    let name = filled(&given.name).or_else(|| hostname.clone()).unwrap_or_else(|| ip.clone());
    let mut data = Map::new();
    data.insert(given.kind.spec().name_field.into(), name.clone().into());
    data.insert("addresses".into(), json!([{"ip": ip, "mac": mac, "primary": true}]));
    let fields = [
        ("hostname", hostname.clone().map(Value::from)),
        ("notes", filled(&given.notes).map(Value::from)),
        ("icon", filled(&given.icon).map(Value::from)),
        ("port", given.port.map(Value::from)),
        ("https", given.https.map(Value::from)),
    ];
    for (field, value) in fields {
        // A kind that has no such field keeps only what would be lost otherwise.
        if let Some(value) = value.filter(|_| given.kind.spec().field(field).is_some() || field == "hostname")
        {
            data.insert(field.into(), value);
        }
    }
    admit(given.kind, &data, None, OnUnknown::Custom).map_err(|fault| fault.message)?;
    let (names_itself, seen) = (given.names_itself, seen(given)?);
    Ok(Host { kind: given.kind, ip, mac, name, hostname, names_itself, data, seen })
}

/// What the scan saw, as the fields of items have it.
fn seen(given: &HostInput) -> Result<BTreeMap<&'static str, Value>, String> {
    let texts = [("open_ports", given.open_ports.clone()), ("page_title", given.page_title.clone())];
    let mut seen = BTreeMap::new();
    for (name, text) in texts {
        if let Some(text) = text {
            let value = Shape::Text.accept(&text.into()).map_err(|wants| format!("{name} {wants}"))?;
            seen.extend((!value.is_null()).then_some((name, value)));
        }
    }
    Ok(seen)
}
