//! What is given beside the body: in the address or a header.

use serde_json::{Map, Value, json};

use super::schemas::part;

/// An input field as a part of the address.
pub(super) fn address(name: &str, place: &str, schema: &Value, required: bool) -> Value {
    let mut schema = without_null(schema);
    let description = schema.as_object_mut().and_then(|object| object.shift_remove("description"));
    let mut parameter = json!({"name": name, "in": place, "required": required, "schema": schema});
    if let Some(description) = description {
        parameter["description"] = description;
    }
    if parameter["schema"]["type"] == "array" {
        parameter["style"] = if place == "path" { "simple" } else { "form" }.into();
        parameter["explode"] = false.into();
    }
    parameter
}

/// A field of a kind by which its rows are chosen.
pub(super) fn filter(name: &str) -> Value {
    json!({
        "name": name, "in": "query", "required": false, "schema": {"type": "string"},
        "description": format!("Only rows whose {name} is this; texts match in part."),
    })
}

/// A header with text.
pub(super) fn header(name: &str, description: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "schema": {"type": "string"}, "description": description})
}

/// The headers that many routes know, by the name of their part.
pub(super) fn headers() -> Map<String, Value> {
    let mut if_match = header(
        "If-Match",
        "The `rev` of the row as you read it; a newer one answers 409 with both versions.",
    );
    if_match["example"] = "\"7\"".into();
    let if_none_match =
        header("If-None-Match", "The `ETag` of the answer you have; 304 when it is still true.");
    Map::from_iter([("IfMatch".to_string(), if_match), ("IfNoneMatch".to_string(), if_none_match)])
}

/// A reference to the parameter, which goes among the named ones as `<of>.<its name>`.
pub(super) fn hoisted(of: &str, parameter: Value, named: &mut Map<String, Value>) -> Value {
    let name = format!("{of}.{}", parameter["name"].as_str().unwrap_or_default());
    let reference = part("parameters", &name);
    named.insert(name, parameter);
    reference
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
