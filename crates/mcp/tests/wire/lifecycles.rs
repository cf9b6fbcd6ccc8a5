//! Every revision on every transport: begin, list, call, end.

use rmcp::model::ProtocolVersion;
use serde_json::json;

use crate::http::Served;
use crate::pipes::{Pipes, call, initialize, request, stateless};

const HANDSHAKE: [&str; 2] = ["2025-06-18", "2025-11-25"];

#[tokio::test]
async fn the_handshake_revisions_work_over_pipes() {
    for revision in HANDSHAKE {
        let mut client = Pipes::opened(&["stdio"], revision).await;
        let tools = client.ask(&request(1, "tools/list", json!({}))).await;
        assert_eq!(tools["result"]["tools"][0]["name"], "inventory_list", "{revision}");
        let status = client.ask(&call(2, "app_status", json!({}))).await;
        assert_eq!(status["result"]["structuredContent"]["status"], "ok");
        assert_eq!(status["result"].get("resultType"), None, "that member came later");
        client.hang_up().await;
    }
}

#[tokio::test]
async fn the_revision_without_sessions_works_over_pipes() {
    let mut client = Pipes::to(&["stdio"]);
    let found = client.ask(&stateless(1, "server/discover", json!({}))).await;
    assert_eq!(found["result"]["supportedVersions"], json!(["2025-06-18", "2025-11-25", "2026-07-28"]));
    assert!(found["result"]["capabilities"]["resources"]["subscribe"].as_bool().unwrap());
    let status = client.ask(&stateless(2, "tools/call", json!({"name": "app_status"}))).await;
    assert_eq!(status["result"]["resultType"], "complete");
    client.hang_up().await;
}

#[tokio::test]
async fn the_handshake_revisions_work_over_http() {
    let hub = Served::new().await;
    for revision in HANDSHAKE {
        let session = hub.session("full", revision).await;
        let tools = session.ask(&request(1, "tools/list", json!({}))).await;
        assert_eq!(tools["result"]["tools"][0]["name"], "inventory_list", "{revision}");
        let status = session.ask(&call(2, "app_status", json!({}))).await;
        assert_eq!(status["result"]["structuredContent"]["status"], "ok");
    }
}

#[tokio::test]
async fn the_revision_without_sessions_works_over_http() {
    let hub = Served::new().await;
    let found = hub.stateless("full", &stateless(1, "server/discover", json!({}))).await;
    assert_eq!(found["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "labkeeper");
    let status = hub.stateless("full", &stateless(2, "tools/call", json!({"name": "app_status"}))).await;
    assert_eq!(status["result"]["structuredContent"]["status"], "ok");
    let tools = hub.stateless("full", &stateless(3, "tools/list", json!({}))).await;
    assert_eq!(tools["result"]["cacheScope"], "private", "what a token sees is nobody else's");
}

#[tokio::test]
async fn an_older_client_is_offered_the_newest_handshake() {
    let mut client = Pipes::to(&["stdio"]);
    let answer = client.ask(&initialize("2024-11-05")).await;
    assert_eq!(answer["result"]["protocolVersion"], ProtocolVersion::V_2025_11_25.as_str());
}

#[tokio::test]
async fn a_client_that_says_nothing_and_leaves_is_no_error() {
    Pipes::to(&["stdio"]).hang_up().await;
}

#[tokio::test]
async fn progress_is_told_and_a_cancelled_call_leaves_the_session_alive() {
    let mut client = Pipes::opened(&["stdio"], "2025-11-25").await;
    let params = json!({"name": "test_slow", "arguments": {"steps": 20}, "_meta": {"progressToken": "p"}});
    client.say(&request(1, "tools/call", params)).await;
    let mut told = Vec::new();
    let answer = loop {
        let heard = client.hear().await;
        if heard["method"] != "notifications/progress" {
            break heard;
        }
        assert_eq!(heard["params"]["progressToken"], "p");
        told.push(heard["params"]["progress"].as_f64().unwrap());
    };
    assert_eq!(answer["result"]["structuredContent"]["steps"], 20);
    assert!(told.len() >= 2 && told.is_sorted() && told.last() == Some(&20.0), "{told:?}");
    assert!(told.len() <= 8, "at most ten a second: {told:?}");

    client.say(&call(2, "test_slow", json!({"steps": 100_000}))).await;
    let cancelled =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}});
    client.say(&cancelled).await;
    let status = client.ask(&call(3, "app_status", json!({}))).await;
    assert_eq!(status["result"]["isError"], false);
    client.hang_up().await;
}
