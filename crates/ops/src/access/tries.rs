//! Failed attempts to come in, counted here and, where there is a relay, by all processes together. The stricter count holds, so a
//! relay that is away, or was emptied, never lets in more than one process would by itself.

use std::time::Duration;

use labkeeper_core::stamp::Stamp;

use super::attempts::{WINDOW, Who};
use crate::house::House;

impl House {
    /// Seconds until the next attempt is heard, when there were too many.
    pub(super) async fn must_wait(&self, who: &Who, now: Stamp) -> Option<i64> {
        let everywhere = match self.relay() {
            Some(relay) => relay.wait(&who.name(), window(), who.allowed()).await.ok().flatten(),
            None => None,
        };
        let seconds = everywhere.map(|wait| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).max(1));
        // Last: attempts that come at once and wait for the relay would else all be heard before the first is counted.
        self.access().attempts.wait(who, now).max(seconds)
    }

    /// Remembers a failure.
    pub(super) async fn attempt_failed(&self, who: Who, now: Stamp) {
        let name = who.name();
        self.access().attempts.failed(who, now);
        if let Some(relay) = self.relay() {
            // It was counted here; that the relay is away is said once, by the relay.
            let _ = relay.count(&name, window()).await;
        }
    }

    /// Someone came in after all.
    pub(super) async fn attempt_succeeded(&self, who: &Who) {
        self.access().attempts.succeeded(who);
        if let Some(relay) = self.relay() {
            let _ = relay.forget(&who.name()).await;
        }
    }
}

const fn window() -> Duration {
    Duration::from_micros(WINDOW.unsigned_abs())
}
