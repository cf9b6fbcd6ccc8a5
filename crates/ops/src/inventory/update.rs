//! `inventory_update`.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::admit::{OnUnknown, admit, merged};
use labkeeper_core::inventory::merge_patch::merge_patch;
use labkeeper_core::inventory::{Item, ItemId, Kind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::create::without_icon;
use super::mentions::must_exist;
use super::write::{self, WrittenRow};
use crate::cx::Cx;
use crate::operation::{Body, Implied, Meta, Operation, Plan, Route, Toolset};

/// Change fields of an inventory item; fields that are not mentioned stay, null clears. Give `rev` as you read it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryUpdate {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Which item.
    pub id: ItemId,
    /// Fields to set; null clears one.
    pub data: Map<String, Value>,
    /// Revision the change is based on; a newer one on the hub stops the write.
    #[serde(default)]
    pub rev: Option<i64>,
    /// What to do with fields the kind does not have.
    #[serde(default)]
    pub on_unknown: OnUnknown,
    /// Merge `custom` member by member instead of setting it as a whole.
    #[serde(default)]
    pub merge: bool,
}

const SETS: &[(&str, Implied)] = &[("on_unknown", Implied::Text("custom"))];
const MERGES: &[(&str, Implied)] = &[("on_unknown", Implied::Text("custom")), ("merge", Implied::Bool(true))];

impl Operation for InventoryUpdate {
    type Output = WrittenRow;
    const META: Meta =
        Meta::write("inventory_update", "Change an item", Toolset::Inventory).idempotent().routes(&[
            Route::put("/api/{type}/{id}").body(Body::Field("data")).implies(SETS),
            Route::patch("/api/{type}/{id}").body(Body::Field("data")).implies(MERGES),
        ]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        if self.data.is_empty() {
            return Err(Fault::invalid("data", "nothing to change: data is empty"));
        }
        let mut view = cx.read().await?;
        let before = write::item_of_kind(&mut view, self.kind, self.id).await?;
        let data = without_icon(&self.data_for(&before));
        let draft = admit(self.kind, &data, Some(&before.fields), self.on_unknown)?;
        let after = merged(&before.fields, &draft);
        must_exist(&mut view, &after, Some(&before.fields)).await?;
        let mut diff = Vec::new();
        if let Some(name) = draft.name.as_ref().filter(|name| **name != before.name) {
            diff.push(json!({"field": self.kind.spec().name_field, "before": before.name, "after": name}));
        }
        for name in draft.fields.keys() {
            let (old, new) = (before.fields.get(name), after.get(name));
            if old != new {
                diff.push(json!({"field": name, "before": old, "after": new}));
            }
        }
        Ok(Plan::allow(format!("change {}", before.name))
            .with(json!({"item": before.reference(), "diff": diff})))
    }

    async fn run(self, cx: &mut Cx) -> Result<WrittenRow, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        let data = self.data_for(&write::item_of_kind(tx, self.kind, self.id).await?);
        let (_, written) =
            write::update(tx, self.kind, self.id, &data, self.rev, self.on_unknown, at).await?;
        Ok(written)
    }
}

impl InventoryUpdate {
    /// What to set on the item as it is: `custom` is the one field with members of its own that a merge could keep.
    fn data_for(&self, before: &Item) -> Map<String, Value> {
        let mut data = self.data.clone();
        if self.merge
            && let Some(custom) = data.get_mut("custom").filter(|custom| custom.is_object())
        {
            *custom = merge_patch(before.fields.get("custom"), custom);
        }
        data
    }
}
