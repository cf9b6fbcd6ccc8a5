//! A row as the journal keeps it.

use serde::Serialize;
use serde_json::{Map, Value};

/// A row as the journal keeps it.
pub(crate) fn image_map<T: Serialize>(row: &T) -> Map<String, Value> {
    match serde_json::to_value(row) {
        Ok(Value::Object(map)) => map,
        _ => unreachable!("rows are structs of plain fields"),
    }
}
