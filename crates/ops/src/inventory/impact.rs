//! `inventory_impact`: what breaks if this stops.

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::graph::{Arrow, affected_by};
use labkeeper_core::inventory::{ItemId, ItemRef, Rel};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Find out what depends on an item, directly and indirectly: what breaks if it stops.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryImpact {
    /// Which item.
    pub id: ItemId,
}

/// A step on the way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Step {
    /// Id of the item.
    pub id: ItemId,
    /// Its name.
    pub name: String,
    /// How it depends on the step before.
    pub rel: Rel,
}

/// Something that would be affected.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Affected {
    /// Which item.
    #[serde(flatten)]
    pub item: ItemRef,
    /// Steps away.
    pub depth: usize,
    /// The way there.
    pub path: Vec<Step>,
}

/// What depends on an item.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Impact {
    /// The item asked about.
    pub item: ItemRef,
    /// What depends on it, nearest first.
    pub affected: Vec<Affected>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImpactAnswer {
    /// The impact.
    pub data: Impact,
    /// How many items are affected.
    pub count: usize,
}

impl Operation for InventoryImpact {
    type Output = ImpactAnswer;
    const META: Meta = Meta::read("inventory_impact", "What depends on this", Toolset::Inventory)
        .routes(&[Route::get("/api/impact/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<ImpactAnswer, Fault> {
        let mut view = cx.snapshot().await?;
        let item = view
            .item(self.id)
            .await?
            .ok_or_else(|| Fault::not_found(format!("there is no item {}", self.id)))?;
        let links = view.links(None).await?;
        let arrows: Vec<Arrow> =
            links.iter().map(|link| Arrow { from: link.from_id, rel: link.rel, to: link.to_id }).collect();
        let reached = affected_by(self.id, &arrows);
        let ids: Vec<ItemId> = reached.iter().map(|reached| reached.id).collect();
        let names: HashMap<ItemId, ItemRef> =
            view.references(&ids).await?.into_iter().map(|item| (item.id, item)).collect();
        let step = |(id, rel): &(ItemId, Rel)| Step { id: *id, name: names[id].name.clone(), rel: *rel };
        let affected: Vec<Affected> = reached
            .iter()
            .map(|reached| Affected {
                item: names[&reached.id].clone(),
                depth: reached.depth,
                path: reached.path.iter().map(step).collect(),
            })
            .collect();
        Ok(ImpactAnswer { count: affected.len(), data: Impact { item: item.reference(), affected } })
    }
}
