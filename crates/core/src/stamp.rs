//! Points in time as the hub stores and shows them: microseconds since the epoch, UTC.

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00 UTC. Shown as `YYYY-MM-DDTHH:MM:SS.ffffff` without a zone, the
/// predecessor's form (fraction omitted when zero).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Stamp(pub i64);

impl Stamp {
    /// The text form used on the wire.
    pub fn text(self) -> String {
        let (seconds, micros) = (self.0.div_euclid(1_000_000), self.0.rem_euclid(1_000_000));
        let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        let (h, m, s) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
        let whole = format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}");
        if micros == 0 { whole } else { format!("{whole}.{micros:06}") }
    }

    /// Reads `YYYY-MM-DD[T ]HH:MM:SS[.f…][Z|±hh:mm]`; no zone means UTC. `None` when it is not a time.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let with_zone = text.parse::<jiff::Timestamp>().ok();
        let time = with_zone.or_else(|| {
            let civil = text.replacen(' ', "T", 1).parse::<jiff::civil::DateTime>().ok()?;
            civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        })?;
        Some(Self(time.as_microsecond()))
    }

    /// Reads a date as HTTP headers have it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    pub fn parse_http(text: &str) -> Option<Self> {
        let zoned = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
        Some(Self(zoned.timestamp().as_microsecond()))
    }
}

/// Year, month, day of a day number counted from 1970-01-01 (proleptic Gregorian).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_both_forms_of_the_predecessor() {
        let wire = Stamp::parse("2026-11-21T23:02:24.323367");
        assert_eq!(wire, Stamp::parse("2026-11-21 23:02:24.323367"));
        assert_eq!(wire.map(Stamp::text).as_deref(), Some("2026-11-21T23:02:24.323367"));
        assert_eq!(
            Stamp::parse("2026-11-21T23:02:24Z").map(Stamp::text).as_deref(),
            Some("2026-11-21T23:02:24")
        );
        assert_eq!(Stamp::parse("yesterday"), None);
    }

    #[test]
    fn reads_the_date_of_an_answer() {
        let read = |text: &str| Stamp::parse_http(text).map(Stamp::text);
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT").as_deref(), Some("1994-11-06T08:49:37"));
        assert_eq!(read("soon"), None);
    }

    proptest! {
        #[test]
        fn text_round_trips(micros in -62_000_000_000_000_000i64..200_000_000_000_000_000) {
            prop_assert_eq!(Stamp::parse(&Stamp(micros).text()), Some(Stamp(micros)));
        }
    }
}
