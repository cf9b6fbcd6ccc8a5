//! Services of systemd: their names, and times as its journal takes them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a unit: `nginx`, `getty@tty1.service`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct UnitName(String);

/// That text names no unit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "a unit has a name such as nginx or getty@tty1.service: letters, digits and @ : . _ - \\, at most 256"
)]
pub struct UnitNameError;

impl UnitName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for UnitName {
    type Err = UnitNameError;

    fn from_str(text: &str) -> Result<Self, UnitNameError> {
        let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"@:._-\\".contains(&byte);
        let fits = (1..=256).contains(&text.len()) && text.bytes().all(is_fit) && !text.starts_with('-');
        if fits { Ok(Self(text.into())) } else { Err(UnitNameError) }
    }
}

impl TryFrom<String> for UnitName {
    type Error = UnitNameError;

    fn try_from(text: String) -> Result<Self, UnitNameError> {
        text.parse()
    }
}

impl From<UnitName> for String {
    fn from(unit: UnitName) -> Self {
        unit.0
    }
}

/// From when on: `2026-06-24`, `2026-06-24 10:00`, `30 min ago`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Since(String);

/// That text is no time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("since is a time such as 2026-06-24, 2026-06-24 10:00, 30 min ago, 2 hours ago, 3 days ago")]
pub struct SinceError;

impl Since {
    /// As journalctl takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Since {
    type Err = SinceError;

    fn from_str(text: &str) -> Result<Self, SinceError> {
        moment(text).or_else(|| ago(text)).map(Self).ok_or(SinceError)
    }
}

/// A day, with a time or without.
fn moment(text: &str) -> Option<String> {
    if text.len() == 10 {
        return text.parse::<jiff::civil::Date>().ok().map(|date| date.to_string());
    }
    let (day, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix([' ', 'T'])?;
    let seconds = if time.len() == 5 { ":00" } else { "" };
    let exact = matches!(time.len(), 5 | 8).then(|| format!("{day}T{time}{seconds}"))?;
    exact.parse::<jiff::civil::DateTime>().ok().map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// A number of minutes, hours or days ago.
fn ago(text: &str) -> Option<String> {
    let rest = text.strip_suffix("ago")?.trim_end();
    let unit = ["min", "hour", "day"].into_iter().find(|unit| {
        rest.strip_suffix('s').unwrap_or(rest).ends_with(unit) && (*unit != "min" || !rest.ends_with('s'))
    })?;
    let count = rest.strip_suffix('s').unwrap_or(rest).strip_suffix(unit)?.trim_end();
    let is_number = (1..=6).contains(&count.len()) && count.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("{count} {unit} ago"))
}

impl TryFrom<String> for Since {
    type Error = SinceError;

    fn try_from(text: String) -> Result<Self, SinceError> {
        text.parse()
    }
}

impl From<Since> for String {
    fn from(since: Since) -> Self {
        since.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_a_name_and_never_an_option() {
        for good in ["nginx", "getty@tty1.service", r"dev-disk\x2d1.mount", "a:b"] {
            assert_eq!(good.parse::<UnitName>().unwrap().as_str(), good);
        }
        for bad in ["", "-f", "a b", "a;b", "a/b", "ü", "a\n", &"a".repeat(257)] {
            assert_eq!(bad.parse::<UnitName>(), Err(UnitNameError), "{bad:?}");
        }
    }

    #[test]
    fn times_are_taken_as_people_write_them() {
        let rows = [
            ("2026-06-24", "2026-06-24"),
            ("2026-06-24 10:00", "2026-06-24 10:00:00"),
            ("2026-06-24T10:00:05", "2026-06-24 10:00:05"),
            ("30min ago", "30 min ago"),
            ("30 min ago", "30 min ago"),
            ("2 hours ago", "2 hour ago"),
            ("1 day ago", "1 day ago"),
        ];
        for (given, taken) in rows {
            assert_eq!(given.parse::<Since>().unwrap().as_str(), taken, "{given}");
        }
        for bad in [
            "",
            "yesterday",
            "-1 day ago",
            "2026-13-01",
            "2026-06-24 25:00",
            "2026-06-24 10",
            "ago",
            "1 ago",
            "é0000-00-00",
        ] {
            assert_eq!(bad.parse::<Since>(), Err(SinceError), "{bad}");
        }
    }
}
