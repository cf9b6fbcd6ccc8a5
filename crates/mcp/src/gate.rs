//! Who may pass to the MCP endpoint: someone known, with a session that is theirs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;

use crate::caller::SESSION_HEADER;

/// Where clients read how to authenticate (RFC 9728).
pub const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource";

/// Sessions that may be open before those that ended are looked for.
const MANY: usize = 256;

/// Whose sessions are whose.
#[derive(Clone)]
pub(crate) struct Gate {
    owners: Arc<Mutex<HashMap<String, Actor>>>,
    sessions: Arc<LocalSessionManager>,
    public_url: Option<Arc<str>>,
}

impl Gate {
    pub(crate) fn new(sessions: Arc<LocalSessionManager>, public_url: Option<&str>) -> Self {
        Self { owners: Arc::default(), sessions, public_url: public_url.map(Into::into) }
    }

    /// Where clients reach the hub, as it was configured or as this one did.
    pub(crate) fn base(&self, headers: &HeaderMap) -> String {
        let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        self.public_url
            .as_ref()
            .map_or_else(|| format!("http://{}", host()), |url| url.trim_end_matches('/').into())
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<String, Actor>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn remember(&self, session: String, actor: Actor) {
        if self.owners().len() >= MANY {
            let open = self.sessions.sessions.read().await;
            self.owners().retain(|id, _| open.contains_key(id.as_str()));
        }
        self.owners().insert(session, actor);
    }
}

/// Lets a request pass, or says why not. Nothing of its body is read here.
pub(crate) async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let Some(actor) = request.extensions().get::<Actor>().cloned() else {
        return challenge(&gate.base(request.headers()));
    };
    let session = session_of(request.headers());
    if let Some(session) = &session {
        let theirs = gate.owners().get(session).is_some_and(|owner| same(owner, &actor));
        if !theirs {
            // The same answer as for one that ended: whether it exists is nobody else's business.
            return (StatusCode::NOT_FOUND, "Not Found: Session not found").into_response();
        }
        if request.method() == Method::DELETE {
            gate.owners().remove(session);
        }
    }
    let response = next.run(request).await;
    if let (None, Some(opened)) = (session, session_of(response.headers())) {
        gate.remember(opened, actor).await;
    }
    response
}

fn session_of(headers: &HeaderMap) -> Option<String> {
    headers.get(SESSION_HEADER).and_then(|id| id.to_str().ok()).map(str::to_string)
}

fn same(owner: &Actor, caller: &Actor) -> bool {
    owner.name == caller.name && owner.grant == caller.grant
}

fn challenge(base: &str) -> Response {
    let fault = Fault::new(Code::Unauthorized, "the MCP endpoint needs a token").with_hint(
        "send Authorization: Bearer <token>; tokens are made in the web app or with labkeeper tokens",
    );
    let value = format!("Bearer resource_metadata=\"{base}{PROTECTED_RESOURCE}\"");
    let mut response = (StatusCode::UNAUTHORIZED, Json(fault.to_json())).into_response();
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
