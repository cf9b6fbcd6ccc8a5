//! The mark in a collection of ours: a point without a text whose payload says whose it is and of which model. It is a point
//! because collections can carry notes of their own only from Qdrant 1.16 on.

use labkeeper_core::vectors::{PointId, Space};
use serde_json::{Value, json};

/// How points and payload look. With another number a collection is made anew.
const FORMAT: u64 = 1;

/// Under which name the mark lies.
pub(crate) fn id() -> PointId {
    PointId::named("labkeeper's mark")
}

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    format: u64,
    model: String,
    pub(crate) lab: String,
    pub(crate) noted: i64,
}

impl Mark {
    /// Reads a payload; `None` when it is no mark.
    pub(crate) fn read(payload: &Value) -> Option<Self> {
        let text = |key: &str| Some(payload.get(key)?.as_str()?.to_owned());
        Some(Self {
            format: payload.get("labkeeper")?.as_u64()?,
            model: text("model")?,
            lab: text("lab")?,
            noted: payload.get("noted").and_then(Value::as_i64).unwrap_or(0),
        })
    }

    /// The point, as it is put. Its vector is any of the right size: it is never looked for.
    pub(crate) fn point(space: &Space) -> Value {
        let mut vector = vec![0.0; space.dimensions];
        if let Some(first) = vector.first_mut() {
            *first = 1.0;
        }
        let payload = json!({"labkeeper": FORMAT, "model": space.model, "lab": space.lab, "noted": 0});
        json!({"id": id().to_string(), "vector": vector, "payload": payload})
    }

    pub(crate) fn is_of_model(&self, space: &Space) -> bool {
        self.format == FORMAT && self.model == space.model
    }

    /// The model, in words.
    pub(crate) fn model(&self) -> String {
        if self.format == FORMAT {
            self.model.clone()
        } else {
            format!("{} in form {}", self.model, self.format)
        }
    }
}
