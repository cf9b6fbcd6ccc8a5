//! What came of a call as a tool result: structured, and the same as compact text for clients that read only that.

use labkeeper_core::budget::neutralise;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::Answer;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Value, json};

use crate::schema::WRAPPED;

/// The result of a call that came through the door, or was refused there. A refusal is a result too: the model
/// reads it and acts on it.
pub(crate) fn result(answer: Result<Answer, Fault>) -> CallToolResult {
    match answer {
        Ok(answer) => done(answer),
        Err(fault) => refused(&fault),
    }
}

fn done(answer: Answer) -> CallToolResult {
    let mut output = match answer.output {
        object @ Value::Object(_) => object,
        other => json!({WRAPPED: other}),
    };
    if let Some(change) = answer.change_id
        && output.get("change_id").is_none()
    {
        output["change_id"] = change.into();
    }
    structured(output)
}

/// A refusal in the same shape.
pub(crate) fn refused(fault: &Fault) -> CallToolResult {
    if let Some(reason) = fault.details.as_deref().filter(|_| fault.code == Code::Internal) {
        tracing::error!(reason = %reason, "a tool call failed inside");
    }
    let mut result = structured(neutral(fault.to_json()));
    result.is_error = Some(true);
    result
}

/// A result of that content.
pub(crate) fn structured(content: Value) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(content.to_string())]);
    result.structured_content = Some(content);
    result
}

/// Faults quote what the caller sent and what the lab says; neither may play tricks on a reader.
fn neutral(value: Value) -> Value {
    match value {
        Value::String(text) => neutralise(&text).into_owned().into(),
        Value::Array(list) => list.into_iter().map(neutral).collect(),
        Value::Object(map) => map.into_iter().map(|(name, value)| (name, neutral(value))).collect(),
        other => other,
    }
}
