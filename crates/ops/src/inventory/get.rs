//! `inventory_get`: one item with what stands on it, in the predecessor's shape.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::derived::nested;
use labkeeper_core::inventory::{Item, ItemId, Kind};
use labkeeper_store::View;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::rows::{Row, nest_shares, rows_of};
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
        Ok(Detail { data: detail(&mut view, item).await? })
    }
}

/// The row with what is nested in it, and the name of a guest's host. All rows are read together.
async fn detail(view: &mut View, item: Item) -> Result<Row, Fault> {
    let (id, kind) = (item.id, item.kind);
    let nested = nested(kind);
    let mut items = vec![item];
    if !nested.is_empty() {
        items.extend(view.items_on(&[id]).await?);
    }
    let mut rows = rows_of(view, &items).await?.into_iter();
    let mut data = rows.next().expect("a row for each item");
    let mut by_kind: HashMap<Kind, Vec<Row>> = HashMap::new();
    for (item, row) in items[1..].iter().zip(rows) {
        by_kind.entry(item.kind).or_default().push(row);
    }
    if let Some(pools) = by_kind.get_mut(&Kind::Storage) {
        nest_shares(view, pools).await?;
    }
    if kind == Kind::Storage {
        nest_shares(view, std::slice::from_mut(&mut data)).await?;
    }
    for (name, kind) in nested {
        data.insert((*name).into(), json!(by_kind.remove(kind).unwrap_or_default()));
    }
    if matches!(kind, Kind::Vms | Kind::Containers)
        && let Some(host) = data.get("hardware_id").and_then(Value::as_i64)
    {
        let name = view.references(&[host]).await?.pop().map(|host| host.name);
        data.insert("hardware_name".into(), json!(name));
    }
    Ok(data)
}
