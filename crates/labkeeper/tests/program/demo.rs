//! The demo: a simulated lab that documented itself, and what people made of it.

use std::collections::{BTreeMap, BTreeSet};

use labkeeper_sim::access::Release;
use labkeeper_sim::door::{Ssh, now};
use labkeeper_sim::world::{Kind, Nic, World};
use serde_json::{Map, Value, json};

use crate::hub::{Hub, complaint, labkeeper};
use crate::mcp_client::Assistant;

struct Demo {
    hub: Hub,
    client: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        // Somebody else in this process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        Self { hub: Hub::demo(dir.path()), client: reqwest::Client::new(), _dir: dir }
    }

    async fn get(&self, path: &str) -> Value {
        self.answer(self.client.get(format!("{}/api/{path}", self.hub.url))).await
    }

    async fn reconcile(&self) -> Value {
        self.answer(self.client.post(format!("{}/api/proxmox/reconcile", self.hub.url))).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Everything about each item, by kind and name.
    async fn items(&self) -> BTreeMap<(String, String), Value> {
        let mut items = BTreeMap::new();
        for kind in ["hardware", "networks", "storage", "containers", "vms", "apps", "misc", "documents"] {
            for row in self.get(&format!("{kind}?limit=500")).await["data"].as_array().unwrap() {
                let item = self.get(&format!("items/{}", row["id"])).await["data"].take();
                let name = row.get("name").or(row.get("title")).and_then(Value::as_str).unwrap();
                let before = items.insert((kind.to_string(), name.to_string()), item);
                assert!(before.is_none(), "there are two {kind} called {name}");
            }
        }
        items
    }
}

/// What people said in the sample of something that was found: kind, name in the cluster, and the last word on each field.
fn said_by_people() -> Vec<(String, String, Map<String, Value>)> {
    let sample: Value = serde_json::from_str(include_str!("../../demo/lab.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let found = sample["found"].as_array().unwrap().iter().map(|found| {
        let of_it = |edit: &&Value| edit["of"].as_array().unwrap().contains(&found["ref"]);
        let edits = sample["edits"].as_array().unwrap().iter().filter(of_it);
        let said = edits.flat_map(|edit| edit["data"].as_object().unwrap().clone()).collect();
        (text(&found["kind"]), text(&found["name"]), said)
    });
    found.filter(|(_, _, said): &(_, _, Map<_, _>)| !said.is_empty()).collect()
}

/// What people call something that the cluster calls so.
fn called(kind: &str, name: &str) -> String {
    let said = said_by_people().into_iter().find(|(of, found, _)| of == kind && found == name);
    said.and_then(|(_, _, said)| Some(said.get("name")?.as_str()?.to_string())).unwrap_or_else(|| name.into())
}

/// A thing of the cluster as the inventory should have it.
struct Thing {
    kind: &'static str,
    name: String,
    facts: Value,
    /// The node that it is on.
    on: Option<String>,
    /// The networks that its cards are in.
    networks: BTreeSet<String>,
}

impl Thing {
    fn new(kind: &'static str, name: &str, facts: Value, on: Option<&str>) -> Self {
        let on = on.map(|node| called("hardware", node));
        Self { kind, name: called(kind, name), facts, on, networks: BTreeSet::new() }
    }

    fn is_in(&self, items: &BTreeMap<(String, String), Value>) -> bool {
        let Some(item) = items.get(&(self.kind.into(), self.name.clone())) else { return false };
        let names = |list: &Value, of: &dyn Fn(&Value) -> Option<String>| -> BTreeSet<String> {
            list.as_array().unwrap().iter().filter_map(of).collect()
        };
        let text = |value: &Value| value.as_str().map(str::to_string);
        let parents = names(&item["parents"], &|parent| text(&parent["name"]));
        let member_of = |link: &Value| text(&link["to"]["name"]).filter(|_| link["rel"] == "member_of");
        self.facts.as_object().unwrap().iter().all(|(field, value)| item["row"][field] == *value)
            && parents == self.on.iter().cloned().collect()
            && names(&item["links"], &member_of) == self.networks
    }
}

/// Every node, guest, storage and network of the simulated cluster.
fn things(world: &World) -> Vec<Thing> {
    let mut things = Vec::new();
    let mut segments: BTreeSet<(String, Option<u16>)> = BTreeSet::new();
    for node in world.nodes.values() {
        let facts = json!({"ip_address": node.address, "cpu": node.cpu_model, "cpu_cores": node.cpus});
        things.push(Thing::new("hardware", &node.name, facts, None));
        for interface in &node.interfaces {
            match (interface.kind, interface.name.split_once('.')) {
                ("bridge", _) => drop(segments.insert((interface.name.clone(), None))),
                ("vlan", Some((bridge, tag))) => drop(segments.insert((bridge.into(), tag.parse().ok()))),
                _ => {}
            }
        }
    }
    let segment = |nic: &Nic| (nic.bridge.clone(), nic.tag);
    segments.extend(world.guests.values().flat_map(|guest| &guest.nics).map(segment));
    let name =
        |(bridge, tag): &(String, Option<u16>)| tag.map_or(bridge.clone(), |tag| format!("VLAN {tag}"));
    for segment in &segments {
        things.push(Thing::new("networks", &name(segment), json!({"vlan_id": segment.1}), None));
    }
    for storage in world.storages.values() {
        match storage.shared {
            true => things.push(Thing::new("storage", &storage.id, json!({}), None)),
            false => things.extend(storage.usage.keys().map(|node| {
                Thing::new("storage", &format!("{} on {node}", storage.id), json!({}), Some(node))
            })),
        }
    }
    for guest in world.guests.values() {
        let kind = if guest.kind == Kind::Lxc { "containers" } else { "vms" };
        let facts = json!({"vmid": guest.vmid, "hostname": guest.name, "cpu_cores": guest.cores});
        let networks = guest.nics.iter().map(|nic| called("networks", &name(&segment(nic)))).collect();
        things.push(Thing { networks, ..Thing::new(kind, &guest.name, facts, Some(&guest.node)) });
    }
    things
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "how much is documented is a figure that people ask for")]
async fn the_demos_lab_documents_itself_and_leaves_people_the_last_word() {
    let demo = Demo::start();
    let things = things(&World::homelab(Release::V9, now()));
    let before = demo.items().await;
    let (there, lacking): (Vec<_>, Vec<_>) = things.iter().partition(|thing| thing.is_in(&before));
    let lacking: Vec<&str> = lacking.iter().map(|thing| thing.name.as_str()).collect();
    println!("{} of {} things are documented, but for {lacking:?}", there.len(), things.len());
    assert!(there.len() * 100 >= things.len() * 95, "{lacking:?}");

    let journal = demo.get("changes?limit=1").await;
    let again = demo.reconcile().await;
    let nothing = json!([]);
    assert_eq!(
        (&again["created"], &again["missing"], &again["alike"], &again["gaps"]),
        (&nothing, &json!(0), &nothing, &nothing)
    );
    assert!(again["seen"].as_u64().unwrap() >= things.len() as u64, "{again}");
    assert_eq!(demo.get("changes?limit=1").await, journal, "the journal grew");

    let after = demo.items().await;
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let said = said_by_people();
    assert!(!said.is_empty());
    for (kind, name, said) in said {
        let row = &after[&(kind.clone(), called(&kind, &name))]["row"];
        for (field, value) in said {
            // 16 and 16.0 are one number.
            let number = |value: &Value| value.as_f64();
            let same =
                row[&field] == value || (number(&value).is_some() && number(&row[&field]) == number(&value));
            assert!(same, "{field} of {name}: said was {value}, shown is {}", row[&field]);
        }
    }
}

#[tokio::test]
async fn the_drift_inbox_of_the_demo_has_what_people_noted_otherwise() {
    let demo = Demo::start();
    let drift = demo.get("drift").await;
    let differences: BTreeSet<String> = drift["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} of {}", one["field"], one["item"]["name"]).replace('"', ""))
        .collect();
    let expected = [
        "disk_gb of postgres",
        "ip_address of grafana",
        "os of tax-pc",
        "ram_gb of docker",
        "ram_gb of pve2",
    ];
    assert_eq!(differences, expected.map(str::to_string).into());
}

#[tokio::test]
async fn the_demo_reaches_inside_of_its_guests_or_says_what_it_lacks_for_that() {
    let demo = Demo::start();
    let said = demo.hub.said.lines().find(|line| line.contains("no part of this demo"));
    match Ssh::missing() {
        Some(missing) => assert!(said.is_some_and(|said| said.ends_with(&missing)), "{}", demo.hub.said),
        None => {
            assert_eq!(said, None);
            let file = demo.get("files/pct/112?path=/etc/hostname").await;
            assert_eq!(file["content"], "jellyfin\n", "{file}");
        }
    }
}

#[tokio::test]
async fn what_is_configured_is_somebodys_lab_and_the_demo_leaves_it_alone() {
    let dir = tempfile::tempdir().unwrap();
    // Somebody listens, and hears nothing.
    let somebody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    somebody.set_nonblocking(true).unwrap();
    let place = somebody.local_addr().unwrap();
    let servers = [
        ("DATABASE_URL", format!("postgres://labkeeper@{place}/lab")),
        ("REDIS_URL", format!("redis://{place}")),
        ("QDRANT_URL", format!("http://{place}")),
    ];
    let servers = servers.each_ref().map(|(name, address)| (*name, address.as_str()));
    let hub = Hub::demo_with(dir.path(), &[], &servers);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ready: Value = reqwest::get(format!("{}/readyz", hub.url)).await.unwrap().json().await.unwrap();
    assert!(ready["checks"]["redis"].is_null(), "{ready}");
    assert!(somebody.accept().is_err(), "the demo asked a server that is configured");
    let nowhere = [("DATABASE_URL", "postgres://labkeeper@127.0.0.1:1/lab")];
    let (code, said) = {
        let mut there = labkeeper(dir.path());
        there.args(["demo", "--on-servers", "--bind", "127.0.0.1:0"]).envs(nowhere);
        let output = there.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert!(code != Some(0) && said.contains("postgres://labkeeper@127.0.0.1:1/lab"), "{said}");
}

#[test]
fn whose_word_the_demo_takes_is_one_of_three() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said) = complaint(dir.path(), &["demo", "--approvals", "nobody"]);
    assert!(code == 2 && said.contains("choose agent, human or strict"), "{said}");
}

#[tokio::test]
async fn an_assistant_reads_a_guest_as_a_resource() {
    let demo = Demo::start();
    let guests = demo.get("proxmox/containers").await;
    let guest = &guests["guests"][0];
    let wanted = json!({"name": "reader", "scope": "observe"});
    let made = demo.answer(demo.client.post(format!("{}/api/tokens", demo.hub.url)).json(&wanted)).await;
    let assistant = Assistant::open(&demo.hub.url, made["data"]["token"].as_str().unwrap()).await;
    let uri = |vmid: &Value| format!("lab://guest/{}/{vmid}", guest["cluster"].as_str().unwrap());
    let contents = assistant.read(&uri(&guest["vmid"])).await.unwrap();
    let page: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
    assert_eq!((&page["vmid"], &page["name"]), (&guest["vmid"], &guest["name"]), "{contents}");
    assert!(page["config"].is_object(), "{page}");
    for unknown in [uri(&json!(999_999)), "lab://guest/elsewhere/101".into()] {
        assert_eq!(assistant.read(&unknown).await.unwrap_err()["code"], -32002, "{unknown}");
    }
}

#[tokio::test]
async fn a_demo_has_nothing_to_do_with_the_hub_that_is_configured_here() {
    let dir = tempfile::tempdir().unwrap();
    let anchor = tempfile::tempdir().unwrap();
    let anchored = anchor.path().to_str().unwrap();
    // Somebody listens, and is told nothing.
    let somebody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    somebody.set_nonblocking(true).unwrap();
    let topic = format!("http://{}/", somebody.local_addr().unwrap());
    let variables = [
        ("LABKEEPER_AUDIT_ANCHOR", anchored),
        ("LABKEEPER_DISCOVERY_RANGES", "127.0.0.0/30"),
        ("LABKEEPER_DISCOVERY_SCHEDULE", "127.0.0.0/30"),
        ("LABKEEPER_NOTIFY_URL", topic.as_str()),
    ];
    let _ = rustls::crypto::ring::default_provider().install_default();
    let demo =
        Demo { hub: Hub::demo_with(dir.path(), &[], &variables), client: reqwest::Client::new(), _dir: dir };
    // Whether this comes before the address is up to the scheduler.
    demo.hub.has_said("follows the schedules");
    let told = demo.client.post(format!("{}/api/notifications/test", demo.hub.url)).send().await.unwrap();
    assert_eq!(told.status().as_u16(), 409, "there is nobody to tell");
    assert!(somebody.accept().is_err(), "somebody was told");
    demo.answer(demo.client.post(format!("{}/api/history/sweep", demo.hub.url))).await;
    let scans = demo.get("discovery/jobs").await;
    assert_eq!(scans["data"].as_array().map(Vec::len), Some(0), "{scans}");
    let entries = |dir: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    };
    assert_eq!(entries(demo._dir.path()), Vec::<std::ffi::OsString>::new());
    demo.hub.kill();
    assert_eq!(entries(anchor.path()), Vec::<std::ffi::OsString>::new());
}
