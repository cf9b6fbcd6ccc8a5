//! What share of the time that was watched something answered.

use crate::stamp::Stamp;

/// A stretch of time that was watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// It answered.
    pub alive: bool,
    /// From.
    pub since: Stamp,
    /// To: its end, or the last look in it.
    pub until: Stamp,
}

/// The share, 0 to 1, since that time; `None` when nothing was watched. What was not watched counts for nothing.
pub fn uptime(stretches: &[Watched], since: Stamp) -> Option<f64> {
    let length = |stretch: &Watched| (stretch.until.0 - stretch.since.0.max(since.0)).max(0);
    let watched: i64 = stretches.iter().map(length).sum();
    let alive: i64 = stretches.iter().filter(|stretch| stretch.alive).map(length).sum();
    (watched > 0).then(|| alive as f64 / watched as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(alive: bool, since: i64, until: i64) -> Watched {
        Watched { alive, since: Stamp(since), until: Stamp(until) }
    }

    #[test]
    fn only_watched_time_counts_and_only_from_then_on() {
        let all = [stretch(false, 0, 100), stretch(true, 100, 400), stretch(false, 500, 600)];
        assert_eq!(uptime(&all, Stamp(100)), Some(0.75));
        assert_eq!(uptime(&all, Stamp(300)), Some(0.5));
        assert_eq!(uptime(&all, Stamp(700)), None);
        assert_eq!(uptime(&[], Stamp(0)), None);
    }
}
