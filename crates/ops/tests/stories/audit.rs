//! The audit log: every write twice, refusals too, and tampering found.

use labkeeper_store::testing;
use serde_json::json;

use crate::lab::{Lab, reader};

#[tokio::test]
async fn a_write_is_asked_then_done_and_a_refusal_and_a_failure_are_there_too() {
    let lab = Lab::new().await;
    let id = lab.create("vms", json!({"name": "docker-01"})).await;
    lab.refused("inventory_delete", json!({"type": "vms", "id": id})).await;
    lab.refused("inventory_create", json!({"type": "vms", "data": {"name": "b", "hardware_id": 99}})).await;
    lab.call_as(reader(), "inventory_list", json!({"type": "vms"})).await.unwrap();
    let log = lab.ask("query_audit", json!({})).await;
    let phases: Vec<(&str, &str)> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|r| (r["op"].as_str().unwrap(), r["phase"].as_str().unwrap()))
        .collect();
    assert_eq!(
        phases,
        [
            ("inventory_create", "asked"),
            ("inventory_create", "done"),
            ("inventory_delete", "refused"),
            ("inventory_create", "asked"),
            ("inventory_create", "failed"),
        ]
    );
    assert!(log["data"][3]["change_id"].is_i64());
}

#[tokio::test]
async fn the_log_cannot_be_changed_through_the_database_and_tampering_beside_it_is_found() {
    let lab = Lab::new().await;
    for n in 0..5 {
        lab.create("misc", json!({"name": format!("thing {n}")})).await;
    }
    assert_eq!(lab.ask("audit_verify", json!({})).await["records"], 10);
    let path = lab.keeper.store().path();
    assert!(testing::meddle(path, "UPDATE audit SET actor = 'mallory' WHERE seq = 3").await.is_err());
    assert!(testing::meddle(path, "DELETE FROM audit WHERE seq = 3").await.is_err());
    testing::unguard_audit(path).await.unwrap();
    testing::meddle(path, "UPDATE audit SET actor = 'mallory' WHERE seq = 3").await.unwrap();
    let verdict = lab.ask("audit_verify", json!({})).await;
    assert_eq!((&verdict["ok"], &verdict["records"]), (&json!(false), &json!(2)));
    assert!(verdict["broken"].as_str().unwrap().contains("record 3"));
}
