//! What the lab consists of: kinds, items, addresses, links, facts and how they are shown.

pub mod address;
pub mod admit;
pub mod derived;
pub mod field;
pub mod graph;
pub mod item;
mod kind;
pub mod kinds;
pub mod link;
pub mod merge_patch;
pub mod network;
pub mod order;
pub mod provenance;
pub mod row;
pub mod search_text;

pub use field::{Field, Shape};
pub use item::{Item, ItemId, ItemRef};
pub use kinds::{Kind, KindSpec};
pub use link::{Link, Rel};
