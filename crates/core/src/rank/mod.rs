//! What answers a search, decided in memory: pure functions from words, vectors and rows to an order.

pub mod chunk;
pub mod facets;
pub mod fold;
pub mod fusion;
pub mod index;
pub mod lexicon;
pub mod matrix;
pub mod query;
pub mod sections;
pub mod snippet;
pub mod tokens;
pub mod typo;
pub mod vector;
