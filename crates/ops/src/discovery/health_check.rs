//! `health_check`: which hosts answer.

use std::collections::{BTreeMap, HashMap};

use labkeeper_core::discovery::{Contact, Reachability};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::{Item, Kind, address};
use labkeeper_store::{ItemFilter, View};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Hosts in one call: eight rounds of those that are asked side by side.
const MOST: usize = 512;

/// Check which hosts answer, by ping and by TCP, all side by side. A host that ignores ping but accepts or refuses
/// a connection is alive. Each host is given about two seconds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// Addresses or host names, at most 512; a text is read as a list separated by commas.
    #[serde(deserialize_with = "list_of_hosts")]
    #[schemars(with = "Vec<String>")]
    pub hosts: Vec<String>,
}

/// Answers by host.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HealthReport {
    /// What was found out, under each host as it was given.
    pub data: BTreeMap<String, Reachability>,
    /// How many.
    pub count: usize,
}

impl Operation for HealthCheck {
    type Output = HealthReport;
    const META: Meta = Meta::read("health_check", "Check which hosts answer", Toolset::Discovery)
        .open_world()
        .routes(&[Route::post("/api/health-check"), Route::get("/api/health-check")]);

    async fn run(self, cx: &mut Cx) -> Result<HealthReport, Fault> {
        if self.hosts.len() > MOST {
            let many = format!("hosts: {} are too many for one call", self.hosts.len());
            return Err(Fault::invalid("hosts", many).with_hint(format!("ask for at most {MOST} at a time")));
        }
        let contacts = with_known_ports(&mut cx.read().await?, self.hosts).await?;
        let scout = cx.house().scout();
        let answers = tokio::select! {
            answers = scout.reach(contacts) => answers,
            () = cx.cancelled.cancelled() => return Err(Fault::new(Code::Cancelled, "the caller gave up")),
        };
        let data: BTreeMap<String, Reachability> =
            answers.into_iter().map(|answer| (answer.host.clone(), answer)).collect();
        Ok(HealthReport { count: data.len(), data })
    }
}

/// Blank and null entries are passed over, as the predecessor did; repeated ones are asked once.
fn list_of_hosts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "wants a list of host names and addresses")]
    enum Hosts {
        List(Vec<Option<String>>),
        Text(String),
    }
    let given = match Hosts::deserialize(deserializer)? {
        Hosts::List(list) => list.into_iter().flatten().collect(),
        Hosts::Text(text) => text.split(',').map(str::to_owned).collect::<Vec<_>>(),
    };
    let mut hosts: Vec<String> = Vec::with_capacity(given.len());
    for host in given {
        let host = host.trim();
        if !host.is_empty() && !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_owned());
        }
    }
    Ok(hosts)
}

/// Adds the ports on which apps at that host listen: what is known to be served answers first.
async fn with_known_ports(view: &mut View, hosts: Vec<String>) -> Result<Vec<Contact>, Fault> {
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
