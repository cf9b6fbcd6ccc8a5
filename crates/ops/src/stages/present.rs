//! Stage 9: what a model reads carries no control, bidirectional or zero-width characters that would make it
//! read something else than what is there. People's clients get the data as it is.

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::budget::neutralise;
use serde_json::Value;

pub(crate) fn present(actor: &Actor, output: Value) -> Value {
    if actor.via == Via::Mcp { neutral(output) } else { output }
}

fn neutral(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(match neutralise(&text) {
            std::borrow::Cow::Borrowed(_) => text,
            std::borrow::Cow::Owned(shown) => shown,
        }),
        Value::Array(list) => Value::Array(list.into_iter().map(neutral).collect()),
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(name, value)| (name, neutral(value))).collect())
        }
        other => other,
    }
}
