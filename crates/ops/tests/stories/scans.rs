//! Scans that go on by themselves: their hosts as they are found, what is otherwise since last time, the review before an import,
//! the clock.

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::ports::Notifier;
use labkeeper_ops::discovery::watch_settings::WatchSettings;
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::lab::{Lab, reader};
use crate::town::{Town, town};
use crate::watch::Ears;
use crate::work::{start, until};

const PATIENCE: Duration = Duration::from_secs(20);

/// The scan once it is in that state.
async fn once(lab: &Lab, id: &Value, state: &str) -> Value {
    until(PATIENCE, state, || async { lab.ask("scan_show", json!({"id": id})).await["state"] == state })
        .await;
    lab.ask("scan_show", json!({"id": id})).await
}

#[tokio::test]
async fn a_scan_goes_on_by_itself_and_its_end_is_told() {
    let lab = Lab::on(Arc::new(town())).await;
    let begun = lab.ask("scan_start", json!({"cidr": "10.0.0.7/29"})).await;
    assert_eq!((&begun["cidr"], &begun["total"]), (&json!("10.0.0.0/29"), &json!(6)));
    let done = once(&lab, &begun["id"], "done").await;
    let found: Vec<&str> =
        done["hosts"].as_array().unwrap().iter().map(|host| host["ip"].as_str().unwrap()).collect();
    assert_eq!(found, ["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    assert_eq!(
        json!([done["alive"], done["checked"], done["next_after"], done["since"]]),
        json!([3, 6, 3, null])
    );
    assert_eq!(done["hosts"][1]["fingerprint"], "Proxmox VE");
    let rest = lab.ask("scan_show", json!({"id": begun["id"], "after": 2})).await;
    assert_eq!(rest["hosts"].as_array().unwrap().len(), 1, "only what was found since");
    let events = lab.keeper.store().read().await.unwrap().events_after(0, 100).await.unwrap();
    let of_scan: Vec<&str> =
        events.iter().filter(|event| event.r#type == "scan").map(|event| event.action.as_str()).collect();
    assert_eq!((of_scan.first(), of_scan.last()), (Some(&"started"), Some(&"done")));
    let list = lab.ask("scan_list", json!({"cidr": "10.0.0.0/29"})).await;
    assert_eq!(json!([list["count"], list["data"][0]["id"]]), json!([1, begun["id"]]));
    assert_eq!(json!([list["data"][0]["ports"], list["schedule"]]), json!(["standard", null]));
    let other = json!({"cidr": "10.0.0.0/29", "ports": [22], "exclude": ["10.0.0.6"]});
    let other = lab.ask("scan_start", other).await;
    let shown = once(&lab, &other["id"], "done").await;
    assert_eq!(json!([shown["ports"], shown["exclude"]]), json!([[22], ["10.0.0.6"]]), "how it looked");
    assert_eq!(lab.refused("scan_show", json!({"id": 99})).await.code, Code::NotFound);
    assert_eq!(lab.refused("scan_start", json!({"cidr": "8.8.8.0/24"})).await.field.as_deref(), Some("cidr"));
    let misspelt = lab.refused("scan_start", json!({"cidr": "10.0.0.0/29", "ports": [22, "ssh"]})).await;
    assert_eq!(misspelt.field.as_deref(), Some("ports"));
    assert!(misspelt.message.contains("full, or a list, not [22,\"ssh\"]"), "{}", misspelt.message);
}

#[tokio::test]
async fn what_is_new_or_gone_is_told_against_the_last_scan_that_looked_in_the_same_way() {
    let town = Arc::new(town());
    let lab = Lab::on(town.clone()).await;
    let scan = json!({"cidr": "10.0.0.0/29"});
    town.send_away(&["10.0.0.3"]);
    let first = lab.ask("discover_subnet", scan.clone()).await;
    assert_eq!(first["since"], Value::Null, "nothing to compare with");
    town.send_away(&["10.0.0.1"]);
    let quick = lab.ask("discover_subnet", json!({"cidr": "10.0.0.0/29", "ports": "quick"})).await;
    assert_eq!(quick["since"], Value::Null, "other ports are another question");
    let second = lab.ask("discover_subnet", scan.clone()).await;
    let since = &second["since"];
    assert_eq!(since["scan"], first["scan_id"]);
    assert_eq!(since["new"], json!([{"ip": "10.0.0.3", "name": "10.0.0.3", "label": "Grafana"}]));
    assert_eq!(since["gone"][0]["ip"], "10.0.0.1");
    assert_eq!(json!([since["moved"], since["changed"]]), json!([[], []]));
    let shown = lab.ask("scan_show", json!({"id": second["scan_id"]})).await;
    assert_eq!(&shown["since"], since);
}

#[tokio::test]
async fn a_scan_is_stopped_from_anywhere_and_keeps_what_it_found() {
    let town = Arc::new(Town { slow: true, ..town() });
    let lab = Lab::on(town.clone()).await;
    let id = lab.ask("scan_start", json!({"cidr": "10.0.0.0/29"})).await["id"].clone();
    town.started.notified().await;
    // Another process on the same database says stop.
    let beside = lab.beside(Arc::new(crate::lab::no_model)).await;
    let stop = labkeeper_ops::keeper::Call::new(
        labkeeper_core::actor::Actor::local(labkeeper_core::actor::Via::Cli),
        "scan_cancel",
        json!({"id": id}),
    );
    assert_eq!(beside.call(stop).await.unwrap().output["scan"]["state"], "stopping");
    let store = lab.keeper.store();
    let said = store.read().await.unwrap().last_event().await.unwrap();
    // The second look after it was said is not over before the first one was taken to heart.
    until(PATIENCE, "the scan hears of it", || async {
        let events = store.read().await.unwrap().events_after(said, 100).await.unwrap();
        events.iter().filter(|event| event.r#type == "scan" && event.action == "progress").count() >= 2
    })
    .await;
    town.go_on.notify_one();
    once(&lab, &id, "cancelled").await;
    let again = lab.refused("scan_cancel", json!({"id": id})).await;
    assert_eq!(again.code, Code::Conflict);
}

#[tokio::test]
async fn a_scan_whose_process_is_gone_is_interrupted_and_no_more_than_three_are_at_work() {
    let town = Arc::new(Town { slow: true, ..town() });
    let lab = Lab::on(town.clone()).await;
    let mut ids = Vec::new();
    for last in [1, 2, 3] {
        ids.push(lab.ask("scan_start", json!({"cidr": format!("10.0.0.{last}")})).await["id"].clone());
    }
    let fourth = lab.refused("scan_start", json!({"cidr": "10.0.0.4"})).await;
    assert_eq!(fourth.code, Code::RateLimited);
    assert!(fourth.hint.unwrap().contains("stop it"));
    let lab = lab.restarted(Vec::new()).await;
    lab.clock.advance(Duration::from_secs(300));
    let left = lab.ask("scan_show", json!({"id": ids[0]})).await;
    assert_eq!(left["state"], "interrupted");
    assert!(lab.call("scan_start", json!({"cidr": "10.0.0.4"})).await.is_ok(), "the dead hold no place");
}

#[tokio::test]
async fn a_review_says_who_is_known_and_what_the_others_would_become() {
    let lab = Lab::on(Arc::new(town())).await;
    let data =
        json!({"name": "my hypervisor", "ip_address": "10.0.0.99", "mac_address": "BC-24-11-00-00-02"});
    lab.ask("inventory_create", json!({"type": "hardware", "data": data})).await;
    let scan = lab.ask("discover_subnet", json!({"cidr": "10.0.0.0/29"})).await;
    let review = lab.ask("discovery_review", json!({"id": scan["scan_id"]})).await;
    assert_eq!(json!([review["cidr"], review["new"], review["known"]]), json!(["10.0.0.0/29", 2, 1]));
    let pve = &review["hosts"][1];
    assert_eq!(json!([pve["known"]["by"], pve["known"]["item"]["name"]]), json!(["mac", "my hypervisor"]));
    let grafana = &review["hosts"][2];
    assert_eq!(grafana["known"], Value::Null);
    assert_eq!(json!([grafana["proposal"]["type"], grafana["proposal"]["port"]]), json!(["apps", 3000]));
    // What the review proposes is what the import takes.
    let proposals: Vec<Value> =
        review["hosts"].as_array().unwrap().iter().map(|host| host["proposal"].clone()).collect();
    let import = json!({"hosts": proposals, "cidr": review["cidr"]});
    let done = lab.ask("discovery_import", import.clone()).await;
    assert_eq!(json!([done["imported"], done["known"].as_array().unwrap().len()]), json!([2, 1]));
    let again = lab.ask("discovery_review", json!({"id": scan["scan_id"]})).await;
    assert_eq!(json!([again["new"], again["known"]]), json!([0, 3]));
    assert_eq!(lab.ask("discovery_import", import).await["imported"], 0);
}

#[tokio::test]
async fn a_reader_sees_scans_and_begins_none() {
    let lab = Lab::on(Arc::new(town())).await;
    let scan = lab.ask("discover_subnet", json!({"cidr": "10.0.0.0/29"})).await;
    for name in ["scan_show", "discovery_review"] {
        assert!(lab.call_as(reader(), name, json!({"id": scan["scan_id"]})).await.is_ok(), "{name}");
    }
    assert!(lab.call_as(reader(), "scan_list", json!({})).await.is_ok());
    for (name, input) in [("scan_start", json!({"cidr": "10.0.0.1"})), ("scan_cancel", json!({"id": 1}))] {
        assert_eq!(lab.call_as(reader(), name, input).await.unwrap_err().code, Code::NotFound, "{name}");
    }
}

#[tokio::test]
async fn blocks_are_scanned_by_the_clock_and_people_hear_of_new_hosts() {
    let town = Arc::new(town());
    town.send_away(&["10.0.0.3"]);
    let ears = Arc::new(Ears::default());
    let block: IpNet = "10.0.0.0/29".parse().unwrap();
    let watch = WatchSettings {
        scans: vec![block],
        scan_every: Some(Duration::from_secs(3600)),
        ..WatchSettings::default()
    };
    let lab = Lab::watching(town.clone(), watch, Some(ears.clone() as Arc<dyn Notifier>)).await;
    let scans = || async { lab.ask("scan_list", json!({})).await };
    let (shutdown, worker) = start(&lab.keeper);
    until(PATIENCE, "the first scan", || async { scans().await["data"][0]["state"] == "done" }).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(scans().await["data"][0]["actor"], "schedule");
    assert_eq!(scans().await["schedule"], json!({"blocks": ["10.0.0.0/29"], "every_hours": 1.0}));
    assert_eq!(ears.titles(), [] as [String; 0], "the first of its kind has nothing new");
    // A hub that starts again before it is time does not scan; one that starts later does.
    town.send_away(&[]);
    lab.clock.advance(Duration::from_secs(3600));
    let (shutdown, worker) = start(&lab.keeper);
    until(PATIENCE, "the message", || async { !ears.titles().is_empty() }).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(ears.titles(), ["labkeeper: new on 10.0.0.0/29 (1)"]);
    assert_eq!(scans().await["count"], 2);
}

#[tokio::test]
async fn new_hosts_of_a_scan_are_told_though_the_hub_ended_before_it_could() {
    let town = Arc::new(town());
    let ears = Arc::new(Ears::default());
    let watch = WatchSettings {
        scans: vec!["10.0.0.0/29".parse().unwrap()],
        scan_every: Some(Duration::from_secs(3600)),
        ..WatchSettings::default()
    };
    let lab = Lab::watching(town.clone(), watch, Some(ears.clone() as Arc<dyn Notifier>)).await;
    let scan = async |actor: Actor| {
        let call = Call::new(actor, "discover_subnet", json!({"cidr": "10.0.0.0/29"}));
        lab.keeper.call(call).await.unwrap();
    };
    town.send_away(&["10.0.0.2", "10.0.0.3"]);
    scan(Actor::system("schedule")).await;
    // Who scans looks at what is found.
    town.send_away(&["10.0.0.2"]);
    scan(Actor::local(Via::Cli)).await;
    town.send_away(&[]);
    // Nothing but the scan: as if the hub ended with it.
    scan(Actor::system("schedule")).await;
    let (shutdown, worker) = start(&lab.keeper);
    until(PATIENCE, "the message", || async { !ears.titles().is_empty() }).await;
    shutdown.cancel();
    worker.await.unwrap();
    let (shutdown, worker) = start(&lab.keeper);
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(ears.titles(), ["labkeeper: new on 10.0.0.0/29 (1)"], "once, and of 10.0.0.2 alone");
}
