//! `changes_list`: the change journal, newest first.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::ItemId;
use labkeeper_store::ChangeFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ChangeView;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List what was changed, by whom and how, newest first. Take one back with `change_undo`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangesList {
    /// Only changes that touch this item.
    #[serde(default)]
    pub id: Option<ItemId>,
    /// Only by this actor.
    #[serde(default)]
    pub actor: Option<String>,
    /// Only of this session.
    #[serde(default)]
    pub session: Option<String>,
    /// Only older than this change.
    #[serde(default)]
    pub before: Option<i64>,
    /// At most so many, 50 when left out, 500 at most.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// Changes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Changes {
    /// Newest first.
    pub data: Vec<ChangeView>,
    /// How many are on this page.
    pub count: usize,
}

impl Operation for ChangesList {
    type Output = Changes;
    const META: Meta = Meta::read("changes_list", "List changes", Toolset::Safety)
        .cacheable()
        .routes(&[Route::get("/api/changes"), Route::get("/api/items/{id}/changes")]);

    async fn run(self, cx: &mut Cx) -> Result<Changes, Fault> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            return Err(Fault::invalid("limit", format!("limit wants a number from 1 to 500, not {limit}")));
        }
        let mut view = cx.snapshot().await?;
        if let Some(id) = self.id {
            let exists = view.item(id).await?.is_some();
            let known = exists
                || !view
                    .changes(&ChangeFilter { item: Some(id), limit: 1, ..ChangeFilter::default() })
                    .await?
                    .is_empty();
            if !known {
                return Err(Fault::not_found(format!("there is no item {id}, and there never was")));
            }
        }
        let filter = ChangeFilter {
            item: self.id,
            actor: self.actor,
            session: self.session,
            before: self.before,
            limit,
        };
        let mut data = Vec::new();
        for change in view.changes(&filter).await? {
            data.push(ChangeView::of(&mut view, &change).await?);
        }
        Ok(Changes { count: data.len(), data })
    }
}
