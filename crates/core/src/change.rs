//! The journal's vocabulary: what a write changed, as before- and after-images, so that it can be shown
//! and taken back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A row that the journal knows how to restore.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Table {
    /// An item with its asserted fields.
    Items,
    /// A link between two items.
    Links,
    /// A saved position on the map.
    Layout,
    /// A value seen by a source.
    Observations,
    /// What makes two sightings the same thing.
    Identities,
    /// When sources saw an item, so that one that was removed comes back with it.
    Sightings,
    /// A note an assistant or person keeps.
    Memories,
    /// A named view of a list.
    Views,
}

/// One row before and after a change; absent means it did not exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Which table.
    pub table: Table,
    /// The row's key.
    pub id: i64,
    /// The row before, if it existed.
    pub before: Option<Map<String, Value>>,
    /// The row after, if it exists.
    pub after: Option<Map<String, Value>>,
}

/// How a write is undone; `None` is said aloud before the write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reversal {
    /// From the images in the change journal.
    Journal,
    /// From a backup of the bytes.
    Backup,
    /// From a guest snapshot.
    Snapshot,
    /// It cannot be undone.
    None,
}

/// What an operation does to the world; the MCP hints derive from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something and says how that is undone.
    Write(Reversal),
}

impl Effect {
    /// Whether anything changes.
    pub fn is_write(self) -> bool {
        matches!(self, Self::Write(_))
    }
}

/// One field that a change altered, for showing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldDiff {
    /// Field name; `""` for the whole row when it appeared or went.
    pub field: String,
    /// Value before.
    pub before: Value,
    /// Value after.
    pub after: Value,
}

/// The fields in which two images differ, nested `fields` flattened, bookkeeping left out.
pub fn field_diffs(image: &Image) -> Vec<FieldDiff> {
    let empty = Map::new();
    let flat_before = flatten(image.before.as_ref().unwrap_or(&empty));
    let flat_after = flatten(image.after.as_ref().unwrap_or(&empty));
    let mut names: Vec<&String> = flat_before.keys().chain(flat_after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| !matches!(name.as_str(), "rev" | "updated_at" | "created_at" | "id"))
        .map(|name| FieldDiff {
            field: name.clone(),
            before: flat_before.get(name).cloned().unwrap_or(Value::Null),
            after: flat_after.get(name).cloned().unwrap_or(Value::Null),
        })
        .filter(|diff| diff.before != diff.after)
        .collect()
}

fn flatten(row: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    for (name, value) in row {
        match value {
            Value::Object(fields) if name == "fields" => flat.extend(fields.clone()),
            other => {
                flat.insert(name.clone(), other.clone());
            }
        }
    }
    flat
}
