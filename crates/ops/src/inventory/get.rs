//! `inventory_get`: one item with what stands on it, in the predecessor's shape.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::derived::nested;
use labkeeper_core::inventory::{Item, ItemId, Kind};
use labkeeper_store::View;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rows::{Row, nest_shares, row_of, rows_of};
use super::write::item_of_kind;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Read one inventory item with every field, and what runs on it. For relations, history and drift use
/// `inventory_show`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryGet {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which item.
    pub id: ItemId,
}

/// One row with what stands on it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Detail {
    /// The row.
    pub data: Row,
}

impl Operation for InventoryGet {
    type Output = Detail;
    const META: Meta = Meta::read("inventory_get", "Read an item", Toolset::Inventory)
        .cacheable()
        .routes(&[Route::get("/api/{type}/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<Detail, Fault> {
        let mut view = cx.read().await?;
        let item = item_of_kind(&mut view, self.kind, self.id).await?;
        let mut data = row_of(&mut view, &item).await?;
        embed(&mut view, &item, &mut data).await?;
        Ok(Detail { data })
    }
}

/// Adds what is nested, and the name of a guest's host.
async fn embed(view: &mut View, item: &Item, data: &mut Row) -> Result<(), Fault> {
    let nested = nested(item.kind);
    if nested.is_empty() {
        return Ok(());
    }
    let ids = view.children(item.id).await?;
    let mut children = view.items_by_id(&ids).await?;
    children.sort_by_key(|child| child.id);
    for (name, kind) in nested {
        let of_kind: Vec<Item> = children.iter().filter(|child| child.kind == *kind).cloned().collect();
        let mut rows = rows_of(view, &of_kind).await?;
        if *kind == Kind::Storage {
            nest_shares(view, &mut rows).await?;
        }
        data.insert((*name).into(), json!(rows));
    }
    if matches!(item.kind, Kind::Vms | Kind::Containers)
        && let Some(host) = view.parent_link(item.id).await?
    {
        let name = view.item(host.to_id).await?.map(|host| host.name);
        data.insert("hardware_name".into(), json!(name));
    }
    Ok(())
}
