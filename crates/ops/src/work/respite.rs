//! How long a worker leaves alone what failed: longer each time, for it may be over in a second, as a database that is restarted is, or
//! last for a day.

use std::time::Duration;

pub(super) struct Respite {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Respite {
    pub(super) fn between(first: Duration, longest: Duration) -> Self {
        Self { first, longest, next: first }
    }

    /// After it failed once more.
    pub(super) fn after_failure(&mut self) -> Duration {
        let rest = self.next;
        self.next = (rest * 2).min(self.longest);
        rest
    }

    /// It went well.
    pub(super) fn ended(&mut self) {
        self.next = self.first;
    }
}
