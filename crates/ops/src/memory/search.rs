//! `memory_search`.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::rank::fusion::Mode;
use labkeeper_core::rank::query::{self, Record};
use labkeeper_store::Memory;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::row::{MemoryKind, MemoryRow, rows};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::search::ask;

/// Find notes by what they say, in words or in meaning; without a question the newest come first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemorySearch {
    /// The question; blank lists the newest.
    #[serde(default)]
    pub q: String,
    /// Only notes of this kind.
    #[serde(default)]
    pub kind: Option<MemoryKind>,
    /// At most so many, up to 100; 20 when left out.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Notes, best or newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MemoryListing {
    /// Notes.
    pub data: Vec<MemoryRow>,
    /// How many.
    pub count: usize,
    /// Why less was searched than asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded: Option<String>,
}

impl Operation for MemorySearch {
    type Output = MemoryListing;
    const META: Meta =
        Meta::read("memory_search", "Search notes", Toolset::Memory).routes(&[Route::get("/api/memories")]);

    async fn run(self, cx: &mut Cx) -> Result<MemoryListing, Fault> {
        let limit = self.limit.unwrap_or(20).min(100) as usize;
        let (mut found, degraded) = match self.q.trim() {
            "" => {
                (cx.read().await?.memories().await?.into_iter().map(|memory| (memory, None)).collect(), None)
            }
            q => matching(cx, q).await?,
        };
        found.retain(|(memory, _): &(Memory, _)| self.kind.is_none_or(|kind| kind.as_str() == memory.kind));
        found.truncate(limit);
        let data = rows(&mut cx.read().await?, found).await?;
        Ok(MemoryListing { count: data.len(), data, degraded })
    }
}

type Scored = Vec<(Memory, Option<f64>)>;

/// Notes that answer the question, best first.
pub(super) async fn matching(cx: &Cx, q: &str) -> Result<(Scored, Option<String>), Fault> {
    let mut query = query::parse(q);
    query.filters.kinds.clear();
    query.filters.records = vec![Record::Memories];
    let (hits, degraded) = ask::search(cx.house(), query, Mode::Hybrid, 100).await?;
    let mut memories: HashMap<i64, Memory> =
        cx.read().await?.memories().await?.into_iter().map(|memory| (memory.id, memory)).collect();
    let found =
        hits.iter().filter_map(|hit| Some((memories.remove(&hit.entity_id)?, Some(hit.score)))).collect();
    Ok((found, degraded))
}
