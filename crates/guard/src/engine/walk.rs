//! Commands in their order: scripts, lists, pipelines.

use std::rc::Rc;

use brush_parser::SourceSpan;
use brush_parser::ast::{
    AndOr, AndOrList, Command, CompoundList, Pipeline, RedirectList, SeparatorOperator, SourceLocation,
};

use super::hygiene;
use super::machine::{DEEPEST, Frame, Machine};
use super::parse::{Refusal, Script, parse};
use super::state::{Function, State};
use crate::invocation::Stdin;
use crate::judgement::Level;
use crate::policy::Weight;
use crate::word::{Span, Value};

/// So often is a part of a text that cannot be parsed tried.
const MOST_ATTEMPTS: usize = 64;

impl Machine<'_> {
    /// Interprets a text as a script in this state.
    pub(super) fn script(&mut self, state: &mut State, text: &str, span: Option<&Span>) {
        let place = span.cloned().unwrap_or(0..text.len());
        if self.depth >= DEEPEST {
            self.undecidable("undecidable.depth", text, place, "scripts are nested too deeply");
            return;
        }
        match parse(text) {
            Ok(script) => self.parsed(state, script, span.cloned()),
            Err(refusal) => {
                self.refused(text, refusal, place.clone());
                if refusal == Refusal::Syntax {
                    self.salvaged(state, text, &place);
                }
            }
        }
    }

    fn parsed(&mut self, state: &mut State, script: Script, outer: Option<Span>) {
        let script = Rc::new(script);
        let inner = Frame { script: Some(Rc::clone(&script)), outer, ..self.frame.clone() };
        let outer = std::mem::replace(&mut self.frame, inner);
        let words = std::mem::take(&mut self.words_in_words);
        self.depth += 1;
        for list in &script.program.complete_commands {
            self.list(state, list);
        }
        self.depth -= 1;
        self.words_in_words = words;
        self.frame = outer;
    }

    /// Lines of a text that as a whole cannot be parsed. A shell runs those before the one that it stumbles over.
    fn salvaged(&mut self, state: &mut State, text: &str, span: &Span) {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut attempts = 0;
        let mut from = 0;
        while from < lines.len() && lines.len() > 1 && attempts < MOST_ATTEMPTS {
            let parts = (from + 1..=lines.len()).map(|to| (to, lines[from..to].concat())).take(MOST_ATTEMPTS);
            let found = parts.filter(|_| self.step()).find_map(|(to, part)| {
                attempts += 1;
                parse(&part).ok().map(|script| (to, script))
            });
            from = match found {
                Some((to, script)) => {
                    self.parsed(state, script, Some(span.clone()));
                    to
                }
                None => from + 1,
            };
        }
    }

    fn refused(&mut self, text: &str, refusal: Refusal, span: Span) {
        if let Some(path) = hygiene::tripwire(text) {
            let weight = Weight {
                level: Level::Deny,
                rule: "undecidable.tripwire",
                says: format!("It cannot be parsed, and it has {path} and a word that writes in it."),
                advice: None,
                undecidable: true,
            };
            self.weighed(weight, text, &span);
        }
        self.undecidable("undecidable.syntax", text, span, refusal.says());
    }

    /// What a script prints, when that is known. It runs in a shell of its own.
    pub(super) fn substitute(&mut self, state: &mut State, script: &str, span: &Span) -> Value {
        let mut inner = state.clone();
        inner.out = Some(Value::known(""));
        inner.gone = false;
        let traps = self.traps.len();
        self.script(&mut inner, script, Some(span));
        self.ends(&mut inner, traps);
        state.files = inner.files;
        match inner.out.unwrap_or_else(Value::tainted) {
            known @ Value::Known(_) => known.map(|text| text.trim_end_matches('\n').to_owned()),
            Value::Pattern(pattern) => Value::Pattern(pattern.trim_end_matches('\n').to_owned()),
            tainted @ Value::Tainted { .. } => tainted,
        }
    }

    pub(super) fn list(&mut self, state: &mut State, list: &CompoundList) {
        for item in &list.0 {
            if !self.step() {
                return;
            }
            if matches!(item.1, SeparatorOperator::Async) {
                let mut inner = state.clone();
                inner.stdin = Stdin::Null;
                let forks = std::mem::replace(&mut self.frame.forks, true);
                let traps = self.traps.len();
                self.and_or(&mut inner, &item.0);
                self.ends(&mut inner, traps);
                self.frame.forks = forks;
                inner.stdin = state.stdin.clone();
                state.leave(inner);
            } else {
                self.and_or(state, &item.0);
            }
        }
    }

    fn and_or(&mut self, state: &mut State, list: &AndOrList) {
        let before = list.additional.first().map(|_| state.clone());
        self.pipeline(state, &list.first);
        let Some(before) = before else { return };
        // `success`: what comes next after `&&`; `failure`: after `||`.
        let mut failure = if changes_directory(&list.first) { before } else { state.clone() };
        let mut success = std::mem::replace(state, State::initial());
        let mut asked = false;
        for next in &list.additional {
            match next {
                AndOr::And(pipeline) => {
                    let before = changes_directory(pipeline).then(|| success.clone());
                    self.pipeline(&mut success, pipeline);
                    failure =
                        if asked { failure } else { failure.or(before.unwrap_or_else(|| success.clone())) };
                }
                AndOr::Or(pipeline) => {
                    asked = true;
                    self.pipeline(&mut failure, pipeline);
                    success = success.or(failure.clone());
                }
            }
        }
        // A `cd` is taken to succeed unless the script itself asks whether it does.
        *state = if asked { success } else { keep_directory(success, failure) };
    }

    fn pipeline(&mut self, state: &mut State, pipeline: &Pipeline) {
        if let [command] = pipeline.seq.as_slice() {
            self.command(state, command);
            return;
        }
        let forks = self.frame.forks;
        self.frame.forks |= same_ends(&pipeline.seq);
        let flow = self.frame.flow;
        let mut stdin = state.stdin.clone();
        let last = pipeline.seq.len().saturating_sub(1);
        for (at, command) in pipeline.seq.iter().enumerate() {
            let mut inner = state.clone();
            inner.stdin = std::mem::replace(&mut stdin, Stdin::Unknown);
            if at < last {
                inner.out = Some(Value::known(""));
            }
            let before = self.seen;
            let traps = self.traps.len();
            self.command(&mut inner, command);
            self.ends(&mut inner, traps);
            self.frame.flow.secret |= self.seen.secret_since(before);
            self.frame.flow.shell |= self.seen.shell_since(before);
            state.files = inner.files;
            if at < last {
                stdin = match inner.out {
                    Some(Value::Tainted { prefix }) if prefix.is_empty() => Stdin::Unknown,
                    Some(text) => Stdin::Text(text),
                    None => Stdin::Unknown,
                };
            } else {
                state.out = inner.out;
            }
        }
        self.frame.forks = forks;
        self.frame.flow = flow;
    }

    /// One command.
    pub(super) fn command(&mut self, state: &mut State, command: &Command) {
        if !self.step() {
            return;
        }
        match command {
            Command::Simple(simple) => self.simple(state, simple),
            Command::Compound(compound, redirects) => {
                self.redirected(state, redirects.as_ref(), |machine, state| {
                    machine.compound(state, compound);
                });
            }
            Command::Function(definition) => {
                let function = Function { body: definition.body.clone(), span: self.frame.outer.clone() };
                state.functions.insert(definition.fname.value.clone(), vec![Rc::new(function)]);
            }
            Command::ExtendedTest(test, redirects) => {
                let span = self.span(Some(&test.loc));
                self.beyond_posix("[[ ]]", span.clone());
                self.redirected(state, redirects.as_ref(), |machine, state| {
                    machine.test(state, &test.expr, &span);
                });
            }
        }
    }

    /// The place of something, for what has none of its own.
    pub(super) fn place(&self, what: &impl SourceLocation) -> Span {
        let place: Option<SourceSpan> = what.location();
        self.span(place.as_ref())
    }

    /// Runs a body with these redirections.
    pub(super) fn redirected(
        &mut self,
        state: &mut State,
        redirects: Option<&RedirectList>,
        body: impl FnOnce(&mut Self, &mut State),
    ) {
        match redirects {
            None => body(self, state),
            Some(list) => self.with_redirects(state, list.0.iter(), body),
        }
    }
}

/// Both ends of a pipeline run the same program: `f | f`.
fn same_ends(commands: &[Command]) -> bool {
    let program = |command: Option<&Command>| match command {
        Some(Command::Simple(simple)) => simple.word_or_name.as_ref().map(|word| word.value.clone()),
        _ => None,
    };
    program(commands.first()).is_some_and(|first| Some(first) == program(commands.last()))
}

/// The pipeline is a single `cd` or `pushd`.
fn changes_directory(pipeline: &Pipeline) -> bool {
    matches!(pipeline.seq.as_slice(), [Command::Simple(simple)]
        if simple.word_or_name.as_ref().is_some_and(|word| matches!(word.value.as_str(), "cd" | "pushd")))
}

fn keep_directory(success: State, failure: State) -> State {
    if success.gone {
        // `a && exit`: what goes on is the case in which `a` failed.
        return success.or(failure);
    }
    let cwd = success.cwd.clone();
    let mut state = success.or(failure);
    state.cwd = cwd;
    state
}
