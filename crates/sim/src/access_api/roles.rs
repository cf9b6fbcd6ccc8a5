//! `/access/roles`: everybody may read them.

use serde_json::{Map, Value, json};

use super::parameters::{Kind, Known, may, must, requires, verify};
use super::request::Request;
use crate::access::Role;
use crate::answer::{Answer, Method};

const ROLE: Known = must("roleid", Kind::Role);
const PRIVILEGES: Known = may("privs", Kind::Privileges);

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access/roles") => list(request),
        (Method::Post, "/access/roles") => create(request),
        (Method::Get, "/access/roles/{roleid}") => show(request),
        (Method::Put, "/access/roles/{roleid}") => update(request),
        (Method::Delete, "/access/roles/{roleid}") => delete(request),
        _ => return None,
    })
}

fn list(request: &Request<'_>) -> Answer {
    verify(request, &[])?;
    Ok(request.access.roles().iter().map(|(name, role)| row(name, role)).collect())
}

fn row(name: &str, role: &Role) -> Value {
    let privileges: Vec<&str> = role.privileges.iter().map(String::as_str).collect();
    json!({"privs": privileges.join(","), "roleid": name, "special": u8::from(role.built_in)})
}

fn show(request: &Request<'_>) -> Answer {
    verify(request, &[ROLE])?;
    let role = request.access.role(request.given("roleid"))?;
    Ok(role.privileges.iter().map(|privilege| (privilege.clone(), json!(1))).collect::<Map<_, _>>().into())
}

fn create(request: &mut Request<'_>) -> Answer {
    verify(request, &[ROLE, PRIVILEGES])?;
    request.access.add_role(request.given("roleid"), request.list("privs").into_iter().collect())?;
    Ok(Value::Null)
}

fn update(request: &mut Request<'_>) -> Answer {
    verify(request, &[ROLE, PRIVILEGES, may("append", Kind::Boolean)])?;
    requires(request, "append", "privs")?;
    let privileges = request.list("privs").into_iter().collect();
    request.access.change_role(request.given("roleid"), privileges, request.flag("append") == Some(true))?;
    Ok(Value::Null)
}

fn delete(request: &mut Request<'_>) -> Answer {
    verify(request, &[ROLE])?;
    request.access.remove_role(request.given("roleid"))?;
    Ok(Value::Null)
}
