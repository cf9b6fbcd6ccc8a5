//! Scan against human: the human's word stays, the difference is shown, and settled by a person.

use serde_json::json;

use crate::lab::Lab;

fn seen(id: i64, os: &str) -> serde_json::Value {
    json!({"source": "proxmox:home", "sightings": [{"id": id, "identities": {"pve": "home/101"}, "fields": {"os": os, "cpu_cores": 4}}]})
}

#[tokio::test]
async fn an_observation_fills_what_nobody_said_and_never_overwrites_what_somebody_did() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01", "os": "Debian 12"})).await;
    lab.ask("inventory_observe", seen(id, "Debian 13")).await;
    let row = lab.ask("inventory_get", json!({"type": "vms", "id": id})).await["data"].clone();
    assert_eq!((&row["os"], &row["cpu_cores"]), (&json!("Debian 12"), &json!(4)));
    let drift = lab.ask("drift_list", json!({})).await;
    assert_eq!(drift["count"], 1);
    assert_eq!(
        (&drift["data"][0]["asserted"], &drift["data"][0]["observed"]),
        (&json!("Debian 12"), &json!("Debian 13"))
    );
}

#[tokio::test]
async fn keep_mutes_until_the_source_sees_something_new_and_pin_mutes_for_good() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01", "os": "Debian 12"})).await;
    lab.ask("inventory_observe", seen(id, "Debian 13")).await;
    let drift = lab.ask("drift_list", json!({})).await["data"][0]["id"].clone();
    lab.ask("drift_settle", json!({"id": drift, "action": "keep"})).await;
    lab.ask("inventory_observe", seen(id, "Debian 13")).await;
    assert_eq!(lab.ask("drift_list", json!({})).await["count"], 0);
    lab.ask("inventory_observe", seen(id, "Debian 14")).await;
    assert_eq!(lab.ask("drift_list", json!({})).await["count"], 1);
    lab.ask("drift_settle", json!({"id": drift, "action": "pin"})).await;
    lab.ask("inventory_observe", seen(id, "Debian 15")).await;
    assert_eq!(lab.ask("drift_list", json!({})).await["count"], 0);
    assert_eq!(lab.ask("drift_list", json!({"all": true})).await["count"], 1);
}

#[tokio::test]
async fn accepting_asserts_what_is_seen_and_can_be_taken_back() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01", "os": "Debian 12"})).await;
    lab.ask("inventory_observe", seen(id, "Debian 13")).await;
    let drift = lab.ask("drift_list", json!({})).await["data"][0]["id"].clone();
    let accepted = lab.call("drift_settle", json!({"id": drift, "action": "accept"})).await.unwrap();
    assert_eq!(lab.ask("inventory_get", json!({"type": "vms", "id": id})).await["data"]["os"], "Debian 13");
    assert_eq!(lab.ask("drift_list", json!({})).await["count"], 0);
    lab.ask("change_undo", json!({"id": accepted.change_id})).await;
    assert_eq!(lab.ask("inventory_get", json!({"type": "vms", "id": id})).await["data"]["os"], "Debian 12");
}

#[tokio::test]
async fn an_identity_finds_the_item_again_and_a_complete_look_marks_what_is_gone() {
    let lab = Lab::new().await;
    let one = lab.create("vms", json!({"name": "docker-01"})).await;
    let two = lab.create("vms", json!({"name": "docker-02"})).await;
    lab.ask(
        "inventory_observe",
        json!({"source": "proxmox:home", "complete": true, "sightings": [
            {"id": one, "identities": {"pve": "home/101"}}, {"id": two, "identities": {"pve": "home/102"}},
        ]}),
    )
    .await;
    let again = lab
        .ask("inventory_observe", json!({"source": "proxmox:home", "complete": true, "sightings": [
            {"identities": {"pve": "home/101"}, "fields": {"os": "Debian 13"}}, {"identities": {"pve": "home/999"}},
        ]}))
        .await;
    assert_eq!(
        (&again["seen"][0]["id"], &again["unknown"], &again["missing"]),
        (&json!(one), &json!([1]), &json!(1))
    );
    let shown = lab.ask("inventory_show", json!({"id": two})).await;
    assert_eq!(shown["data"]["missing"][0]["source"], "proxmox:home");
    let fault = lab
        .refused(
            "inventory_observe",
            json!({"source": "proxmox:home", "sightings": [{"id": two, "identities": {"pve": "home/101"}}]}),
        )
        .await;
    assert_eq!(fault.code.as_str(), "conflict");
    assert_eq!(
        lab.refused("inventory_observe", json!({"source": "me", "sightings": []})).await.field.as_deref(),
        Some("source")
    );
}
