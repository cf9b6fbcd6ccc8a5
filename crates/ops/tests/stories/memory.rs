//! What assistants remember.

use labkeeper_core::fault::Code;
use serde_json::json;

use crate::lab::{Lab, assistant};

#[tokio::test]
async fn a_note_is_found_by_its_words_among_notes_and_in_the_one_box() {
    let lab = Lab::new().await;
    let host = lab.create("hardware", json!({"name": "pve1"})).await;
    let input = json!({"text": "We chose ZFS over Ceph because three nodes are too few", "kind": "decision", "links": [host]});
    let kept = lab.ask("memory_add", input).await;
    assert_eq!(
        (&kept["data"]["kind"], &kept["data"]["links"][0]["name"]),
        (&json!("decision"), &json!("pve1"))
    );
    lab.ask("memory_add", json!({"text": "Nora likes short answers", "kind": "preference"})).await;

    let found = lab.ask("memory_search", json!({"q": "why no ceph"})).await;
    assert_eq!((&found["count"], &found["data"][0]["id"]), (&json!(1), &kept["data"]["id"]));
    let all = lab.ask("memory_search", json!({})).await;
    assert_eq!((&all["count"], &all["data"][0]["kind"]), (&json!(2), &json!("preference")), "newest first");
    assert_eq!(lab.search("ceph").await["data"][0]["entity_type"], "memories");
    assert_eq!(lab.search("ceph kind:vm").await["count"], 0);
}

#[tokio::test]
async fn forgetting_can_be_undone_and_is_seen_by_search() {
    let lab = Lab::new().await;
    let id = lab.ask("memory_add", json!({"text": "the quokka password hint"})).await["data"]["id"].clone();
    let forgot = lab.call("memory_forget", json!({"id": id})).await.unwrap();
    assert_eq!(lab.ask("memory_search", json!({"q": "quokka"})).await["count"], 0);
    lab.ask("change_undo", json!({"id": forgot.change_id})).await;
    assert_eq!(lab.ask("memory_search", json!({"q": "quokka"})).await["count"], 1);
    assert_eq!(lab.refused("memory_forget", json!({"id": 999})).await.code, Code::NotFound);
}

#[tokio::test]
async fn a_blank_note_and_a_link_to_nothing_are_refused() {
    let lab = Lab::new().await;
    assert_eq!(lab.refused("memory_add", json!({"text": "  "})).await.field.as_deref(), Some("text"));
    assert_eq!(
        lab.refused("memory_add", json!({"text": "x", "links": [77]})).await.field.as_deref(),
        Some("links")
    );
    let long = "word ".repeat(3000);
    assert_eq!(lab.refused("memory_add", json!({"text": long})).await.code, Code::TooLarge);
    assert_eq!(lab.ask("memory_search", json!({})).await["count"], 0);
}

#[tokio::test]
async fn recall_puts_preferences_first_and_keeps_to_its_budget() {
    let lab = Lab::new().await;
    lab.create("hardware", json!({"name": "pve1"})).await;
    lab.create("networks", json!({"name": "iot", "subnet": "10.0.30.0/24"})).await;
    lab.call_as(
        assistant("s1"),
        "memory_add",
        json!({"text": "Never restart the NAS by day", "kind": "preference"}),
    )
    .await
    .unwrap();
    for number in 0..60 {
        let text = format!(
            "Decision {number}: keep backups of guest {number} for ninety days, as agreed in the meeting."
        );
        lab.ask("memory_add", json!({"text": text, "kind": "decision"})).await;
    }
    lab.ask("memory_add", json!({"text": "The zigbee stick must not touch USB 3"})).await;

    let block = lab.ask("memory_recall", json!({"budget": 300, "about": "zigbee"})).await;
    let text = block["context"].as_str().unwrap();
    assert!(text.contains("1 hardware") && text.contains("iot 10.0.30.0/24"), "{text}");
    assert!(text.contains("Never restart the NAS by day") && text.contains("must not touch USB 3"), "{text}");
    assert!(block["tokens"].as_u64().unwrap() <= 300 && text.chars().count() <= 1200, "{block}");
    assert!(block["left_out"].as_u64().unwrap() > 40, "{block}");
}
