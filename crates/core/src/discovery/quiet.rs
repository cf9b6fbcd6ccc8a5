//! Hours in which nobody wants to be told.

use thiserror::Error;

use crate::stamp::Stamp;

const DAY: i64 = 24 * 60;
const MINUTE: i64 = 60 * 1_000_000;

/// From one minute of the day to another, every day, in a zone that is so far from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: i64,
    to: i64,
    offset: i64,
}

/// Not hours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("quiet hours are written like 22:00-07:00, or 22:00-07:00+02:00 in a zone that is ahead of UTC")]
pub struct NotHours;

impl QuietHours {
    /// `22:00-07:00` in UTC, `22:00-07:00+02:00` elsewhere.
    ///
    /// # Errors
    /// When that are no hours, or all of them.
    pub fn parse(text: &str) -> Result<Self, NotHours> {
        let text = text.trim();
        let (from, rest) = text.split_once('-').ok_or(NotHours)?;
        let (to, offset) = match rest.find(['+', '-']) {
            None => (rest, 0),
            Some(at) => {
                let offset = minutes(&rest[at + 1..])?;
                (&rest[..at], if rest[at..].starts_with('-') { -offset } else { offset })
            }
        };
        let (from, to) = (minutes(from)?, minutes(to)?);
        if from == to { Err(NotHours) } else { Ok(Self { from, to, offset }) }
    }

    /// Whether it is quiet then. The last minute is not.
    pub fn contains(self, at: Stamp) -> bool {
        let minute = (at.0.div_euclid(MINUTE) + self.offset).rem_euclid(DAY);
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }
}

fn minutes(text: &str) -> Result<i64, NotHours> {
    let (hours, minutes) = text.trim().split_once(':').ok_or(NotHours)?;
    let number = |text: &str, below: i64| {
        let number = text.parse::<i64>().map_err(|_| NotHours)?;
        if (0..below).contains(&number) && text.len() == 2 { Ok(number) } else { Err(NotHours) }
    };
    Ok(number(hours, 24)? * 60 + number(minutes, 60)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn at(hour: i64, minute: i64) -> Stamp {
        Stamp((20_000 * DAY + hour * 60 + minute) * MINUTE)
    }

    #[test]
    fn a_night_goes_over_midnight_and_a_zone_moves_it() {
        let night = QuietHours::parse("22:00-07:00").unwrap();
        let quiet = [at(21, 59), at(22, 0), at(0, 0), at(6, 59), at(7, 0)].map(|at| night.contains(at));
        assert_eq!(quiet, [false, true, true, true, false]);
        let berlin = QuietHours::parse(" 22:00-07:00+02:00 ").unwrap();
        assert_eq!([at(19, 59), at(20, 0), at(5, 0)].map(|at| berlin.contains(at)), [false, true, false]);
        let noon = QuietHours::parse("12:00-13:30-05:00").unwrap();
        assert_eq!([at(17, 0), at(18, 29), at(18, 30)].map(|at| noon.contains(at)), [true, true, false]);
    }

    #[test]
    fn what_are_no_hours_is_refused() {
        for text in
            ["", "22:00", "22-07", "24:00-07:00", "22:60-07:00", "22:00-22:00", "22:00-07:00+2", "night"]
        {
            assert_eq!(QuietHours::parse(text), Err(NotHours), "{text}");
        }
    }
}
