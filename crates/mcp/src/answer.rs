//! What came of a call as a tool result: structured, and the same as compact text for clients that read only that.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::ModelValue;
use labkeeper_ops::journal::plan_call::PlanCall;
use labkeeper_ops::keeper::Answer;
use labkeeper_ops::operation::{Entry, Operation as _};
use rmcp::model::{CallToolResult, ContentBlock, Resource};
use serde_json::{Value, json};

use crate::face::Face;
use crate::lab_uri::LabUri;
use crate::marks::marked;
use crate::reading::TEXT;
use crate::schema::WRAPPED;

/// The result of a call that came through the door, or was refused there. A refusal is a result too: the model
/// reads it and acts on it.
pub(crate) fn result(
    face: &Face,
    actor: &Actor,
    name: &str,
    answer: Result<Answer, Fault>,
) -> CallToolResult {
    let result = match answer {
        Ok(answer) => done(face, actor, answer),
        Err(fault) => refused(face, actor, &fault),
    };
    if quotes_others(face, name) { framed(result) } else { result }
}

/// An answer, a plan or an error of such a tool may have words that guests, files or the network wrote.
fn quotes_others(face: &Face, name: &str) -> bool {
    let is_foreign = |entry: &Entry| entry.meta.name == name && entry.meta.foreign;
    name == PlanCall::META.name || face.keeper.registry().iter().any(is_foreign)
}

/// What guests, files or the network wrote, as text between marks that whoever wrote it could not know. The structured form has it in
/// fields of its own anyway.
fn framed(mut result: CallToolResult) -> CallToolResult {
    let content = result.structured_content.as_ref().map(ToString::to_string).unwrap_or_default();
    let Some(marked) = marked(&content) else {
        return CallToolResult::error(vec![ContentBlock::text(
            "no random bytes: this cannot be shown safely",
        )]);
    };
    // What to do is the hub's own word.
    let word = |name: &str| result.structured_content.as_ref().and_then(|content| content[name].as_str());
    let own = match (word("code").filter(|_| result.is_error == Some(true)), word("hint")) {
        (Some(code), Some(hint)) => format!("{code}: {hint}\n"),
        (Some(code), None) => format!("{code}\n"),
        (None, _) => String::new(),
    };
    let text = ContentBlock::text(format!("{own}{marked}"));
    let links = result.content.into_iter().filter(|block| block.as_resource_link().is_some());
    result.content = std::iter::once(text).chain(links).collect();
    result
}

/// Links to what an answer has only in part.
fn links(output: &Value) -> Vec<ContentBlock> {
    let named = output["rest"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let outputs = named.filter(|uri| matches!(LabUri::parse(uri), Some(LabUri::Output(..))));
    let link = |uri: &str| {
        let resource = Resource::new(uri, "rest of the output").with_mime_type(TEXT);
        ContentBlock::resource_link(resource.with_description("What is not shown. It is kept for an hour."))
    };
    outputs.map(link).collect()
}

fn done(face: &Face, actor: &Actor, answer: Answer) -> CallToolResult {
    let mut output = match answer.output {
        object @ Value::Object(_) => object,
        other => json!({WRAPPED: other}),
    };
    if let Some(change) = answer.change_id
        && output.get("change_id").is_none()
    {
        output["change_id"] = change.into();
    }
    if let Some(seq) = answer.audit_seq
        && output.get("auditId").is_none()
    {
        output["auditId"] = seq.into();
    }
    let links = links(&output);
    let mut result = shown(face, actor, output);
    result.content.extend(links);
    result
}

/// What a call that was parked failed with, when it was carried out.
pub(crate) fn failed(face: &Face, actor: &Actor, name: &str, fault: Value) -> CallToolResult {
    let mut result = shown(face, actor, fault);
    result.is_error = Some(true);
    if quotes_others(face, name) { framed(result) } else { result }
}

/// A refusal in the same shape.
pub(crate) fn refused(face: &Face, actor: &Actor, fault: &Fault) -> CallToolResult {
    if let Some(reason) = fault.details.as_deref().filter(|_| fault.code == Code::Internal) {
        tracing::error!(reason = %reason, "a tool call failed inside");
    }
    let mut result = shown(face, actor, fault.to_json());
    result.is_error = Some(true);
    result
}

/// A result of that content, as a model may read it.
pub(crate) fn shown(face: &Face, actor: &Actor, content: Value) -> CallToolResult {
    structured(face.keeper.for_model(actor, content))
}

/// Only what went through the redactor becomes a result.
fn structured(content: ModelValue) -> CallToolResult {
    let content = content.into_value();
    let mut result = CallToolResult::success(vec![ContentBlock::text(content.to_string())]);
    result.structured_content = Some(content);
    result
}
