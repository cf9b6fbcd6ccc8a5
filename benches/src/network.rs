//! The namespaces that the tests of the eyes are made of too.

#[path = "../../crates/lan/tests/lan/network.rs"]
mod shared;

pub(crate) use shared::*;
