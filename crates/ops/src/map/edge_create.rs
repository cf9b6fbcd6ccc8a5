//! `map_edge_create`: a line drawn by hand.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, Kind, Rel};
use labkeeper_store::NewLink;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cx::Cx;
use crate::inventory::link_create::connect;
use crate::inventory::write::item_of_kind;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Draw a line between two items on the map.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapEdgeCreate {
    /// Kind of the first end.
    pub source_type: Kind,
    /// First end.
    pub source_id: ItemId,
    /// Kind of the second end.
    pub target_type: Kind,
    /// Second end.
    pub target_id: ItemId,
    /// Text along the line.
    #[serde(default)]
    pub label: Option<String>,
    /// How to draw it; opaque to the hub.
    #[serde(default)]
    pub style: Option<String>,
}

/// The new line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewEdge {
    /// Its id.
    pub data: EdgeId,
}

/// Id of a line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EdgeId {
    /// Id.
    pub id: i64,
}

impl Operation for MapEdgeCreate {
    type Output = NewEdge;
    const META: Meta = Meta::write("map_edge_create", "Draw a line", Toolset::Inventory)
        .not_a_tool()
        .routes(&[Route::post("/api/map/edges").created()]);

    async fn run(self, cx: &mut Cx) -> Result<NewEdge, Fault> {
        let at = cx.now;
        let tx = cx.tx()?;
        item_of_kind(tx, self.source_type, self.source_id)
            .await
            .map_err(|fault| fault.with_field("source_id"))?;
        item_of_kind(tx, self.target_type, self.target_id)
            .await
            .map_err(|fault| fault.with_field("target_id"))?;
        let new = NewLink {
            from_id: self.source_id,
            rel: Rel::Edge,
            to_id: self.target_id,
            label: self.label,
            data: self.style.map(|style| json!({"style": style})),
            source: "asserted".into(),
            created_at: at,
            updated_at: at,
        };
        let link = connect(tx, new, at).await?;
        Ok(NewEdge { data: EdgeId { id: link.id } })
    }
}
