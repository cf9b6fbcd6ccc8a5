//! The gate: before every route, and before anybody knows whether the route exists.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, STRICT_TRANSPORT_SECURITY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::access::{Caller, Credential};

use super::cookie;
use super::visit::{Visit, is_safe};
use crate::failure::Failure;
use crate::rest::Rest;

/// How a request came in; an extension of it, beside the [`Actor`].
#[derive(Debug, Clone)]
pub struct Pass {
    /// Who, when they were recognised.
    pub caller: Option<Caller>,
    /// What they showed, so that a long-lived stream can ask again.
    pub(crate) credential: Option<Credential>,
    /// Nobody needs a credential.
    pub(crate) open: bool,
    pub(crate) visit: Arc<Visit>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Area {
    /// For machines that ask whether we live.
    Probe,
    /// For those who are about to come in.
    Entrance,
    /// The web app itself: the same for everybody.
    Page,
    /// Everything else.
    Inside,
}

impl Area {
    fn of(path: &str) -> Self {
        match path {
            "/livez" | "/readyz" | "/api/health" => Self::Probe,
            "/api/config" | "/api/auth/login" | "/api/auth/logout" | "/api/auth/setup" => Self::Entrance,
            _ if within(path, "/api") || within(path, "/mcp") || path == "/metrics" => Self::Inside,
            _ => Self::Page,
        }
    }
}

fn within(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(crate) async fn gate(State(rest): State<Arc<Rest>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match admit(&rest, &head).await {
        Ok((pass, actor)) => {
            let https = pass.visit.https;
            head.extensions.insert(pass);
            if let Some(actor) = actor {
                head.extensions.insert(actor);
            }
            let mut response = next.run(Request::from_parts(head, body)).await;
            if https {
                let year = HeaderValue::from_static("max-age=31536000");
                response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, year);
            }
            response
        }
        Err(failure) => failure.into_response(),
    }
}

async fn admit(rest: &Rest, request: &Parts) -> Result<(Pass, Option<Actor>), Failure> {
    let path = request.uri.path();
    let area = Area::of(path);
    let visit = Arc::new(Visit::of(request, &rest.options));
    let mut pass = Pass { caller: None, credential: None, open: false, visit: Arc::clone(&visit) };
    if area == Area::Probe {
        return Ok((pass, None));
    }
    pass.open = rest.is_open().await?;
    if pass.open {
        visit.check_host(&rest.options)?;
    }
    if area == Area::Page {
        return Ok((pass, None));
    }
    visit.check_origin(request, &rest.options)?;
    let is_mcp = path == "/mcp";
    let via = if is_mcp { Via::Mcp } else { Via::Rest };
    if pass.open {
        return Ok((pass, Some(Actor::local(via))));
    }

    let headers = &request.headers;
    let session = cookie::secret(headers, visit.https).map(Credential::Session);
    let token = bearer(headers).map(Credential::Token);
    let by_cookie = token.is_none();
    if let Some(credential) = token.or(session) {
        match rest.keeper.authenticate(&credential, via, visit.address).await {
            Ok(caller) => {
                if by_cookie && !is_safe(&request.method) {
                    not_forged(headers)?;
                }
                let actor = caller.actor.clone();
                pass.caller = Some(caller);
                pass.credential = Some(credential);
                return Ok((pass, Some(actor)));
            }
            // Whoever is about to log in may well have an old cookie.
            Err(fault) if area == Area::Entrance && fault.code != Code::Internal => {}
            // The MCP endpoint refuses by itself, and says where a client reads how to come in.
            Err(fault) if is_mcp && matches!(fault.code, Code::Unauthorized | Code::Forbidden) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    if area == Area::Entrance || is_mcp {
        return Ok((pass, None));
    }
    Err(Fault::new(Code::Unauthorized, "Unauthorized")
        .with_hint("send the header Authorization: Bearer <token>, or log in")
        .into())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_string())
}

/// A form or image of another site can send our cookie, where `SameSite` fails, but not this header.
fn not_forged(headers: &HeaderMap) -> Result<(), Failure> {
    if headers.get("x-labkeeper").is_some_and(|value| value == "1") {
        return Ok(());
    }
    Err(Failure::http(StatusCode::FORBIDDEN, Code::Forbidden, "this write did not come from the web app")
        .hint(
            "a write with a session cookie carries the header X-Labkeeper: 1; scripts send a token instead",
        ))
}
