//! Sessions belong to whoever opened them.

use reqwest::StatusCode;
use serde_json::json;

use crate::http::{Served, client};
use crate::pipes::{call, request};

#[tokio::test]
async fn another_token_does_not_find_the_session() {
    let hub = Served::new().await;
    let mut session = hub.session("full", "2025-11-25").await;
    let list = request(1, "tools/list", json!({}));
    session.token = "second".into();
    for response in [
        session.post(&list).send().await.unwrap(),
        session
            .within(client().delete(format!("{}/mcp", hub.url)).bearer_auth("second"))
            .send()
            .await
            .unwrap(),
        session
            .within(client().get(format!("{}/mcp", hub.url)).bearer_auth("second"))
            .header("accept", "text/event-stream")
            .send()
            .await
            .unwrap(),
    ] {
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
    session.token = "full".into();
    assert_eq!(session.post(&list).send().await.unwrap().status(), StatusCode::OK, "its owner still has it");
}

#[tokio::test]
async fn an_ended_session_is_gone() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let end = client().delete(format!("{}/mcp", hub.url)).bearer_auth("full");
    assert!(session.within(end).send().await.unwrap().status().is_success());
    let response = session.post(&request(1, "tools/list", json!({}))).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_journal_names_the_session_but_not_its_id() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    for name in ["a", "b"] {
        session.ask(&call(1, "inventory_create", json!({"type": "misc", "data": {"name": name}}))).await;
    }
    let changes = session.ask(&call(2, "changes_list", json!({}))).await;
    let changes = &changes["result"]["structuredContent"]["data"];
    let named = changes[0]["session"].as_str().unwrap();
    assert!(
        named.starts_with("mcp-") && !named.contains(&session.id) && !session.id.contains(&named[4..]),
        "{named}"
    );
    assert_eq!(changes[1]["session"], changes[0]["session"]);
    assert_eq!((&changes[0]["via"], &changes[0]["actor"]), (&json!("mcp"), &json!("first")));
}
