//! One route of one operation, described.

use std::collections::HashSet;

use labkeeper_core::change::{Effect, Reversal};
use labkeeper_core::inventory::row::row_schema;
use labkeeper_ops::operation::{Body, Entry, Method, Need};
use serde_json::{Map, Value, json};

use super::schemas::{failures, name_of, part};
use crate::routes::Target;

pub(super) fn describe(target: &Target, entry: &Entry, id: &str) -> Value {
    let tag = serde_json::to_value(entry.meta.toolset).unwrap_or_default();
    let title = match target.kind {
        Some(kind) => format!("{}: {}", entry.meta.title, kind.spec().label_many),
        None => entry.meta.title.to_string(),
    };
    let mut described = json!({
        "operationId": id,
        "summary": title,
        "description": format!("{} {}", entry.description, terms(entry)).trim(),
        "tags": [tag],
        "parameters": parameters(target, entry),
    });
    if let Some(body) = body(target, entry) {
        described["requestBody"] = body;
    }
    described["responses"] = responses(target, entry);
    described
}

/// Who may, and whether it can be undone.
fn terms(entry: &Entry) -> String {
    let who = match entry.meta.need {
        Need::Read => "",
        Need::Write => "Needs the role editor or a token that may write.",
        Need::Admin => "For admins.",
    };
    let undo = match entry.meta.effect {
        Effect::Write(Reversal::None) => " Cannot be undone.",
        _ => "",
    };
    format!("{who}{undo}").trim().to_string()
}

fn properties(entry: &Entry) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    entry.input_schema["properties"].as_object().unwrap_or(&NONE)
}

/// Input fields that the address itself or the body gives.
fn given_elsewhere<'a>(target: &'a Target, entry: &'a Entry) -> HashSet<&'a str> {
    let mut given: HashSet<&str> = target.parameters.iter().map(String::as_str).collect();
    given.extend(target.route.implies.iter().map(|(name, _)| *name));
    given.extend(target.route.rest_query);
    if target.kind.is_some() {
        given.insert("type");
    }
    match target.route.body {
        Body::Field(name) => drop(given.insert(name)),
        Body::Bytes(name) => given.extend([name, "file_name"]),
        Body::Fields => given.extend(properties(entry).keys().map(String::as_str)),
        Body::None => {}
    }
    given
}

fn parameters(target: &Target, entry: &Entry) -> Value {
    let required: Vec<&str> =
        entry.input_schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let parameter = |name: &str, place: &str, schema: &Value, required: bool| {
        let mut schema = without_null(schema);
        let description = schema.as_object_mut().and_then(|object| object.shift_remove("description"));
        let mut parameter = json!({"name": name, "in": place, "required": required, "schema": schema});
        if let Some(description) = description {
            parameter["description"] = description;
        }
        if parameter["schema"]["type"] == "array" {
            parameter["style"] = "form".into();
            parameter["explode"] = false.into();
        }
        parameter
    };
    let mut all: Vec<Value> = target
        .parameters
        .iter()
        .map(|name| parameter(name, "path", &properties(entry)[name.as_str()], true))
        .collect();
    for parameter in all.iter_mut().filter(|parameter| parameter["schema"]["type"] == "array") {
        parameter["style"] = "simple".into();
    }
    let elsewhere = given_elsewhere(target, entry);
    for (name, schema) in properties(entry).iter().filter(|(name, _)| !elsewhere.contains(name.as_str())) {
        if name != "rev" {
            all.push(parameter(name, "query", schema, required.contains(&name.as_str())));
        }
    }
    if target.route.rest_query.is_some()
        && let Some(kind) = target.kind
    {
        let row = row_schema(kind);
        let named: HashSet<&str> = properties(entry).keys().map(String::as_str).collect();
        let fields = row["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str);
        let fields =
            fields.filter(|name| !named.contains(name) && !["custom", "tags", "addresses"].contains(name));
        for name in fields.chain(["tag", "parent"]) {
            all.push(json!({
                "name": name, "in": "query", "required": false, "schema": {"type": "string"},
                "description": format!("Only rows whose {name} is this; texts match in part."),
            }));
        }
    }
    if properties(entry).contains_key("rev") {
        all.push(part("parameters", "IfMatch"));
    }
    if entry.meta.cacheable && target.route.method == Method::Get {
        all.push(part("parameters", "IfNoneMatch"));
    }
    if let Body::Bytes(_) = target.route.body
        && properties(entry).contains_key("file_name")
    {
        all.push(json!({
            "name": "X-File-Name", "in": "header", "required": false, "schema": {"type": "string"},
            "description": "Name of the file, percent-encoded.",
        }));
    }
    all.into()
}

fn body(target: &Target, entry: &Entry) -> Option<Value> {
    let json = |schema: Value, required: bool| json!({"required": required, "content": {"application/json": {"schema": schema}}});
    match target.route.body {
        Body::None => None,
        Body::Field(_) if target.kind.is_some() => {
            let name = target.kind.map(name_of).unwrap_or_default();
            Some(json(part("schemas", &format!("{name}Input")), true))
        }
        Body::Field(name) => Some(json(properties(entry).get(name)?.clone(), true)),
        Body::Bytes(_) => Some(json!({
            "required": true,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        })),
        Body::Fields => {
            let mut schema = entry.input_schema.clone();
            let implied: Vec<&str> = target.route.implies.iter().map(|(name, _)| *name).collect();
            let elsewhere =
                |name: &str| target.parameters.iter().any(|known| known == name) || implied.contains(&name);
            if let Some(Value::Object(properties)) = schema.get_mut("properties") {
                properties.retain(|name, _| !elsewhere(name));
            }
            let mut needed = false;
            if let Some(Value::Array(required)) = schema.get_mut("required") {
                required.retain(|name| !name.as_str().is_some_and(elsewhere));
                needed = !required.is_empty();
            }
            if let Some(object) = schema.as_object_mut() {
                object.shift_remove("description");
            }
            Some(json(schema, needed))
        }
    }
}

fn responses(target: &Target, entry: &Entry) -> Value {
    let is_write = entry.meta.effect.is_write();
    let mut output = with_rows(target, &entry.output_schema);
    if target.route.method == Method::Delete && output["properties"].is_object() {
        output["properties"]["change_id"] =
            json!({"type": ["integer", "null"], "description": "Entry in the change journal."});
    }
    let mut responses = Map::new();
    let mut done = if target.route.download {
        json!({"description": "The file.", "content": {"*/*": {"schema": {}}}})
    } else {
        let planned = is_write && target.route.status == 200;
        let schema = if planned { json!({"anyOf": [output, part("schemas", "Plan")]}) } else { output };
        json!({"description": "Done.", "content": {"application/json": {"schema": schema}}})
    };
    if is_write {
        done["headers"] = json!({"X-Change-Id": part("headers", "ChangeId")});
    }
    if entry.meta.cacheable {
        done["headers"] = json!({"ETag": part("headers", "ETag")});
        responses.insert("304".into(), json!({"description": "What you have is still true."}));
    }
    if is_write && target.route.status != 200 {
        let content = json!({"application/json": {"schema": part("schemas", "Plan")}});
        responses
            .insert("200".into(), json!({"description": "With `dry_run`: the plan.", "content": content}));
    }
    responses.insert(target.route.status.to_string(), done);
    let mut wrong = vec![400, 401, 403, 404, 429, 500, 503];
    if is_write {
        wrong.push(409);
    }
    if target.route.body != Body::None {
        wrong.extend([408, 413, 415]);
    }
    wrong.sort_unstable();
    responses.extend(failures(&wrong));
    responses.sort_keys();
    responses.into()
}

/// Where the operation answers rows of any kind, the kind's own row.
fn with_rows(target: &Target, output: &Value) -> Value {
    let mut output = output.clone();
    let Some(kind) = target.kind else { return output };
    let is_row = |schema: &Value| schema["type"] == "object" && schema.get("properties").is_none();
    let row = || part("schemas", &name_of(kind));
    let Some(data) = output.pointer_mut("/properties/data") else { return output };
    if data.is_object() && is_row(data) {
        *data = row();
    } else if data["items"].is_object() && is_row(&data["items"]) {
        data["items"] = row();
    }
    output
}

/// An address cannot say null.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(object) = schema.as_object_mut() else { return json!({}) };
    object.shift_remove("default");
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [one] = types.as_slice() {
            object["type"] = one.clone();
        }
    }
    if let Some(Value::Array(options)) = object.get_mut("enum") {
        options.retain(|option| !option.is_null());
    }
    if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
        branches.retain(|branch| branch["type"] != "null");
        if let [one] = branches.as_slice() {
            let one = one.clone();
            object.shift_remove("anyOf");
            if let Value::Object(inner) = one {
                for (name, value) in inner {
                    object.entry(name).or_insert(value);
                }
            }
        }
    }
    schema
}
