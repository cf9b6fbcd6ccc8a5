//! Who may pass to the MCP endpoint: someone known, who calls the hub by a name of its own, in a session of theirs.

use std::collections::HashMap;
use std::net::IpAddr;
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

/// What the hub is called, and whose sessions are whose.
#[derive(Clone)]
pub(crate) struct Gate {
    hosts: Arc<[String]>,
    owners: Arc<Mutex<HashMap<String, Actor>>>,
    sessions: Arc<LocalSessionManager>,
    public_url: Option<Arc<str>>,
}

impl Gate {
    pub(crate) fn new(
        sessions: Arc<LocalSessionManager>,
        hosts: &[String],
        public_url: Option<&str>,
    ) -> Self {
        Self { hosts: hosts.into(), owners: Arc::default(), sessions, public_url: public_url.map(Into::into) }
    }

    /// Whether the hub was called by a name of its own. A page whose name an attacker pointed at this machine gives
    /// its own; an address cannot be pointed elsewhere.
    fn is_ours(&self, authority: &str) -> bool {
        let name = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.parse::<u16>().is_ok())
            .map_or(authority, |(name, _)| name);
        let address = name.trim_start_matches('[').trim_end_matches(']');
        address.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || self
                .hosts
                .iter()
                .any(|host| host.eq_ignore_ascii_case(name) || host.eq_ignore_ascii_case(authority))
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
    let called = request.uri().authority().map(ToString::to_string).or_else(|| host_of(request.headers()));
    if !called.as_deref().is_some_and(|name| gate.is_ours(name)) {
        return foreign(called.as_deref().unwrap_or_default());
    }
    let Some(actor) = request.extensions().get::<Actor>().cloned() else {
        let tried = request.headers().contains_key(header::AUTHORIZATION);
        return challenge(&gate.base(request.headers()), tried);
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

fn host_of(headers: &HeaderMap) -> Option<String> {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_string)
}

fn foreign(name: &str) -> Response {
    let fault = Fault::new(Code::Forbidden, format!("this hub is not called \"{name}\""))
        .with_hint("call it by its address, or add the name to the configured hosts");
    (StatusCode::FORBIDDEN, Json(fault.to_json())).into_response()
}

fn session_of(headers: &HeaderMap) -> Option<String> {
    headers.get(SESSION_HEADER).and_then(|id| id.to_str().ok()).map(str::to_string)
}

fn same(owner: &Actor, caller: &Actor) -> bool {
    owner.name == caller.name && owner.grant == caller.grant
}

/// How to come in; `tried` when what was shown is not, or no longer, good.
fn challenge(base: &str, tried: bool) -> Response {
    let (says, error) = if tried {
        ("the MCP endpoint does not accept this token", "error=\"invalid_token\", ")
    } else {
        ("the MCP endpoint needs a token", "")
    };
    let fault = Fault::new(Code::Unauthorized, says).with_hint(
        "send Authorization: Bearer <token>; tokens are made in the web app or with `labkeeper token create`",
    );
    let value = format!("Bearer {error}resource_metadata=\"{base}{PROTECTED_RESOURCE}\"");
    let mut response = (StatusCode::UNAUTHORIZED, Json(fault.to_json())).into_response();
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
