//! `document_versions`: who saved a page and when, without its texts.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_store::ChangeFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document_version::save;
use crate::cx::Cx;
use crate::inventory::write::item_of_kind;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Changes looked at together: each holds whole texts.
const AT_ONCE: i64 = 20;

/// List the saves of a document, newest first. What moved or tagged it is none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentVersions {
    /// Which document.
    pub id: ItemId,
    /// Only older than this change.
    #[serde(default)]
    pub before: Option<i64>,
    /// At most so many, 100 when left out, 500 at most.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// The saves of a page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SavesOfPage {
    /// Newest first.
    pub data: Vec<SaveRow>,
    /// How many are on this page.
    pub count: usize,
}

/// One save; `GET /api/documents/{id}/versions/{change}` has the texts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SaveRow {
    /// Number of the change.
    pub id: i64,
    /// When, UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// The page began with it.
    pub first: bool,
}

impl Operation for DocumentVersions {
    type Output = SavesOfPage;
    const META: Meta = Meta::read("document_versions", "List versions", Toolset::Inventory)
        .not_a_tool()
        .cacheable()
        .routes(&[Route::get("/api/documents/{id}/versions")]);

    async fn run(self, cx: &mut Cx) -> Result<SavesOfPage, Fault> {
        let limit = self.limit.unwrap_or(100);
        if !(1..=500).contains(&limit) {
            return Err(Fault::invalid("limit", format!("limit wants a number from 1 to 500, not {limit}")));
        }
        let wanted = usize::try_from(limit).unwrap_or_default();
        let mut view = cx.snapshot().await?;
        item_of_kind(&mut view, Kind::Documents, self.id).await?;
        let limit = limit.min(AT_ONCE);
        let mut filter =
            ChangeFilter { item: Some(self.id), before: self.before, limit, ..ChangeFilter::default() };
        let mut data: Vec<SaveRow> = Vec::new();
        loop {
            let changes = view.changes(&filter).await?;
            let saves = changes.iter().filter_map(|change| Some((change, save(change, self.id)?)));
            data.extend(saves.take(wanted - data.len()).map(|(change, save)| SaveRow {
                id: change.id,
                at: change.meta.at.text(),
                actor: change.meta.actor.clone(),
                via: change.meta.via.clone(),
                first: save.before.is_none(),
            }));
            filter.before = changes.last().map(|change| change.id);
            if changes.is_empty() || data.len() >= wanted {
                return Ok(SavesOfPage { count: data.len(), data });
            }
        }
    }
}
