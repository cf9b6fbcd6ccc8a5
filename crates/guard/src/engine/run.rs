//! Running: from the first word to a function, a builtin, a file that the same line wrote, or a program and its effects.

use super::builtin_names::is_builtin;
use super::files::Script;
use super::machine::{DEEPEST, Machine};
use super::state::{Content, State};
use crate::effect::{Effect, Nested, What};
use crate::invocation::{Invocation, Realm, Stdin};
use crate::judgement::{Level, Reason};
use crate::paths;
use crate::programs;
use crate::word::{Span, Value, Word};

/// Directories that hold the programs of the system.
const STANDARD: &[&str] = &["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

/// How many steps it takes to try one of the programs that a pattern may mean.
const EACH_CANDIDATE: usize = 8;

/// A line with more words takes more steps.
const MANY_WORDS: usize = 32;

/// A program is not looked for behind more words than these.
const MOST_TAILS: usize = 8;

/// The directory holds the programs of the system.
pub(super) fn is_standard(directory: &str) -> bool {
    STANDARD.contains(&directory)
}

/// Words as a person would write them.
pub(super) fn shown(words: &[Word]) -> String {
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word.shown());
        if line.len() > 2000 {
            let end = line.char_indices().map(|(at, _)| at).take_while(|at| *at <= 2000).last();
            line.truncate(end.unwrap_or_default());
            line.push('…');
            break;
        }
    }
    line
}

impl Machine<'_> {
    /// Runs words as the shell does: functions and builtins come before programs.
    pub(super) fn words(
        &mut self,
        state: &mut State,
        words: &[Word],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        let Some(first) = words.first() else { return };
        if !self.step() {
            return;
        }
        let Some(name) = first.only().map(str::to_owned) else {
            self.program(state, words, prefix, span);
            return;
        };
        if state.aliases_on
            && let Some(text) = state.aliases.remove(&name)
        {
            let line = format!("{text} {}", shown(&words[1..]));
            self.script(state, &line, Some(span));
            state.aliases.insert(name, text);
            return;
        }
        if state.functions.contains_key(&name) {
            let arguments = words[1..].iter().map(|word| word.value.clone()).collect();
            self.with_prefix(state, prefix, |machine, state| machine.call(state, &name, arguments, span));
            return;
        }
        self.plain(state, words, prefix, span);
    }

    /// Runs words without looking for functions.
    pub(super) fn plain(
        &mut self,
        state: &mut State,
        words: &[Word],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        match words.first().and_then(Word::only) {
            None if words.is_empty() => {}
            Some("printf") if words.get(1).and_then(Word::only) == Some("-v") => {
                self.print_into(state, words, span);
            }
            Some(name) if is_builtin(name) => {
                let name = name.to_owned();
                self.builtin(state, &name, words, prefix, span);
            }
            _ => self.program(state, words, prefix, span),
        }
    }

    /// `printf -v name`.
    fn print_into(&mut self, state: &mut State, words: &[Word], span: &Span) {
        self.subscripts(state, &words[1..], span);
        let texts: Option<Vec<&str>> = words.iter().skip(3).map(Word::only).collect();
        let printed =
            texts.and_then(|texts| super::printing::printf(&texts)).map_or_else(Value::tainted, Value::known);
        if let Some(name) = words.get(2).and_then(Word::only) {
            let name = name.to_owned();
            state.set(&name, printed);
        }
    }

    /// Runs words as a program.
    pub(super) fn program(
        &mut self,
        state: &mut State,
        words: &[Word],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        let Some(first) = words.first() else { return };
        match &first.value {
            Value::Known(set) if set.len() > 1 => {
                let start = state.clone();
                for name in set {
                    let mut this = start.clone();
                    let words: Vec<Word> = [Word { value: Value::known(name), ..first.clone() }]
                        .into_iter()
                        .chain(words[1..].iter().cloned())
                        .collect();
                    self.words(&mut this, &words, prefix, span);
                    state.files.append(&mut this.files);
                }
            }
            Value::Known(_) => self.named(state, words, prefix, span),
            Value::Pattern(pattern) => {
                self.undecidable(
                    "undecidable.command",
                    &shown(words),
                    span.clone(),
                    "the program is named by a pattern",
                );
                for name in programs_like(pattern) {
                    if !self.steps(EACH_CANDIDATE) {
                        break;
                    }
                    let words: Vec<Word> = [Word::known(name, first.span.clone())]
                        .into_iter()
                        .chain(words[1..].iter().cloned())
                        .collect();
                    let mut this = state.clone();
                    let found = self.apart(|machine| machine.named(&mut this, &words, prefix, span));
                    if found.level > Some(Level::Confirm) {
                        self.findings.absorb(found);
                    }
                }
            }
            Value::Tainted { .. } => {
                self.undecidable(
                    "undecidable.command",
                    &shown(words),
                    span.clone(),
                    "the program is not named in the text",
                );
                // Were it a wrapper, this would run.
                self.tails(state, words, span);
                if self.frame.flow.connection {
                    let what = "commands come from the network".to_owned();
                    self.weigh(&Effect::Exfiltrate(what), &state.cwd, &shown(words), span);
                }
            }
        }
    }

    fn named(&mut self, state: &mut State, words: &[Word], prefix: &[(String, Value)], span: &Span) {
        let written = words[0].only().unwrap_or_default().to_owned();
        let name = match self.located(state, &written) {
            Located::Program(name) => name,
            Located::Script(script) => {
                self.findings.command(shown(words));
                self.scripted(state, &script, &words[1..], span);
                return;
            }
        };
        let words: Vec<Word> = [Word::known(name.clone(), words[0].span.clone())]
            .into_iter()
            .chain(words[1..].iter().cloned())
            .collect();
        if let Some(script) = self.script_operand(state, &name, &words) {
            self.findings.command(shown(&words));
            self.scripted(state, &script.0, &words[script.1 + 1..], span);
            return;
        }
        if matches!(name.as_str(), "test" | "[" | "printf") {
            self.subscripts(state, &words[1..], span);
        }
        let words = self.inline_code(state, words);
        let line = shown(&words);
        self.findings.command(line.clone());
        self.owners_rules(&line, span);
        let invocation = Invocation {
            argv: words,
            assignments: prefix.to_vec(),
            cwd: state.cwd.clone(),
            stdin: state.stdin.clone(),
            realm: self.frame.realm,
            span: span.clone(),
        };
        self.effects(state, &invocation, &line);
    }

    fn located(&self, state: &State, written: &str) -> Located {
        if !written.contains('/') {
            return match state.hashed.get(written) {
                Some(value) => match value.only() {
                    Some(path) => self.at(state, path),
                    None => Located::Program("?".into()),
                },
                None => Located::Program(written.to_owned()),
            };
        }
        self.at(state, written)
    }

    fn at(&self, state: &State, written: &str) -> Located {
        let Some(path) = self.path(state, &Value::known(written)) else {
            return Located::Program(written.to_owned());
        };
        let mut path = state.behind_links(&path);
        // A copy of a program is that program.
        for _ in 0..4 {
            match state.files.get(&path) {
                Some(Content::Copy(source)) => path.clone_from(source),
                _ => break,
            }
        }
        if matches!(path.as_str(), "/proc/self/exe" | "/proc/$$/exe") {
            return Located::Program("bash".into());
        }
        if let Some(text) = self.content(state, &path) {
            return Located::Script(Script::File(text));
        }
        match path.rsplit_once('/') {
            Some((directory, name)) if is_standard(directory) => Located::Program(name.to_owned()),
            _ => Located::Program(path),
        }
    }

    fn effects(&mut self, state: &mut State, invocation: &Invocation, line: &str) {
        let span = &invocation.span;
        // Only long lines count: the tables look at each word.
        if !self.steps(invocation.argv.len().saturating_sub(MANY_WORDS) * 2) {
            return;
        }
        let effects = programs::effects(invocation);
        let name = invocation.argv[0].only().unwrap_or_default().to_owned();
        if matches!(name.as_str(), "pidof" | "pgrep") {
            self.looked_up.extend(invocation.argv[1..].iter().cloned());
        }
        let runs = effects.iter().any(|effect| matches!(effect, Effect::Run(_)));
        self.follow(invocation, &name, &effects, line);
        // `bash -c "$X"` with nothing in `X`: whoever wrote it meant something to be there.
        let argv = &invocation.argv;
        let empty = Word::lacks_command;
        let takes_code = |word: &Word| matches!(word.only(), Some("-c" | "-e" | "-r" | "--eval" | "-E"));
        // The first operand of these is their script.
        let script = argv[1..].iter().find(|word| !word.only().is_some_and(|text| text.starts_with('-')));
        let reads_script = matches!(name.as_str(), "awk" | "gawk" | "mawk" | "nawk" | "sed");
        if runs && argv.iter().any(empty)
            || reads_script && script.is_some_and(empty)
            || argv.windows(2).any(|pair| takes_code(&pair[0]) && empty(&pair[1]))
        {
            self.undecidable(
                "undecidable.script",
                line,
                span.clone(),
                "what runs is in a variable that is not set",
            );
        }
        for effect in &effects {
            if !self.steps(labour(effect)) {
                return;
            }
            match effect {
                Effect::Run(nested) => self.nested(state, nested, &invocation.assignments, span),
                Effect::Unknown => {
                    self.tails(state, &invocation.argv, span);
                    self.weigh(effect, &state.cwd, line, span);
                }
                Effect::Touch(_, word) if word.hollow && word.only() == Some("") => {
                    let why = "what it touches is in a variable that is not set";
                    self.undecidable("undecidable.path", line, span.clone(), why);
                }
                Effect::Touch(touch, word) => {
                    let word = self.behind_links(state, word);
                    self.weigh(&Effect::Touch(*touch, word), &state.cwd, line, span);
                }
                other => self.weigh(other, &state.cwd, line, span),
            }
        }
        if effects.is_empty() {
            self.findings.changes = true;
        }
        self.watch_files(state, &name, &invocation.argv[1..]);
        if state.out.is_some() && !runs {
            let printed = self.printed(state, &name, &invocation.argv[1..]);
            state.print(&printed);
        }
    }

    /// Runs what a program runs.
    fn nested(&mut self, state: &mut State, nested: &Nested, prefix: &[(String, Value)], span: &Span) {
        if self.depth >= DEEPEST {
            self.undecidable("undecidable.depth", "", span.clone(), "programs run each other too deeply");
            return;
        }
        let realm = nested.realm.unwrap_or(self.frame.realm);
        let goes = nested.realm == Some(Realm::Elsewhere);
        let mut inner = state.child();
        for (name, value) in prefix.iter().chain(&nested.assignments) {
            inner.set(name, value.clone());
            inner.export(name);
        }
        for (name, value) in &nested.assignments {
            self.check_variable(&mut inner, name, value, span);
        }
        if goes {
            inner.files.clear();
            inner.cwd = Value::known("/root");
            for (outside, inside) in &nested.mounts {
                inner.files.insert(inside.trim_end_matches('/').to_owned(), Content::Link(outside.clone()));
            }
        }
        if let Some(cwd) = &nested.cwd {
            inner.cwd = self.absolute(state, cwd);
        }
        inner.stdin = nested.stdin.clone();
        let outer = std::mem::replace(&mut self.frame.realm, realm);
        self.depth += 1;
        match &nested.what {
            What::Argv(words) => self.program(&mut inner, words, &[], span),
            What::Text { script, parameters } => {
                let mut words = parameters.iter().map(|word| word.value.clone());
                if let Some(zero) = words.next() {
                    inner.zero = zero;
                }
                inner.positional = Some(words.collect());
                let traps = self.traps.len();
                self.text(&mut inner, script, span, "sh -c");
                self.ends(&mut inner, traps);
            }
        }
        self.depth -= 1;
        self.frame.realm = outer;
        if !goes {
            state.files = inner.files;
        }
        state.out = inner.out;
        if realm == Realm::Here && nested.stdin == state.stdin {
            state.stdin = Stdin::clone(&inner.stdin);
        }
    }

    /// A program that is not known may be a wrapper: what its words would do if it were.
    fn tails(&mut self, state: &State, words: &[Word], span: &Span) {
        for at in 1..words.len().min(MOST_TAILS) {
            let tail = &words[at..];
            let Some(name) = tail[0].only() else { continue };
            let bare = name.rsplit('/').next().unwrap_or(name);
            if !programs::is_known(bare) || is_builtin(bare) {
                continue;
            }
            let mut inner = state.child();
            let found = self.apart(|machine| {
                machine.depth += MOST_TAILS;
                machine.program(&mut inner, tail, &[], span);
                machine.depth -= MOST_TAILS;
            });
            if found.level > Some(Level::Allow) {
                let says = format!("{} is not known, and it may run: {}", words[0].shown(), shown(tail));
                self.undecidable("undecidable.wrapper", &shown(words), span.clone(), &says);
                return;
            }
        }
    }

    fn owners_rules(&mut self, line: &str, span: &Span) {
        let begins = |rule: &String| {
            line == rule || line.strip_prefix(rule.as_str()).is_some_and(|rest| rest.starts_with(' '))
        };
        let rules = [
            ("owner.deny", Level::Deny, &self.context.extra_deny),
            ("owner.confirm", Level::Confirm, &self.context.extra_confirm),
        ];
        let hits: Vec<Reason> = rules
            .into_iter()
            .filter_map(|(rule, level, entries)| {
                let entry = entries.iter().find(|entry| begins(entry))?;
                let says = format!("The settings of this hub name it: {entry}.");
                Some(Reason { rule, level, span: span.clone(), command: line.to_owned(), says, advice: None })
            })
            .collect();
        for reason in hits {
            self.findings.reason(reason, false);
        }
    }
}

enum Located {
    Program(String),
    Script(Script),
}

/// How many steps it takes to weigh an effect.
fn labour(effect: &Effect) -> usize {
    match effect {
        // A pattern is held against every path that matters.
        Effect::Touch(_, word) if matches!(word.value, Value::Pattern(_)) => 20,
        _ => 0,
    }
}

/// The known programs that a pattern in the place of a program may mean.
fn programs_like(pattern: &str) -> Vec<&'static str> {
    let (directory, name) =
        pattern.rsplit_once('/').map_or((None, pattern), |(start, name)| (Some(start), name));
    // `*` alone says nothing about the program.
    if !name.contains(|c: char| c.is_ascii_alphanumeric())
        || directory.is_some_and(|directory| !STANDARD.iter().any(|known| may_be(directory, known)))
    {
        return Vec::new();
    }
    programs::names().filter(|known| paths::matches(name, known)).take(64).collect()
}

/// The pattern of a path can match this one.
fn may_be(pattern: &str, path: &str) -> bool {
    let (patterns, parts) = (pattern.split('/'), path.split('/'));
    patterns.clone().count() == parts.clone().count()
        && patterns.zip(parts).all(|(pattern, part)| paths::matches(pattern, part))
}
