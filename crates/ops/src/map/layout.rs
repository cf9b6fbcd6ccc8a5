//! `map_layout` and `map_layout_save`: where things are drawn.

use std::collections::{BTreeMap, HashMap};

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_store::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Read the saved positions of the map.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapLayout {}

/// A place on the map.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Pixels from the left at zoom 1.
    pub x: f64,
    /// Pixels from the top at zoom 1.
    pub y: f64,
    /// Whether automatic layout leaves it there.
    #[serde(default = "pinned")]
    pub pinned: bool,
}

fn pinned() -> bool {
    true
}

/// Positions by node id.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Layout {
    /// `"<kind>-<id>"` → place.
    pub data: BTreeMap<String, Place>,
}

impl Operation for MapLayout {
    type Output = Layout;
    const META: Meta = Meta::read("map_layout", "Read map positions", Toolset::Inventory)
        .not_a_tool()
        .cacheable()
        .routes(&[Route::get("/api/map/layout")]);

    async fn run(self, cx: &mut Cx) -> Result<Layout, Fault> {
        let mut view = cx.snapshot().await?;
        let positions = view.positions().await?;
        let ids: Vec<ItemId> = positions.iter().map(|position| position.item_id).collect();
        let kinds: HashMap<ItemId, Kind> =
            view.references(&ids).await?.into_iter().map(|item| (item.id, item.kind)).collect();
        let data = positions
            .into_iter()
            .filter_map(|position| {
                let key = format!("{}-{}", kinds.get(&position.item_id)?.key(), position.item_id);
                Some((key, Place { x: position.x, y: position.y, pinned: position.pinned }))
            })
            .collect();
        Ok(Layout { data })
    }
}

/// Save positions of the map; positions that are not mentioned stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapLayoutSave {
    /// `"<kind>-<id>"` → place; null forgets one.
    pub positions: BTreeMap<String, Option<Place>>,
}

impl Operation for MapLayoutSave {
    type Output = Done;
    const META: Meta = Meta::write("map_layout_save", "Save map positions", Toolset::Inventory)
        .not_a_tool()
        .idempotent()
        .routes(&[Route::put("/api/map/layout")]);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        for (key, place) in &self.positions {
            parse(key)?;
            let finite = place.is_none_or(|place| place.x.is_finite() && place.y.is_finite());
            if !finite {
                return Err(Fault::invalid(format!("positions.{key}"), "a position wants finite x and y"));
            }
        }
        Ok(Plan::allow(format!("save {} positions", self.positions.len())))
    }

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let tx = cx.tx()?;
        let wanted: Vec<ItemId> =
            self.positions.keys().map(|key| parse(key).map(|(_, id)| id)).collect::<Result<_, _>>()?;
        let known: HashMap<ItemId, Kind> =
            tx.references(&wanted).await?.into_iter().map(|item| (item.id, item.kind)).collect();
        for (key, place) in self.positions {
            let (kind, item_id) = parse(&key)?;
            if known.get(&item_id) != Some(&kind) {
                return Err(Fault::not_found(format!("there is no item {key}"))
                    .with_field(format!("positions.{key}")));
            }
            match place {
                Some(Place { x, y, pinned }) => tx.set_position(Position { item_id, x, y, pinned }).await?,
                None => tx.delete_layout(item_id).await?,
            }
        }
        Ok(Done { message: "Saved" })
    }
}

/// Reads a node id.
pub(super) fn parse(key: &str) -> Result<(Kind, ItemId), Fault> {
    let parsed = key.rsplit_once('-').and_then(|(kind, id)| Some((Kind::parse(kind)?, id.parse().ok()?)));
    parsed.ok_or_else(|| {
        Fault::invalid(format!("positions.{key}"), format!("\"{key}\" is not a node such as hardware-12"))
    })
}
