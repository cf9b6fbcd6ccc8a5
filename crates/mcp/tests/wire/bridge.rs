//! Speaking over pipes for a hub elsewhere.

use labkeeper_mcp::HttpOptions;
use serde_json::{Value, json};

use crate::http::Served;
use crate::pipes::{Pipes, call, initialize, request, stateless};

#[tokio::test]
async fn every_revision_passes_the_bridge() {
    let hub = Served::new().await;
    for revision in ["2025-06-18", "2025-11-25"] {
        let mut client = Pipes::opened(&["remote", &hub.url, "full"], revision).await;
        let made = client
            .ask(&call(1, "inventory_create", json!({"type": "misc", "data": {"name": revision}})))
            .await;
        assert_eq!(made["result"]["structuredContent"]["data"]["name"], revision);
        let page = client.ask(&request(2, "resources/read", json!({"uri": "lab://overview"}))).await;
        assert!(page["result"]["contents"][0]["text"].as_str().unwrap().contains("\"misc\":"), "{page}");
        client.hang_up().await;
    }
    let mut client = Pipes::to(&["remote", &hub.url, "full"]);
    let found = client.ask(&stateless(1, "server/discover", json!({}))).await;
    assert_eq!(found["result"]["supportedVersions"][2], "2026-07-28");
    let listed = client
        .ask(&stateless(2, "tools/call", json!({"name": "inventory_list", "arguments": {"type": "misc"}})))
        .await;
    assert_eq!(listed["result"]["structuredContent"]["count"], 2);
    client.hang_up().await;
}

#[tokio::test]
async fn progress_and_news_pass_the_bridge() {
    let hub = Served::new().await;
    let mut client = Pipes::opened(&["remote", &hub.url, "full"], "2025-11-25").await;
    let params = json!({"name": "test_slow", "arguments": {"steps": 8}, "_meta": {"progressToken": 7}});
    client.say(&request(1, "tools/call", params)).await;
    client.say(&request(2, "resources/subscribe", json!({"uri": "lab://overview"}))).await;
    // Which comes first, an answer or the news of what it did, is nobody's promise.
    let (mut open, mut progress, mut news) = (vec![json!(1), json!(2)], 0, Value::Null);
    while !open.is_empty() || progress == 0 || news.is_null() {
        let heard = client.hear().await;
        open.retain(|id| *id != heard["id"]);
        match (heard["method"].as_str(), heard["id"].as_i64()) {
            (Some("notifications/progress"), _) => progress += 1,
            (Some("notifications/resources/updated"), _) => news = heard["params"]["uri"].clone(),
            (None, Some(2)) => {
                open.push(json!(3));
                client
                    .say(&call(3, "inventory_create", json!({"type": "misc", "data": {"name": "news"}})))
                    .await;
            }
            _ => {}
        }
    }
    assert_eq!(news, "lab://overview");
    client.hang_up().await;
}

#[tokio::test]
async fn a_hub_that_was_restarted_is_taken_up_again() {
    let hub = Served::new().await;
    let address = hub.url.strip_prefix("http://").unwrap().to_string();
    let mut client = Pipes::opened(&["remote", &hub.url, "full"], "2025-11-25").await;
    client.ask(&call(1, "app_status", json!({}))).await;
    hub.stop().await;
    let hub = Served::at(&address, HttpOptions::default()).await;
    let status = client.ask(&call(2, "app_status", json!({}))).await;
    assert_eq!(status["result"]["structuredContent"]["status"], "ok", "{status}");
    client.hang_up().await;
    hub.stop().await;
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_said_with_the_way_out() {
    let hub = Served::new().await;
    let mut client = Pipes::to(&["remote", &hub.url, "guessed"]);
    let refused = client.ask(&initialize("2025-11-25")).await;
    assert_eq!(refused["error"]["data"]["code"], "unauthorized");
    assert!(message(&refused).contains("LABKEEPER_TOKEN"), "{refused}");
    let url = hub.url.clone();
    hub.stop().await;
    let lost = client.ask(&initialize("2025-11-25")).await;
    assert_eq!(lost["error"]["data"]["code"], "unavailable");
    assert!(message(&lost).contains(&url) && message(&lost).contains("labkeeper serve"), "{lost}");
}

fn message(answer: &Value) -> &str {
    answer["error"]["message"].as_str().unwrap()
}
