//! Named views of lists: a filter, an order and columns that somebody comes back to, alone or together with others.

pub mod delete;
pub mod list;
pub(crate) mod row;
pub mod save;
