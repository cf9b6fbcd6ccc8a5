//! A shape that several answers have.

use serde_json::{Value, json};

use crate::answer::Answer;

/// An index: what lies below a path.
pub(super) fn index(key: &str, below: &[&str]) -> Answer {
    Ok(below.iter().map(|name| json!({ key: name })).collect::<Value>())
}
