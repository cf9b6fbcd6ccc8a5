//! `/access/users`: a list shows who the caller manages, and always the caller.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::parameters::{Kind, Known, may, must, requires, verify};
use super::request::Request;
use super::tokens::token_row;
use crate::access::{User, UserChange, check_user_name};
use crate::answer::{Answer, Method};

const USER: Known = must("userid", Kind::User);

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access/users") => list(request),
        (Method::Post, "/access/users") => create(request),
        (Method::Get, "/access/users/{userid}") => show(request),
        (Method::Put, "/access/users/{userid}") => update(request),
        (Method::Delete, "/access/users/{userid}") => delete(request),
        _ => return None,
    })
}

fn list(request: &Request<'_>) -> Answer {
    verify(request, &[may("enabled", Kind::Boolean), may("full", Kind::Boolean)])?;
    let managed = managed(request);
    let wanted = request.flag("enabled");
    let users = request.access.users().iter();
    let seen = users.filter(|(id, user)| {
        (*id == request.caller.name() || managed.contains(id.as_str()))
            && wanted.is_none_or(|wanted| wanted == user.enabled)
    });
    Ok(seen.map(|(id, user)| row(request, id, user)).collect())
}

/// All users for who may see all groups, else the members of the groups that the caller may see.
fn managed<'a>(request: &'a Request<'_>) -> BTreeSet<&'a str> {
    let any_of = &["User.Modify", "Sys.Audit"];
    if request.may("/access/groups", any_of) {
        return request.access.users().keys().map(String::as_str).collect();
    }
    let groups = request.access.groups().iter();
    let managed = groups.filter(|(name, _)| request.may(&format!("/access/groups/{name}"), any_of));
    managed.flat_map(|(_, group)| &group.members).map(String::as_str).collect()
}

fn row(request: &Request<'_>, id: &str, user: &User) -> Value {
    let mut row = facts(user);
    row.insert("userid".into(), id.into());
    let realm = check_user_name(id).ok().and_then(|realm| request.access.realms().get(realm));
    if let Some(realm) = realm {
        row.insert("realm-type".into(), realm.kind.as_str().into());
    }
    if request.flag("full") == Some(true) {
        let groups: Vec<&str> = request.access.groups_of(id).collect();
        row.insert("groups".into(), groups.join(",").into());
        row.insert("tokens".into(), user.tokens.iter().map(|(name, token)| token_row(name, token)).collect());
    }
    row.into()
}

fn facts(user: &User) -> Map<String, Value> {
    let mut facts = Map::new();
    facts.insert("enable".into(), u8::from(user.enabled).into());
    facts.insert("expire".into(), user.expire.into());
    let texts = [
        ("firstname", &user.firstname),
        ("lastname", &user.lastname),
        ("email", &user.email),
        ("comment", &user.comment),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        facts.insert(name.into(), text.as_str().into());
    }
    facts
}

fn show(request: &Request<'_>) -> Answer {
    verify(request, &[USER])?;
    let id = request.given("userid");
    let user = request.access.user(id)?;
    let mut facts = facts(user);
    facts.insert("groups".into(), request.access.groups_of(id).collect());
    let mut tokens = Map::new();
    for (name, token) in &user.tokens {
        let mut token = token_row(name, token);
        token.remove("tokenid");
        tokens.insert(name.clone(), token.into());
    }
    facts.insert("tokens".into(), tokens.into());
    Ok(facts.into())
}

fn create(request: &mut Request<'_>) -> Answer {
    verify(request, &[&[USER, may("password", Kind::Text)], CHANGES].concat())?;
    request.access.add_user(request.given("userid"), change(request))?;
    Ok(Value::Null)
}

fn update(request: &mut Request<'_>) -> Answer {
    verify(request, &[&[USER, may("append", Kind::Boolean)], CHANGES].concat())?;
    requires(request, "append", "groups")?;
    request.access.change_user(request.given("userid"), change(request))?;
    Ok(Value::Null)
}

fn delete(request: &mut Request<'_>) -> Answer {
    verify(request, &[USER])?;
    request.access.remove_user(request.given("userid"))?;
    Ok(json!(null))
}

const CHANGES: &[Known] = &[
    may("enable", Kind::Boolean),
    may("expire", Kind::Integer),
    may("firstname", Kind::Text),
    may("lastname", Kind::Text),
    may("email", Kind::Text),
    may("comment", Kind::Text),
    may("keys", Kind::Text),
    may("groups", Kind::Groups),
];

fn change(request: &Request<'_>) -> UserChange {
    UserChange {
        enabled: request.flag("enable"),
        expire: request.number("expire"),
        firstname: request.owned("firstname"),
        lastname: request.owned("lastname"),
        email: request.owned("email"),
        comment: request.owned("comment"),
        groups: request.text("groups").map(|_| request.list("groups")),
        append: request.flag("append") == Some(true),
    }
}
