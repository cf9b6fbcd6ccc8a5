//! A client that can ask its person is asked to; the person's word is worth one call.

use serde_json::{Value, json};

use crate::http::Served;
use crate::pipes::{Pipes, call, request, stateless};

async fn with_an_item() -> Pipes {
    let mut client = Pipes::opened_with(&["stdio"], "2025-11-25", json!({"elicitation": {}})).await;
    client.ask(&call(1, "inventory_create", json!({"type": "misc", "data": {"name": "ups"}}))).await;
    client
}

/// Calls a delete, answers the question that comes, and returns what came of it.
async fn answering(client: &mut Pipes, word: Value) -> Value {
    client.say(&call(7, "inventory_delete", json!({"type": "misc", "id": 1}))).await;
    let question = client.hear_but_news().await;
    assert_eq!(question["method"], "elicitation/create");
    assert!(question["params"]["message"].as_str().unwrap().contains("delete other ups"), "{question}");
    let mut answer = json!({"jsonrpc": "2.0", "id": question["id"]});
    answer["result"] = word;
    client.say(&answer).await;
    client.hear_but_news().await["result"].clone()
}

#[tokio::test]
async fn a_person_decides_where_the_client_can_ask_them() {
    let mut client = with_an_item().await;
    let declined = answering(&mut client, json!({"action": "decline"})).await;
    assert_eq!(declined["structuredContent"]["code"], "denied");
    let unticked = answering(&mut client, json!({"action": "accept", "content": {"confirm": false}})).await;
    assert_eq!(unticked["structuredContent"]["code"], "denied");
    let dismissed = answering(&mut client, json!({"action": "cancel"})).await;
    assert_eq!(dismissed["structuredContent"]["code"], "confirm_required", "it is never the only way");
    let done = answering(&mut client, json!({"action": "accept", "content": {"confirm": true}})).await;
    assert_eq!(done["structuredContent"]["deleted"][0]["name"], "ups", "{done}");
    client.hang_up().await;
}

fn delete(id: i64) -> Value {
    let mut message = stateless(
        1,
        "tools/call",
        json!({"name": "inventory_delete", "arguments": {"type": "misc", "id": id}}),
    );
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
        json!({"elicitation": {"form": {}}});
    message
}

fn agreed(message: &Value, state: &Value) -> Value {
    let mut message = message.clone();
    message["params"]["requestState"] = state.clone();
    message["params"]["inputResponses"] =
        json!({"confirm": {"action": "accept", "content": {"confirm": true}}});
    message
}

#[tokio::test]
async fn without_a_session_the_word_is_bound_to_the_call_it_was_given_for() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    for name in ["one", "two"] {
        session.ask(&call(1, "inventory_create", json!({"type": "misc", "data": {"name": name}}))).await;
    }
    let question = hub.stateless("full", &delete(1)).await["result"].clone();
    assert_eq!(question["resultType"], "input_required");
    assert_eq!(question["inputRequests"]["confirm"]["method"], "elicitation/create");
    let state = &question["requestState"];

    let other = hub.stateless("full", &agreed(&delete(2), state)).await;
    assert_eq!(other["result"]["resultType"], "input_required", "asked for one, not for two: {other}");
    let somebody = hub.stateless("second", &agreed(&delete(1), state)).await;
    assert_eq!(somebody["result"]["resultType"], "input_required", "asked of somebody else: {somebody}");
    let forged = hub.stateless("full", &agreed(&delete(1), &json!("rs1.made.up"))).await;
    assert_eq!(forged["result"]["resultType"], "input_required", "{forged}");

    let done = hub.stateless("full", &agreed(&delete(1), state)).await;
    assert_eq!(done["result"]["structuredContent"]["deleted"][0]["name"], "one", "{done}");
    let left = session
        .ask(&request(2, "tools/call", json!({"name": "inventory_list", "arguments": {"type": "misc"}})))
        .await;
    assert_eq!(left["result"]["structuredContent"]["data"][0]["name"], "two");
}
