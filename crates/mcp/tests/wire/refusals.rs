//! What is refused, and whether a model can act on it.

use serde_json::{Value, json};

use crate::http::Served;
use crate::pipes::{call, request};

#[tokio::test]
async fn a_refusal_is_a_result_that_says_what_to_do() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    session.ask(&call(1, "inventory_create", json!({"type": "misc", "data": {"name": "ups"}}))).await;
    for (tool, input, code, hint) in [
        ("inventory_list", json!({"type": "inventory/import"}), "invalid", "one of hardware"),
        ("inventory_list", json!({"type": "hardwar"}), "invalid", "\"hardware\""),
        ("inventory_list", json!({"type": "vms", "limt": 1}), "unknown_field", "\"limit\""),
        ("inventory_list", json!({"type": "vms", "limit": -1}), "invalid", ""),
        ("inventory_delete", json!({"type": "misc", "id": 1}), "confirm_required", "confirm: true"),
        ("inventory_delete", json!({"type": "misc", "id": 1, "confirm": "false"}), "invalid", ""),
    ] {
        let answer = session.ask(&call(2, tool, input.clone())).await;
        let result = &answer["result"];
        assert_eq!(result["isError"], true, "{tool} {input}: {answer}");
        let fault = &result["structuredContent"];
        assert_eq!(fault["code"], code, "{tool} {input}: {fault}");
        assert!(fault["hint"].as_str().unwrap_or_default().contains(hint), "{tool} {input}: {fault}");
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(&text, fault, "clients that read only text read the same");
    }
    let left = session.ask(&call(3, "inventory_list", json!({"type": "misc"}))).await;
    assert_eq!(left["result"]["structuredContent"]["count"], 1, "what was refused changed nothing");
}

#[tokio::test]
async fn a_name_that_is_no_tool_is_a_broken_call_that_names_the_nearest() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let answer = session.ask(&call(1, "inventory_lst", json!({}))).await;
    assert_eq!(answer["error"]["code"], -32602);
    assert_eq!(answer["error"]["data"]["hint"], "did you mean \"inventory_list\"?");
}

#[tokio::test]
async fn a_value_of_another_shape_is_named_in_words() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    for (input, said) in [
        (json!({"type": "vms", "limit": -1}), "limit wants a whole number from 0, not -1"),
        (json!({"type": "vms", "fields": ["name"]}), "fields wants text, not [\"name\"]"),
        (json!({"type": "vm"}), "type wants one of hardware, vms,"),
    ] {
        let answer = session.ask(&call(1, "inventory_list", input)).await;
        let error = &answer["result"]["structuredContent"]["error"];
        assert!(error.as_str().unwrap().starts_with(said), "{error}");
    }
}

#[tokio::test]
async fn parameters_that_cannot_be_read_are_not_an_unknown_method() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    let odd = json!({"name": "inventory_list", "arguments": [1]});
    assert_eq!(session.ask(&request(1, "tools/call", odd)).await["error"]["code"], -32602);
    assert_eq!(session.ask(&request(2, "foo/bar", json!({}))).await["error"]["code"], -32601);
}

#[tokio::test]
async fn for_a_reader_no_tool_exists_that_writes() {
    let hub = Served::new().await;
    let session = hub.session("read", "2025-11-25").await;
    let listed = session.ask(&request(1, "tools/list", json!({}))).await;
    let tools = listed["result"]["tools"].as_array().unwrap();
    assert!(
        tools.len() > 5 && tools.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true),
        "{tools:?}"
    );
    let answer =
        session.ask(&call(2, "inventory_create", json!({"type": "misc", "data": {"name": "x"}}))).await;
    assert_eq!(answer["error"]["code"], -32602, "not even its name: {answer}");
}

#[tokio::test]
async fn what_does_not_exist_is_no_resource_on_any_revision() {
    let hub = Served::new().await;
    let session = hub.session("full", "2025-11-25").await;
    for uri in [
        "lab://item/vms/99",
        "lab://doc/99",
        "lab://change/99",
        "lab://item/inventory%2Fexport/1",
        "file:///etc/passwd",
    ] {
        let old = session.ask(&request(1, "resources/read", json!({"uri": uri}))).await;
        assert_eq!(
            (&old["error"]["code"], &old["error"]["data"]["uri"]),
            (&json!(-32002), &json!(uri)),
            "{old}"
        );
        let message = crate::pipes::stateless(2, "resources/read", json!({"uri": uri}));
        assert_eq!(hub.stateless("full", &message).await["error"]["code"], -32602);
    }
}
