//! `/access/permissions`: what somebody may. Oneself and one's own tokens always, others with `Sys.Audit` on `/access`.

use serde_json::{Map, Value, json};

use super::parameters::{Kind, may, verify};
use super::request::Request;
use crate::access::{Privileges, split_token};
use crate::answer::{Answer, Method};

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    ((request.ask.method, template) == (Method::Get, "/access/permissions")).then(|| show(request))
}

fn show(request: &Request<'_>) -> Answer {
    verify(request, &[may("path", Kind::Text), may("userid", Kind::Somebody)])?;
    let who = request.text("userid").unwrap_or(request.caller.name());
    let own_token = split_token(who).is_some_and(|(user, _)| user == request.caller.name());
    if who != request.caller.name() && !own_token {
        request.access.require_all(request.caller, "/access", &["Sys.Audit"], request.pools)?;
    }
    if let Some(path) = request.text("path") {
        return Ok(json!({path: flags(&request.access.privileges(who, path, request.pools))}));
    }
    let everywhere = request.access.permissions(who, request.pools);
    Ok(everywhere.into_iter().map(|(path, held)| (path, flags(&held))).collect::<Map<_, _>>().into())
}

fn flags(held: &Privileges) -> Value {
    held.iter()
        .map(|(name, propagate)| (name.clone(), u8::from(*propagate).into()))
        .collect::<Map<_, _>>()
        .into()
}
