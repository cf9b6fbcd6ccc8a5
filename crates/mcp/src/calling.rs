//! `tools/call`: through the one door, with progress and cancellation.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::nearest::nearest;
use labkeeper_ops::keeper::{Answer, Call};
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use crate::face::{Face, Surface};
use crate::{answer, compact, progress};

/// Answers a call, whatever came of it. A name that is no tool for this actor is a broken call.
pub(crate) async fn call(
    face: &Face,
    actor: Actor,
    params: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    let input = params.arguments.map_or(Value::Null, Value::Object);
    if face.surface == Surface::Compact && compact::is_tool(&params.name) {
        return compact::call(face, actor, &params.name, &input, context).await;
    }
    if !is_offered(face, &actor, &params.name) {
        return Err(unknown(face, &actor, &params.name));
    }
    Ok(answer::result(run(face, actor, &params.name, input, context).await))
}

/// Whether that is a tool for this actor.
pub(crate) fn is_offered(face: &Face, actor: &Actor, name: &str) -> bool {
    face.catalogue().find(name).is_some() && face.keeper.offered(actor).any(|entry| entry.meta.name == name)
}

/// Runs an operation while telling the client how it goes.
pub(crate) async fn run(
    face: &Face,
    actor: Actor,
    name: &str,
    input: Value,
    context: &RequestContext<RoleServer>,
) -> Result<Answer, Fault> {
    let (progress, reports) = progress::channel();
    let call = Call { actor, name: name.into(), input, progress, cancelled: context.ct.clone() };
    let work = face.keeper.call(call);
    match context.meta.get_progress_token() {
        Some(token) => progress::while_reporting(work, reports, &context.peer, &token).await,
        None => work.await,
    }
}

fn unknown(face: &Face, actor: &Actor, name: &str) -> ErrorData {
    let tools = match face.surface {
        Surface::Full => face.catalogue().offered(&face.keeper, actor),
        Surface::Compact => compact::tools(),
    };
    let near = nearest(name, tools.iter().map(|tool| &*tool.name));
    let hint =
        near.map_or_else(|| "tools/list names them".into(), |near| format!("did you mean \"{near}\"?"));
    ErrorData::invalid_params(format!("Unknown tool: {name}"), Some(json!({"hint": hint})))
}
