//! `/access/users/{userid}/token`: only the answer to creating a token has its secret.

use serde_json::{Map, Value, json};

use super::parameters::{Kind, Known, may, must, verify};
use super::request::Request;
use crate::access::{Token, TokenChange};
use crate::answer::{Answer, Method};

const USER: Known = must("userid", Kind::User);
const TOKEN: Known = must("tokenid", Kind::Token);

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access/users/{userid}/token") => list(request),
        (Method::Get, "/access/users/{userid}/token/{tokenid}") => show(request),
        (Method::Post, "/access/users/{userid}/token/{tokenid}") => create(request),
        (Method::Put, "/access/users/{userid}/token/{tokenid}") => update(request),
        (Method::Delete, "/access/users/{userid}/token/{tokenid}") => delete(request),
        _ => return None,
    })
}

/// A token in a list.
pub(super) fn token_row(name: &str, token: &Token) -> Map<String, Value> {
    let mut row = facts(token);
    row.insert("tokenid".into(), name.into());
    row
}

fn facts(token: &Token) -> Map<String, Value> {
    let mut facts = Map::new();
    facts.insert("expire".into(), token.expire.into());
    facts.insert("privsep".into(), u8::from(token.separated).into());
    if !token.comment.is_empty() {
        facts.insert("comment".into(), token.comment.as_str().into());
    }
    facts
}

fn list(request: &Request<'_>) -> Answer {
    verify(request, &[USER])?;
    let tokens = &request.access.user(request.given("userid"))?.tokens;
    Ok(tokens.iter().map(|(name, token)| token_row(name, token)).collect())
}

fn show(request: &Request<'_>) -> Answer {
    verify(request, &[USER, TOKEN])?;
    Ok(facts(request.access.token(request.given("userid"), request.given("tokenid"))?).into())
}

fn create(request: &mut Request<'_>) -> Answer {
    verify(request, CHANGES)?;
    let (user, name) = (request.given("userid"), request.given("tokenid"));
    let secret = request.access.add_token(user, name, change(request))?;
    let mut info = Map::from_iter([("privsep".to_owned(), json!(1))]);
    overlay(&mut info, request);
    Ok(json!({"full-tokenid": format!("{user}!{name}"), "info": info, "value": secret}))
}

fn update(request: &mut Request<'_>) -> Answer {
    verify(request, &[CHANGES, &[may("delete", Kind::Text)]].concat())?;
    let (user, name) = (request.given("userid"), request.given("tokenid"));
    let mut with = change(request);
    for cleared in request.list("delete") {
        match cleared.as_str() {
            "comment" => with.comment = Some(String::new()),
            "expire" => with.expire = Some(0),
            _ => {}
        }
    }
    let mut info = facts(request.access.change_token(user, name, with)?);
    overlay(&mut info, request);
    Ok(info.into())
}

fn delete(request: &mut Request<'_>) -> Answer {
    verify(request, &[USER, TOKEN])?;
    request.access.remove_token(request.given("userid"), request.given("tokenid"))?;
    Ok(Value::Null)
}

const CHANGES: &[Known] =
    &[USER, TOKEN, may("privsep", Kind::Boolean), may("expire", Kind::Integer), may("comment", Kind::Text)];

fn change(request: &Request<'_>) -> TokenChange {
    TokenChange {
        separated: request.flag("privsep"),
        expire: request.number("expire"),
        comment: request.owned("comment"),
    }
}

/// What was given comes back as it was given: numbers as text.
fn overlay(info: &mut Map<String, Value>, request: &Request<'_>) {
    for name in ["privsep", "expire", "comment"] {
        if let Some(value) = request.text(name) {
            info.insert(name.into(), value.into());
        }
    }
}
