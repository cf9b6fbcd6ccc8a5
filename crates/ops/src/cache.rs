//! Answers of cacheable reads, kept until the next write. The newest event is the edition of everything that they are made of, also
//! across processes and across copies that are put back, so a kept answer is never stale.

use std::sync::Arc;

use labkeeper_store::Edition;
use moka::sync::Cache as Moka;

/// An answer in wire form.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Compact JSON.
    pub body: Arc<[u8]>,
    /// Strong validator of exactly these bytes' source: what could be read, and the question.
    pub etag: String,
}

/// What could be read, and a digest of the question, by which program it was answered: whoever asks at length takes no more room.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) edition: Edition,
    pub(crate) question: String,
}

pub(crate) struct Cache(pub(crate) Moka<Key, Arc<[u8]>>);

/// Most bytes of kept answers.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// What an answer takes beside its bytes: its key, and what the cache notes of it.
const BESIDE: usize = 512;

impl Default for Cache {
    fn default() -> Self {
        let weigh = |_: &Key, body: &Arc<[u8]>| u32::try_from(body.len() + BESIDE).unwrap_or(u32::MAX);
        Self(Moka::builder().max_capacity(CAPACITY).weigher(weigh).build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_answers_take_no_more_room_than_few_large_ones() {
        let cache = Cache::default();
        let most = usize::try_from(CAPACITY).unwrap() / BESIDE;
        for number in 0..most + 1000 {
            cache.0.insert(Key { edition: Edition::default(), question: number.to_string() }, Arc::new([]));
        }
        cache.0.run_pending_tasks();
        assert!(cache.0.entry_count() <= u64::try_from(most).unwrap());
    }
}
