//! Answers of cacheable reads, kept until the next write. The number of the newest event is the version of
//! everything that can be read, also across processes, so a kept answer is never stale.

use std::sync::Arc;

use moka::sync::Cache as Moka;

/// An answer in wire form.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Compact JSON.
    pub body: Arc<[u8]>,
    /// Strong validator of exactly these bytes' source: the store's version and the question.
    pub etag: String,
}

/// The version that was read, the operation, and its input.
pub(crate) type Key = (i64, &'static str, String);

pub(crate) struct Cache(pub(crate) Moka<Key, Arc<[u8]>>);

/// Most bytes of kept answers.
const CAPACITY: u64 = 32 * 1024 * 1024;

impl Default for Cache {
    fn default() -> Self {
        let weigh = |_: &Key, body: &Arc<[u8]>| u32::try_from(body.len()).unwrap_or(u32::MAX);
        Self(Moka::builder().max_capacity(CAPACITY).weigher(weigh).build())
    }
}
