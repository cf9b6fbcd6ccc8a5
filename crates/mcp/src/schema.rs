//! The registry's JSON Schemas as a client may rely on them: strict inputs, outputs that also admit the answers
//! every tool can give instead (a refusal, a plan).

use std::sync::Arc;

use labkeeper_ops::operation::Entry;
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

/// Where an answer that is no object goes: structured content must be one.
pub(crate) const WRAPPED: &str = "data";

/// An input that means the same in many tools. Said once to whoever connects ([`crate::server`]), not forty times in the list of tools.
pub(crate) struct SaidOnce {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    /// How a description begins that says no more than that. One that says something else stays.
    begins: &'static [&'static str],
}

const fn said(name: &'static str, meaning: &'static str, begins: &'static [&'static str]) -> SaidOnce {
    SaidOnce { name, meaning, begins }
}

/// All of them.
pub(crate) const SAID_ONCE: &[SaidOnce] = &[
    said(
        "vmid",
        "number of a container or virtual machine; where it may be left out, the call is about a node",
        &["Which", "The guest"],
    ),
    said(
        "cluster",
        "which Proxmox cluster; only where several have that guest or node",
        &["In which cluster"],
    ),
    said("node", "which node; only where there are several", &["Which node", "The node", "On which node"]),
    said("timeoutMs", "how long it may take, in milliseconds", &["After so many", "How long"]),
    said("limit", "at most so many rows", &["At most"]),
    said("fields", "only these fields, separated by commas", &["Only these fields"]),
    said("id", "number of the item, change, link or whatever the tool is about", &["Which"]),
    said("type", "kind of item", &["Which kind"]),
    said("unit", "a systemd unit, such as nginx or getty@tty1.service", &["The service's unit"]),
    said(
        "backupPath",
        "id of a kept version of a file, as a write or list_backups names it; the newest when left out",
        &["The version's id"],
    ),
    said("stopIfRunning", "stop a running guest first, and start it again", &["Stop a running"]),
    said(
        "overwrite",
        "go on although somebody else changed the file since; what is there is kept",
        &["Put "],
    ),
    said(
        "overrideCircuitBreaker",
        "go on although the same was put back twice within ten minutes",
        &["Go on"],
    ),
    said("dry_run", "say what would happen, with the diff of a file, and change nothing", &["Answer what"]),
    said(
        "confirm",
        "true repeats a call after a refusal with code confirm_required said what would happen",
        &["Repeat the call"],
    ),
];

/// Input schema; fields that it does not name are refused. What the hub checks anyway and no model needs to know beforehand is left
/// out: patterns, bounds, that an optional field may be null, what is said once.
pub(crate) fn input(entry: &Entry) -> Arc<JsonObject> {
    let mut schema = lean(&entry.input_schema);
    schema.insert("type".into(), "object".into());
    schema.insert("additionalProperties".into(), false.into());
    Arc::new(schema)
}

/// Output schema: which fields an answer has. Clients check every structured answer against it, refusals and plans included, so
/// nothing is required. Of which type they are, and what is inside, stands in the REST API's document and in `describe_tool`: in a list of
/// all tools it would cost a model more than it is worth.
pub(crate) fn output(entry: &Entry) -> Arc<JsonObject> {
    let answered = match entry.output_schema["properties"].as_object() {
        Some(properties) if is_object(&entry.output_schema) => {
            properties.keys().map(|name| (name.clone(), json!({}))).collect()
        }
        _ if is_object(&entry.output_schema) => Map::new(),
        _ => Map::from_iter([(WRAPPED.to_string(), json!({}))]),
    };
    Arc::new(Map::from_iter([("type".into(), "object".into()), ("properties".into(), answered.into())]))
}

/// Whether answers of that schema are objects.
pub(crate) fn is_object(schema: &Value) -> bool {
    schema["type"] == "object"
}

/// The schema without what a model does not need to be told: the description of the whole is the tool's own.
fn lean(schema: &Value) -> JsonObject {
    let Value::Object(mut schema) = brief(schema.clone()) else { return JsonObject::new() };
    schema.shift_remove("description");
    schema
}

/// Writes choices of texts as a plain list; what each means, `describe_tool` and the REST API's document say.
fn brief(schema: Value) -> Value {
    match schema {
        Value::Array(list) => list.into_iter().map(brief).collect(),
        Value::Object(mut map) => {
            if let Some(Value::Object(only)) = map.get("anyOf").and_then(but_null) {
                map.shift_remove("anyOf");
                for (word, value) in only {
                    map.entry(word).or_insert(value);
                }
            }
            if let Some(names) = map.get("oneOf").and_then(texts) {
                map.shift_remove("oneOf");
                map.insert("enum".into(), names.into());
            }
            if map.contains_key("enum") {
                map.shift_remove("type");
                map.shift_remove("default");
            }
            if map.contains_key("type") {
                for word in UNTOLD {
                    map.shift_remove(*word);
                }
                if let Some(name) = map.get("type").and_then(beside_null) {
                    map.insert("type".into(), name);
                }
            }
            // The list says what it is of.
            if map.contains_key("description")
                && let Some(Value::Object(each)) = map.get_mut("items")
            {
                each.shift_remove("description");
            }
            map.into_iter().map(|(word, value)| (word.clone(), part(&word, value))).collect()
        }
        other => other,
    }
}

/// What is below a word of a schema. Below `properties` stand the names of fields, which are no words of a schema.
fn part(word: &str, value: Value) -> Value {
    match value {
        Value::Object(fields) if word == "properties" => {
            fields.into_iter().map(|(name, field)| (name.clone(), brief(unsaid(&name, field)))).collect()
        }
        other => brief(other),
    }
}

/// A field without a description that is said once for all tools.
fn unsaid(name: &str, mut field: Value) -> Value {
    let description = field["description"].as_str().unwrap_or_default();
    let is_said = SAID_ONCE
        .iter()
        .any(|said| said.name == name && said.begins.iter().any(|begin| description.starts_with(begin)));
    if let Some(field) = field.as_object_mut().filter(|_| is_said) {
        field.shift_remove("description");
    }
    field
}

/// Words of a schema that only the hub needs.
const UNTOLD: &[&str] = &[
    "default",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "title",
];

/// The one way to be something, in a choice between it and null.
fn but_null(choice: &Value) -> Option<Value> {
    match choice.as_array()?.iter().filter(|branch| branch["type"] != "null").collect::<Vec<_>>()[..] {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The one type beside null.
fn beside_null(kinds: &Value) -> Option<Value> {
    match kinds.as_array()?.iter().filter(|kind| *kind != "null").collect::<Vec<_>>()[..] {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// The texts of a choice between texts.
fn texts(choice: &Value) -> Option<Vec<Value>> {
    choice
        .as_array()?
        .iter()
        .map(|branch| branch.get("const").filter(|text| text.is_string()).cloned())
        .collect()
}
