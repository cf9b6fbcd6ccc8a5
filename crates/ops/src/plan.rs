//! What would happen if a write went on, and whether it may.

use serde_json::Value;

/// What the guard says before anything happens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Go on.
    #[default]
    Allow,
    /// The caller repeats the call with `confirm: true`.
    Confirm(Vec<String>),
    /// Never.
    Deny(Vec<String>),
}

/// What would happen: the answer to `dry_run`, and what a confirmation is shown.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// One sentence.
    pub summary: String,
    /// Fields before and after, dependants, counts: whatever helps to decide.
    pub details: Value,
    /// May it happen?
    pub verdict: Verdict,
}

impl Plan {
    /// A plan that needs nobody's word.
    pub fn allow(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), ..Self::default() }
    }

    /// A plan that the caller must confirm, and why.
    pub fn confirm(summary: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { summary: summary.into(), verdict: Verdict::Confirm(vec![reason.into()]), ..Self::default() }
    }

    /// Adds facts.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}
