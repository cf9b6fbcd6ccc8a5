//! Resources change, and whoever watches hears of it.

use serde_json::{Value, json};

use crate::http::{Served, Session, Stream, stateless_headers};
use crate::pipes::{call, request, stateless};

async fn new_item(session: &Session<'_>, name: &str) -> i64 {
    let answer =
        session.ask(&call(1, "inventory_create", json!({"type": "misc", "data": {"name": name}}))).await;
    answer["result"]["structuredContent"]["data"]["id"].as_i64().unwrap()
}

async fn until(stream: &mut Stream, method: &str) -> Value {
    loop {
        let message = stream.next().await.expect("the stream goes on");
        if message["method"] == method {
            return message["params"].clone();
        }
    }
}

#[tokio::test]
async fn a_session_hears_of_what_it_subscribed_to() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let (watched, other) = (new_item(&session, "watched").await, new_item(&session, "other").await);
    let uri = format!("lab://item/misc/{watched}");
    let mut stream = session.listen().await;
    assert_eq!(
        session.ask(&request(2, "resources/subscribe", json!({"uri": uri}))).await["result"],
        json!({})
    );
    for id in [other, watched] {
        session
            .ask(&call(3, "inventory_update", json!({"type": "misc", "id": id, "data": {"notes": "new"}})))
            .await;
    }
    assert_eq!(until(&mut stream, "notifications/resources/updated").await["uri"], uri, "not the other");
    let refused = session.ask(&request(4, "resources/subscribe", json!({"uri": "file:///etc/passwd"}))).await;
    assert_eq!(refused["error"]["code"], -32002);
}

#[tokio::test]
async fn a_subscription_without_session_hears_only_what_it_asked_for() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let watched = new_item(&session, "watched").await;
    let uri = format!("lab://item/misc/{watched}");
    let listen =
        stateless(9, "subscriptions/listen", json!({"notifications": {"resourceSubscriptions": [uri]}}));
    let response = stateless_headers(hub.post("full", &listen), &listen).send().await.unwrap();
    let mut stream = Stream::of(response);
    let accepted = stream.next().await.unwrap();
    assert_eq!(accepted["method"], "notifications/subscriptions/acknowledged");
    new_item(&session, "another").await;
    session
        .ask(&call(3, "inventory_update", json!({"type": "misc", "id": watched, "data": {"notes": "new"}})))
        .await;
    let first = stream.next().await.unwrap();
    assert_eq!(
        (&first["method"], &first["params"]["uri"]),
        (&json!("notifications/resources/updated"), &json!(uri))
    );
}

#[tokio::test]
async fn the_list_of_resources_is_paged_and_complete() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let create: Vec<Value> =
        (0..450).map(|n| json!({"type": "misc", "data": {"name": format!("box {n}")}})).collect();
    session.ask(&call(1, "inventory_bulk", json!({"create": create}))).await;
    let (mut uris, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let params = if cursor.is_null() { json!({}) } else { json!({"cursor": cursor}) };
        let page = session.ask(&request(2, "resources/list", params)).await["result"].clone();
        let resources = page["resources"].as_array().unwrap();
        assert!(resources.len() <= 200);
        uris.extend(resources.iter().map(|resource| resource["uri"].as_str().unwrap().to_string()));
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let all = uris.len();
    uris.sort();
    uris.dedup();
    assert_eq!((uris.len(), all), (451, 451), "the overview and every item once");
}

#[tokio::test]
async fn completions_know_kinds_ids_names_and_tags() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let data = json!({"name": "Basement NAS", "tags": ["prod", "storage"]});
    let made = session.ask(&call(1, "inventory_create", json!({"type": "hardware", "data": data}))).await;
    let id = made["result"]["structuredContent"]["data"]["id"].to_string();
    let item = json!({"type": "ref/resource", "uri": "lab://item/{kind}/{id}"});
    for (reference, argument, typed, context, wanted) in [
        (&item, "kind", "con", json!({}), json!(["containers"])),
        (&item, "id", "basement", json!({"kind": "hardware"}), json!([id])),
        (&item, "id", "basement", json!({"kind": "vms"}), json!([])),
        (&json!({"type": "ref/prompt", "name": "morning_check"}), "tag", "pr", json!({}), json!(["prod"])),
        (&json!({"type": "ref/prompt", "name": "nothing"}), "tag", "pr", json!({}), json!([])),
    ] {
        let argument = json!({"name": argument, "value": typed});
        let params = json!({"ref": reference, "argument": argument, "context": {"arguments": context}});
        let answer = session.ask(&request(2, "completion/complete", params)).await;
        assert_eq!(answer["result"]["completion"]["values"], wanted, "{argument} of {reference}");
    }
}
