//! Through the one door, with progress and cancellation.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_ops::keeper::{Answer, Call};
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use serde_json::Value;

use crate::face::Face;
use crate::progress;

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
