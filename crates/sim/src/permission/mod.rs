//! The table of the API: which methods there are, where, and who may call them. The real node's own table, as
//! published with its schema; what methods refuse beyond it stands beside it, in `data/inside.tsv`.
//!
//! *Invariant:* a refusal reads byte for byte as the real one's.

mod expression;
mod judge;
mod route;
mod table;
mod tree;

pub use route::Route;
pub use table::{Found, find, is_open, routes};
