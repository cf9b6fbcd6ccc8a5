//! Taking changes back: one, a session, and any random history.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::lab::{Lab, assistant};

#[tokio::test]
async fn a_deleted_item_comes_back_with_its_links_position_and_id() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let vm =
        lab.create("vms", json!({"name": "docker-01", "hardware_id": host, "ip_address": "10.0.0.5"})).await;
    let net = lab.create("networks", json!({"name": "LAN"})).await;
    lab.ask(
        "link_create",
        json!({"from": vm, "to": net, "rel": "member_of", "data": {"ip_on_network": "10.0.0.5"}}),
    )
    .await;
    lab.ask("map_layout_save", json!({"positions": {(format!("vms-{vm}")): {"x": 3, "y": 4}}})).await;
    let before = lab.world().await;
    let gone = lab.call("inventory_delete", json!({"type": "vms", "id": vm, "confirm": true})).await.unwrap();
    lab.ask("change_undo", json!({"id": gone.change_id})).await;
    assert_eq!(lab.world().await, before);
}

#[tokio::test]
async fn undo_stops_when_something_was_changed_since_and_says_what() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01", "os": "Debian 12"})).await;
    let first = lab
        .call("inventory_update", json!({"type": "vms", "id": id, "data": {"os": "Debian 13"}}))
        .await
        .unwrap();
    lab.ask("inventory_update", json!({"type": "vms", "id": id, "data": {"notes": "mine"}})).await;
    let before = lab.world().await;
    let fault = lab.refused("change_undo", json!({"id": first.change_id})).await;
    assert_eq!(fault.code.as_str(), "conflict");
    assert!(fault.message.contains("docker-01"), "{fault}");
    assert_eq!(lab.world().await, before);
}

#[tokio::test]
async fn an_undo_can_be_undone_but_not_done_twice() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01"})).await;
    let change = lab
        .call("inventory_update", json!({"type": "vms", "id": id, "data": {"os": "Alpine"}}))
        .await
        .unwrap();
    let undo = lab.call("change_undo", json!({"id": change.change_id})).await.unwrap();
    assert_eq!(lab.refused("change_undo", json!({"id": change.change_id})).await.code.as_str(), "conflict");
    lab.ask("change_undo", json!({"id": undo.change_id})).await;
    assert_eq!(lab.ask("inventory_get", json!({"type": "vms", "id": id})).await["data"]["os"], "Alpine");
}

#[tokio::test]
async fn everything_a_session_did_is_taken_back_at_once_and_nothing_else() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01"})).await;
    let before = lab.world().await;
    let agent = assistant("s-1");
    for input in [json!({"os": "Alpine"}), json!({"notes": "rebuilt"}), json!({"os": "Debian 13"})] {
        lab.call_as(agent.clone(), "inventory_update", json!({"type": "vms", "id": id, "data": input}))
            .await
            .unwrap();
    }
    lab.call_as(agent, "inventory_create", json!({"type": "apps", "data": {"name": "Immich", "vm_id": id}}))
        .await
        .unwrap();
    let fault = lab.refused("session_undo", json!({"session": "s-1"})).await;
    assert_eq!(
        (fault.code.as_str(), fault.details.unwrap()["plan"]["details"]["changes"].as_array().unwrap().len()),
        ("confirm_required", 4)
    );
    lab.ask("session_undo", json!({"session": "s-1", "confirm": true})).await;
    assert_eq!(lab.world().await, before);
    assert_eq!(
        lab.refused("session_undo", json!({"session": "s-1", "confirm": true})).await.code.as_str(),
        "not_found"
    );
}

#[derive(Debug, Clone)]
enum Step {
    Create(u8, u8),
    Rename(u8),
    Reparent(u8, u8),
    Delete(u8, bool),
    Link(u8, u8, u8),
    Move(u8),
    Observe(u8, u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<u8>(), any::<u8>()).prop_map(|(kind, parent)| Step::Create(kind, parent)),
        any::<u8>().prop_map(Step::Rename),
        (any::<u8>(), any::<u8>()).prop_map(|(a, b)| Step::Reparent(a, b)),
        (any::<u8>(), any::<bool>()).prop_map(|(a, all)| Step::Delete(a, all)),
        (any::<u8>(), any::<u8>(), any::<u8>()).prop_map(|(a, b, rel)| Step::Link(a, b, rel)),
        any::<u8>().prop_map(Step::Move),
        (any::<u8>(), any::<u8>()).prop_map(|(a, os)| Step::Observe(a, os)),
    ]
}

/// Runs a step against whatever items there are; refusals are part of life.
async fn take(lab: &Lab, step: &Step) {
    let world = lab.world().await;
    let items = world["items"].as_array().unwrap().clone();
    let pick = |n: u8| -> Option<&Value> {
        if items.is_empty() { None } else { items.get(usize::from(n) % items.len()) }
    };
    let input = match step {
        Step::Create(kind, parent) => {
            let (kind, field) = [("hardware", ""), ("vms", "hardware_id"), ("apps", "vm_id"), ("documents", "parent_id")][usize::from(kind % 4)];
            let mut data = json!({"name": format!("n{parent}"), "tags": ["t"]});
            if let (Some(parent), false) = (pick(*parent), field.is_empty()) {
                data[field] = parent["id"].clone();
            }
            Some(("inventory_create", json!({"type": kind, "data": data})))
        }
        Step::Rename(n) => pick(*n).map(|item| ("inventory_update", json!({"type": item["kind"], "id": item["id"], "data": {"name": format!("r{n}")}}))),
        Step::Reparent(a, b) => pick(*a).zip(pick(*b)).map(|(a, b)| ("link_create", json!({"from": a["id"], "to": b["id"], "rel": "parent"}))),
        Step::Delete(n, all) => pick(*n).map(|item| {
            let cascade = if *all { "delete" } else { "detach" };
            ("inventory_delete", json!({"type": item["kind"], "id": item["id"], "cascade": cascade, "confirm": true}))
        }),
        Step::Link(a, b, rel) => pick(*a).zip(pick(*b)).map(|(a, b)| {
            let rel = ["depends_on", "edge", "related", "connected_to"][usize::from(rel % 4)];
            ("link_create", json!({"from": a["id"], "to": b["id"], "rel": rel}))
        }),
        Step::Move(n) => pick(*n).map(|item| {
            let key = format!("{}-{}", item["kind"].as_str().unwrap(), item["id"]);
            ("map_layout_save", json!({"positions": {key: {"x": n, "y": 1}}}))
        }),
        Step::Observe(n, os) => pick(*n).map(|item| ("inventory_observe", json!({"source": "scan:lan", "sightings": [{"id": item["id"], "identities": {"serial": format!("s{os}")}, "fields": {"hostname": format!("h{os}")}}]}))),
    };
    if let Some((name, input)) = input {
        let _ = lab.call_as(assistant("walk"), name, input).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever was done, undoing all of it, newest first, gives the world as it was.
    #[test]
    fn undoing_any_history_gives_the_world_back(steps in proptest::collection::vec(step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let lab = Lab::new().await;
            let host = lab.create("hardware", json!({"name": "pve-01"})).await;
            lab.create("vms", json!({"name": "docker-01", "hardware_id": host})).await;
            let before = lab.world().await;
            for step in &steps {
                take(&lab, step).await;
            }
            let audited = lab.ask("audit_verify", json!({})).await;
            assert_eq!(audited["ok"], true);
            match lab.call("session_undo", json!({"session": "walk", "confirm": true})).await {
                Ok(_) => {}
                Err(fault) => assert_eq!(fault.code.as_str(), "not_found", "{fault} {:?}", fault.details),
            }
            assert_eq!(lab.world().await, before);
        });
    }
}
