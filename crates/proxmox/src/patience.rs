//! How long it is still worth trying.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::limits::Limits;

/// Rounds through all nodes.
const ROUNDS: u32 = 3;

/// A pause that lets a service restart.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// What is left of the time for tries of one request.
pub(crate) struct Patience {
    begun: Instant,
    limit: Duration,
    connect: Duration,
    round: u32,
}

impl Patience {
    pub(crate) fn new(limits: &Limits, nodes: usize) -> Self {
        // Dead nodes must leave time for the living one behind them.
        let share = limits.retry / u32::try_from(nodes).unwrap_or(u32::MAX);
        let connect = limits.connect.min(share.max(Duration::from_secs(1)));
        Self { begun: Instant::now(), limit: limits.retry, connect, round: 0 }
    }

    /// For how long the next connection may take to open; `None` when the time is over.
    pub(crate) fn to_connect(&self) -> Option<Duration> {
        let left = self.limit.checked_sub(self.begun.elapsed()).filter(|left| !left.is_zero())?;
        Some(self.connect.min(left))
    }

    /// Waits a moment before the nodes are tried again; `false` when they are not to be.
    pub(crate) async fn another_round(&mut self) -> bool {
        self.round += 1;
        let pause = FIRST_PAUSE * 3_u32.pow(self.round - 1);
        if self.round >= ROUNDS || self.begun.elapsed() + pause >= self.limit {
            return false;
        }
        sleep(pause).await;
        true
    }
}
