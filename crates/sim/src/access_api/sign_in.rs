//! The index, and what the sign-in page asks for. Nobody has a second factor here, and no password opens anything.

use serde_json::{Value, json};

use super::parameters::{Kind, Known, may, must, verify};
use super::request::Request;
use crate::answer::{Answer, Method, Refusal};

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    const USER: Known = must("userid", Kind::User);
    let (known, answer): (&[Known], Answer) = match (request.ask.method, template) {
        (Method::Get, "/access") => (&[], index(BELOW)),
        (Method::Get, "/access/openid") => (&[], index(&["auth-url", "login"])),
        (Method::Get, "/access/ticket") => (&[], Ok(Value::Null)),
        (Method::Post, "/access/ticket") => return Some(Err(Refusal::new(401, "authentication failure"))),
        (Method::Get, "/access/tfa") => (&[], Ok(json!([]))),
        (Method::Get, "/access/tfa/{userid}") => (&[USER], Ok(json!([]))),
        (Method::Get, "/access/users/{userid}/tfa") => {
            (&[USER, may("multiple", Kind::Boolean)], Ok(json!({})))
        }
        (Method::Get, "/access/tfa/{userid}/{id}") => {
            let missing = Refusal::new(404, format!("No such tfa entry '{}'", request.given("id")));
            (&[USER, must("id", Kind::Text)], Err(missing))
        }
        _ => return None,
    };
    Some(verify(request, known).and(answer))
}

const BELOW: &[&str] = &["users", "groups", "roles", "acl", "domains", "openid", "tfa", "ticket", "password"];

fn index(below: &[&str]) -> Answer {
    Ok(below.iter().map(|name| json!({"subdir": name})).collect())
}
