//! Coming in and going out, for the web app: `/api/config` and `/api/auth/*`. They are no operations: whoever calls
//! them has nothing to show yet.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::access::{Caller, Credential, SignedIn};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::cookie;
use super::gate::Pass;
use crate::body;
use crate::failure::Failure;
use crate::rest::Rest;

type Answered = Result<Response, Failure>;

/// What the web app must know before anybody came in.
pub(crate) async fn config(State(rest): State<Arc<Rest>>, Extension(pass): Extension<Pass>) -> Answered {
    let state = rest.keeper.access_state().await?;
    let settings = rest.keeper.settings();
    let setup_required = !pass.open && state.users == 0 && !state.api_token;
    let mut config = json!({
        "requiresAuth": !pass.open,
        "version": settings.version,
        "setup_required": setup_required,
        "demo": settings.demo,
        "auth": {"password": state.users > 0, "token": state.api_token || state.tokens > 0},
    });
    if let Some(caller) = &pass.caller {
        config["user"] = json!({"name": caller.actor.name, "role": caller.role});
    }
    Ok(json_of(&config))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    name: Option<String>,
    password: Option<String>,
    token: Option<String>,
}

pub(crate) async fn login(
    State(rest): State<Arc<Rest>>,
    Extension(pass): Extension<Pass>,
    request: Request,
) -> Answered {
    let from = pass.visit.address;
    let signed_in = match read::<Login>(request).await? {
        Login { name: Some(name), password: Some(password), token: None } => {
            rest.keeper.sign_in(&name, &password, from).await?
        }
        Login { name: None, password: None, token: Some(token) } => {
            rest.keeper.sign_in_with_token(token.trim(), from).await?
        }
        _ => return Err(Fault::new(Code::Invalid, "give a name and a password, or a token").into()),
    };
    leave_old_session(&rest, &pass).await?;
    Ok(welcome(StatusCode::OK, &signed_in, pass.visit.https))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetUp {
    code: String,
    name: String,
    password: String,
}

pub(crate) async fn set_up(
    State(rest): State<Arc<Rest>>,
    Extension(pass): Extension<Pass>,
    request: Request,
) -> Answered {
    let SetUp { code, name, password } = read(request).await?;
    let signed_in = rest.keeper.set_up(&code, &name, &password, pass.visit.address).await?;
    Ok(welcome(StatusCode::CREATED, &signed_in, pass.visit.https))
}

pub(crate) async fn logout(State(rest): State<Arc<Rest>>, Extension(pass): Extension<Pass>) -> Answered {
    leave_old_session(&rest, &pass).await?;
    let mut response = json_of(&json!({"message": "Logged out"}));
    if let Some(cookie) = cookie::drop(pass.visit.https) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Who the caller is.
pub(crate) async fn me(Extension(pass): Extension<Pass>) -> Answered {
    let data = match &pass.caller {
        Some(caller) => person(caller, pass.credential.as_ref()),
        None => json!({"name": "local", "role": "admin", "via": "open", "expires_at": null}),
    };
    Ok(json_of(&json!({"data": data})))
}

async fn leave_old_session(rest: &Rest, pass: &Pass) -> Result<(), Failure> {
    if let Some(Credential::Session(secret)) = &pass.credential {
        rest.keeper.sign_out(secret).await?;
    }
    Ok(())
}

fn welcome(status: StatusCode, signed_in: &SignedIn, https: bool) -> Response {
    let session = Credential::Session(String::new());
    let mut response = json_of(&json!({"data": person(&signed_in.caller, Some(&session))}));
    *response.status_mut() = status;
    if let Some(cookie) = cookie::keep(&signed_in.secret, signed_in.lasts, https) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

fn person(caller: &Caller, credential: Option<&Credential>) -> Value {
    let via = match credential {
        Some(Credential::Session(_)) => "session",
        _ => "token",
    };
    json!({
        "name": caller.actor.name,
        "role": caller.role,
        "via": via,
        "expires_at": caller.expires_at.map(Stamp::text),
    })
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Failure> {
    let (parts, stream) = request.into_parts();
    let bytes = body::read(stream, 64 * 1024).await?;
    let given = body::json(&parts.headers, &bytes)?
        .ok_or_else(|| Failure::from(Fault::new(Code::Invalid, "Request body required")))?;
    // Never the value itself: it may be a password in the wrong place.
    serde_json::from_value(given).map_err(|error| {
        let text = error.to_string();
        let known = text.starts_with("missing field") || text.starts_with("unknown field");
        Fault::new(Code::Invalid, if known { text } else { "a field has the wrong type".into() }).into()
    })
}

fn json_of(value: &Value) -> Response {
    ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
