//! A note as it is shown.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, ItemRef};
use labkeeper_store::{Memory, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a note is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemoryKind {
    /// Something was settled, and why.
    Decision,
    /// How things are usually done here.
    Pattern,
    /// What somebody wants; recalled first, every time.
    Preference,
    /// Anything else worth keeping.
    #[default]
    Note,
}

impl MemoryKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Pattern => "pattern",
            Self::Preference => "preference",
            Self::Note => "note",
        }
    }
}

/// A note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MemoryRow {
    /// Id.
    pub id: i64,
    /// The note.
    pub text: String,
    /// decision, pattern, preference or note.
    pub kind: String,
    /// Items it is about that still exist.
    pub links: Vec<ItemRef>,
    /// Who wrote it.
    pub actor: String,
    /// When, UTC.
    pub created_at: String,
    /// How well it answers the question, 0 to 1; absent when none was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// Notes as they are shown, in their order.
///
/// # Errors
/// When the store fails.
pub async fn rows(view: &mut View, memories: Vec<(Memory, Option<f64>)>) -> Result<Vec<MemoryRow>, Fault> {
    let ids: Vec<ItemId> = memories.iter().flat_map(|(memory, _)| memory.links.iter().copied()).collect();
    let known: HashMap<ItemId, ItemRef> =
        view.references(&ids).await?.into_iter().map(|item| (item.id, item)).collect();
    let row = |(memory, score): (Memory, Option<f64>)| MemoryRow {
        id: memory.id,
        links: memory.links.iter().filter_map(|id| known.get(id).cloned()).collect(),
        text: memory.text,
        kind: memory.kind,
        actor: memory.actor,
        created_at: memory.created_at.text(),
        score,
    };
    Ok(memories.into_iter().map(row).collect())
}
