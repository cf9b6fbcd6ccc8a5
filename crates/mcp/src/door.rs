//! Through the one door, with progress, cancellation and, where only that lacks, a person's word.

use std::time::Duration;

use axum::http::request::Parts;
use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::{Answer, Call};
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResponse, Extensions};
use rmcp::service::RequestContext;
use serde_json::Value;
use tracing::{Instrument, Span};

use crate::confirming::{self, Word};
use crate::face::Face;
use crate::{answer, approving, progress};

/// Most clients wait for a minute.
const PATIENCE: Duration = Duration::from_secs(45);

/// Whether that is a tool for this actor.
pub(crate) fn is_offered(face: &Face, actor: &Actor, name: &str) -> bool {
    face.catalogue().find(name).is_some() && face.keeper.offered(actor).any(|entry| entry.meta.name == name)
}

/// Runs an operation; where it lacks only a person's word, asks for that. Whatever came of it is the answer.
pub(crate) async fn perform(
    face: &Face,
    actor: Actor,
    (name, input): (&str, Value),
    params: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> CallToolResponse {
    if let Some(response) = approving::said(face, &actor, (name, &input), params, context).await {
        return response;
    }
    let fault = match run(face, actor.clone(), name, input.clone(), context).await {
        Err(fault) if fault.code == Code::ApprovalPending => {
            return approving::about(face, &actor, (name, &input), &fault, context).await;
        }
        Err(fault) if fault.code == Code::ConfirmRequired => fault,
        answered => return answer::result(face, &actor, name, answered).into(),
    };
    match confirming::ask(face, &actor, (name, &input), &fault, params, context).await {
        Word::Wanted(question) => question.into(),
        Word::None => answer::result(face, &actor, name, Err(fault)).into(),
        Word::Refused => answer::refused(face, &actor, &confirming::declined()).into(),
        Word::Given => {
            let mut confirmed = input;
            confirmed["confirm"] = true.into();
            answer::result(face, &actor, name, run(face, actor.clone(), name, confirmed, context).await)
                .into()
        }
    }
}

/// Runs an operation while telling the client how it goes.
async fn run(
    face: &Face,
    actor: Actor,
    name: &str,
    input: Value,
    context: &RequestContext<RoleServer>,
) -> Result<Answer, Fault> {
    let (progress, reports) = progress::channel();
    let mut call = Call::new(actor, name, input);
    (call.progress, call.cancelled) = (progress, context.ct.clone());
    // Who follows the progress goes on waiting; clients that do not give up after a minute.
    call.patience = context.meta.get_progress_token().is_none().then_some(PATIENCE);
    let work = face.keeper.call(call).instrument(span_of(&context.extensions));
    match context.meta.get_progress_token() {
        Some(token) => progress::while_reporting(work, reports, &context.peer, &token).await,
        None => work.await,
    }
}

/// That of the request which brought the call: the session has a task of its own. None for pipes.
fn span_of(extensions: &Extensions) -> Span {
    let parts = extensions.get::<Parts>();
    parts.and_then(|parts| parts.extensions.get::<Span>()).cloned().unwrap_or_else(Span::none)
}
