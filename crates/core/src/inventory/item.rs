//! An item as it is stored: identity, name, asserted fields, revision.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::kinds::Kind;
use crate::stamp::Stamp;

/// Id of an item: unique across kinds, never reused.
pub type ItemId = i64;

/// A stored item. `fields` holds only what was asserted: declared fields that are not null, and
/// `tags`, `custom`, `addresses` when not empty. Parents are links, the name stands alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Id.
    pub id: ItemId,
    /// Kind.
    pub kind: Kind,
    /// Name or title.
    pub name: String,
    /// Asserted fields.
    pub fields: Map<String, Value>,
    /// Grows by one with every change.
    pub rev: i64,
    /// When it was created.
    pub created_at: Stamp,
    /// When it last changed.
    pub updated_at: Stamp,
}

/// Enough of an item to name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ItemRef {
    /// Id.
    pub id: ItemId,
    /// Kind.
    pub kind: Kind,
    /// Name or title.
    pub name: String,
}

impl Item {
    /// Its reference.
    pub fn reference(&self) -> ItemRef {
        ItemRef { id: self.id, kind: self.kind, name: self.name.clone() }
    }

    /// Tags, in order.
    pub fn tags(&self) -> Vec<&str> {
        let tags = self.fields.get("tags").and_then(Value::as_array);
        tags.map(|tags| tags.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }
}
