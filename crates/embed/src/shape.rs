//! The measurements of all-MiniLM-L6-v2.

/// Numbers a token is held in, and a vector has.
pub(crate) const WIDTH: usize = 384;
pub(crate) const HEADS: usize = 12;
/// Numbers of one head.
pub(crate) const HEAD: usize = WIDTH / HEADS;
pub(crate) const LAYERS: usize = 6;
/// Width inside a layer, between its two last steps.
pub(crate) const INNER: usize = 1536;
/// Entries of the vocabulary.
pub(crate) const VOCABULARY: usize = 30_522;
