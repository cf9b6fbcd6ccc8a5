//! `memory_forget`.

use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Forget a note that is wrong or out of date.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemoryForget {
    /// Which note.
    pub id: i64,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Forgotten {
    /// A sentence.
    pub message: String,
}

impl Operation for MemoryForget {
    type Output = Forgotten;
    const META: Meta = Meta::write("memory_forget", "Forget a note", Toolset::Memory)
        .destructive()
        .routes(&[Route::delete("/api/memories/{id}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        match cx.read().await?.memory(self.id).await? {
            Some(memory) => Ok(Plan::allow(format!("Forget {} {}", memory.kind, memory.id))),
            None => Err(unknown(self.id)),
        }
    }

    async fn run(self, cx: &mut Cx) -> Result<Forgotten, Fault> {
        let tx = cx.tx()?;
        let memory = tx.memory(self.id).await?.ok_or_else(|| unknown(self.id))?;
        tx.delete_memory(&memory).await?;
        Ok(Forgotten { message: format!("forgot note {}", memory.id) })
    }
}

fn unknown(id: i64) -> Fault {
    Fault::not_found(format!("there is no note {id}")).with_hint("memory_search lists what there is")
}
