//! The tools as clients see them.

use labkeeper_core::tier::Tier;
use labkeeper_ops::operation::Entry;
use serde_json::{Value, json};

use crate::http::Served;
use crate::pipes::{Pipes, call, initialize, request};

async fn tools() -> Vec<Value> {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let listed = session.ask(&request(1, "tools/list", json!({}))).await;
    listed["result"]["tools"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_tool_is_strict_described_and_typed() {
    let mut client = Pipes::to(&["stdio"]);
    let opened = client.ask(&initialize("2025-11-25")).await;
    let instructions = opened["result"]["instructions"].as_str().unwrap();
    let said_once: Vec<&str> = instructions
        .split_once("the same everywhere: ")
        .map(|(_, inputs)| inputs.split("; ").filter_map(|input| Some(input.split_once(": ")?.0)).collect())
        .unwrap();
    for tool in tools().await {
        let name = tool["name"].as_str().unwrap();
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert!(!tool["outputSchema"]["properties"].as_object().unwrap().is_empty(), "{name}");
        assert!(tool["outputSchema"].get("required").is_none(), "{name}: a refusal has none of it");
        assert!(
            !tool["description"].as_str().unwrap().is_empty() && !tool["title"].as_str().unwrap().is_empty()
        );
        let fields = tool["inputSchema"]["properties"].as_object().unwrap();
        for (field, schema) in fields {
            let is_said = schema["description"].is_string() || said_once.contains(&field.as_str());
            assert!(is_said, "{name}: {field} is not described: {schema}");
        }
    }
}

/// Letters a token: o200k takes 4.12 in these lists.
const LETTERS_A_TOKEN: f64 = 4.1;

#[test]
fn the_list_of_tools_costs_no_more_than_it_may() {
    let all = labkeeper_ops::all::all();
    let may_observe = |entry: &Entry| entry.meta.tier == Tier::Observe && !entry.meta.effect.is_write();
    let observe: Vec<Entry> = labkeeper_ops::all::all().into_iter().filter(may_observe).collect();
    for (who, entries, most) in [("observe", observe, 8_000.0), ("root", all, 15_000.0)] {
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let tokens = json!(labkeeper_mcp::tools(&entries)).to_string().len() as f64 / LETTERS_A_TOKEN;
        assert!((2_000.0..=most).contains(&tokens), "{tokens:.0} tokens at {who}");
    }
}

#[tokio::test]
async fn the_compact_surface_fits_into_fifteen_hundred_tokens_and_reaches_everything() {
    let mut client = Pipes::opened(&["stdio", "compact"], "2025-11-25").await;
    let listed = client.ask(&request(1, "tools/list", json!({}))).await["result"]["tools"].clone();
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["lab_overview", "search_tools", "describe_tool", "call_tool"]);
    // Four letters a token is the usual rule of thumb; JSON takes a little more.
    assert!(listed.to_string().len() / 3 <= 1500, "{} characters", listed.to_string().len());
    let found = client.ask(&call(2, "search_tools", json!({"query": "create item"}))).await;
    assert_eq!(found["result"]["structuredContent"]["tools"][0]["name"], "inventory_create", "{found}");
    let described = client.ask(&call(3, "describe_tool", json!({"name": "inventory_create"}))).await;
    assert!(described["result"]["structuredContent"]["input_schema"]["properties"]["type"].is_object());
    let input = json!({"name": "inventory_create", "input": {"type": "misc", "data": {"name": "ups"}}});
    let made = client.ask(&call(4, "call_tool", input)).await;
    assert_eq!(made["result"]["structuredContent"]["data"]["name"], "ups");
    let wrong = client.ask(&call(5, "call_tool", json!({"name": "inventory_creat"}))).await;
    assert_eq!(wrong["result"]["structuredContent"]["hint"], "did you mean \"inventory_create\"?");
    let overview = client.ask(&call(6, "lab_overview", json!({}))).await;
    assert_eq!(overview["result"]["structuredContent"]["items"]["misc"], 1);
    client.hang_up().await;
}

#[tokio::test]
async fn every_prompt_begins_with_what_the_hub_knows() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let made =
        session.ask(&call(1, "inventory_create", json!({"type": "vms", "data": {"name": "web"}}))).await;
    let id = made["result"]["structuredContent"]["data"]["id"].to_string();
    let item = format!("lab://item/vms/{id}");
    let listed = session.ask(&request(2, "prompts/list", json!({}))).await["result"]["prompts"].clone();
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|prompt| prompt["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["morning_check", "document_this_guest", "plan_change", "explain_drift", "incident"]);
    for (name, arguments, uri) in [
        ("document_this_guest", json!({"kind": "vms", "id": id}), item.as_str()),
        ("explain_drift", json!({"kind": "vms", "id": id}), item.as_str()),
        ("explain_drift", json!({}), "lab://overview"),
        ("incident", json!({"what": "no DNS since noon"}), "lab://overview"),
    ] {
        let params = json!({"name": name, "arguments": arguments});
        let messages = session.ask(&request(3, "prompts/get", params)).await["result"]["messages"].clone();
        assert_eq!(messages[0]["content"]["resource"]["uri"], uri, "{name}");
        let what = arguments["what"].as_str().unwrap_or_default();
        assert!(messages[1]["content"]["text"].as_str().unwrap().ends_with(what), "{name}");
    }
    for half in [json!({"kind": "vms"}), json!({"id": id})] {
        let params = json!({"name": "explain_drift", "arguments": half});
        assert_eq!(session.ask(&request(4, "prompts/get", params)).await["error"]["code"], -32602);
    }
}
