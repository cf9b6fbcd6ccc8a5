//! A Qdrant server for tests, over real HTTP on loopback: the part of its REST API that labkeeper uses, with what the real one
//! refuses, and with faults on demand. It searches by going through all points, so it misses none.
//!
//! Routes, shapes, fields and statuses were compared with the models of the Python client 1.20 and the documentation of Qdrant
//! 1.15 to 1.19; how filters, cosines, scrolling and updates behave, with Qdrant's own engine (`tests/engine/`). Not modelled: named
//! and sparse vectors, quantisation, shards, snapshots, ranges and full text in filters.

mod collection;
mod faults;
mod filter;
mod requests;
mod server;

pub use faults::Faults;
pub use server::Double;
