//! Questions to the client in the middle of a call, on the revisions with sessions: requests of our own.

#![allow(deprecated, reason = "sampling is what the fixture of the older revisions is about")]

use rmcp::model::{CallToolResult, ContentBlock};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Map, Value, json};

use super::content::text;

/// The fixtures that ask.
pub(super) async fn call(
    name: &str,
    arguments: &Map<String, Value>,
    context: &RequestContext<RoleServer>,
) -> Option<Result<CallToolResult, ErrorData>> {
    let said = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    Some(match name {
        "test_sampling" => sample(said("prompt"), context).await,
        "test_elicitation" => {
            let fields = json!({
                "username": {"type": "string", "description": "User's response"},
                "email": {"type": "string", "description": "User's email address"},
            });
            let schema = json!({"type": "object", "properties": fields, "required": ["username", "email"]});
            ask(said("message"), schema, "User response", context).await
        }
        "test_elicitation_sep1034_defaults" => {
            let fields = json!({
                "name": {"type": "string", "default": "John Doe"},
                "age": {"type": "integer", "default": 30},
                "score": {"type": "number", "default": 95.5},
                "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
                "verified": {"type": "boolean", "default": true},
            });
            let schema = json!({"type": "object", "properties": fields, "required": []});
            ask("Check the defaults", schema, "Elicitation completed", context).await
        }
        "test_elicitation_sep1330_enums" => {
            let titled = json!([
                {"const": "value1", "title": "First"}, {"const": "value2", "title": "Second"},
                {"const": "value3", "title": "Third"},
            ]);
            let plain = json!(["option1", "option2", "option3"]);
            let fields = json!({
                "untitledSingle": {"type": "string", "enum": plain},
                "titledSingle": {"type": "string", "oneOf": titled},
                "legacyEnum": {
                    "type": "string", "enum": ["opt1", "opt2", "opt3"],
                    "enumNames": ["Option One", "Option Two", "Option Three"],
                },
                "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
                "titledMulti": {"type": "array", "items": {"anyOf": titled}},
            });
            let schema = json!({"type": "object", "properties": fields, "required": []});
            ask("Choose", schema, "Elicitation completed", context).await
        }
        _ => return None,
    })
}

async fn ask(
    message: &str,
    schema: Value,
    says: &str,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let params =
        serde_json::from_value(json!({"mode": "form", "message": message, "requestedSchema": schema}));
    let params = params.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    Ok(match context.peer.create_elicitation(params).await {
        Ok(answer) => text(format!("{says}: {}", json!(answer))),
        Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_string())]),
    })
}

async fn sample(prompt: &str, context: &RequestContext<RoleServer>) -> Result<CallToolResult, ErrorData> {
    let message = json!({"role": "user", "content": {"type": "text", "text": prompt}});
    let params = serde_json::from_value(json!({"messages": [message], "maxTokens": 100}));
    let params = params.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
    Ok(match context.peer.create_message(params).await {
        Ok(answer) => text(format!("LLM response: {}", json!(answer)["content"])),
        Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_string())]),
    })
}
