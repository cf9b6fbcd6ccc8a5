//! The answer of a write that has nothing to show.

use schemars::JsonSchema;
use serde::Serialize;

/// It is done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Done {
    /// What was done, in a word: `Deleted`, `Saved`.
    pub message: &'static str,
}
