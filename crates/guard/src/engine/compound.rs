//! Compound commands: branches, loops, groups, tests.

use brush_parser::ast::{CompoundCommand, CompoundList, ExtendedTestExpr, ForClauseCommand};

use super::field::Field;
use super::machine::Machine;
use super::state::{Shape, State};
use crate::invocation::Stdin;
use crate::word::{Span, Value};

/// A loop over more than this is not unrolled.
const MOST_ROUNDS: usize = 16;

impl Machine<'_> {
    pub(super) fn compound(&mut self, state: &mut State, compound: &CompoundCommand) {
        match compound {
            CompoundCommand::BraceGroup(group) => self.list(state, &group.list),
            CompoundCommand::Subshell(subshell) => {
                let mut inner = state.clone();
                let traps = self.traps.len();
                self.list(&mut inner, &subshell.list);
                self.ends(&mut inner, traps);
                state.leave(inner);
            }
            CompoundCommand::Arithmetic(command) => {
                let span = self.span(Some(&command.loc));
                self.beyond_posix("(( ))", span.clone());
                let text = self.frame.script.as_ref().map(|script| script.text(&command.loc).to_owned());
                match text {
                    // The parser overlooks blanks in `( (…) )`, which is no arithmetic but a shell in a shell.
                    Some(text) if !(text.starts_with("((") && text.ends_with("))")) => {
                        let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
                        let mut inner = state.clone();
                        let traps = self.traps.len();
                        self.script(&mut inner, inside, Some(&span));
                        self.ends(&mut inner, traps);
                        state.leave(inner);
                    }
                    _ => {
                        self.arithmetic(state, &command.expr.value, &span);
                    }
                }
            }
            CompoundCommand::IfClause(clause) => {
                self.list(state, &clause.condition);
                let mut ends = Vec::new();
                let mut then = state.clone();
                self.list(&mut then, &clause.then);
                ends.push(then);
                let mut has_else = false;
                for branch in clause.elses.iter().flatten() {
                    if let Some(condition) = &branch.condition {
                        self.list(state, condition);
                    } else {
                        has_else = true;
                    }
                    let mut end = state.clone();
                    self.list(&mut end, &branch.body);
                    ends.push(end);
                }
                if !has_else {
                    ends.push(state.clone());
                }
                if let Some(end) = ends.into_iter().reduce(State::or) {
                    *state = end;
                }
            }
            CompoundCommand::CaseClause(clause) => {
                let span = self.span(Some(&clause.loc));
                self.single(state, &clause.value.value, &span);
                let mut ends = vec![state.clone()];
                for case in &clause.cases {
                    for pattern in &case.patterns {
                        self.single(state, &pattern.value, &span);
                    }
                    if let Some(list) = &case.cmd {
                        let mut end = state.clone();
                        self.list(&mut end, list);
                        ends.push(end);
                    }
                }
                if let Some(end) = ends.into_iter().reduce(State::or) {
                    *state = end;
                }
            }
            CompoundCommand::ForClause(clause) => self.for_each(state, clause),
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                self.repeated(state, Some(&clause.0), &clause.1.list);
            }
            CompoundCommand::ArithmeticForClause(clause) => {
                let span = self.span(Some(&clause.loc));
                self.beyond_posix("for (( ))", span.clone());
                for part in [&clause.initializer, &clause.condition, &clause.updater].into_iter().flatten() {
                    self.arithmetic(state, &part.value, &span);
                }
                self.repeated(state, None, &clause.body.list);
                for part in [&clause.updater, &clause.condition].into_iter().flatten() {
                    self.arithmetic(state, &part.value, &span);
                }
            }
            CompoundCommand::Coprocess(coprocess) => {
                let span = self.span(Some(&coprocess.loc));
                self.beyond_posix("coproc", span);
                let mut inner = state.clone();
                inner.stdin = Stdin::Unknown;
                let forks = std::mem::replace(&mut self.frame.forks, true);
                self.command(&mut inner, &coprocess.body);
                self.frame.forks = forks;
                state.files = inner.files;
            }
        }
    }

    fn for_each(&mut self, state: &mut State, clause: &ForClauseCommand) {
        let before = self.seen;
        let mut values = match &clause.values {
            None => state.positional.clone().unwrap_or_else(|| vec![Value::tainted()]),
            Some(words) => {
                let mut values = Vec::new();
                for word in words {
                    let place = self.span(word.loc.as_ref());
                    for fields in self.fields(state, &word.value, &place) {
                        values.extend(fields.iter().filter(|field| !field.vanishes()).map(Field::value));
                    }
                }
                values
            }
        };
        self.keeps_secret |= self.seen.secret_since(before);
        if values.len() > MOST_ROUNDS {
            let merged = values.iter().cloned().reduce(Value::or).unwrap_or_else(Value::tainted);
            // Numbers and names: still without a slash when all of them are.
            let plain = values.iter().all(|value| value.only().is_some_and(|text| !text.contains('/')));
            values = vec![if plain {
                Value::Pattern("*".into())
            } else {
                Value::Tainted { prefix: merged.prefix() }
            }];
        }
        let mut ends: Option<State> = None;
        for value in values {
            state.set(&clause.variable_name, value);
            self.list(state, &clause.body.list);
            if state.gone {
                let mut end = state.clone();
                end.gone = false;
                ends = Some(match ends {
                    Some(known) => known.or(end),
                    None => end,
                });
                state.gone = false;
            }
        }
        if let Some(ends) = ends {
            *state = std::mem::replace(state, State::initial()).or(ends);
        }
    }

    /// A loop that runs nobody knows how often.
    fn repeated(&mut self, state: &mut State, condition: Option<&CompoundList>, body: &CompoundList) {
        let mut rounds = 0;
        // With a known text on standard input that `read` eats, it runs once a line.
        while matches!(&state.stdin, Stdin::Text(text) if text.only().is_some_and(|text| !text.is_empty()))
            && rounds < MOST_ROUNDS
        {
            let before = state.stdin.clone();
            if let Some(condition) = condition {
                self.list(state, condition);
            }
            self.list(state, body);
            state.gone = false;
            rounds += 1;
            if state.stdin == before {
                break;
            }
            if matches!(&state.stdin, Stdin::Text(text) if text.only() == Some("")) {
                return;
            }
        }
        for round in 0..2 {
            let before = state.clone();
            if let Some(condition) = condition {
                self.list(state, condition);
            }
            let skipped = state.clone();
            self.list(state, body);
            state.gone = false;
            let after = std::mem::replace(state, State::initial());
            *state = skipped.or(after);
            if round == 0 {
                taint_changed(state, &before);
            }
        }
    }

    pub(super) fn test(&mut self, state: &mut State, test: &ExtendedTestExpr, span: &Span) {
        match test {
            ExtendedTestExpr::And(one, two) | ExtendedTestExpr::Or(one, two) => {
                self.test(state, one, span);
                self.test(state, two, span);
            }
            ExtendedTestExpr::Not(inner) | ExtendedTestExpr::Parenthesized(inner) => {
                self.test(state, inner, span);
            }
            ExtendedTestExpr::UnaryTest(_, word) => {
                self.single(state, &word.value, span);
            }
            ExtendedTestExpr::BinaryTest(predicate, one, two) => {
                use brush_parser::ast::BinaryPredicate as P;
                let numeric = matches!(
                    predicate,
                    P::ArithmeticEqualTo
                        | P::ArithmeticNotEqualTo
                        | P::ArithmeticLessThan
                        | P::ArithmeticLessThanOrEqualTo
                        | P::ArithmeticGreaterThan
                        | P::ArithmeticGreaterThanOrEqualTo
                );
                for word in [one, two] {
                    let (value, _) = self.single(state, &word.value, span);
                    if numeric && let Some(text) = value.only() {
                        let text = text.to_owned();
                        self.arithmetic(state, &text, span);
                    }
                }
            }
        }
    }
}

/// What a round changes may be changed again by each further one.
fn taint_changed(state: &mut State, before: &State) {
    for (name, variable) in &mut state.variables {
        if before.variables.get(name).is_none_or(|old| old.shape != variable.shape) {
            let numeric = matches!(&variable.shape, Shape::Scalar(value) if is_number(value));
            let value = if numeric { Value::Pattern("*".into()) } else { Value::tainted() };
            variable.shape = Shape::Scalar(value);
        }
    }
    if state.cwd != before.cwd {
        state.cwd = Value::Tainted { prefix: state.cwd.prefix() };
    }
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Known(set) => set.iter().all(|text| text.parse::<i64>().is_ok()),
        Value::Pattern(pattern) => pattern == "*",
        Value::Tainted { .. } => false,
    }
}
