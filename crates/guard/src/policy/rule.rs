//! A rule, and what it says of one effect.

use crate::judgement::Level::{self, Confirm, Deny};

/// What one effect deserves, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// At least [`Level::Confirm`].
    pub level: Level,
    /// The rule's stable id.
    pub rule: &'static str,
    /// One sentence: what would happen, and to what.
    pub says: String,
    /// A better way, when there is one.
    pub advice: Option<&'static str>,
    /// It is asked about because it cannot be known.
    pub undecidable: bool,
}

/// A rule: its id, what it deserves, what is said, a better way.
pub(super) struct Rule {
    id: &'static str,
    pub(super) level: Level,
    says: &'static str,
    advice: Option<&'static str>,
}

pub(super) const fn deny(id: &'static str, says: &'static str, advice: &'static str) -> Rule {
    Rule { id, level: Deny, says, advice: Some(advice) }
}

pub(super) const fn confirm(id: &'static str, says: &'static str, advice: &'static str) -> Rule {
    Rule { id, level: Confirm, says, advice: Some(advice) }
}

pub(super) const fn plain(id: &'static str, says: &'static str) -> Rule {
    Rule { id, level: Confirm, says, advice: None }
}

impl Rule {
    /// What it says of this.
    pub(super) fn weighs(self, what: &str, undecidable: bool) -> Weight {
        Weight {
            level: self.level,
            rule: self.id,
            says: if what.is_empty() { self.says.to_owned() } else { format!("{}: {what}", self.says) },
            advice: self.advice,
            undecidable,
        }
    }
}
