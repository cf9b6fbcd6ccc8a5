//! What the guard says of a command.

use serde::Serialize;

use crate::word::Span;

/// What a command deserves. The worst part decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It may go on.
    Allow,
    /// Somebody has to say yes: it disrupts something, or what it does cannot be known.
    Confirm,
    /// Nobody may say yes.
    Deny,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The rule's stable id, such as `storage.destroy`.
    pub rule: &'static str,
    /// What it alone deserves.
    pub level: Level,
    /// Where in the text that was given, in bytes.
    pub span: Span,
    /// What would run, decoded: the words as the program gets them.
    pub command: String,
    /// One sentence: what it would do, and to what.
    pub says: String,
    /// A better way, when there is one.
    pub advice: Option<&'static str>,
}

/// What the guard says of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// What it deserves.
    pub level: Level,
    /// Something in it cannot be known from the text.
    pub undecidable: bool,
    /// It may change something; `false` only when all of it is known to read.
    pub changes: bool,
    /// Worst first; empty when nothing is to be said.
    pub reasons: Vec<Reason>,
    /// Every program that would run, decoded, in order: what a person is shown.
    pub commands: Vec<String>,
}
