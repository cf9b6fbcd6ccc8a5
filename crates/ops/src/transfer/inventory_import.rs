//! `inventory_import`: the predecessor's import, for scripts that know nothing else.

use labkeeper_core::fault::Fault;
use labkeeper_core::transfer::{self, Incoming, Mode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::import_apply::{Imported, import, intended};
use super::reading::refused;
use crate::cx::Cx;
use crate::operation::{Body, Implied, Meta, Operation, Plan, Route, Toolset};

/// Replace the inventory by an export, as the predecessor's import did; but ids are remapped, times are kept, what
/// was here is exported first, and the whole can be undone. Prefer `import_preview` and `import_apply`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryImport {
    /// The export, as JSON.
    #[serde(default)]
    pub inventory: Value,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplacedInventory {
    /// As the predecessor said it.
    pub message: String,
    /// The story.
    #[serde(flatten)]
    pub imported: Imported,
}

impl Operation for InventoryImport {
    type Output = ReplacedInventory;
    const META: Meta = Meta::write("inventory_import", "Replace the inventory by an export", Toolset::Hub)
        .admin()
        .destructive()
        .idempotent()
        .routes(&[Route::post("/api/inventory/import")
            .body(Body::Field("inventory"))
            .implies(&[("confirm", Implied::Bool(true))])]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let incoming = self.incoming()?;
        intended(cx, incoming, Mode::Replace).await
    }

    async fn run(self, cx: &mut Cx) -> Result<ReplacedInventory, Fault> {
        let incoming = self.incoming()?;
        let imported = import(cx, incoming, Mode::Replace).await?;
        Ok(ReplacedInventory { message: "Database imported successfully".into(), imported })
    }
}

impl InventoryImport {
    fn incoming(&self) -> Result<Incoming, Fault> {
        transfer::read_value(&self.inventory).map_err(|refusal| refused(&refusal))
    }
}
