//! The registry's JSON Schemas as a client may rely on them: strict inputs, outputs that also admit the answers
//! every tool can give instead (a refusal, a plan).

use std::sync::Arc;

use labkeeper_ops::operation::Entry;
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

/// Where an answer that is no object goes: structured content must be one.
pub(crate) const WRAPPED: &str = "data";

/// Input schema; fields that it does not name are refused.
pub(crate) fn input(entry: &Entry) -> Arc<JsonObject> {
    let mut schema = lean(&entry.input_schema, FEW);
    schema.insert("type".into(), "object".into());
    schema.insert("additionalProperties".into(), false.into());
    Arc::new(schema)
}

/// Output schema. Clients check every structured answer against it, refusals included; so it admits, beside the
/// operation's answer, a fault and, for writes, the plan that `dry_run` asks for.
pub(crate) fn output(entry: &Entry) -> Arc<JsonObject> {
    let mut schema = lean(&entry.output_schema, 0);
    if !is_object(&entry.output_schema) {
        schema = Map::from_iter([
            ("properties".to_string(), json!({WRAPPED: brief(entry.output_schema.clone(), 0)})),
            ("required".to_string(), json!([WRAPPED])),
        ]);
    }
    schema.insert("type".into(), "object".into());
    let required = schema.shift_remove("required").unwrap_or_else(|| json!([]));
    let mut alternatives = vec![json!({"required": required}), json!({"required": ["error", "code"]})];
    if entry.meta.effect.is_write() {
        let properties = schema.entry("properties").or_insert_with(|| json!({}));
        properties["change_id"] =
            json!({"type": "integer", "description": "Entry in the change journal, for undo."});
        alternatives.push(json!({"required": ["plan"]}));
    }
    schema.insert("anyOf".into(), alternatives.into());
    Arc::new(schema)
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
            map.into_iter().map(|(name, value)| (name, brief(value, few))).collect()
        }
        other => other,
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
