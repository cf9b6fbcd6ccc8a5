//! On which ports a host is known to serve something: what is known to be served answers first.

use std::collections::HashMap;

use labkeeper_core::discovery::Contact;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, Kind, address};
use labkeeper_store::{ItemFilter, View};
use serde_json::Value;

/// Those hosts with the ports on which apps at them listen.
///
/// # Errors
/// When the store fails.
pub(crate) async fn with_known_ports(view: &mut View, hosts: Vec<String>) -> Result<Vec<Contact>, Fault> {
    let mut ports: HashMap<String, Vec<u16>> = HashMap::new();
    for app in view.items(ItemFilter::Kind(Kind::Apps)).await? {
        let Some(port) = app.fields.get("port").and_then(Value::as_u64).and_then(|port| port.try_into().ok())
        else {
            continue;
        };
        for name in names_of(&app) {
            ports.entry(name).or_default().push(port);
        }
    }
    let contact = |host: String| {
        let mut known = ports.get(&host.to_lowercase()).cloned().unwrap_or_default();
        known.sort_unstable();
        known.dedup();
        // A host with many services needs no more than a few witnesses.
        known.truncate(8);
        Contact { host, ports: known }
    };
    Ok(hosts.into_iter().map(contact).collect())
}

fn names_of(app: &Item) -> Vec<String> {
    let addresses = address::stored(app.fields.get("addresses")).into_iter().filter_map(|address| address.ip);
    let hostname = app.fields.get("hostname").and_then(Value::as_str).map(str::to_lowercase);
    addresses.chain(hostname).collect()
}
