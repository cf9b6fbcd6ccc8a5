//! `/access/groups`: a list shows the groups that the caller manages.

use serde_json::{Map, Value};

use super::parameters::{Kind, Known, may, must, verify};
use super::request::Request;
use crate::access::Group;
use crate::answer::{Answer, Method};

const GROUP: Known = must("groupid", Kind::Group);

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access/groups") => list(request),
        (Method::Post, "/access/groups") => create(request),
        (Method::Get, "/access/groups/{groupid}") => show(request),
        (Method::Put, "/access/groups/{groupid}") => update(request),
        (Method::Delete, "/access/groups/{groupid}") => delete(request),
        _ => return None,
    })
}

fn list(request: &Request<'_>) -> Answer {
    verify(request, &[])?;
    let any_of = &["User.Modify", "Sys.Audit", "Group.Allocate"];
    let groups = request.access.groups().iter();
    let seen = groups.filter(|(name, _)| request.may(&format!("/access/groups/{name}"), any_of));
    Ok(seen.map(|(name, group)| row(name, group)).collect())
}

fn row(name: &str, group: &Group) -> Value {
    let mut row = facts(group);
    row.insert("groupid".into(), name.into());
    let members: Vec<&str> = group.members.iter().map(String::as_str).collect();
    row.insert("users".into(), members.join(",").into());
    row.into()
}

fn facts(group: &Group) -> Map<String, Value> {
    let comment = Some(&group.comment).filter(|comment| !comment.is_empty());
    comment.map(|comment| ("comment".to_owned(), comment.as_str().into())).into_iter().collect()
}

fn show(request: &Request<'_>) -> Answer {
    verify(request, &[GROUP])?;
    let group = request.access.group(request.given("groupid"))?;
    let mut facts = facts(group);
    facts.insert("members".into(), group.members.iter().map(String::as_str).collect());
    Ok(facts.into())
}

fn create(request: &mut Request<'_>) -> Answer {
    verify(request, &[GROUP, may("comment", Kind::Text)])?;
    request.access.add_group(request.given("groupid"), request.given("comment"))?;
    Ok(Value::Null)
}

fn update(request: &mut Request<'_>) -> Answer {
    verify(request, &[GROUP, may("comment", Kind::Text)])?;
    let name = request.given("groupid");
    let comment = match request.owned("comment") {
        Some(comment) => comment,
        None => request.access.groups().get(name).map(|group| group.comment.clone()).unwrap_or_default(),
    };
    request.access.change_group(name, &comment)?;
    Ok(Value::Null)
}

fn delete(request: &mut Request<'_>) -> Answer {
    verify(request, &[GROUP])?;
    request.access.remove_group(request.given("groupid"))?;
    Ok(Value::Null)
}
