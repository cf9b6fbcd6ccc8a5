//! `/access/domains`: realms. The two that every node has can be described and not removed.

use serde_json::{Map, Value};

use super::parameters::{Kind, must, present, verify};
use super::request::Request;
use crate::access::Realm;
use crate::answer::{Answer, Method, Refusal};

/// That of an empty file, as a node has it that was given no realm.
const DIGEST: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access/domains") => list(request),
        (Method::Post, "/access/domains") => create(request),
        (Method::Get, "/access/domains/{realm}") => show(request),
        (Method::Put, "/access/domains/{realm}") => update(request),
        (Method::Delete, "/access/domains/{realm}") => delete(request),
        _ => return None,
    })
}

fn list(request: &Request<'_>) -> Answer {
    verify(request, &[])?;
    Ok(request.access.realms().iter().map(|(name, realm)| row(name, realm)).collect())
}

fn row(name: &str, realm: &Realm) -> Value {
    let mut row = Map::new();
    row.insert("realm".into(), name.into());
    describe(&mut row, realm);
    for option in ["default", "tfa"] {
        if let Some(value) = realm.options.get(option) {
            row.insert(option.into(), plain(value));
        }
    }
    row.into()
}

fn describe(facts: &mut Map<String, Value>, realm: &Realm) {
    facts.insert("type".into(), realm.kind.as_str().into());
    if !realm.comment.is_empty() {
        facts.insert("comment".into(), realm.comment.as_str().into());
    }
}

fn show(request: &Request<'_>) -> Answer {
    verify(request, &[must("realm", Kind::Realm)])?;
    let name = request.given("realm");
    let realm = request.access.realms().get(name).ok_or_else(|| missing("", name))?;
    let mut facts = Map::new();
    describe(&mut facts, realm);
    facts.extend(realm.options.iter().map(|(option, value)| (option.clone(), plain(value))));
    facts.insert("digest".into(), DIGEST.into());
    Ok(facts.into())
}

/// Which options a realm has depends on its type; they are kept as they come.
fn create(request: &mut Request<'_>) -> Answer {
    present(request, &["realm", "type"])?;
    let (name, kind) = (request.given("realm"), request.given("type"));
    let failed = |why: String| Err(Refusal::died(format!("add auth server failed: {why}")));
    if request.access.realms().contains_key(name) {
        return failed(format!("domain '{name}' already exists"));
    }
    if matches!(kind, "pam" | "pve") {
        return failed(format!("unable to create builtin type '{kind}'"));
    }
    let mut realm = Realm { kind: kind.to_owned(), ..Realm::default() };
    apply(&mut realm, request);
    request.access.realms_mut().insert(name.to_owned(), realm);
    Ok(Value::Null)
}

fn update(request: &mut Request<'_>) -> Answer {
    let name = request.given("realm");
    let mut realm = request
        .access
        .realms()
        .get(name)
        .ok_or_else(|| missing("update auth server failed: ", name))?
        .clone();
    for cleared in request.list("delete") {
        realm.options.remove(&cleared);
        if cleared == "comment" {
            realm.comment.clear();
        }
    }
    apply(&mut realm, request);
    request.access.realms_mut().insert(name.to_owned(), realm);
    Ok(Value::Null)
}

fn delete(request: &mut Request<'_>) -> Answer {
    verify(request, &[must("realm", Kind::Realm)])?;
    let name = request.given("realm");
    let realm = request.access.realms().get(name);
    let realm = realm.ok_or_else(|| missing("delete auth server failed: ", name))?;
    if matches!(realm.kind.as_str(), "pam" | "pve") {
        return Err(Refusal::died(format!(
            "delete auth server failed: unable to delete builtin type '{}'",
            realm.kind
        )));
    }
    request.access.realms_mut().remove(name);
    Ok(Value::Null)
}

fn apply(realm: &mut Realm, request: &Request<'_>) {
    for (option, value) in request.everything() {
        match option {
            "realm" | "type" | "delete" | "digest" | "password" => {}
            "comment" => value.clone_into(&mut realm.comment),
            _ => {
                realm.options.insert(option.to_owned(), value.to_owned());
            }
        }
    }
}

fn plain(value: &str) -> Value {
    value.parse::<i64>().map_or_else(|_| value.into(), Value::from)
}

fn missing(during: &str, name: &str) -> Refusal {
    Refusal::died(format!("{during}domain '{name}' does not exist"))
}
