//! What sources see, and where that differs from what people say.

pub mod drift_list;
pub mod drift_settle;
pub mod observe;

use std::collections::HashMap;

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::provenance::{DriftState, differs};
use labkeeper_core::inventory::row::asserted;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind};
use labkeeper_store::{Observation, View};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A difference between what is asserted and what a source sees.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Drift {
    /// Id; settle it by this.
    pub id: i64,
    /// Which item.
    pub item: ItemRef,
    /// Which field.
    pub field: String,
    /// What a person or agent said.
    pub asserted: Value,
    /// What the source sees.
    pub observed: Value,
    /// Which source.
    pub source: String,
    /// When it was last seen.
    pub seen_at: String,
    /// open, kept or pinned.
    pub state: DriftState,
}

/// The differences of one item, muted ones too.
///
/// # Errors
/// When the store fails.
pub async fn drift_of(view: &mut View, id: ItemId) -> Result<Vec<Drift>, Fault> {
    let observations = view.observations(Some(id)).await?;
    drift_among(view, observations).await
}

/// The differences among those observations.
///
/// # Errors
/// When the store fails.
pub async fn drift_among(view: &mut View, observations: Vec<Observation>) -> Result<Vec<Drift>, Fault> {
    let mut ids: Vec<ItemId> = observations.iter().map(|observation| observation.item_id).collect();
    ids.dedup();
    let items: HashMap<ItemId, Item> =
        view.items_by_id(&ids).await?.into_iter().map(|item| (item.id, item)).collect();
    let parents: HashMap<ItemId, (Kind, ItemId)> =
        view.parents_of(&ids).await?.into_iter().map(|(child, kind, id)| (child, (kind, id))).collect();
    Ok(observations
        .into_iter()
        .filter_map(|observation| {
            let item = items.get(&observation.item_id)?;
            let said = asserted(item, parents.get(&item.id).copied(), &observation.field)?;
            differs(&said, &observation.value).then(|| Drift {
                id: observation.id,
                item: item.reference(),
                field: observation.field,
                asserted: said,
                observed: observation.value,
                source: observation.source,
                seen_at: observation.seen_at.text(),
                state: observation.drift,
            })
        })
        .collect())
}
