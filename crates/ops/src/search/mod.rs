//! Finding things: by name, address, fragment, typo and meaning, over items, pages, notes and history.

pub mod ask;
pub(crate) mod catalogue;
pub(crate) mod embedding;
pub(crate) mod follow;
mod hits;
mod read;
pub mod reindex;
mod states;
pub mod status;
