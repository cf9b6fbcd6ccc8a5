//! The clock of a hub whose past is being written.

use std::sync::atomic::{AtomicI64, Ordering};

use labkeeper_core::ports::Clock;
use labkeeper_core::stamp::Stamp;

use crate::wire::SystemClock;

const DAY: i64 = 86_400_000_000;

/// The system's clock, turned back while history is written.
#[derive(Default)]
pub(super) struct PastClock {
    system: SystemClock,
    back: AtomicI64,
}

impl PastClock {
    /// What happens from now on happened so many days ago.
    pub(super) fn turn_back(&self, days: i64) {
        self.back.store(days * DAY, Ordering::Relaxed);
    }
}

impl Clock for PastClock {
    fn now(&self) -> Stamp {
        Stamp(self.system.now().0 - self.back.load(Ordering::Relaxed))
    }
}
