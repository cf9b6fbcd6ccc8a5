//! One request for one operation: may they, what do they ask, through the door, back.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{Query, RawPathParams, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use labkeeper_core::actor::Actor;
use labkeeper_core::change::Effect;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_ops::keeper::Call;
use labkeeper_ops::operation::{Body, Entry, Need};

use crate::answer;
use crate::body;
use crate::failure::Failure;
use crate::input::{Given, input};
use crate::rest::Rest;
use crate::routes::Target;

pub(crate) async fn dispatch(
    State(rest): State<Arc<Rest>>,
    Extension(actor): Extension<Actor>,
    target: Arc<Target>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    answered(&rest, actor, &target, parameters, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answered(
    rest: &Rest,
    actor: Actor,
    target: &Target,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let entry = &rest.keeper.registry()[target.entry];
    let path = request.uri().path().to_string();
    permitted(rest, &actor, entry).await?;
    let parameters = parameters.map_err(|_| Failure::no_route(&path))?;
    let (parts, stream) = request.into_parts();
    let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|_| Failure::http(StatusCode::BAD_REQUEST, Code::Invalid, "the query cannot be read"))?
        .0;
    let bytes = match target.route.body {
        Body::None => Default::default(),
        _ => body::read(stream, limit(&target.path)).await?,
    };
    let given = Given {
        parameters: parameters.iter().map(|(_, value)| value.to_string()).collect(),
        query,
        headers: &parts.headers,
        body: bytes,
    };
    let input = input(target, entry, given).map_err(|failure| elsewhere(failure, &path))?;
    if entry.meta.cacheable
        && let Some(kept) = rest.keeper.rendered(&actor, entry.meta.name, &input).await?
    {
        return Ok(answer::rendered(&parts.headers, kept));
    }
    let answer = rest.keeper.call(Call::new(actor, entry.meta.name, input)).await?;
    Ok(answer::done(&target.route, entry.meta.effect, answer))
}

/// Imports may be as large as a lab; everything else is small.
fn limit(path: &str) -> usize {
    if path.contains("import") { body::IMPORT } else { body::USUAL }
}

/// A failure that names a part of the path names the whole.
fn elsewhere(failure: Failure, path: &str) -> Failure {
    if failure.status == StatusCode::NOT_FOUND { Failure::no_route(path) } else { failure }
}

/// The routes are no secret, so who may not take one is told so, instead of that it does not exist.
async fn permitted(rest: &Rest, actor: &Actor, entry: &Entry) -> Result<(), Failure> {
    if rest.keeper.offered(actor).any(|offered| offered.meta.name == entry.meta.name) {
        return Ok(());
    }
    let needs = match entry.meta.need {
        Need::Admin => "this is for admins",
        Need::Write if !actor.grant.write => "you may read, not change",
        _ => "this reaches further than you may",
    };
    let fault = Fault::new(Code::Forbidden, needs)
        .with_hint(format!("{} needs a wider role or token scope than {} has", entry.meta.name, actor.name));
    if let Effect::Write(_) = entry.meta.effect {
        rest.keeper.turned_away(actor, entry.meta.name, &fault).await?;
    }
    Err(fault.into())
}

/// The wrong method at a known address; axum adds `Allow`.
pub(crate) async fn wrong_method(request: Request) -> Response {
    let message = format!("{} is not possible here", request.method());
    Failure::http(StatusCode::METHOD_NOT_ALLOWED, Code::Invalid, message)
        .hint("the header Allow says what is")
        .into_response()
}
