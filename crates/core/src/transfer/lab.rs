//! Everything a hub holds that an export carries, read at one moment.

use serde_json::Value;

use crate::inventory::{Item, ItemId, Link};
use crate::list_view::ListView;
use crate::stamp::Stamp;

/// The state of a hub. Tokens, people, audit and journal are not part of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lab {
    /// Items, in order of id.
    pub items: Vec<Item>,
    /// Links of every relation.
    pub links: Vec<Link>,
    /// Positions on the map.
    pub layout: Vec<Placed>,
    /// What sources saw.
    pub observations: Vec<Observed>,
    /// When sources saw it last.
    pub sightings: Vec<Sighted>,
    /// What makes two sightings the same thing.
    pub identities: Vec<Identified>,
    /// Notes.
    pub memories: Vec<Remembered>,
    /// Named views of lists.
    pub views: Vec<ListView>,
    /// Stored images.
    pub icons: Vec<Picture>,
}

/// A position on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// The item.
    pub item: ItemId,
    /// Pixels from the left at zoom 1.
    pub x: f64,
    /// Pixels from the top at zoom 1.
    pub y: f64,
    /// Automatic layout leaves it there.
    pub pinned: bool,
}

/// One field as one source saw it last.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Row id in the store; 0 when it has none yet.
    pub id: i64,
    /// The item.
    pub item: ItemId,
    /// Field name.
    pub field: String,
    /// Source.
    pub source: String,
    /// Value in wire form.
    pub value: Value,
    /// Last seen.
    pub seen_at: Stamp,
    /// Last changed.
    pub changed_at: Stamp,
    /// State of the difference it may cause.
    pub drift: crate::inventory::provenance::DriftState,
}

/// When a source saw an item last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighted {
    /// The item.
    pub item: ItemId,
    /// Source.
    pub source: String,
    /// Last seen.
    pub last_seen: Stamp,
    /// Missing since.
    pub missing_since: Option<Stamp>,
}

/// An identity of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// Row id in the store; 0 when it has none yet.
    pub id: i64,
    /// The item.
    pub item: ItemId,
    /// Scheme.
    pub scheme: String,
    /// Value.
    pub value: String,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Row id in the store; 0 when it has none yet.
    pub id: i64,
    /// The note.
    pub text: String,
    /// Its kind.
    pub kind: String,
    /// Items it is about.
    pub items: Vec<ItemId>,
    /// Who wrote it.
    pub actor: String,
    /// When.
    pub created_at: Stamp,
}

/// A stored image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// MIME type.
    pub mime: String,
    /// The image.
    pub bytes: Vec<u8>,
}
