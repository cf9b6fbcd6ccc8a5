//! The interpreter's own memory, as opposed to the shell's ([`super::state`]): what was found, how much may still be done, and
//! where what is being interpreted stands.

use std::rc::Rc;

use brush_parser::SourceSpan;

use super::findings::Findings;
use super::flow::{Flow, Seen};
use super::parse::Script;
use super::state::Function;
use crate::context::{Context, Place};
use crate::effect::Effect;
use crate::invocation::Realm;
use crate::judgement::{Level, Reason};
use crate::policy::{self, Weight};
use crate::word::{Span, Value, Word};

/// Scripts in scripts are followed so far.
pub(super) const DEEPEST: usize = 16;
/// So much is done for one command, in place of a clock: about a word or a command each.
const STEPS: u32 = 8_000;

/// Which shell takes the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// bash.
    #[default]
    Bash,
    /// A shell that may know no more than POSIX: what goes beyond it cannot be judged.
    Posix,
}

/// Interprets one command.
pub(super) struct Machine<'a> {
    pub(super) context: &'a Context,
    pub(super) findings: Findings,
    pub(super) frame: Frame,
    /// Scripts in scripts.
    pub(super) depth: usize,
    /// Words in words that are being expanded.
    pub(super) words_in_words: usize,
    pub(super) seen: Seen,
    /// Files that secrets were written into.
    pub(super) hidden: Vec<String>,
    /// A variable holds a secret.
    pub(super) keeps_secret: bool,
    /// What shells that are running do when they end.
    pub(super) traps: Vec<(Value, Span)>,
    /// Programs whose numbers were looked up so far.
    pub(super) looked_up: Vec<Word>,
    steps: u32,
    exhausted: bool,
    posix: bool,
}

/// Where what is being interpreted stands.
#[derive(Clone)]
pub(super) struct Frame {
    /// The tree that places refer to.
    pub(super) script: Option<Rc<Script>>,
    /// The place of what brought this text, when it is not the given one.
    pub(super) outer: Option<Span>,
    pub(super) realm: Realm,
    /// Functions that are running, innermost last.
    pub(super) calls: Vec<Rc<Function>>,
    /// Within the functions that are running something was sent into the background or down a pipe.
    pub(super) forks: bool,
    pub(super) flow: Flow,
}

impl<'a> Machine<'a> {
    pub(super) fn new(context: &'a Context, dialect: Dialect) -> Self {
        Self {
            context,
            findings: Findings::default(),
            frame: Frame {
                script: None,
                outer: None,
                realm: Realm::Here,
                calls: Vec::new(),
                forks: false,
                flow: Flow::default(),
            },
            depth: 0,
            words_in_words: 0,
            seen: Seen::default(),
            hidden: Vec::new(),
            keeps_secret: false,
            traps: Vec::new(),
            looked_up: Vec::new(),
            steps: STEPS,
            exhausted: false,
            posix: dialect == Dialect::Posix,
        }
    }

    /// Takes a step; `false` when there are none left, which is noted once.
    pub(super) fn step(&mut self) -> bool {
        self.steps(1)
    }

    /// Takes steps for what is more laborious.
    pub(super) fn steps(&mut self, count: usize) -> bool {
        let left = self.steps.checked_sub(u32::try_from(count).unwrap_or(u32::MAX));
        self.steps = left.unwrap_or(0);
        if left.is_some() {
            return true;
        }
        if !self.exhausted {
            self.exhausted = true;
            self.undecidable("undecidable.effort", "", 0..0, "it does more than can be followed");
        }
        false
    }

    /// The bytes of the given text where something stands.
    pub(super) fn span(&self, place: Option<&SourceSpan>) -> Span {
        if let Some(outer) = &self.frame.outer {
            return outer.clone();
        }
        match (&self.frame.script, place) {
            (Some(script), Some(place)) => script.bytes(place),
            _ => 0..0,
        }
    }

    /// Notes something that cannot be known.
    pub(super) fn undecidable(&mut self, rule: &'static str, command: &str, span: Span, says: &str) {
        let reason = Reason {
            rule,
            level: Level::Confirm,
            span,
            command: command.to_owned(),
            says: format!("It cannot be known what this does: {says}."),
            advice: None,
        };
        self.findings.reason(reason, true);
    }

    /// Notes syntax that a POSIX shell may not have.
    pub(super) fn beyond_posix(&mut self, what: &str, span: Span) {
        if self.posix {
            self.undecidable(
                "undecidable.dialect",
                "",
                span,
                &format!("the shell there may not know {what}"),
            );
        }
    }

    /// Weighs what would be done in the directory `cwd`.
    pub(super) fn weigh(&mut self, effect: &Effect, cwd: &Value, command: &str, span: &Span) {
        let reads = matches!(effect, Effect::Pure | Effect::Read(_) | Effect::Run(_));
        self.findings.changes |= !reads;
        match policy::weigh(effect, cwd) {
            Some(weight) => self.weighed(weight, command, span),
            None if !reads && self.context.place == Place::PrivilegedContainer => {
                let says = "It changes something in a container that reaches its host.".into();
                let weight = Weight {
                    level: Level::Confirm,
                    rule: "place.privileged",
                    says,
                    advice: None,
                    undecidable: false,
                };
                self.weighed(weight, command, span);
            }
            None => {}
        }
    }

    /// Notes what has been weighed.
    pub(super) fn weighed(&mut self, weight: Weight, command: &str, span: &Span) {
        let Weight { level, rule, says, advice, undecidable } = weight;
        let reason = Reason { rule, level, span: span.clone(), command: command.to_owned(), says, advice };
        self.findings.reason(reason, undecidable);
    }

    /// Interprets something apart from what was found so far, and says how bad it is.
    pub(super) fn apart(&mut self, what: impl FnOnce(&mut Self)) -> Findings {
        let before = std::mem::take(&mut self.findings);
        what(self);
        std::mem::replace(&mut self.findings, before)
    }
}
