//! Who asks, and in which session: given once for stdio, with every request for HTTP.

use axum::http::request::Parts;
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::audit::sha256_hex;
use rmcp::ErrorData;
use rmcp::model::Extensions;

/// Header that names the session of the handshake revisions.
pub(crate) const SESSION_HEADER: &str = "mcp-session-id";

/// Where a connection takes its caller from.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// The process at the other end of the pipes.
    Fixed(Actor),
    /// Whoever the request was authenticated as.
    PerRequest,
}

impl Caller {
    /// Who asks this.
    pub(crate) fn of(&self, extensions: &Extensions) -> Result<Actor, ErrorData> {
        match self {
            Self::Fixed(actor) => Ok(actor.clone()),
            Self::PerRequest => {
                let parts = extensions.get::<Parts>();
                let actor = parts.and_then(|parts| Some((parts, parts.extensions.get::<Actor>()?)));
                let Some((parts, actor)) = actor else {
                    return Err(ErrorData::invalid_request("this request is from nobody", None));
                };
                let session =
                    parts.headers.get(SESSION_HEADER).and_then(|id| id.to_str().ok()).map(session_name);
                Ok(Actor {
                    via: Via::Mcp,
                    session: session.or_else(|| actor.session.clone()),
                    ..actor.clone()
                })
            }
        }
    }
}

/// The name of a session in journal and audit. The id itself opens the session, so it is not written down.
fn session_name(id: &str) -> String {
    format!("mcp-{}", &sha256_hex(id.as_bytes())[..12])
}
