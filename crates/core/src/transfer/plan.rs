//! What an import would do, as data: every row to write, with its final ids and times, and the report of it.
//! Carrying it out needs no further decision.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lab::{Identified, Observed, Placed, Remembered, Sighted};
use super::report::Report;
use crate::icon::Image;
use crate::inventory::{Item, ItemId, Kind, Link};
use crate::list_view::ListView;
use crate::stamp::Stamp;

/// What becomes of what is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It stays; the file fills gaps and brings newer values.
    #[default]
    Merge,
    /// It goes; afterwards the hub holds what the file holds.
    Replace,
}

/// Which ids are free: ids are never given to another item.
#[derive(Debug, Clone, Default)]
pub struct IdSpace {
    /// The highest id ever given.
    pub last: ItemId,
    /// Kind and birth of deleted items whose ids the file mentions.
    pub former: HashMap<ItemId, (Kind, Stamp)>,
}

/// Every row to write. Lists are to be carried out in the order of these fields.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Images to keep.
    pub icons: Vec<Image>,
    /// Links to remove; those of deleted items go with them.
    pub delete_links: Vec<Link>,
    /// Positions to forget, of items that stay.
    pub delete_layout: Vec<ItemId>,
    /// Observations to forget, of items that stay.
    pub delete_observations: Vec<Observed>,
    /// Identities to forget, of items that stay.
    pub delete_identities: Vec<Identified>,
    /// Sightings to forget, of items that stay.
    pub delete_sightings: Vec<Sighted>,
    /// Notes to forget.
    pub delete_memories: Vec<Remembered>,
    /// Views to forget.
    pub delete_views: Vec<ListView>,
    /// Items to remove.
    pub delete_items: Vec<Item>,
    /// Items to create, with their ids.
    pub create_items: Vec<Item>,
    /// Items to change: as they are, as they will be.
    pub update_items: Vec<(Item, Item)>,
    /// Links to create; their ids are the store's to give.
    pub create_links: Vec<Link>,
    /// Links to change: as they are, as they will be.
    pub update_links: Vec<(Link, Link)>,
    /// Positions to save.
    pub set_layout: Vec<Placed>,
    /// Observations to write; those with an id exist.
    pub put_observations: Vec<Observed>,
    /// Sightings to write.
    pub put_sightings: Vec<Sighted>,
    /// Identities to create.
    pub create_identities: Vec<Identified>,
    /// Notes to create.
    pub create_memories: Vec<Remembered>,
    /// Views to create.
    pub create_views: Vec<ListView>,
    /// The story.
    pub report: Report,
}

impl Plan {
    /// Whether carrying it out would change nothing.
    pub fn is_empty(&self) -> bool {
        let rows = self.icons.len()
            + self.delete_links.len()
            + self.delete_layout.len()
            + self.delete_observations.len()
            + self.delete_identities.len()
            + self.delete_sightings.len()
            + self.delete_memories.len()
            + self.delete_views.len()
            + self.delete_items.len()
            + self.create_items.len()
            + self.update_items.len()
            + self.create_links.len()
            + self.update_links.len()
            + self.set_layout.len()
            + self.put_observations.len()
            + self.put_sightings.len()
            + self.create_identities.len()
            + self.create_memories.len()
            + self.create_views.len();
        rows == 0
    }
}
