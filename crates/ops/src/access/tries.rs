//! Attempts to come in, counted here and, where there is a relay, by all processes together. The stricter count holds, so a relay that
//! is away, or was emptied, never lets in more than one process would by itself.

use std::time::Duration;

use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;

use super::attempts::{Attempt, WINDOW, Who, too_many};
use crate::house::House;

impl House {
    /// Seconds until the next attempt is heard, when there were too many.
    pub(super) async fn must_wait(&self, who: &Who, now: Stamp) -> Option<i64> {
        let everywhere = match self.relay() {
            Some(relay) => relay.wait(&who.name(), window(), who.allowed()).await.ok().flatten(),
            None => None,
        };
        // Last: attempts that come at once and wait for the relay would else all be heard before the first is counted.
        self.access().attempts.wait(who, now).max(everywhere.map(seconds))
    }

    /// Counts an attempt before anybody looks whether it is right. It counts until it is [taken back](Self::take_back).
    ///
    /// # Errors
    /// When there were too many; then this one does not count.
    pub(super) async fn attempt(&self, who: Who, now: Stamp) -> Result<Attempt, Fault> {
        let attempt = Attempt::of(who)?;
        self.access().attempts.begin(&attempt, now).map_err(too_many)?;
        let Some(relay) = self.relay() else { return Ok(attempt) };
        let Attempt { who, mark } = &attempt;
        // It was counted here; that the relay is away is said once, by the relay.
        match relay.attempt(&who.name(), mark, window(), who.allowed()).await {
            Ok(Some(wait)) => {
                self.access().attempts.take_back(&attempt);
                Err(too_many(seconds(wait)))
            }
            Ok(None) | Err(_) => Ok(attempt),
        }
    }

    /// The same for an address and an account together: neither counts when the other is not heard.
    pub(super) async fn attempts<const N: usize>(
        &self,
        all: [Who; N],
        now: Stamp,
    ) -> Result<Vec<Attempt>, Fault> {
        let mut counted = Vec::with_capacity(N);
        for who in all {
            match self.attempt(who, now).await {
                Ok(attempt) => counted.push(attempt),
                Err(fault) => {
                    self.take_back(&counted).await;
                    return Err(fault);
                }
            }
        }
        Ok(counted)
    }

    /// They were right, or nobody could tell. What else was counted stays: who can log in could else guess for ever, a few names
    /// between one login and the next.
    pub(super) async fn take_back(&self, attempts: &[Attempt]) {
        // Here first, all of them: whoever hangs up while the relay is told has come in all the same.
        for attempt in attempts {
            self.access().attempts.take_back(attempt);
        }
        let Some(relay) = self.relay() else { return };
        for attempt in attempts {
            let _ = relay.take_back(&attempt.who.name(), &attempt.mark).await;
        }
    }
}

fn seconds(wait: Duration) -> i64 {
    i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).max(1)
}

const fn window() -> Duration {
    Duration::from_micros(WINDOW.unsigned_abs())
}
