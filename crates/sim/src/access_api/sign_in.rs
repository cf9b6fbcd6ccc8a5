//! The index, and what the sign-in page asks for. Nobody has a second factor here, and no password opens anything.

use serde_json::{Value, json};

use super::request::Request;
use crate::answer::{Answer, Method, Refusal};

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access") => {
            index(&["users", "groups", "roles", "acl", "domains", "openid", "tfa", "ticket", "password"])
        }
        (Method::Get, "/access/openid") => index(&["auth-url", "login"]),
        (Method::Get, "/access/ticket") => Ok(Value::Null),
        (Method::Post, "/access/ticket") => Err(Refusal::new(401, "authentication failure")),
        (Method::Get, "/access/tfa" | "/access/tfa/{userid}") => Ok(json!([])),
        (Method::Get, "/access/users/{userid}/tfa") => Ok(json!({})),
        (Method::Get, "/access/tfa/{userid}/{id}") => {
            Err(Refusal::new(404, format!("No such tfa entry '{}'", request.given("id"))))
        }
        _ => return None,
    })
}

fn index(below: &[&str]) -> Answer {
    Ok(below.iter().map(|name| json!({"subdir": name})).collect())
}
