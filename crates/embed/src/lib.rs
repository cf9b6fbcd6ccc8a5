//! Text to vector, offline: all-MiniLM-L6-v2 with 8-bit weights in its own small forward pass.
//!
//! [`install`] makes the model's file, [`MiniLm`] reads it.
//! Why the forward pass is our own stands in `docs/adr/0004-own-minilm-forward-pass.md`.

mod activation;
mod attention;
mod encoder;
pub mod install;
mod lanes;
mod linear;
mod minilm;
mod model_file;
mod shape;
mod weights;
mod wordpiece;
mod words;

pub use minilm::{DIMENSIONS, MODEL_ID, MiniLm};
pub use model_file::{FILE_NAME, OpenError};
pub use wordpiece::LONGEST;
