//! The change journal and the audit log: what was changed, by whom, and taking it back.

mod audit_by_hand;
mod audit_comparison;
pub mod audit_examination;
pub(crate) mod audit_files;
pub mod audit_notes;
pub mod audit_settings;
pub mod audit_verify;
pub mod change_undo;
pub mod changes_list;
pub mod document_version;
pub mod document_versions;
pub mod plan_call;
pub mod query_audit;
pub mod session_undo;

use std::collections::HashMap;

use labkeeper_core::change::{Table, field_diffs};
use labkeeper_core::fault::Fault;
use labkeeper_core::file::FileChange;
use labkeeper_core::inventory::{ItemId, ItemRef, Kind};
use labkeeper_store::{Change, View};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// One field that a change altered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Diff {
    /// The item, or the item whose link, position or observation it was.
    pub item_id: Option<ItemId>,
    /// Its kind.
    pub kind: Option<Kind>,
    /// Its name.
    pub name: Option<String>,
    /// Which table: items, links, layout, observations, identities, memories.
    pub table: Table,
    /// Field.
    pub field: String,
    /// Before.
    pub before: Value,
    /// After.
    pub after: Value,
}

/// A journal entry as people and models read it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ChangeView {
    /// Number.
    pub id: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// Operation.
    pub op: String,
    /// One sentence.
    pub summary: String,
    /// Items it touched, at most twenty.
    pub items: Vec<ItemRef>,
    /// Field by field, at most two hundred.
    pub diff: Vec<Diff>,
    /// How many differences there are in all.
    pub diff_count: usize,
    /// Files of the lab that it altered; diff_config shows how, with the backup's id.
    pub files: Vec<FileChange>,
    /// The change it took back.
    pub reverts: Option<i64>,
    /// The change that took it back.
    pub reverted_by: Option<i64>,
    /// Whether it can be taken back now, as far as is known without trying.
    pub revertible: bool,
}

const MAX_DIFFS: usize = 200;
const MAX_ITEMS: usize = 20;

impl ChangeView {
    /// Shows a change; names are those of today, or of the images when the item is gone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(view: &mut View, change: &Change) -> Result<Self, Fault> {
        let mut names: HashMap<ItemId, ItemRef> = HashMap::new();
        let mut order: Vec<ItemId> = Vec::new();
        for image in &change.images {
            for row in [&image.before, &image.after].into_iter().flatten() {
                if image.table == Table::Items
                    && let Ok(item) = serde_json::from_value::<ItemRef>(Value::Object(subset(row)))
                {
                    names.insert(item.id, item);
                }
                order.extend(subject(image.table, image.id, row));
            }
        }
        order.sort_unstable();
        order.dedup();
        for item in view.references(&order).await? {
            names.entry(item.id).or_insert(item);
        }
        let mut diff = Vec::new();
        for image in change.images.iter().filter(|image| image.table != Table::Sightings) {
            let row = image.after.as_ref().or(image.before.as_ref());
            let item = row.and_then(|row| subject(image.table, image.id, row)).and_then(|id| names.get(&id));
            diff.extend(field_diffs(image).into_iter().map(|field| Diff {
                item_id: item.map(|item| item.id),
                kind: item.map(|item| item.kind),
                name: item.map(|item| item.name.clone()),
                table: image.table,
                field: field.field,
                before: field.before,
                after: field.after,
            }));
        }
        let diff_count = diff.len();
        diff.truncate(MAX_DIFFS);
        let meta = &change.meta;
        Ok(Self {
            id: change.id,
            at: meta.at.text(),
            actor: meta.actor.clone(),
            via: meta.via.clone(),
            session: meta.session.clone(),
            op: meta.op.clone(),
            summary: meta.summary.clone(),
            items: order.iter().filter_map(|id| names.get(id).cloned()).take(MAX_ITEMS).collect(),
            diff,
            diff_count,
            files: change.files.clone(),
            reverts: meta.reverts,
            reverted_by: change.reverted_by,
            revertible: change.reverted_by.is_none(),
        })
    }
}

fn subset(row: &serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    ["id", "kind", "name"]
        .iter()
        .filter_map(|name| Some(((*name).to_string(), row.get(*name)?.clone())))
        .collect()
}

/// The item a row is about.
fn subject(table: Table, id: i64, row: &serde_json::Map<String, Value>) -> Option<ItemId> {
    match table {
        Table::Items | Table::Layout | Table::Sightings => Some(id),
        Table::Links => row.get("from_id").and_then(Value::as_i64),
        Table::Observations | Table::Identities => row.get("item_id").and_then(Value::as_i64),
        Table::Memories | Table::Views => None,
    }
}
