//! The versions of a document: a short list, and the texts of the one that is looked at.

use serde_json::{Value, json};

use crate::lab::Lab;

async fn write(lab: &Lab, id: i64, data: Value) -> i64 {
    let call = json!({"type": "documents", "id": id, "data": data});
    lab.call("inventory_update", call).await.unwrap().change_id.unwrap()
}

#[tokio::test]
async fn saves_are_listed_without_texts_and_moves_are_none() {
    let lab = Lab::new().await;
    let id = lab.create("documents", json!({"title": "Draft", "content": "a"})).await;
    let above = lab.create("documents", json!({"title": "Above"})).await;
    let titled = write(&lab, id, json!({"title": "Plan"})).await;
    lab.ask("document_move", json!({"id": id, "parent_id": above})).await;
    write(&lab, id, json!({"tags": ["lab"]})).await;
    let written = write(&lab, id, json!({"content": "b"})).await;

    let list = lab.ask("document_versions", json!({"id": id})).await;
    let seen: Vec<_> =
        list["data"].as_array().unwrap().iter().map(|row| (&row["id"], &row["first"])).collect();
    assert_eq!(list["count"], 3);
    assert_eq!(seen[..2], [(&json!(written), &json!(false)), (&json!(titled), &json!(false))]);
    assert_eq!(seen[2].1, true);
    assert!(list["data"][0].get("content").is_none() && list["data"][0].get("diff").is_none());

    // A short page of the list still finds what stands behind moves and tags.
    let older = lab.ask("document_versions", json!({"id": id, "before": written, "limit": 1})).await;
    assert_eq!((&older["count"], &older["data"][0]["id"]), (&json!(1), &json!(titled)));
}

#[tokio::test]
async fn a_save_behind_many_other_changes_is_found() {
    let lab = Lab::new().await;
    let id = lab.create("documents", json!({"title": "Draft", "content": "a"})).await;
    let titled = write(&lab, id, json!({"title": "Plan"})).await;
    for number in 0..41 {
        write(&lab, id, json!({"tags": [format!("t{number}")]})).await;
    }
    let written = write(&lab, id, json!({"content": "b"})).await;
    let list = lab.ask("document_versions", json!({"id": id})).await;
    assert_eq!(list["count"], 3);
    assert_eq!((&list["data"][0]["id"], &list["data"][1]["id"]), (&json!(written), &json!(titled)));
}

#[tokio::test]
async fn one_save_has_both_texts_whole() {
    let lab = Lab::new().await;
    let id = lab.create("documents", json!({"title": "Draft", "content": "a"})).await;
    let other = lab.create("documents", json!({"title": "Other", "content": "x"})).await;
    let change = write(&lab, id, json!({"title": "Plan"})).await;
    let save = lab.ask("document_version", json!({"id": id, "change": change})).await;
    assert_eq!(
        save,
        json!({"before": {"title": "Draft", "content": "a"}, "after": {"title": "Plan", "content": "a"}})
    );
    let first = lab.ask("document_versions", json!({"id": id})).await["data"][1]["id"].clone();
    let save = lab.ask("document_version", json!({"id": id, "change": first})).await;
    assert_eq!(save, json!({"before": null, "after": {"title": "Draft", "content": "a"}}));

    let fault = lab.refused("document_version", json!({"id": other, "change": change})).await;
    assert_eq!((fault.code.as_str(), fault.field.as_deref()), ("not_found", Some("change")));
    let vm = lab.create("vms", json!({"name": "docker-01"})).await;
    let fault = lab.refused("document_versions", json!({"id": vm})).await;
    assert_eq!(fault.code.as_str(), "not_found");
}
