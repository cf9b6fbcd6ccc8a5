//! The text of an item that search reads: names first, then every declared field in words.

use serde_json::Value;

use super::item::Item;

/// A piece of text to be indexed, and the field it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// `name`, a field name, or a document's heading path.
    pub field: String,
    /// The text.
    pub text: String,
}

/// What to index of an item, field by field. Document bodies are cut by section elsewhere.
pub fn passages(item: &Item, row: &serde_json::Map<String, Value>) -> Vec<Passage> {
    let spec = item.kind.spec();
    let mut passages = vec![Passage { field: spec.name_field.into(), text: item.name.clone() }];
    for field in spec.fields {
        let skip = matches!(field.name, "icon" | "content" | "color" | "sort_order")
            || matches!(field.shape, super::Shape::Parent(_));
        if skip {
            continue;
        }
        if let Some(text) = row.get(field.name).and_then(words) {
            let text = match field.unit {
                Some(unit) => format!("{text} {unit}"),
                None => text,
            };
            passages.push(Passage { field: field.name.into(), text });
        }
    }
    for address in super::address::stored(row.get("addresses")).iter().filter(|address| !address.primary) {
        let parts = [&address.ip, &address.mac, &address.interface];
        let text: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        passages.push(Passage { field: "addresses".into(), text: text.join(" ") });
    }
    if let Some(tags) = row.get("tags").and_then(words) {
        passages.push(Passage { field: "tags".into(), text: tags });
    }
    for (name, value) in row.get("custom").and_then(Value::as_object).into_iter().flatten() {
        if let Some(text) = words(value) {
            passages.push(Passage { field: format!("custom.{name}"), text: format!("{name} {text}") });
        }
    }
    passages
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().filter_map(words).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
        Value::Object(map) => {
            let parts: Vec<String> =
                map.iter().filter_map(|(name, value)| Some(format!("{name} {}", words(value)?))).collect();
            (!parts.is_empty()).then(|| parts.join(" "))
        }
    }
}
