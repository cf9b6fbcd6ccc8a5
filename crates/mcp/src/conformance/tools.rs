//! Tools: what they are, and those that send something while they run.

#![allow(deprecated, reason = "logging is what a fixture of the older revisions is about")]

use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, JsonObject, LoggingLevel,
    LoggingMessageNotificationParam, ProgressNotificationParam, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use super::content::text;
use super::lasting::{CHANGED, List};
use super::{asking, content, elicitation, jobs};

/// Tools that take nothing.
const PLAIN: [&str; 29] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_tool_with_logging",
    "test_error_handling",
    "test_tool_with_progress",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_logging_tool",
    "test_trigger_tool_change",
    "test_trigger_prompt_change",
    "test_input_required_result_elicitation",
    "test_input_required_result_sampling",
    "test_input_required_result_list_roots",
    "test_input_required_result_request_state",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
    "test_input_required_result_capabilities",
    "failing_job",
    "protocol_error_job",
    "confirm_delete",
    "multi_input",
    "test_tool_with_task",
    "test_reconnection",
];

/// Every fixture.
pub(super) fn list() -> Vec<Tool> {
    let text =
        |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]});
    let slow =
        json!({"type": "object", "properties": {"seconds": {"type": "number"}, "label": {"type": "string"}}});
    let header = json!({
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
        "required": ["region"],
    });
    let mut tools: Vec<Tool> =
        PLAIN.iter().map(|name| tool(name, json!({"type": "object", "properties": {}}))).collect();
    tools.extend([
        tool("test_sampling", text("prompt")),
        tool("test_elicitation", text("message")),
        tool("greet", text("name")),
        tool("slow_compute", slow),
        tool("test_header_param", header),
        tool("json_schema_2020_12_tool", wide_schema()),
    ]);
    tools
}

fn tool(name: &'static str, schema: Value) -> Tool {
    let schema: JsonObject = serde_json::from_value(schema).expect("a fixture's schema is an object");
    Tool::new(name, "A fixture of the conformance suite.", schema)
}

/// A schema with the words of 2020-12 that a careless server loses.
fn wide_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}

/// Calls a fixture; `None` when it is none.
pub(super) async fn call(
    params: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Option<Result<CallToolResponse, ErrorData>> {
    let client = context.client_capabilities().unwrap_or_default();
    let arguments = params.arguments.clone().unwrap_or_default();
    if let Some(result) = content::result(&params.name) {
        return Some(Ok(result.into()));
    }
    if let Some(answer) = asking::call(params, &client) {
        return Some(answer);
    }
    if let Some(answer) = jobs::call(params, &client).await {
        return Some(answer);
    }
    if let Some(answer) = elicitation::call(&params.name, &arguments, context).await {
        return Some(answer.map(CallToolResponse::from));
    }
    let result = match &*params.name {
        "greet" => {
            text(format!("Hello, {}!", arguments.get("name").and_then(Value::as_str).unwrap_or_default()))
        }
        "json_schema_2020_12_tool" | "test_header_param" => text(json!(arguments).to_string()),
        "test_reconnection" => text("done"),
        "test_tool_with_progress" => progress(context).await,
        "test_tool_with_logging" => logging(context).await,
        "test_logging_tool" => {
            if context.meta.contains_key("io.modelcontextprotocol/logLevel") {
                say("asked for", context).await;
            }
            text("done")
        }
        "test_missing_capability" => return Some(needs_sampling(&client).map(CallToolResponse::from)),
        "test_trigger_tool_change" => changed(List::Tools),
        "test_trigger_prompt_change" => changed(List::Prompts),
        _ => return None,
    };
    Some(Ok(result.into()))
}

fn needs_sampling(client: &ClientCapabilities) -> Result<CallToolResult, ErrorData> {
    if client.sampling.is_some() {
        return Ok(text("done"));
    }
    let needed = serde_json::from_value(json!({"sampling": {}})).unwrap_or_default();
    Err(ErrorData::missing_required_client_capability(needed))
}

fn changed(list: List) -> CallToolResult {
    // Nobody listening is fine.
    let _ = CHANGED.send(list);
    text("changed")
}

async fn progress(context: &RequestContext<RoleServer>) -> CallToolResult {
    for done in [0.0, 50.0, 100.0] {
        if let Some(token) = context.meta.get_progress_token() {
            let report = ProgressNotificationParam::new(token, done).with_total(100.0);
            let _ = context.peer.notify_progress(report).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    text("done")
}

async fn logging(context: &RequestContext<RoleServer>) -> CallToolResult {
    for words in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        say(words, context).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    text("done")
}

async fn say(words: &str, context: &RequestContext<RoleServer>) {
    let message = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(words));
    let _ = context.peer.notify_logging_message(message).await;
}
