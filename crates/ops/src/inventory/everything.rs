//! `inventory_all`: the whole inventory at once, in the predecessor's shape.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rows::{Row, rows_of_everything};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Read the whole inventory at once, all but documents. Long: prefer `inventory_list` with `fields`, or `inventory_search`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryAll {
    /// Only these kinds, all but documents when left out.
    #[serde(default)]
    pub kinds: Option<Vec<Kind>>,
}

/// Rows by kind.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Everything {
    /// Kind key → rows; shares are nested in their storage and also listed.
    pub data: Map<String, Value>,
}

impl Operation for InventoryAll {
    type Output = Everything;
    const META: Meta = Meta::read("inventory_all", "Read the whole inventory", Toolset::Inventory)
        .cacheable()
        .routes(&[Route::get("/api/inventory")]);

    async fn run(self, cx: &mut Cx) -> Result<Everything, Fault> {
        let wanted = self
            .kinds
            .unwrap_or_else(|| Kind::ALL.into_iter().filter(|kind| *kind != Kind::Documents).collect());
        let mut view = cx.snapshot().await?;
        let mut by_kind: Vec<(Kind, Vec<Row>)> = wanted.iter().map(|kind| (*kind, Vec::new())).collect();
        let mut shares: std::collections::HashMap<i64, Vec<Row>> = std::collections::HashMap::new();
        for (item, row) in rows_of_everything(&mut view).await? {
            let storage = row.get("storage_id").and_then(Value::as_i64).filter(|_| item.kind == Kind::Shares);
            if let Some(storage) = storage {
                shares.entry(storage).or_default().push(row.clone());
            }
            if let Some((_, rows)) = by_kind.iter_mut().find(|(kind, _)| *kind == item.kind) {
                rows.push(row);
            }
        }
        for (_, rows) in by_kind.iter_mut().filter(|(kind, _)| *kind == Kind::Storage) {
            for row in rows {
                let id = row.get("id").and_then(Value::as_i64).unwrap_or_default();
                row.insert("shares".into(), json!(shares.remove(&id).unwrap_or_default()));
            }
        }
        Ok(Everything {
            data: by_kind.into_iter().map(|(kind, rows)| (kind.key().into(), json!(rows))).collect(),
        })
    }
}
