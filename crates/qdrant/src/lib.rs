//! Vectors on a Qdrant server, over its REST API: `core::ports::VectorServer` for labs that outgrow a matrix in memory. Needs
//! Qdrant 1.10 or newer, for its query endpoint.

mod collection;
mod condition;
#[cfg(feature = "testing")]
pub mod double;
mod mark;
mod settings;
mod wire;

pub use collection::Qdrant;
pub use settings::{NoClient, Settings};
