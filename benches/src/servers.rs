//! The little servers that the tests of the eyes talk to too.

#[path = "../../crates/lan/tests/lan/servers.rs"]
#[expect(dead_code, reason = "the tests of the eyes need manners that no box of the bench's lab has")]
mod shared;

pub(crate) use shared::*;
