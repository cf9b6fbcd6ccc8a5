//! What an import would do or did, row by row; nothing is dropped without a line here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::format::Format;
use crate::inventory::{ItemId, Kind};

/// Something in the file that was not taken as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Problem {
    /// Table of the file.
    pub table: String,
    /// Id of the row, or where it stands.
    pub row: Value,
    /// Field, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong.
    pub what: String,
    /// The value as given, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What was done about it.
    pub did: String,
    /// Rows that are not imported because of it.
    #[serde(skip_serializing_if = "is_zero")]
    pub rows_left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Problem {
    /// Names the field.
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Shows the value, at most 120 characters of it.
    pub(crate) fn value(mut self, value: &Value) -> Self {
        self.value = Some(match value {
            Value::String(text) => shortened(text).into(),
            Value::Array(_) | Value::Object(_) => shortened(&value.to_string()).into(),
            plain => plain.clone(),
        });
        self
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.into(),
    }
}

/// An item that would be created.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Creation {
    /// Table of the file.
    pub table: String,
    /// Row of the file.
    pub row: Value,
    /// Kind.
    pub kind: Kind,
    /// Name.
    pub name: String,
}

/// A field that an update sets.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldChange {
    /// Field.
    pub field: String,
    /// Value here.
    pub before: Value,
    /// Value afterwards.
    pub after: Value,
}

/// An item that would be changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Update {
    /// Kind.
    pub kind: Kind,
    /// Name.
    pub name: String,
    /// Id of the item here.
    pub id: ItemId,
    /// Names of the fields that change.
    pub fields: Vec<String>,
    /// Before and after of each.
    pub changes: Vec<FieldChange>,
}

/// Where file and hub disagree and the hub's value stays.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Conflict {
    /// Kind, when it is about an item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Id of the item here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ItemId>,
    /// Field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// One sentence.
    pub what: String,
    /// Value here, which stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub here: Option<Value>,
    /// Value in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Value>,
}

/// Something worth a person's decision; nothing was done.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Suggestion {
    /// Table of the file.
    pub table: String,
    /// Row of the file.
    pub row: Value,
    /// Name.
    pub name: String,
    /// One sentence.
    pub what: String,
}

/// What became of the rows of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// Rows in the file.
    pub rows: usize,
    /// New here.
    pub created: usize,
    /// Changed something here.
    pub updated: usize,
    /// Already here.
    pub unchanged: usize,
    /// Here already and different; this hub's version stays, see `conflicts`.
    pub kept: usize,
    /// Not imported, see `problems`.
    pub left_out: usize,
}

/// The whole story of an import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// What the file is.
    pub format: Format,
    /// Rows in the file.
    pub rows_in: usize,
    /// Rows that are in the inventory afterwards.
    pub rows_imported: usize,
    /// Rows that are not, each named under `problems`.
    pub rows_left_out: usize,
    /// What became of each table's rows.
    pub tables: BTreeMap<String, Tally>,
    /// Items per kind, members, layout, edges and relationships that the file brings.
    pub counts: BTreeMap<String, usize>,
    /// New items.
    pub creates: Vec<Creation>,
    /// Changed items.
    pub updates: Vec<Update>,
    /// Rows that are here already.
    pub unchanged: usize,
    /// Items that go, when everything is replaced.
    pub deletes: usize,
    /// Disagreements in which this hub's value stays.
    pub conflicts: Vec<Conflict>,
    /// Whatever was not taken as it stands.
    pub problems: Vec<Problem>,
    /// Offers that nobody took yet.
    pub suggestions: Vec<Suggestion>,
    /// Nothing would change.
    pub nothing_to_do: bool,
}
