//! Which server, which collection, and how long it is waited for.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use thiserror::Error;

/// How to reach a collection. Shown without its key.
#[derive(Clone)]
pub struct Settings {
    /// Where the server answers, `http` or `https`, perhaps with a path before `/collections`.
    pub url: Url,
    /// Name of the collection.
    pub collection: String,
    /// Sent as `api-key`.
    pub key: Option<String>,
    /// How long somebody who asked a question waits.
    pub patience: Duration,
    /// How long a batch of points may take.
    pub patience_with_batches: Duration,
}

impl Settings {
    /// Without a key, and as patient as is usual.
    #[must_use]
    pub fn new(url: Url, collection: impl Into<String>) -> Self {
        Self {
            url,
            collection: collection.into(),
            key: None,
            patience: Duration::from_secs(2),
            patience_with_batches: Duration::from_secs(30),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings").field("collection", &self.collection).finish_non_exhaustive()
    }
}

/// Nothing can be asked over HTTP from here.
#[derive(Debug, Error)]
#[error("cannot set up a client for Qdrant")]
pub struct NoClient(#[from] reqwest::Error);
