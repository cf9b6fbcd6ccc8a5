//! The breaker: putting the same file back again and again helps nobody, so it is stopped.

use std::time::Duration;

use crate::stamp::Stamp;

/// When putting back is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Whether it is stopped at all.
    pub enabled: bool,
    /// The how-manieth within the window is refused.
    pub limit: usize,
    /// How far back is looked.
    pub window: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { enabled: true, limit: 3, window: Duration::from_secs(600) }
    }
}

impl Breaker {
    /// From when on earlier ones count.
    pub fn since(&self, now: Stamp) -> Stamp {
        Stamp(now.0.saturating_sub(i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX)))
    }

    /// Whether one more is refused, after so many that came about within the window.
    pub fn trips(&self, earlier: usize) -> bool {
        self.enabled && earlier + 1 >= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_within_ten_minutes_is_refused() {
        let breaker = Breaker::default();
        assert_eq!([0, 1, 2, 3].map(|earlier| breaker.trips(earlier)), [false, false, true, true]);
        assert_eq!(breaker.since(Stamp(700_000_000)), Stamp(100_000_000));
        assert!(!Breaker { enabled: false, ..breaker }.trips(9));
    }
}
