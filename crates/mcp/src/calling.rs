//! `tools/call`: to which tool, and what came of it.

use labkeeper_core::actor::Actor;
use labkeeper_core::nearest::nearest;
use rmcp::model::{CallToolRequestParams, CallToolResponse};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};

use crate::face::{Face, Surface};
use crate::{compact, door};

/// Answers a call, whatever came of it. A name that is no tool for this actor is a broken call.
pub(crate) async fn call(
    face: &Face,
    actor: Actor,
    mut params: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let input = params.arguments.take().map_or(Value::Null, Value::Object);
    if face.surface == Surface::Compact && compact::is_tool(&params.name) {
        return Ok(compact::call(face, actor, &input, &params, context).await);
    }
    if !door::is_offered(face, &actor, &params.name) {
        return Err(unknown(face, &actor, &params.name));
    }
    Ok(door::perform(face, actor, (&params.name, input), &params, context).await)
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
