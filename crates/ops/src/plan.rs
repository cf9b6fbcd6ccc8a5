//! What would happen if a write went on, and whether it may.

use labkeeper_core::audit::sha256_hex;
use serde_json::{Value, json};

/// What the guard says before anything happens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Go on.
    #[default]
    Allow,
    /// The caller repeats the call with `confirm: true`.
    Confirm(Vec<String>),
    /// A person decides, outside the caller's reach.
    Approve(Vec<String>),
    /// Never.
    Deny(Vec<String>),
}

impl Verdict {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Confirm(_) => "confirm",
            Self::Approve(_) => "approve",
            Self::Deny(_) => "deny",
        }
    }

    /// Why not without more.
    pub fn reasons(&self) -> &[String] {
        match self {
            Self::Allow => &[],
            Self::Confirm(reasons) | Self::Approve(reasons) | Self::Deny(reasons) => reasons,
        }
    }
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
    /// It is known to change nothing: a shell command of which every part only reads.
    pub only_reads: bool,
    /// What it writes is run later, by the system or by somebody who trusts it: as good as a command.
    pub runs_later: bool,
    /// A digest of the state that the plan stands on; a person's yes is good only while it is the same.
    pub stands_on: Option<String>,
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

    /// As callers see it.
    pub(crate) fn shown(&self) -> Value {
        json!({"plan": {
            "summary": self.summary,
            "verdict": self.verdict.as_str(),
            "reasons": self.verdict.reasons(),
            "details": self.details,
        }})
    }

    /// What a person's yes is bound to: if any of it differs later, it was a yes to something else.
    pub(crate) fn fingerprint(&self) -> String {
        let bound = json!([self.summary, self.verdict.as_str(), self.verdict.reasons(), self.stands_on]);
        sha256_hex(bound.to_string().as_bytes())
    }
}
