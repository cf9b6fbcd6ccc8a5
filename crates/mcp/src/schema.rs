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
    let mut schema = without_prose(&entry.input_schema);
    schema.insert("type".into(), "object".into());
    schema.insert("additionalProperties".into(), false.into());
    Arc::new(schema)
}

/// Output schema. Clients check every structured answer against it, refusals included; so it admits, beside the
/// operation's answer, a fault and, for writes, the plan that `dry_run` asks for.
pub(crate) fn output(entry: &Entry) -> Arc<JsonObject> {
    let mut schema = without_prose(&entry.output_schema);
    if !is_object(&entry.output_schema) {
        schema = Map::from_iter([
            ("properties".to_string(), json!({WRAPPED: entry.output_schema})),
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

/// The description of the whole is the tool's own.
fn without_prose(schema: &Value) -> JsonObject {
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    schema.shift_remove("description");
    schema
}
