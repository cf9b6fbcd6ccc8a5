//! What was found while a command was interpreted, in the order it was found.

use crate::judgement::{Judgement, Level, Reason};

/// More reasons than this help nobody.
const MOST_REASONS: usize = 24;
/// More commands than this are not listed.
const MOST_COMMANDS: usize = 200;

/// What was found so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Findings {
    reasons: Vec<Reason>,
    commands: Vec<String>,
    /// The worst that was found.
    pub(super) level: Option<Level>,
    /// Something cannot be known from the text.
    pub(super) undecidable: bool,
    /// Something may be changed.
    pub(super) changes: bool,
}

impl Findings {
    /// Notes a reason.
    pub(super) fn reason(&mut self, reason: Reason, undecidable: bool) {
        self.undecidable |= undecidable;
        self.changes = true;
        self.level = self.level.max(Some(reason.level));
        let known = self.reasons.iter().any(|other| {
            other.rule == reason.rule && other.says == reason.says && other.command == reason.command
        });
        if !known {
            self.reasons.push(reason);
        }
    }

    /// Notes a program that would run.
    pub(super) fn command(&mut self, command: String) {
        if self.commands.len() < MOST_COMMANDS && self.commands.last() != Some(&command) {
            self.commands.push(command);
        }
    }

    /// Takes over what was found apart.
    pub(super) fn absorb(&mut self, found: Self) {
        self.changes |= found.changes;
        for reason in found.reasons {
            self.reason(reason, found.undecidable);
        }
    }

    /// The verdict.
    pub(super) fn judgement(mut self) -> Judgement {
        self.reasons.sort_by_key(|reason| std::cmp::Reverse(reason.level));
        self.reasons.truncate(MOST_REASONS);
        Judgement {
            level: self.level.unwrap_or(Level::Allow),
            undecidable: self.undecidable,
            changes: self.changes,
            reasons: self.reasons,
            commands: self.commands,
        }
    }
}
