//! `document_move`: put a page under another, or change its place among its siblings.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::admit::OnUnknown;
use labkeeper_core::inventory::{ItemId, Kind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::write::{self, WrittenRow};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Move a document: under another, to the top level (`parent_id: null`), or to another place in the order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentMove {
    /// Which document.
    pub id: ItemId,
    /// Document it goes under; null for the top level; stays when left out.
    #[serde(default, deserialize_with = "mentioned::deserialize")]
    #[schemars(with = "Option<ItemId>")]
    pub parent_id: Option<Option<ItemId>>,
    /// Place among its siblings; stays when left out.
    #[serde(default)]
    pub sort_order: Option<i64>,
}

/// Tells null apart from absent.
mod mentioned {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
        Option::<i64>::deserialize(from).map(Some)
    }
}

impl Operation for DocumentMove {
    type Output = WrittenRow;
    const META: Meta = Meta::write("document_move", "Move a document", Toolset::Inventory)
        .idempotent()
        .routes(&[Route::patch("/api/documents/{id}/move")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let page = write::item_of_kind(&mut view, Kind::Documents, self.id).await?;
        Ok(Plan::allow(format!("move document {}", page.name)))
    }

    async fn run(self, cx: &mut Cx) -> Result<WrittenRow, Fault> {
        let at = cx.now;
        let mut data: Map<String, Value> = Map::new();
        if let Some(parent) = self.parent_id {
            data.insert("parent_id".into(), parent.into());
        }
        if let Some(order) = self.sort_order {
            data.insert("sort_order".into(), order.into());
        }
        let (_, written) =
            write::update(cx.tx()?, Kind::Documents, self.id, &data, None, OnUnknown::Refuse, at).await?;
        Ok(written)
    }
}
