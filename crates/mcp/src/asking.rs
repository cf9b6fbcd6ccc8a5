//! Asking the person in front of a client: by a request of our own where there is a session, by an answer that is a question where there
//! is none.

use std::time::Duration;

use labkeeper_core::audit::sha256_hex;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, ElicitationAction, InputRequest, InputRequiredResult, ProtocolVersion,
    RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

/// How long a person may think.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// A form.
pub(crate) struct Question {
    /// What the answer is found under.
    pub(crate) key: &'static str,
    /// What stands above the fields.
    pub(crate) message: String,
    /// The fields, as properties of a schema.
    pub(crate) fields: Value,
    /// Those that have to be there.
    pub(crate) required: &'static [&'static str],
}

/// What a person did with a form.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    /// Filled it in.
    Filled(Value),
    /// Said no.
    Declined,
    /// Put it away, or nobody was there.
    Nothing,
}

/// Whether the client can show a form to its person.
pub(crate) fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let can = context.client_capabilities().and_then(|client| client.elicitation);
    can.is_some_and(|can| can.form.is_some() || can.url.is_none())
}

/// Whether the client can be asked while its call waits.
pub(crate) fn has_session(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_none_or(|version| version < ProtocolVersion::V_2026_07_28)
}

/// Asks while the call waits.
pub(crate) async fn in_between(question: &Question, context: &RequestContext<RoleServer>) -> Said {
    let Ok(params) = serde_json::from_value(question.form()) else { return Said::Nothing };
    let asked = tokio::time::timeout(PATIENCE, context.peer.create_elicitation(params));
    match context.ct.run_until_cancelled(asked).await {
        Some(Ok(Ok(answer))) => said(&answer.action, answer.content.unwrap_or_default()),
        _ => Said::Nothing,
    }
}

/// The answer that has the client ask, and call again with what was said. `note` comes back with that, and only for a call that is
/// `bound` to the same.
pub(crate) fn wanted(
    question: &Question,
    seal: &RequestStateCodec,
    note: &str,
    bound: &str,
) -> Option<InputRequiredResult> {
    let asked = json!({"method": "elicitation/create", "params": question.form()});
    let asked: InputRequest = serde_json::from_value(asked).ok()?;
    let options = SealOptions::new().associated_data(bound.as_bytes()).ttl(PATIENCE);
    let state = seal.seal_with(note.as_bytes(), &options);
    Some(InputRequiredResult::new(Some([(question.key.to_string(), asked)].into()), Some(state)))
}

/// The note, and what the client says was answered; `None` when it was asked something else, or long ago.
pub(crate) fn answered(
    params: &CallToolRequestParams,
    seal: &RequestStateCodec,
    key: &str,
    bound: &str,
) -> Option<(String, Said)> {
    let note = seal.open_with(params.request_state.as_deref()?, bound.as_bytes()).ok()?;
    let answer = params.input_responses.as_ref()?.get(key)?;
    let action: ElicitationAction = serde_json::from_value(answer["action"].clone()).ok()?;
    Some((String::from_utf8(note).ok()?, said(&action, answer["content"].clone())))
}

/// What a question is bound to.
pub(crate) fn bound(to: &Value) -> String {
    sha256_hex(to.to_string().as_bytes())
}

fn said(action: &ElicitationAction, content: Value) -> Said {
    match action {
        ElicitationAction::Accept => Said::Filled(content),
        ElicitationAction::Decline => Said::Declined,
        _ => Said::Nothing,
    }
}

impl Question {
    fn form(&self) -> Value {
        let schema = json!({"type": "object", "properties": self.fields, "required": self.required});
        json!({"mode": "form", "message": self.message, "requestedSchema": schema})
    }
}
