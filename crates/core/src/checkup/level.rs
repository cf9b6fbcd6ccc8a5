//! How well a thing is, in four words.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From best to worst. *Unknown* is worse than *ok*: a thing at which nobody could look must not make the whole look good.
/// It is better than *warn*: that somebody saw something wrong says more than that nobody saw anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It could not be looked at.
    Unknown,
    /// Works, and wants attention.
    Warn,
    /// Does not work, is not safe, or soon will not be.
    Crit,
}

impl Level {
    /// The roll-up: never better than its worst part. Of nothing at all it is [`Level::Unknown`].
    pub fn worst(levels: impl IntoIterator<Item = Self>) -> Self {
        levels.into_iter().max().unwrap_or(Self::Unknown)
    }

    /// Lower-case name as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Warn => "warn",
            Self::Crit => "crit",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_up_is_never_better_than_its_worst_part() {
        let table = [
            (vec![], Level::Unknown),
            (vec![Level::Ok, Level::Ok], Level::Ok),
            (vec![Level::Ok, Level::Unknown], Level::Unknown),
            (vec![Level::Warn, Level::Unknown, Level::Ok], Level::Warn),
            (vec![Level::Ok, Level::Crit, Level::Warn], Level::Crit),
        ];
        for (parts, whole) in table {
            assert_eq!(Level::worst(parts.clone()), whole, "{parts:?}");
        }
    }
}
