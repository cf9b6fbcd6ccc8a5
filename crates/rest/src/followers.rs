//! How many follow the live stream, and who of them looks for writes of other processes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::Mutex;

const MOST_FOLLOWERS: usize = 256;

/// Those who listen now.
#[derive(Default)]
pub(crate) struct Followers {
    count: Arc<AtomicUsize>,
    /// Held by the one who looks for other processes; when it last did.
    pub(crate) looked: Mutex<Option<Instant>>,
}

impl Followers {
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// A place, while there are any.
    pub(crate) fn seat(&self) -> Option<Seat> {
        let seat = Seat(Arc::clone(&self.count));
        (self.count.fetch_add(1, Ordering::Relaxed) < MOST_FOLLOWERS).then_some(seat)
    }
}

/// One follower's place, given back when they leave.
pub(crate) struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
