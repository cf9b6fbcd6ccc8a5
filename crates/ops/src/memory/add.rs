//! `memory_add`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::inventory::ItemId;
use labkeeper_store::Memory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::{MemoryKind, MemoryRow, rows};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Longest note, in characters: a page. Longer texts are documents.
const LONGEST: usize = 10_000;

/// Keep something about the lab that is worth knowing next time: a decision and its reason, how things are done here, what somebody prefers.
/// One thing a note.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryAdd {
    /// The note, up to 10 000 characters.
    pub text: String,
    /// What it is; a plain note when left out.
    #[serde(default)]
    pub kind: MemoryKind,
    /// Ids of items it is about.
    #[serde(default)]
    pub links: Vec<ItemId>,
}

/// The note as it was kept.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneMemory {
    /// The note.
    pub data: MemoryRow,
}

impl Operation for MemoryAdd {
    type Output = OneMemory;
    const META: Meta = Meta::write("memory_add", "Remember something", Toolset::Memory)
        .routes(&[Route::post("/api/memories").created()]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let text = self.text.trim();
        if text.is_empty() {
            return Err(Fault::invalid("text", "text is blank: say what is to be remembered"));
        }
        let length = text.chars().count();
        if length > LONGEST {
            let fault =
                Fault::new(Code::TooLarge, format!("text has {length} characters, a note holds {LONGEST}"));
            return Err(fault.with_field("text").with_hint("keep the gist here and the rest in a document"));
        }
        let known = cx.read().await?.references(&self.links).await?;
        if let Some(stranger) = self.links.iter().find(|id| !known.iter().any(|item| item.id == **id)) {
            return Err(Fault::invalid("links", format!("links: there is no item {stranger}")));
        }
        Ok(Plan::allow(format!("Remember a {}", self.kind.as_str())))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneMemory, Fault> {
        let memory = Memory {
            id: 0,
            text: self.text.trim().into(),
            kind: self.kind.as_str().into(),
            links: self.links,
            actor: cx.actor.name.clone(),
            created_at: cx.now,
        };
        let tx = cx.tx()?;
        let memory = tx.insert_memory(memory).await?;
        let mut kept = rows(tx, vec![(memory, None)]).await?;
        Ok(OneMemory { data: kept.remove(0) })
    }
}
