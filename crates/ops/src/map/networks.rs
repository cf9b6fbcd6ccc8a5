//! `map_networks`: the colours of the map's legend.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::network::DEFAULT_COLOR;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_store::ItemFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List networks with their colours, for a map's legend.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapNetworks {}

/// One entry of the legend.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LegendNetwork {
    /// The network.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// VLAN id.
    pub vlan_id: Option<i64>,
    /// Notes.
    pub notes: Option<String>,
}

/// The legend.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Legend {
    /// Networks in order of creation.
    pub networks: Vec<LegendNetwork>,
}

impl Operation for MapNetworks {
    type Output = Legend;
    const META: Meta = Meta::read("map_networks", "Read the map's legend", Toolset::Inventory)
        .not_a_tool()
        .cacheable()
        .routes(&[Route::get("/api/map/networks")]);

    async fn run(self, cx: &mut Cx) -> Result<Legend, Fault> {
        let items = cx.read().await?.items(ItemFilter::Kind(Kind::Networks)).await?;
        let networks = items
            .into_iter()
            .map(|item| {
                let text = |name: &str| item.fields.get(name).and_then(Value::as_str).map(str::to_string);
                LegendNetwork {
                    id: item.id,
                    color: text("color").unwrap_or_else(|| DEFAULT_COLOR.into()),
                    vlan_id: item.fields.get("vlan_id").and_then(Value::as_i64),
                    notes: text("notes"),
                    name: item.name,
                }
            })
            .collect();
        Ok(Legend { networks })
    }
}
