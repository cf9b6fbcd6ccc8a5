//! Finding things: by name, address, fragment, typo and meaning, over items, pages, notes and history.

pub mod ask;
pub(crate) mod catalogue;
pub(crate) mod delivery;
pub(crate) mod embedding;
pub(crate) mod follow;
mod hits;
pub(crate) mod ledger;
mod looking;
mod neighbours;
mod read;
pub mod reindex;
mod states;
pub mod status;
