//! Checking hosts, scanning a subnet and importing what was found, on a network in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::CertificateFacts;
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::lab::{Lab, reader};
use crate::town::{Told, Town, town};

#[tokio::test]
async fn every_address_is_listed_with_what_it_is_thought_to_be() {
    let hub = Hub::with(town()).await;
    let scan = hub.call("discover_subnet", json!({"cidr": "10.0.0.0/29"})).await.unwrap();
    assert_eq!((&scan["total"], &scan["alive"]), (&json!(6), &json!(3)));
    let addresses: Vec<&str> =
        scan["hosts"].as_array().unwrap().iter().map(|host| host["ip"].as_str().unwrap()).collect();
    assert_eq!(addresses, ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"]);
    let pve = &scan["hosts"][1];
    assert_eq!(
        json!([
            pve["fingerprint"],
            pve["confidence"],
            pve["suggested_type"],
            pve["suggested_name"],
            pve["http_title"],
            pve["ssh_banner"]
        ]),
        json!([
            "Proxmox VE",
            0.99,
            "hardware",
            "pve1.lan",
            "pve1 - Proxmox Virtual Environment",
            "SSH-2.0-OpenSSH_9.2"
        ])
    );
    assert_eq!(pve["services"], json!({"22": "SSH", "8006": "Proxmox VE"}));
    assert_eq!((&pve["latency_ms"], &pve["method"]), (&json!(1.23), &json!("icmp")));
    assert!(!pve["evidence"].as_array().unwrap().is_empty());
    let silent = &scan["hosts"][3];
    assert_eq!(
        json!([
            silent["alive"],
            silent["fingerprint"],
            silent["suggested_type"],
            silent["suggested_name"],
            silent["open_ports"]
        ]),
        json!([false, "Unknown", "misc", "10.0.0.4", []])
    );
    assert_eq!(hub.count().await, 0, "a scan imports nothing unless asked");
}

#[tokio::test]
async fn what_must_not_be_scanned_is_refused_before_a_packet_leaves() {
    let hub = Hub::with(town()).await;
    for (input, code, field) in [
        (json!({}), Code::Invalid, "cidr"),
        (json!({"cidr": "8.8.8.0/24"}), Code::Invalid, "cidr"),
        (json!({"cidr": "fd00::/60"}), Code::Invalid, "cidr"),
        (json!({"cidr": "10.0.0.0/8"}), Code::Invalid, "cidr"),
        (json!({"cidr": "nonsense"}), Code::Invalid, "cidr"),
        (json!({"cidr": "10.0.0.0/29", "concurrency": 0}), Code::Invalid, "concurrency"),
        (json!({"cidr": "10.0.0.0/29", "concurrency": "many"}), Code::Invalid, "concurrency"),
        (json!({"cidr": "10.0.0.0/29", "timeout": 900}), Code::Invalid, "timeout"),
        (json!({"cidr": "10.0.0.0/29", "ports": "everything"}), Code::Invalid, "ports"),
        (json!({"cidr": "10.0.0.0/29", "exclud": []}), Code::UnknownField, "exclud"),
    ] {
        let fault = hub.call("discover_subnet", input.clone()).await.unwrap_err();
        assert_eq!((fault.code, fault.field.as_deref()), (code, Some(field)), "{input}: {fault}");
    }
    let public = hub.call("discover_subnet", json!({"cidr": "8.8.8.0/24"})).await.unwrap_err();
    assert!(public.hint.unwrap().contains("discovery.ranges"));
    assert_eq!(hub.town.swept.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn importing_what_lives_creates_each_host_once() {
    let hub = Hub::with(town()).await;
    let input = json!({"cidr": "10.0.0.0/29", "import_alive": true});
    let first = hub.call("discover_subnet", input.clone()).await.unwrap();
    assert_eq!(first["scan"]["alive"], 3);
    assert_eq!(first["import"]["imported"], 3);
    assert_eq!(first["import"]["by_type"], json!({"apps": 1, "hardware": 1, "misc": 1}));
    let pve = hub.rows("hardware").await.remove(0);
    assert_eq!(
        json!([pve["name"], pve["hostname"], pve["ip_address"], pve["mac_address"], pve["icon"]]),
        json!(["pve1.lan", "pve1.lan", "10.0.0.2", "bc:24:11:00:00:02", "si:proxmox"])
    );
    assert_eq!(
        json!([pve["open_ports"], pve["page_title"], pve["notes"]]),
        json!([
            "22 SSH, 8006 Proxmox VE",
            "pve1 - Proxmox Virtual Environment",
            "Found by a scan of 10.0.0.0/29: Proxmox VE.\nSSH: SSH-2.0-OpenSSH_9.2"
        ])
    );
    let app = hub.rows("apps").await.remove(0);
    assert_eq!(json!([app["port"], app["https"], app["ip_address"]]), json!([3000, false, "10.0.0.3"]));

    let again = hub.call("discover_subnet", input).await.unwrap();
    assert_eq!(again["import"]["imported"], 0);
    assert_eq!(again["import"]["known"].as_array().unwrap().len(), 3);
    assert_eq!(hub.count().await, 3);
}

#[tokio::test]
async fn what_a_scan_saw_is_an_observation_and_a_second_import_changes_nothing() {
    let hub = Hub::with(town()).await;
    let scan = hub.call("discover_subnet", json!({"cidr": "10.0.0.0/29"})).await.unwrap();
    let review = hub.call("discovery_review", json!({"id": scan["scan_id"]})).await.unwrap();
    let proposals: Vec<&Value> =
        review["hosts"].as_array().unwrap().iter().map(|host| &host["proposal"]).collect();
    let import = json!({"hosts": proposals, "cidr": "10.0.0.0/29"});
    let take = async |input: &Value| {
        hub.lab.keeper.call(Call::new(owner(), "discovery_import", input.clone())).await.unwrap()
    };
    assert!(take(&import).await.change_id.is_some());
    assert_eq!(take(&import).await.change_id, None, "nothing is otherwise");
    let pve = hub.rows("hardware").await.remove(0);
    let shown = hub.call("inventory_show", json!({"id": pve["id"]})).await.unwrap();
    let facts = shown["data"]["facts"].as_array().unwrap();
    let fact = facts.iter().find(|fact| fact["field"] == "open_ports").unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(json!([fact["source"], fact["shown"]]), json!(["scan:10.0.0.0/29", true]));

    let edit =
        json!({"type": "hardware", "id": pve["id"], "data": {"open_ports": "only 22", "notes": "mine"}});
    hub.call("inventory_update", edit).await.unwrap();
    assert_eq!(take(&import).await.change_id, None);
    let mut opened = import.clone();
    opened["hosts"][1]["open_ports"] = "22 SSH, 443 HTTPS, 8006 Proxmox VE".into();
    assert!(take(&opened).await.change_id.is_some(), "another port is news");
    let row = hub.rows("hardware").await.remove(0);
    assert_eq!(json!([row["open_ports"], row["notes"]]), json!(["only 22", "mine"]));
    let drift = hub.call("drift_list", json!({})).await.unwrap();
    let differs = &drift["data"][0];
    assert_eq!(
        json!([differs["field"], differs["observed"]]),
        json!(["open_ports", "22 SSH, 443 HTTPS, 8006 Proxmox VE"]),
        "{drift}"
    );
    assert_eq!(hub.rows("misc").await[0]["open_ports"], "none", "which is seen too");
    let blank = json!({"hosts": [{"ip": "10.0.0.66", "type": "misc", "open_ports": "  "}]});
    assert_eq!(take(&blank).await.output["imported"], 1);
    let rows = hub.rows("misc").await;
    let row = rows.iter().find(|row| row["ip_address"] == "10.0.0.66").unwrap();
    assert_eq!((&row["open_ports"], &row["page_title"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_scan_of_few_ports_says_nothing_of_the_others() {
    let mut town = town();
    town.hosts[2].open_ports.clear();
    let hub = Hub::with(town).await;
    let scan = async |ports: Value| {
        let input = json!({"cidr": "10.0.0.0/29", "import_alive": true, "ports": ports});
        hub.call("discover_subnet", input).await.unwrap()["scan"]["scan_id"].clone()
    };
    let ports = async |kind: &str| hub.rows(kind).await[0]["open_ports"].clone();
    scan(json!([9])).await;
    assert_eq!(ports("hardware").await, Value::Null, "it was not looked for them");
    scan(json!("standard")).await;
    assert_eq!(ports("hardware").await, "22 SSH, 8006 Proxmox VE");
    for few in [json!("quick"), json!([22])] {
        hub.lab.ask("inventory_create", json!({"type": "misc", "data": {"name": few.to_string()}})).await;
        let id = scan(few.clone()).await;
        assert_eq!(ports("hardware").await, "22 SSH, 8006 Proxmox VE", "{few}");
        let review = hub.call("discovery_review", json!({"id": id})).await.unwrap();
        assert!(review["hosts"][1]["proposal"].get("open_ports").is_none(), "{review}");
    }
}

#[tokio::test]
async fn who_got_the_address_of_another_machine_is_not_that_machine() {
    let hub = Hub::with(town()).await;
    let host = |mac: &str, kind: &str| json!({"hosts": [{"ip": "10.1.0.5", "type": kind, "mac": mac}]});
    let camera = host("bc:24:11:00:00:0a", "misc");
    let laptop = host("bc:24:11:00:00:0b", "hardware");
    let import = async |hosts: &Value| hub.call("discovery_import", hosts.clone()).await.unwrap();
    assert_eq!(import(&camera).await["imported"], 1);
    assert_eq!(import(&laptop).await["by_type"], json!({"hardware": 1}), "not the camera");
    assert_eq!(import(&laptop).await["known"][0]["by"], "mac");
    let unheard = json!({"hosts": [{"ip": "10.1.0.5", "type": "misc"}]});
    assert_eq!(import(&unheard).await["known"][0]["by"], "address", "nothing speaks against it");
}

#[tokio::test]
async fn certificates_that_a_scan_saw_are_watched_once_their_host_is_imported() {
    let mut town = town();
    town.hosts[1].pages[0].certificate = Some(CertificateFacts {
        subject: "pve1.lan".into(),
        issuer: "home".into(),
        not_before: 0,
        not_after: 2_000_000_000,
        names: vec![],
    });
    let hub = Hub::with(town).await;
    let scan = hub.call("discover_subnet", json!({"cidr": "10.0.0.0/29"})).await.unwrap();
    let certificates =
        async || hub.call("reachability_list", json!({})).await.unwrap()["certificates"].clone();
    assert_eq!(certificates().await, json!([]));
    let review = hub.call("discovery_review", json!({"id": scan["scan_id"]})).await.unwrap();
    let import = json!({"hosts": [review["hosts"][1]["proposal"]], "cidr": "10.0.0.0/29"});
    hub.call("discovery_import", import).await.unwrap();
    let watched = certificates().await;
    assert_eq!(
        json!([watched[0]["item"]["name"], watched[0]["port"]]),
        json!(["pve1.lan", 8006]),
        "{watched}"
    );
}

#[tokio::test]
async fn an_import_notes_the_certificates_of_the_scan_that_was_gone_through() {
    let shown = |subject: &str| {
        let (subject, issuer) = (subject.into(), "home".into());
        CertificateFacts { subject, issuer, not_before: 0, not_after: 2_000_000_000, names: vec![] }
    };
    let town = Arc::new(town());
    let lab = Lab::on(town.clone()).await;
    let scan = async || lab.ask("discover_subnet", json!({"cidr": "10.0.0.0/29"})).await["scan_id"].clone();
    town.show(shown("reviewed"));
    let gone_through = scan().await;
    town.show(shown("newer"));
    lab.clock.advance(Duration::from_secs(60));
    scan().await;

    let review = lab.ask("discovery_review", json!({"id": gone_through})).await;
    let hosts = json!([review["hosts"][1]["proposal"]]);
    let import = json!({"hosts": hosts, "cidr": "10.0.0.0/29", "scan": gone_through});
    let subject =
        async || lab.ask("reachability_list", json!({})).await["certificates"][0]["subject"].clone();
    lab.ask("discovery_import", import.clone()).await;
    assert_eq!(subject().await, "reviewed");
    // What was seen last stays when the same is imported once more.
    lab.clock.advance(Duration::from_secs(60));
    scan().await;
    lab.ask("discovery_import", import).await;
    assert_eq!(subject().await, "newer");
    let none = lab.refused("discovery_import", json!({"hosts": hosts, "scan": 99})).await;
    assert_eq!((none.code, none.field.as_deref()), (Code::NotFound, Some("scan")));
}

#[tokio::test]
async fn what_a_person_wrote_stays_and_a_moved_host_is_recognised() {
    let hub = Hub::with(town()).await;
    let data = json!({"name": "my hypervisor", "ip_address": "10.0.0.99", "mac_address": "BC-24-11-00-00-02", "notes": "mine"});
    hub.call("inventory_create", json!({"type": "hardware", "data": data})).await.unwrap();
    let done = hub.call("discover_subnet", json!({"cidr": "10.0.0.2", "import_alive": true})).await.unwrap();
    let known = &done["import"]["known"][0];
    assert_eq!(json!([known["by"], known["item"]["name"]]), json!(["mac", "my hypervisor"]));
    let row = hub.rows("hardware").await.remove(0);
    assert_eq!(
        json!([row["name"], row["ip_address"], row["notes"], row["hostname"]]),
        json!(["my hypervisor", "10.0.0.99", "mine", null])
    );
    let drift = hub.call("drift_list", json!({})).await.unwrap();
    let moved = &drift["data"][0];
    assert_eq!(
        json!([moved["field"], moved["asserted"], moved["observed"], moved["source"]]),
        json!(["ip_address", "10.0.0.99", "10.0.0.2", "scan:10.0.0.2/32"]),
        "{drift}"
    );
}

#[tokio::test]
async fn hosts_of_every_kind_are_filed_as_that_kind_and_bad_ones_are_told_apart() {
    let hub = Hub::with(town()).await;
    let kinds = ["hardware", "vms", "containers", "apps", "storage", "shares", "networks", "misc"];
    let mut hosts: Vec<Value> =
        (1..).zip(kinds).map(|(last, kind)| {
            json!({"ip": format!("10.1.0.{last}"), "type": kind, "open_ports": "22 SSH", "page_title": "Hello"})
        }).collect();
    hosts.push(json!({"ip": "10.1.0.300", "type": "misc"}));
    hosts.push(json!({"ip": "10.1.0.50", "type": "documents"}));
    hosts.push(json!({"ip": "10.1.0.51", "type": "misc", "mac": "rubbish"}));
    let report = hub.call("discovery_import", json!({"hosts": hosts})).await.unwrap();
    assert_eq!(report["imported"], 8, "{report}");
    assert_eq!(report["by_type"].as_object().unwrap().keys().collect::<Vec<_>>().len(), 8);
    for kind in kinds {
        let rows = hub.rows(kind).await;
        assert_eq!(rows.len(), 1, "{kind}");
        if kind != "networks" {
            assert_eq!(
                json!([rows[0]["open_ports"], rows[0]["page_title"]]),
                json!(["22 SSH", "Hello"]),
                "{kind}"
            );
        }
    }
    let refused: BTreeMap<&str, &str> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["ip"].as_str().unwrap(), error["error"].as_str().unwrap()))
        .collect();
    assert_eq!(refused.keys().copied().collect::<Vec<_>>(), ["10.1.0.300", "10.1.0.50", "10.1.0.51"]);
    assert!(refused["10.1.0.50"].contains("choose another type"));
    let again = hub.call("discovery_import", json!({"hosts": hosts})).await.unwrap();
    assert_eq!((&again["imported"], again["known"].as_array().unwrap().len()), (&json!(0), 8), "{again}");
}

#[tokio::test]
async fn one_router_speaking_for_many_does_not_make_them_one() {
    let hub = Hub::with(town()).await;
    let hosts: Vec<Value> = (1..=3)
        .map(|last| json!({"ip": format!("10.2.0.{last}"), "type": "misc", "mac": "02:00:00:00:00:01"}))
        .collect();
    let report = hub.call("discovery_import", json!({"hosts": hosts})).await.unwrap();
    assert_eq!(report["imported"], 3);
}

#[tokio::test]
async fn an_import_is_one_change_that_can_be_taken_back_and_previewed() {
    let hub = Hub::with(town()).await;
    let hosts =
        json!([{"ip": "10.1.0.1", "type": "hardware"}, {"ip": "10.1.0.2", "type": "misc", "name": "second"}]);
    let plan = hub.call("discovery_import", json!({"hosts": hosts, "dry_run": true})).await.unwrap();
    assert_eq!(plan["plan"]["details"]["new"].as_array().unwrap().len(), 2);
    assert_eq!(hub.count().await, 0);
    let answer =
        hub.lab.keeper.call(Call::new(owner(), "discovery_import", json!({"hosts": hosts}))).await.unwrap();
    assert_eq!(hub.count().await, 2);
    hub.call("change_undo", json!({"id": answer.change_id.unwrap()})).await.unwrap();
    assert_eq!(hub.count().await, 0);
    for empty in [
        json!({}),
        json!({"hosts": []}),
        json!({"hosts": "10.0.0.1"}),
        json!({"hosts": [{"type": "misc"}]}),
        json!({"hosts": [{"ip": "10.0.0.1", "type": "router"}]}),
    ] {
        assert_eq!(
            hub.call("discovery_import", empty.clone()).await.unwrap_err().code,
            Code::Invalid,
            "{empty}"
        );
    }
}

#[tokio::test]
async fn a_reader_may_check_hosts_but_neither_scan_nor_import() {
    let hub = Hub::with(town()).await;
    let ask = |name: &'static str, input| hub.lab.call_as(reader(), name, input);
    assert!(ask("health_check", json!({"hosts": ["10.0.0.2"]})).await.is_ok());
    for name in ["discover_subnet", "discovery_import"] {
        let refused = ask(name, json!({"cidr": "10.0.0.0/29", "hosts": []})).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound, "{name}");
    }
}

#[tokio::test]
async fn hosts_are_checked_as_they_were_named_and_by_their_known_ports() {
    let hub = Hub::with(town()).await;
    let app = json!({"name": "grafana", "ip_address": "10.0.0.3", "port": 3000});
    hub.call("inventory_create", json!({"type": "apps", "data": app})).await.unwrap();
    let report = hub
        .call("health_check", json!({"hosts": ["10.0.0.2", "10.0.0.9", " ", null, "10.0.0.2", "10.0.0.3"]}))
        .await
        .unwrap();
    assert_eq!(report["count"], 3);
    assert_eq!(
        report["data"]["10.0.0.2"],
        json!({"host": "10.0.0.2", "alive": true, "latency_ms": 1.23, "method": "icmp"})
    );
    assert_eq!(
        report["data"]["10.0.0.9"],
        json!({"host": "10.0.0.9", "alive": false, "latency_ms": null, "method": "none"})
    );
    let asked = hub.town.asked.lock().unwrap().clone();
    assert_eq!(
        asked.iter().map(|contact| contact.ports.as_slice()).collect::<Vec<_>>(),
        [&[][..], &[], &[3000]]
    );
    let text = hub.call("health_check", json!({"hosts": "10.0.0.2, 10.0.0.3"})).await.unwrap();
    assert_eq!(text["count"], 2);
    assert_eq!(
        hub.call("health_check", json!({"hosts": []})).await.unwrap(),
        json!({"data": {}, "count": 0})
    );
    let crowd: Vec<String> = (0..600).map(|last| format!("host-{last}")).collect();
    // Without hosts it is about the connected clusters, of which this hub has none.
    let fault = hub.call("health_check", json!({})).await.unwrap_err();
    assert_eq!((fault.code, fault.field), (Code::Conflict, None));
    for bad in
        [json!({"hosts": 5}), json!({"hosts": [1]}), json!({"hosts": [{"a": 1}]}), json!({"hosts": crowd})]
    {
        let fault = hub.call("health_check", bad).await.unwrap_err();
        assert_eq!((fault.code, fault.field.as_deref()), (Code::Invalid, Some("hosts")), "{fault}");
    }
}

#[tokio::test]
async fn a_scan_reports_its_progress_and_stops_when_the_caller_gives_up() {
    let hub = Hub::with(town()).await;
    let told = Arc::new(Told::default());
    let mut call = Call::new(owner(), "discover_subnet", json!({"cidr": "10.0.0.0/29"}));
    call.progress = told.clone();
    hub.lab.keeper.call(call).await.unwrap();
    let told = told.0.lock().unwrap().clone();
    assert!(told.iter().any(|line| line.contains("10.0.0.2 pve1.lan: Proxmox VE")), "{told:?}");

    let mut call =
        Call::new(owner(), "discover_subnet", json!({"cidr": "10.0.0.0/24", "import_alive": true}));
    call.cancelled = CancellationToken::new();
    call.cancelled.cancel();
    assert_eq!(hub.lab.keeper.call(call).await.unwrap_err().code, Code::Cancelled);
    assert_eq!(hub.count().await, 0);
}

#[tokio::test]
async fn nobody_is_recognised_by_a_name_that_it_gave_itself() {
    for (names_itself, known) in [(false, 1), (true, 0)] {
        let mut town = town();
        town.hosts[0].hostname = Some("nas".into());
        town.hosts[0].names_itself = names_itself;
        let hub = Hub::with(town).await;
        hub.call("inventory_create", json!({"type": "misc", "data": {"name": "nas"}})).await.unwrap();
        let scan = json!({"cidr": "10.0.0.0/29", "import_alive": true});
        let done = hub.call("discover_subnet", scan).await.unwrap();
        assert_eq!(done["import"]["known"].as_array().map_or(0, Vec::len), known, "{done}");
    }
}

#[tokio::test]
async fn the_inventory_can_be_written_while_a_scan_waits_for_the_network() {
    let hub = Hub::with(Town { slow: true, ..town() }).await;
    let scan = hub.call("discover_subnet", json!({"cidr": "10.0.0.0/29", "import_alive": true}));
    let write = async {
        hub.town.started.notified().await;
        let done = hub.call("inventory_create", json!({"type": "misc", "data": {"name": "meanwhile"}})).await;
        hub.town.go_on.notify_one();
        done
    };
    let (scan, write) = tokio::join!(scan, write);
    assert!(write.is_ok());
    assert_eq!(scan.unwrap()["import"]["imported"], 3);
}

/// A lab on a town's network.
struct Hub {
    lab: Lab,
    town: Arc<Town>,
}

impl Hub {
    async fn with(town: Town) -> Self {
        let town = Arc::new(town);
        Self { lab: Lab::on(town.clone()).await, town }
    }

    async fn call(&self, name: &str, input: Value) -> Result<Value, Fault> {
        self.lab.call(name, input).await.map(|answer| answer.output)
    }

    async fn rows(&self, kind: &str) -> Vec<Value> {
        let list = self.lab.ask("inventory_list", json!({"type": kind})).await;
        list["data"].as_array().unwrap().clone()
    }

    async fn count(&self) -> i64 {
        let mut view = self.lab.keeper.store().read().await.unwrap();
        view.counts().await.unwrap().iter().map(|(_, count)| count).sum()
    }
}

fn owner() -> Actor {
    Actor::local(Via::Cli)
}
