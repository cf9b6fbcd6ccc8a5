//! What the rules share: what becomes of a fact that is not there, and numbers with two thresholds.

use super::facts::{Seen, Unseen};
use super::section::Section;
use crate::checkup::{Finding, Level};

/// The finding for a fact: by the rule when it was seen, unknown when it was not, none when nobody asked.
pub(super) fn of_fact<T>(
    section: Section,
    check: &str,
    fact: Option<&Seen<T>>,
    rule: impl FnOnce(&T) -> Vec<Finding>,
) -> Vec<Finding> {
    match fact {
        None => Vec::new(),
        Some(Ok(seen)) => rule(seen),
        Some(Err(unseen)) => vec![unknown(section, check, unseen)],
    }
}

pub(super) fn unknown(section: Section, check: &str, unseen: &Unseen) -> Finding {
    Finding::new(section.as_str(), check, Level::Unknown, &unseen.problem).with_remedy(&unseen.remedy)
}

/// Warn from one number on, crit from another.
pub(super) fn at_least(value: f64, warn: f64, crit: f64) -> Level {
    if value >= crit {
        Level::Crit
    } else if value >= warn {
        Level::Warn
    } else {
        Level::Ok
    }
}
