//! `inventory_delete`.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, ItemRef, Kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::write::{self, Cascade};
use crate::cx::Cx;
use crate::operation::{Implied, Meta, Operation, Plan, Route, Toolset};

/// Delete an inventory item. When others stand on it, say with `cascade` what becomes of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryDelete {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which item.
    pub id: ItemId,
    /// What becomes of the things that stand on it.
    #[serde(default)]
    pub cascade: Option<Cascade>,
}

/// What went.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deleted {
    /// Always `Deleted`, as the predecessor said.
    pub message: String,
    /// Everything that went.
    pub deleted: Vec<ItemRef>,
}

impl Operation for InventoryDelete {
    type Output = Deleted;
    const META: Meta = Meta::write("inventory_delete", "Delete an item", Toolset::Inventory)
        .destructive()
        .routes(&[Route::delete("/api/{type}/{id}").implies(&[("confirm", Implied::Bool(true))])]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let item = write::item_of_kind(&mut view, self.kind, self.id).await?;
        let standing = write::dependants(&mut view, self.id).await?;
        if self.cascade.is_none() && !standing.is_empty() {
            return Err(write::has_dependants(&item, &standing));
        }
        let label = self.kind.spec().label.to_lowercase();
        Ok(Plan::confirm(format!("delete {label} {}", item.name), format!("this deletes {label} {}", item.name))
            .with(json!({"item": item.reference(), "dependants": standing, "cascade": self.cascade, "undo": "from the change journal"})))
    }

    async fn run(self, cx: &mut Cx) -> Result<Deleted, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let item = write::item_of_kind(tx, self.kind, self.id).await?;
        let deleted = write::delete(tx, &item, self.cascade, at).await?;
        Ok(Deleted { message: "Deleted".into(), deleted })
    }
}
