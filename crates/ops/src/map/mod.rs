//! The map: what is drawn, where, and the lines people draw themselves.

pub mod edge_create;
pub mod edge_update;
pub mod graph;
pub mod layout;
pub mod networks;
