//! From a request to an operation's input: one object out of path, query, headers and body.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::Kind;
use labkeeper_ops::operation::{Body, Entry, Implied, Method};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::body;
use crate::failure::Failure;
use crate::query::{coerce, is_integer};
use crate::routes::Target;

/// What a request consists of.
pub(crate) struct Given<'a> {
    /// Values of the path's parameters, in their order.
    pub(crate) parameters: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
}

/// The input. What the path says wins over the body; what the route implies is there unless the caller said it.
pub(crate) fn input(target: &Target, entry: &Entry, given: Given<'_>) -> Result<Value, Failure> {
    let properties = &entry.input_schema["properties"];
    let mut fields = from_body(target, properties, given.headers, &given.body)?;
    from_query(target, properties, given.query, &mut fields)?;
    if properties.get("rev").is_some()
        && let Some(rev) = if_match(given.headers)?
    {
        fields.insert("rev".into(), rev.into());
    }
    for (name, implied) in target.route.implies {
        fields.entry(*name).or_insert_with(|| match implied {
            Implied::Bool(value) => (*value).into(),
            Implied::Text(value) => (*value).into(),
        });
    }
    for (name, text) in target.parameters.iter().zip(given.parameters) {
        let schema = &properties[name.as_str()];
        let value = coerce(name, &text, schema).map_err(|fault| {
            // An id that is no number names nothing.
            if is_integer(schema) { Failure::no_route(&text) } else { fault.into() }
        })?;
        fields.insert(name.clone(), value);
    }
    if let Some(kind) = target.kind {
        fields.insert("type".into(), kind.key().into());
    }
    Ok(Value::Object(fields))
}

fn from_body(
    target: &Target,
    properties: &Value,
    headers: &HeaderMap,
    bytes: &Bytes,
) -> Result<Map<String, Value>, Failure> {
    let mut fields = Map::new();
    match target.route.body {
        Body::None => {}
        Body::Fields => match body::json(headers, bytes)? {
            None => {}
            Some(Value::Object(given)) => fields = given,
            Some(_) => return Err(Fault::new(Code::Invalid, "the body must be a JSON object").into()),
        },
        Body::Field(name) => {
            let given = body::json(headers, bytes)?;
            let wants_object = properties[name]["type"] == "object";
            let is_empty = match &given {
                None | Some(Value::Null) => true,
                Some(Value::Object(map)) => map.is_empty(),
                Some(Value::Array(list)) => list.is_empty(),
                Some(_) => false,
            };
            // The predecessor creates an untitled page from `{}`, and nothing else.
            let may_be_empty = target.kind == Some(Kind::Documents)
                && target.route.method == Method::Post
                && given.as_ref().is_some_and(Value::is_object);
            if target.kind.is_some() && is_empty && !may_be_empty {
                return Err(Fault::new(Code::Invalid, "Request body required")
                    .with_hint("send the fields as a JSON object")
                    .into());
            }
            match given {
                Some(given) if wants_object && !given.is_object() => {
                    return Err(Fault::new(Code::Invalid, "the body must be a JSON object").into());
                }
                Some(given) => drop(fields.insert(name.into(), given)),
                None => {}
            }
        }
        Body::Bytes(name) => {
            if bytes.is_empty() {
                return Err(Fault::new(Code::Invalid, "Request body required")
                    .with_hint("send the file itself")
                    .into());
            }
            fields.insert(name.into(), STANDARD.encode(bytes).into());
            if properties.get("file_name").is_some()
                && let Some(file_name) = file_name(headers)
            {
                fields.insert("file_name".into(), file_name.into());
            }
        }
    }
    Ok(fields)
}

fn from_query(
    target: &Target,
    properties: &Value,
    query: Vec<(String, String)>,
    fields: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let mut rest = Map::new();
    for (name, text) in query {
        let schema = &properties[name.as_str()];
        if schema.is_null() {
            match target.route.rest_query {
                Some(_) => drop(rest.insert(name, text.into())),
                // The door refuses it, and names the nearest.
                None => drop(fields.insert(name, text.into())),
            }
            continue;
        }
        if text.is_empty() && schema["type"] != "string" && schema["type"] != "boolean" {
            continue;
        }
        let value = coerce(&name, &text, schema)?;
        match (fields.get_mut(&name), value) {
            (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
            (_, value) => drop(fields.insert(name, value)),
        }
    }
    if let Some(field) = target.route.rest_query.filter(|_| !rest.is_empty()) {
        match fields.get_mut(field) {
            Some(Value::Object(known)) => known.extend(rest),
            _ => drop(fields.insert(field.into(), Value::Object(rest))),
        }
    }
    Ok(())
}

/// `If-Match: "7"` is the revision the caller read.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Failure> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let rev = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
    rev.map(Some).map_err(|_| {
        Fault::invalid("rev", "If-Match wants the rev of the row as you read it")
            .with_hint("If-Match: \"7\"")
            .into()
    })
}

fn file_name(headers: &HeaderMap) -> Option<String> {
    let name = headers.get("x-file-name")?.as_bytes();
    let name = String::from_utf8_lossy(name).into_owned();
    Some(
        percent_decode_str(&name)
            .decode_utf8_lossy()
            .chars()
            .filter(|letter| !letter.is_control())
            .take(255)
            .collect(),
    )
}
