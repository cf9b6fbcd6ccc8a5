//! How near the end of something is.

use super::level::Level;

const DAY: i64 = 24 * 60 * 60;

/// Days left of which one should know, and in which one must do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Warn from so many days on.
    pub warn: i64,
    /// Critical from so many days on.
    pub crit: i64,
}

impl Default for Notice {
    /// A month and a week.
    fn default() -> Self {
        Self { warn: 30, crit: 7 }
    }
}

impl Notice {
    /// How near an end is, and the words for it. Both times in seconds since 1970.
    pub fn of(self, end: i64, now: i64) -> (Level, String) {
        let days = (end - now).div_euclid(DAY);
        let status = if days <= self.crit {
            Level::Crit
        } else if days <= self.warn {
            Level::Warn
        } else {
            Level::Ok
        };
        let text = match days {
            ..0 => "has expired".to_owned(),
            0 => "expires within a day".to_owned(),
            1.. if status == Level::Ok => format!("is good for {days} days"),
            1.. => format!("expires in {days} days"),
        };
        (status, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_soon_and_a_week_is_very_soon() {
        for (days, status, says) in [
            (31, Level::Ok, "is good for 31 days"),
            (30, Level::Warn, "expires in 30 days"),
            (8, Level::Warn, "expires in 8 days"),
            (7, Level::Crit, "expires in 7 days"),
            (0, Level::Crit, "expires within a day"),
            (-1, Level::Crit, "has expired"),
        ] {
            let now = 1_800_000_000;
            assert_eq!(Notice::default().of(now + days * DAY + 60, now), (status, says.into()));
        }
    }
}
