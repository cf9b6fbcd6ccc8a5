//! Text of an address (path and query) as the input's schema wants it.

use labkeeper_core::fault::Fault;
use serde_json::{Value, json};

/// Types that a property may have, `null` left out; empty when the schema does not say.
fn types(schema: &Value) -> Vec<&str> {
    let own = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let branches = ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    own.into_iter().chain(branches.flat_map(types)).filter(|name| *name != "null").collect()
}

/// Whether the schema knows only whole numbers there: an id.
pub(crate) fn is_integer(schema: &Value) -> bool {
    types(schema) == ["integer"]
}

fn items(schema: &Value) -> &Value {
    let branches = ["anyOf", "oneOf"].iter().filter_map(|key| schema[key].as_array()).flatten();
    let nested = branches.map(|branch| &branch["items"]).find(|items| items.is_object());
    if schema["items"].is_object() { &schema["items"] } else { nested.unwrap_or(&Value::Null) }
}

/// `text` as a value of that schema.
pub(crate) fn coerce(name: &str, text: &str, schema: &Value) -> Result<Value, Fault> {
    let types = types(schema);
    let wants = |what: &str| Fault::invalid(name, format!("{name} wants {what}, not \"{text}\""));
    let trimmed = text.trim();
    if types.is_empty() || types.contains(&"string") {
        return Ok(text.into());
    }
    if types.contains(&"integer")
        && let Ok(number) = trimmed.parse::<i64>()
    {
        return Ok(number.into());
    }
    if types.contains(&"number")
        && let Some(number) = trimmed.parse::<f64>().ok().filter(|n| n.is_finite())
    {
        return Ok(json!(number));
    }
    if types.contains(&"boolean") {
        match trimmed.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" | "" => return Ok(true.into()),
            "false" | "0" | "no" | "off" => return Ok(false.into()),
            _ => {}
        }
    }
    if types.contains(&"array") {
        let parts = trimmed.split(',').map(str::trim).filter(|part| !part.is_empty());
        return parts
            .map(|part| coerce(name, part, items(schema)))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array);
    }
    if types.contains(&"object") {
        return serde_json::from_str::<Value>(trimmed)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| wants("a JSON object"));
    }
    Err(wants(match types[0] {
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        _ => "something else",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_what_the_schema_wants() {
        let optional = json!({"type": ["integer", "null"], "format": "int64"});
        assert_eq!(coerce("limit", "20", &optional).unwrap(), json!(20));
        assert_eq!(coerce("limit", "abc", &optional).unwrap_err().field.as_deref(), Some("limit"));
        assert_eq!(coerce("q", "20", &json!({"type": "string"})).unwrap(), json!("20"));
        assert_eq!(coerce("deep", "", &json!({"type": "boolean"})).unwrap(), json!(true));
        let kinds = json!({"type": ["array", "null"], "items": {"type": "string", "enum": ["vms", "apps"]}});
        assert_eq!(coerce("kind", "vms, apps,", &kinds).unwrap(), json!(["vms", "apps"]));
        let ids = json!({"type": "array", "items": {"type": "integer"}});
        assert_eq!(coerce("ids", "1,2", &ids).unwrap(), json!([1, 2]));
        assert!(coerce("ids", "1,x", &ids).is_err());
        let kind = json!({"anyOf": [{"type": "string", "enum": ["vms"]}, {"type": "null"}]});
        assert_eq!(coerce("kind", "vms", &kind).unwrap(), json!("vms"));
        assert!(coerce("n", "inf", &json!({"type": "number"})).is_err());
        assert_eq!(
            coerce("filter", "{\"os\":\"x\"}", &json!({"type": "object"})).unwrap(),
            json!({"os": "x"})
        );
    }
}
