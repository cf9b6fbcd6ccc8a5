//! Where the client can ask its person, a refusal that only lacks a word becomes a question. Never the only way: a
//! client that cannot ask, or whose person does not answer, gets the refusal.

use std::time::Duration;

use labkeeper_core::actor::Actor;
use labkeeper_core::audit::sha256_hex;
use labkeeper_core::budget::cut;
use labkeeper_core::fault::{Code, Fault};
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, ElicitationAction, InputRequest, InputRequiredResult, ProtocolVersion,
    RequestStateCodec, SealOptions,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use crate::face::Face;

/// How long a person may think.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// Name of the question and of its only field.
const CONFIRM: &str = "confirm";
/// Most letters of a plan in a question.
const SHOWN: usize = 600;

/// What came of asking.
pub(crate) enum Word {
    /// Do it.
    Given,
    /// Don't.
    Refused,
    /// The client is to ask, and to call again.
    Wanted(InputRequiredResult),
    /// Nobody could be asked, or nobody answered.
    None,
}

/// Asks for the word that `fault` lacks. The question is about this call of this actor with this plan, and about
/// nothing else.
pub(crate) async fn ask(
    face: &Face,
    actor: &Actor,
    about: (&str, &Value),
    fault: &Fault,
    params: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Word {
    let can_ask = context.client_capabilities().and_then(|client| client.elicitation);
    if !can_ask.is_some_and(|can| can.form.is_some() || can.url.is_none()) {
        return Word::None;
    }
    let question = question(face, actor, fault);
    if context.protocol_version().is_none_or(|version| version < ProtocolVersion::V_2026_07_28) {
        return in_between(question, context).await;
    }
    let Some(seal) = face.seal() else { return Word::None };
    let bound = sha256_hex(json!([actor.name, about.0, about.1, fault.details]).to_string().as_bytes());
    match answered(params, seal, &bound) {
        Some(word) => word,
        None => wanted(&question, seal, &bound).map_or(Word::None, Word::Wanted),
    }
}

fn question(face: &Face, actor: &Actor, fault: &Fault) -> Value {
    // The client's model may read it too.
    let shown = face.keeper.for_model(actor, fault.to_json()).into_value();
    let plan = shown["details"]["plan"]["summary"].as_str().or(shown["error"].as_str());
    let (summary, _) = cut(plan.unwrap_or_default(), SHOWN);
    let field = json!({"type": "boolean", "title": "Do it", "description": "Nothing happens without this.", "default": false});
    let schema = json!({"type": "object", "properties": {CONFIRM: field}, "required": [CONFIRM]});
    json!({"mode": "form", "message": format!("The assistant wants to {summary}. Shall it?"), "requestedSchema": schema})
}

/// On the revisions with sessions: a request of our own while the call waits.
async fn in_between(question: Value, context: &RequestContext<RoleServer>) -> Word {
    let Ok(params) = serde_json::from_value(question) else { return Word::None };
    let asked = tokio::time::timeout(PATIENCE, context.peer.create_elicitation(params));
    match context.ct.run_until_cancelled(asked).await {
        Some(Ok(Ok(answer))) => word(&answer.action, &answer.content.unwrap_or_default()),
        _ => Word::None,
    }
}

/// On the revision without: the answer is the question, and the client calls again with what was said.
fn wanted(question: &Value, seal: &RequestStateCodec, bound: &str) -> Option<InputRequiredResult> {
    let question = json!({"method": "elicitation/create", "params": question});
    let question: InputRequest = serde_json::from_value(question).ok()?;
    let options = SealOptions::new().associated_data(bound.as_bytes()).ttl(PATIENCE);
    let state = seal.seal_with(CONFIRM.as_bytes(), &options);
    Some(InputRequiredResult::new(Some([(CONFIRM.to_string(), question)].into()), Some(state)))
}

/// What the client says was answered; `None` when it was asked something else, or long ago.
fn answered(params: &CallToolRequestParams, seal: &RequestStateCodec, bound: &str) -> Option<Word> {
    seal.open_with(params.request_state.as_deref()?, bound.as_bytes()).ok()?;
    let answer = params.input_responses.as_ref()?.get(CONFIRM)?;
    let action: ElicitationAction = serde_json::from_value(answer["action"].clone()).ok()?;
    Some(word(&action, &answer["content"]))
}

fn word(action: &ElicitationAction, content: &Value) -> Word {
    match action {
        ElicitationAction::Accept if content[CONFIRM] == true => Word::Given,
        ElicitationAction::Accept | ElicitationAction::Decline => Word::Refused,
        _ => Word::None,
    }
}

/// What the assistant is told when its person said no.
pub(crate) fn declined() -> Fault {
    Fault::new(Code::Denied, "the person was asked and said no; nothing was changed")
        .with_hint("do not try it again another way; ask what they want instead")
}
