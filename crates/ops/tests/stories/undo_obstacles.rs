//! What stands in the way of taking a change back is named, and nothing is left pointing at nothing.

use serde_json::{Value, json};

use crate::lab::{Lab, assistant};

/// The newest change.
async fn newest(lab: &Lab) -> i64 {
    lab.ask("changes_list", json!({"limit": 1})).await["data"][0]["id"].as_i64().unwrap()
}

/// The sentence and the hint with which an undo is refused; it must not have done anything.
async fn refusal(lab: &Lab, change: i64) -> (String, String) {
    let before = lab.world().await;
    let fault = lab.refused("change_undo", json!({"id": change})).await;
    assert_eq!(fault.code.as_str(), "conflict", "{fault}");
    assert_eq!(lab.world().await, before);
    (fault.message.clone(), fault.hint.clone().unwrap_or_default())
}

#[tokio::test]
async fn what_was_created_is_not_taken_from_under_what_came_to_stand_on_it() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let created = newest(&lab).await;
    let vm = lab.create("vms", json!({"name": "web", "hardware_id": host})).await;
    let (message, hint) = refusal(&lab, created).await;
    assert!(message.contains("web is linked with pve-01"), "{message}");
    assert!(hint.contains("delete pve-01"), "{hint}");
    lab.ask("inventory_delete", json!({"type": "vms", "id": vm, "confirm": true})).await;
    lab.ask("map_layout_save", json!({"positions": {(format!("hardware-{host}")): {"x": 3, "y": 4}}})).await;
    assert!(refusal(&lab, created).await.0.contains("place on the map"));
}

#[tokio::test]
async fn what_was_deleted_comes_back_only_to_what_is_there() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve-01"})).await;
    let vm = lab.create("vms", json!({"name": "web", "hardware_id": host})).await;
    let before = lab.world().await;
    lab.ask("inventory_delete", json!({"type": "vms", "id": vm, "confirm": true})).await;
    let first = newest(&lab).await;
    lab.ask("inventory_delete", json!({"type": "hardware", "id": host, "confirm": true})).await;
    let second = newest(&lab).await;
    let (message, hint) = refusal(&lab, first).await;
    assert!(message.contains("pve-01 is gone"), "{message}");
    assert!(hint.contains(&format!("undo change {second} first")), "{hint}");
    for change in [second, first] {
        lab.ask("change_undo", json!({"id": change})).await;
    }
    assert_eq!(lab.world().await, before);
}

#[tokio::test]
async fn documents_do_not_come_to_stand_on_each_other() {
    let lab = Lab::new().await;
    let a = lab.create("documents", json!({"title": "A"})).await;
    let b = lab.create("documents", json!({"title": "B", "parent_id": a})).await;
    lab.ask("document_move", json!({"id": b, "parent_id": null})).await;
    let moved = newest(&lab).await;
    lab.ask("document_move", json!({"id": a, "parent_id": b})).await;
    let (message, _) = refusal(&lab, moved).await;
    assert!(message.contains("B → A → B"), "{message}");
}

async fn reverted_by(lab: &Lab, change: Option<i64>) -> Value {
    let list = lab.ask("changes_list", json!({})).await;
    let shown = list["data"].as_array().unwrap().iter().find(|shown| shown["id"] == json!(change)).unwrap();
    shown["reverted_by"].clone()
}

#[tokio::test]
async fn what_was_done_again_counts_as_done() {
    let lab = Lab::new().await;
    let vm = lab.create("vms", json!({"name": "web"})).await;
    let before = lab.world().await;
    let agent = assistant("s-1");
    let change = json!({"type": "vms", "id": vm, "data": {"os": "Alpine"}});
    let done = lab.call_as(agent.clone(), "inventory_update", change).await.unwrap().change_id;
    for _ in ["undo", "redo"] {
        lab.ask("change_undo", json!({"id": newest(&lab).await})).await;
    }
    assert_eq!(reverted_by(&lab, done).await, Value::Null);
    // Taken back a second time, by a third change, and done again by a fourth.
    let second = newest(&lab).await;
    lab.ask("change_undo", json!({"id": second})).await;
    assert_ne!(reverted_by(&lab, done).await, Value::Null);
    assert_eq!(lab.world().await, before);
    lab.ask("change_undo", json!({"id": newest(&lab).await})).await;
    assert_eq!(reverted_by(&lab, done).await, Value::Null);
    // The session takes its own work back, and not its own taking back.
    let undo = json!({"session": "s-1", "confirm": true});
    lab.call_as(agent.clone(), "session_undo", undo.clone()).await.unwrap();
    assert_eq!(lab.world().await, before);
    assert_eq!(lab.call_as(agent, "session_undo", undo).await.unwrap_err().code.as_str(), "not_found");
}

#[tokio::test]
async fn what_was_missing_is_missing_when_it_comes_back() {
    let lab = Lab::new().await;
    let (nas, web) = (
        lab.create("hardware", json!({"name": "nas"})).await,
        lab.create("vms", json!({"name": "web"})).await,
    );
    for sightings in [json!([{"id": nas}, {"id": web}]), json!([{"id": web}])] {
        let look = json!({"source": "proxmox:home", "sightings": sightings, "complete": true});
        lab.ask("inventory_observe", look).await;
    }
    let missing = async || lab.ask("inventory_show", json!({"id": nas})).await["data"]["missing"].clone();
    let before = missing().await;
    assert_eq!(before[0]["source"], "proxmox:home");
    lab.ask("inventory_delete", json!({"type": "hardware", "id": nas, "confirm": true})).await;
    for _ in 0..3 {
        lab.ask("change_undo", json!({"id": newest(&lab).await})).await;
    }
    assert_eq!(missing().await, before, "also after the deletion was done again and taken back again");
}
