//! Simple commands: assignments, words, redirections, and then whatever the first word names.

use brush_parser::ast::{
    Assignment, AssignmentName, AssignmentValue, CommandPrefixOrSuffixItem as Item, IoFileRedirectKind,
    IoRedirect, ProcessSubstitutionKind, SimpleCommand, SubshellCommand,
};

use super::builtin_names::declares;
use super::field::{Field, words};
use super::machine::Machine;
use super::state::{Content, Shape, State};
use crate::invocation::Stdin;
use crate::word::{MOST_ALTERNATIVES, Span, Value, Word};

/// A simple command, taken apart.
#[derive(Default)]
struct Parts<'a> {
    assignments: Vec<&'a Assignment>,
    redirects: Vec<&'a IoRedirect>,
    words: Vec<Part<'a>>,
}

enum Part<'a> {
    Word(&'a brush_parser::ast::Word),
    Declared(&'a Assignment, &'a brush_parser::ast::Word),
    Process(&'a ProcessSubstitutionKind, &'a SubshellCommand),
}

impl Machine<'_> {
    /// Runs a simple command.
    pub(super) fn simple(&mut self, state: &mut State, command: &SimpleCommand) {
        let span = self.place(command);
        let parts = taken_apart(command);
        let declares = command.word_or_name.as_ref().is_some_and(|word| declares(&word.value));
        let mut writers: Vec<&SubshellCommand> = Vec::new();
        let before = self.seen;
        let looked_up = self.looked_up.len();
        let (commands, hollow) = self.argvs(state, &parts, declares, &mut writers, &span);

        if parts.words.is_empty() || commands.iter().all(Vec::is_empty) {
            self.without_command(state, &parts, hollow, &span);
            return;
        }
        if let [only] = commands.as_slice()
            && let [exec] = only.as_slice()
            && exec.only() == Some("exec")
        {
            self.redirect_for_good(state, parts.redirects.iter().copied(), &span);
            return;
        }
        let flow = self.frame.flow;
        self.frame.flow.told |= self.seen.secret_since(before);
        let mut tee_input = Stdin::Unknown;
        self.with_redirects(state, parts.redirects.iter().copied(), |machine, state| {
            tee_input = state.stdin.clone();
            let mut prefix = Vec::new();
            for assignment in &parts.assignments {
                prefix.extend(machine.assigned_for_one(state, assignment));
            }
            if hollow {
                machine.undecidable(
                    "undecidable.command",
                    &super::run::shown(&commands[0]),
                    span.clone(),
                    "the program is named by a variable that is not set",
                );
            }
            machine.alternatives(state, &commands, &prefix, &span);
            machine.killed(state, &commands, looked_up, &span);
        });
        self.frame.flow = flow;
        for subshell in writers {
            let mut inner = state.clone();
            let is_tee = commands.iter().all(|words| words.first().and_then(Word::only) == Some("tee"));
            inner.stdin = if is_tee { tee_input.clone() } else { Stdin::Unknown };
            self.subshell(&mut inner, subshell);
            state.files = inner.files;
        }
    }

    /// Runs a subshell in a state that is thrown away afterwards.
    pub(super) fn subshell(&mut self, state: &mut State, subshell: &SubshellCommand) {
        let compound = brush_parser::ast::CompoundCommand::Subshell(subshell.clone());
        self.command(state, &brush_parser::ast::Command::Compound(compound, None));
    }

    /// `kill $(pidof x)` is `pkill x`.
    fn killed(&mut self, state: &mut State, commands: &[Vec<Word>], looked_up: usize, span: &Span) {
        let kills = commands.iter().any(|words| words.first().and_then(Word::only) == Some("kill"));
        if kills && self.looked_up.len() > looked_up {
            let names = self.looked_up.split_off(looked_up);
            let words: Vec<Word> = std::iter::once(Word::known("pkill", span.clone())).chain(names).collect();
            self.program(state, &words, &[], span);
        }
    }

    fn alternatives(
        &mut self,
        state: &mut State,
        commands: &[Vec<Word>],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        let start = (commands.len() > 1).then(|| state.clone());
        let mut end: Option<State> = None;
        for (at, words) in commands.iter().enumerate() {
            if let (Some(start), true) = (&start, at > 0) {
                let done = std::mem::replace(state, start.clone());
                end = Some(match end {
                    Some(known) => known.or(done),
                    None => done,
                });
            }
            self.words(state, words, prefix, span);
            if let Some(last) = words.last() {
                state.set("_", last.value.clone());
            }
        }
        if let Some(known) = end {
            let last = std::mem::replace(state, State::initial());
            *state = known.or(last);
        }
    }

    fn without_command(&mut self, state: &mut State, parts: &Parts<'_>, hollow: bool, span: &Span) {
        for assignment in &parts.assignments {
            self.assign(state, assignment);
        }
        let reads = parts.redirects.iter().any(|redirect| {
            matches!(redirect, IoRedirect::File(None | Some(0), IoFileRedirectKind::Read, _))
        });
        self.with_redirects(state, parts.redirects.iter().copied(), |machine, state| {
            // `$(< file)` is what stands in the file.
            if reads && parts.words.is_empty() {
                let text = machine.stdin_text(state).unwrap_or_else(Value::tainted);
                state.print(&text);
            }
        });
        if hollow || !parts.words.is_empty() {
            self.undecidable(
                "undecidable.command",
                "",
                span.clone(),
                "the program is named by a variable that is not set",
            );
        }
    }

    /// Every list of words that the command may come out as; and whether its first word came to nothing.
    fn argvs<'a>(
        &mut self,
        state: &mut State,
        parts: &Parts<'a>,
        declares: bool,
        writers: &mut Vec<&'a SubshellCommand>,
        span: &Span,
    ) -> (Vec<Vec<Word>>, bool) {
        let mut commands: Vec<Vec<Word>> = vec![Vec::new()];
        let mut hollow = false;
        let mut vanished = false;
        for part in &parts.words {
            let more: Vec<Vec<Word>> = match part {
                Part::Process(kind, subshell) => {
                    self.beyond_posix("<( )", span.clone());
                    let path = format!(
                        "/dev/fd/{}",
                        63 - state.files.keys().filter(|path| path.starts_with("/dev/fd/6")).count() % 4
                    );
                    if matches!(kind, ProcessSubstitutionKind::Read) {
                        let content = match self.output_of(state, subshell) {
                            Stdin::Text(text) => Content::Text(text),
                            _ => Content::Unknown,
                        };
                        state.files.insert(path.clone(), content);
                    } else {
                        writers.push(subshell);
                        state.files.insert(path.clone(), Content::Unknown);
                    }
                    vec![vec![Word::known(path, span.clone())]]
                }
                Part::Declared(assignment, word) if declares => {
                    let place = self.span(word.loc.as_ref());
                    self.assign(state, assignment);
                    vec![vec![Word::known(name_of(assignment), place)]]
                }
                Part::Word(word) | Part::Declared(_, word) => {
                    let place = self.span(word.loc.as_ref());
                    let mut fields = self.fields(state, &word.value, &place);
                    for alternative in &mut fields {
                        let before = alternative.len();
                        alternative.retain(|field| !field.vanishes());
                        vanished |= alternative.len() < before;
                        hollow |= alternative.len() < before && commands.iter().any(Vec::is_empty);
                    }
                    match words(&fields, &place) {
                        Some(words) => vec![words],
                        None => fields
                            .iter()
                            .map(|fields| fields.iter().map(|field| as_word(field, &place)).collect())
                            .collect(),
                    }
                }
            };
            if let [only] = more.as_slice() {
                for command in &mut commands {
                    command.extend(only.iter().cloned());
                }
                continue;
            }
            if commands.len() * more.len() > MOST_ALTERNATIVES {
                for command in &mut commands {
                    command.push(Word { value: Value::tainted(), span: span.clone(), hollow: false });
                }
                continue;
            }
            commands = commands
                .iter()
                .flat_map(|command| {
                    more.iter().map(|words| command.iter().chain(words).cloned().collect::<Vec<_>>())
                })
                .collect();
        }
        // `eval $X`, `echo $X`: that there was to be something is not forgotten.
        for command in &mut commands {
            if let [name] = command.as_slice()
                && vanished
                && matches!(name.only(), Some("eval" | "echo"))
            {
                command.push(Word { value: Value::known(""), span: span.clone(), hollow: true });
            }
        }
        (commands, hollow)
    }

    /// Sets a variable of the shell.
    pub(super) fn assign(&mut self, state: &mut State, assignment: &Assignment) {
        let before = self.seen;
        self.assigned(state, assignment);
        self.keeps_secret |= self.seen.secret_since(before);
    }

    fn assigned(&mut self, state: &mut State, assignment: &Assignment) {
        let span = self.span(Some(&assignment.loc));
        match (&assignment.name, &assignment.value) {
            (AssignmentName::VariableName(name), AssignmentValue::Scalar(word)) => {
                let (value, hollow) = self.single(state, &word.value, &span);
                let value = match state.scalar(name) {
                    Some(before) if assignment.append => before.clone().then(&value),
                    _ => value,
                };
                self.check_variable(state, name, &value, &span);
                state.set(name, value);
                if hollow && let Some(variable) = state.variables.get_mut(name) {
                    // What was made of nothing is as hollow as nothing.
                    variable.perhaps_unset = true;
                }
            }
            (AssignmentName::ArrayElementName(name, index), AssignmentValue::Scalar(word)) => {
                let index = self.subscript(state, name, index, &span);
                let (value, _) = self.single(state, &word.value, &span);
                match index.only() {
                    Some(index) => state.set_element(name, index, value),
                    None => state.shape(name, Shape::Scalar(Value::tainted())),
                }
            }
            (
                AssignmentName::VariableName(name) | AssignmentName::ArrayElementName(name, _),
                AssignmentValue::Array(elements),
            ) => {
                self.beyond_posix("arrays", span.clone());
                let mut list = match state.variable(name).map(|variable| variable.shape.clone()) {
                    Some(Shape::Array(known)) if assignment.append => known,
                    _ => Vec::new(),
                };
                for (index, word) in elements {
                    if let Some(index) = index {
                        let (index, _) = self.single(state, &index.value, &span);
                        let (value, _) = self.single(state, &word.value, &span);
                        list.push((index.only().unwrap_or("?").to_owned(), value));
                        continue;
                    }
                    let alternatives = self.fields(state, &word.value, &span);
                    let fields: Vec<Value> = match words(&alternatives, &span) {
                        Some(words) => words.into_iter().map(|word| word.value).collect(),
                        None => vec![Value::tainted()],
                    };
                    for value in fields {
                        list.push((list.len().to_string(), value));
                    }
                }
                state.shape(name, Shape::Array(list));
            }
        }
    }

    /// The value of an assignment before a command, which holds for that command only.
    fn assigned_for_one(&mut self, state: &mut State, assignment: &Assignment) -> Option<(String, Value)> {
        let span = self.span(Some(&assignment.loc));
        let AssignmentValue::Scalar(word) = &assignment.value else { return None };
        let (value, _) = self.single(state, &word.value, &span);
        let name = name_of(assignment);
        self.check_variable(state, &name, &value, &span);
        Some((name, value))
    }

    /// A text is handed to a program: what it reads.
    pub(super) fn stdin_text(&self, state: &State) -> Option<Value> {
        match &state.stdin {
            Stdin::Text(text) => Some(text.clone()),
            Stdin::Null => Some(Value::known("")),
            Stdin::Unknown => None,
        }
    }
}

fn as_word(field: &Field, span: &Span) -> Word {
    Word { value: field.value(), span: span.clone(), hollow: field.is_hollow() }
}

fn name_of(assignment: &Assignment) -> String {
    match &assignment.name {
        AssignmentName::VariableName(name) | AssignmentName::ArrayElementName(name, _) => name.clone(),
    }
}

fn taken_apart(command: &SimpleCommand) -> Parts<'_> {
    let mut parts = Parts::default();
    for item in command.prefix.iter().flat_map(|prefix| &prefix.0) {
        match item {
            Item::IoRedirect(redirect) => parts.redirects.push(redirect),
            Item::AssignmentWord(assignment, _) => parts.assignments.push(assignment),
            Item::Word(word) => parts.words.push(Part::Word(word)),
            Item::ProcessSubstitution(kind, subshell) => parts.words.push(Part::Process(kind, subshell)),
        }
    }
    parts.words.extend(command.word_or_name.iter().map(Part::Word));
    for item in command.suffix.iter().flat_map(|suffix| &suffix.0) {
        match item {
            Item::IoRedirect(redirect) => parts.redirects.push(redirect),
            Item::AssignmentWord(assignment, word) => parts.words.push(Part::Declared(assignment, word)),
            Item::Word(word) => parts.words.push(Part::Word(word)),
            Item::ProcessSubstitution(kind, subshell) => parts.words.push(Part::Process(kind, subshell)),
        }
    }
    parts
}
