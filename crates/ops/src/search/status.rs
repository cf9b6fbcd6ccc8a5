//! How search stands, for the status of the hub.

use schemars::JsonSchema;
use serde::Serialize;

use crate::house::House;

/// What is searched and how.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchStatus {
    /// Where the vectors are: `memory`, or a server and its collection.
    pub vectors_in: String,
    /// Model of the vectors, when there is one.
    pub model: Option<String>,
    /// Texts in the index: one an item, one a section of a page; 0 before the first search.
    pub texts: usize,
    /// Texts that are searched by meaning.
    pub indexed: usize,
    /// Texts that wait for it.
    pub pending: usize,
    /// Why meaning is not searched.
    pub degraded: Option<String>,
}

/// As it is now; reads only memory.
pub(crate) fn status(house: &House) -> SearchStatus {
    let state = house.search().read();
    SearchStatus {
        vectors_in: house.vectors().map_or("memory", |server| server.place()).to_string(),
        model: state.model_id().map(str::to_string),
        texts: state.index.chunks(),
        indexed: state.with_vector(),
        pending: state.pending().max(state.absent()),
        degraded: state.no_model.clone().or_else(|| house.search().link.trouble()),
    }
}
