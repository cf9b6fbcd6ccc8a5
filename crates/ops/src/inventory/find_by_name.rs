//! `inventory_find_by_name`: the predecessor's plain name search.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rows::{Row, rows_of_everything};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Find items whose name contains a text. For anything smarter use `inventory_search`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindByName {
    /// Part of the name, in any case; nothing is found for an empty one.
    #[serde(default)]
    pub q: String,
}

/// Matching rows with `_type`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    /// Rows, each with its kind as `_type`.
    pub data: Vec<Row>,
    /// How many.
    pub count: usize,
}

impl Operation for FindByName {
    type Output = Found;
    const META: Meta = Meta::read("inventory_find_by_name", "Find by name", Toolset::Inventory)
        .cacheable()
        .not_a_tool()
        .routes(&[Route::get("/api/inventory/search")]);

    async fn run(self, cx: &mut Cx) -> Result<Found, Fault> {
        let q = self.q.to_lowercase();
        if q.is_empty() {
            return Ok(Found { data: Vec::new(), count: 0 });
        }
        let mut view = cx.snapshot().await?;
        let rows = rows_of_everything(&mut view).await?.into_iter();
        let data: Vec<Row> = rows
            .filter(|(item, _)| !matches!(item.kind, Kind::Documents | Kind::Shares))
            .filter(|(item, _)| item.name.to_lowercase().contains(&q))
            .map(|(item, mut row)| {
                row.insert("_type".into(), item.kind.key().into());
                row
            })
            .collect();
        Ok(Found { count: data.len(), data })
    }
}
