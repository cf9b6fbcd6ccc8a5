//! `inventory_create`.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_core::inventory::admit::{OnUnknown, admit};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::mentions::must_exist;
use super::write::{self, WrittenRow};
use crate::cx::Cx;
use crate::operation::{Body, Implied, Meta, Operation, Plan, Route, Toolset};

/// Create an inventory item. `data` holds the fields of its kind (see `inventory_kinds`); facts that have no field go under `custom`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryCreate {
    /// Which kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Fields of the item: `name` (documents: `title`) and whatever is known.
    #[serde(default)]
    pub data: Map<String, Value>,
    /// What to do with fields the kind does not have.
    #[serde(default)]
    pub on_unknown: OnUnknown,
}

impl Operation for InventoryCreate {
    type Output = WrittenRow;
    const META: Meta =
        Meta::write("inventory_create", "Create an item", Toolset::Inventory).routes(&[Route::post(
            "/api/{type}",
        )
        .created()
        .body(Body::Field("data"))
        .implies(&[("on_unknown", Implied::Text("custom"))])]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let draft = admit(self.kind, &without_icon(&self.data), None, self.on_unknown)?;
        must_exist(&mut cx.read().await?, &draft.fields, None).await?;
        let spec = self.kind.spec();
        let name = self
            .data
            .get(spec.name_field)
            .or(self.data.get("name"))
            .and_then(Value::as_str)
            .unwrap_or("Untitled");
        Ok(Plan::allow(format!("create {} {name}", spec.label.to_lowercase()))
            .with(json!({"data": self.data})))
    }

    async fn run(self, cx: &mut Cx) -> Result<WrittenRow, Fault> {
        let at = cx.now;
        let (_, written) = write::create(cx.tx()?, self.kind, &self.data, self.on_unknown, at).await?;
        Ok(written)
    }
}

/// Uploaded images are checked where they are stored.
pub(super) fn without_icon(data: &Map<String, Value>) -> Map<String, Value> {
    data.iter()
        .filter(|(name, _)| *name != "icon")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
