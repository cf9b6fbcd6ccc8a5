//! Shapes that several answers have.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// An index: what lies below a path.
pub(super) fn index(key: &str, below: &[&str]) -> Answer {
    Ok(below.iter().map(|name| json!({ key: name })).collect::<Value>())
}

/// Keeps what a list of text values has of a map, as JSON.
pub(super) fn text_map(map: &BTreeMap<String, String>) -> Value {
    map.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect::<Map<_, _>>().into()
}
