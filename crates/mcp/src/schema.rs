//! The registry's JSON Schemas as a client may rely on them: strict inputs, outputs that also admit the answers
//! every tool can give instead (a refusal, a plan).

use std::sync::Arc;

use labkeeper_ops::operation::Entry;
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

/// Where an answer that is no object goes: structured content must be one.
pub(crate) const WRAPPED: &str = "data";

/// Input schema; fields that it does not name are refused. What the hub checks anyway and no model needs to know beforehand is left
/// out: patterns, lengths, that an optional field may be null.
pub(crate) fn input(entry: &Entry) -> Arc<JsonObject> {
    let mut schema = lean(&entry.input_schema, FEW);
    schema.insert("type".into(), "object".into());
    schema.insert("additionalProperties".into(), false.into());
    Arc::new(schema)
}

/// Output schema: which fields an answer has and of which type. Clients check every structured answer against it, refusals
/// and plans included, so nothing is required. What is inside the fields stands in the REST API's document and in `describe_tool`: in a list
/// of all tools it would cost a model more than it is worth.
pub(crate) fn output(entry: &Entry) -> Arc<JsonObject> {
    let answered = match entry.output_schema["properties"].as_object() {
        Some(properties) if is_object(&entry.output_schema) => {
            properties.iter().map(|(name, schema)| (name.clone(), type_of(schema))).collect()
        }
        _ if is_object(&entry.output_schema) => Map::new(),
        _ => Map::from_iter([(WRAPPED.to_string(), type_of(&entry.output_schema))]),
    };
    Arc::new(Map::from_iter([("type".into(), "object".into()), ("properties".into(), answered.into())]))
}

/// The type of a value and nothing else of it; anything, when there is more than one way to be it.
fn type_of(schema: &Value) -> Value {
    schema.get("type").map_or_else(|| json!({}), |name| json!({"type": name}))
}

/// Whether answers of that schema are objects.
pub(crate) fn is_object(schema: &Value) -> bool {
    schema["type"] == "object"
}

/// A choice of so few may explain each of them to whoever has to choose.
const FEW: usize = 4;

/// The schema without what a model does not need to be told: the description of the whole is the tool's own.
fn lean(schema: &Value, few: usize) -> JsonObject {
    let Value::Object(mut schema) = brief(schema.clone(), few) else { return JsonObject::new() };
    schema.shift_remove("description");
    schema
}

/// Writes choices of more than `few` texts as a plain list. Every tool of the inventory names the nine kinds.
fn brief(schema: Value, few: usize) -> Value {
    match schema {
        Value::Array(list) => list.into_iter().map(|schema| brief(schema, few)).collect(),
        Value::Object(mut map) => {
            if let Some(names) = map.get("oneOf").and_then(texts).filter(|names| names.len() > few) {
                map.shift_remove("oneOf");
                map.insert("type".into(), "string".into());
                map.insert("enum".into(), names.into());
            }
            if map.get("type").is_some_and(|kind| !kind.is_object()) {
                for word in UNTOLD {
                    map.shift_remove(*word);
                }
                if let Some(name) = map.get("type").and_then(beside_null) {
                    map.insert("type".into(), name);
                }
            }
            map.into_iter().map(|(name, value)| (name, brief(value, few))).collect()
        }
        other => other,
    }
}

/// Words of a schema that only the hub needs.
const UNTOLD: &[&str] =
    &["default", "format", "pattern", "minLength", "maxLength", "minItems", "maxItems", "title"];

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
