//! Redirections: what they touch, what a command then reads, and where its output goes.

use brush_parser::ast::{
    IoFileRedirectKind, IoFileRedirectTarget, IoRedirect, ProcessSubstitutionKind, SubshellCommand,
};

use super::machine::Machine;
use super::pieces::Reading;
use super::state::{Content, State};
use crate::effect::{Effect, Touch};
use crate::invocation::Stdin;
use crate::paths;
use crate::word::{Span, Value, Word};

/// Where the standard output of a command goes.
#[derive(Default)]
enum Output<'a> {
    /// Where that of the shell goes.
    #[default]
    Inherited,
    /// Nowhere that matters.
    Elsewhere,
    File {
        path: Value,
        append: bool,
    },
    Process(&'a SubshellCommand),
}

impl Machine<'_> {
    /// Runs a body with these redirections.
    pub(super) fn with_redirects<'a>(
        &mut self,
        state: &mut State,
        redirects: impl Iterator<Item = &'a IoRedirect>,
        body: impl FnOnce(&mut Self, &mut State),
    ) {
        let stdin = state.stdin.clone();
        let flow = self.frame.flow;
        let before = self.seen;
        let mut output = Output::default();
        for redirect in redirects {
            self.redirect(state, redirect, &mut output);
        }
        self.frame.flow.secret |= self.seen.secret_since(before);
        let outer = state.out.take();
        state.out = match output {
            Output::Inherited => outer.clone(),
            Output::Elsewhere => None,
            Output::File { .. } | Output::Process(_) => Some(Value::known("")),
        };
        body(self, state);
        let printed = state.out.take();
        state.out = if matches!(output, Output::Inherited) { printed.clone() } else { outer };
        match output {
            Output::File { path, append } => {
                if self.frame.flow.secret || self.seen.secret_since(before) {
                    self.hidden.extend(path.only().map(str::to_owned));
                }
                keep(state, &path, append, printed);
            }
            Output::Process(subshell) => {
                let mut inner = state.clone();
                inner.stdin = printed.map_or(Stdin::Unknown, as_stdin);
                inner.out = None;
                self.subshell(&mut inner, subshell);
                state.files = inner.files;
            }
            Output::Inherited | Output::Elsewhere => {}
        }
        state.stdin = stdin;
        self.frame.flow = flow;
    }

    /// Redirections that stay: `exec 3>file`.
    pub(super) fn redirect_for_good<'a>(
        &mut self,
        state: &mut State,
        redirects: impl Iterator<Item = &'a IoRedirect>,
        span: &Span,
    ) {
        for redirect in redirects {
            let mut output = Output::default();
            if let IoRedirect::File(Some(descriptor), _, IoFileRedirectTarget::Filename(word)) = redirect {
                let (value, _) = self.single(state, &word.value, span);
                if is_network(&value) {
                    self.undecidable(
                        "network.socket",
                        &format!("exec {redirect}"),
                        span.clone(),
                        "a connection is opened, and what comes or goes over it is not in the text",
                    );
                }
                state.descriptors.insert(*descriptor, value);
            }
            self.redirect(state, redirect, &mut output);
            if !matches!(output, Output::Inherited) {
                state.out = state.out.take().map(|_| Value::tainted());
            }
        }
    }

    fn redirect<'a>(&mut self, state: &mut State, redirect: &'a IoRedirect, output: &mut Output<'a>) {
        match redirect {
            IoRedirect::File(descriptor, kind, target) => self.file(state, *descriptor, kind, target, output),
            IoRedirect::HereDocument(descriptor, document) => {
                let span = self.span(document.doc.loc.as_ref());
                let text = if document.requires_expansion {
                    let (value, hollow) = self.whole(state, &document.doc.value, Reading::Quoted, &span);
                    or_open(Word { value, span: span.clone(), hollow })
                } else {
                    Value::known(document.doc.value.clone())
                };
                given(state, *descriptor, text);
            }
            IoRedirect::HereString(descriptor, word) => {
                let span = self.span(word.loc.as_ref());
                self.beyond_posix("<<<", span.clone());
                let (value, hollow) = self.single(state, &word.value, &span);
                let text = or_open(Word { value, span: span.clone(), hollow }).then(&Value::known("\n"));
                given(state, *descriptor, text);
            }
            IoRedirect::OutputAndError(word, append) => {
                let span = self.span(word.loc.as_ref());
                self.beyond_posix("&>", span.clone());
                self.opened_for_writing(state, &word.value, *append, &span, output);
            }
        }
    }

    fn file<'a>(
        &mut self,
        state: &mut State,
        descriptor: Option<i32>,
        kind: &IoFileRedirectKind,
        target: &'a IoFileRedirectTarget,
        output: &mut Output<'a>,
    ) {
        let reads = matches!(kind, IoFileRedirectKind::Read | IoFileRedirectKind::DuplicateInput);
        match target {
            IoFileRedirectTarget::Filename(word) => {
                let span = self.span(word.loc.as_ref());
                match kind {
                    IoFileRedirectKind::Read => {
                        let (value, hollow) = self.target(state, &word.value, &span);
                        let stdin = self.opened_for_reading(state, &value, hollow, &span);
                        if descriptor.unwrap_or(0) == 0 {
                            state.stdin = stdin;
                        }
                    }
                    IoFileRedirectKind::ReadAndWrite => {
                        let mut ignored = Output::default();
                        self.opened_for_writing(state, &word.value, true, &span, &mut ignored);
                        if descriptor.unwrap_or(0) == 0 {
                            state.stdin = Stdin::Unknown;
                        }
                    }
                    _ => {
                        let append = matches!(kind, IoFileRedirectKind::Append);
                        let both = matches!(kind, IoFileRedirectKind::DuplicateOutput);
                        let mut ignored = Output::default();
                        let output = if both || descriptor.unwrap_or(1) == 1 { output } else { &mut ignored };
                        self.opened_for_writing(state, &word.value, append, &span, output);
                    }
                }
            }
            IoFileRedirectTarget::Fd(from) => self.duplicated(state, descriptor, *from, reads, output),
            IoFileRedirectTarget::Duplicate(word) => {
                let span = self.span(word.loc.as_ref());
                let (value, hollow) = self.target(state, &word.value, &span);
                match value.only().map(|text| (text.trim_end_matches('-'), text)) {
                    Some(("", _)) => {}
                    Some((digits, _)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                        self.duplicated(state, descriptor, digits.parse().unwrap_or(9), reads, output);
                    }
                    _ if reads => {
                        state.stdin = self.opened_for_reading(state, &value, hollow, &span);
                    }
                    _ => self.opened_for_writing(state, &word.value, false, &span, output),
                }
            }
            IoFileRedirectTarget::ProcessSubstitution(kind, subshell) => {
                let span = self.span(Some(&subshell.loc));
                self.beyond_posix("<( )", span);
                match kind {
                    ProcessSubstitutionKind::Read => state.stdin = self.output_of(state, subshell),
                    ProcessSubstitutionKind::Write => *output = Output::Process(subshell),
                }
            }
        }
    }

    /// What a process substitution prints.
    pub(super) fn output_of(&mut self, state: &mut State, subshell: &SubshellCommand) -> Stdin {
        let mut inner = state.clone();
        inner.out = Some(Value::known(""));
        self.subshell(&mut inner, subshell);
        state.files = inner.files;
        inner.out.map_or(Stdin::Unknown, as_stdin)
    }

    fn duplicated(
        &mut self,
        state: &mut State,
        descriptor: Option<i32>,
        from: i32,
        reads: bool,
        output: &mut Output<'_>,
    ) {
        let network = state.descriptors.get(&from).is_some_and(is_network);
        self.frame.flow.connection |= network;
        if reads {
            if descriptor.unwrap_or(0) == 0 && from != 0 {
                state.stdin = Stdin::Unknown;
            }
        } else if descriptor.unwrap_or(1) == 1 && from != 1 {
            *output = Output::Elsewhere;
        }
    }

    fn target(&mut self, state: &mut State, raw: &str, span: &Span) -> (Value, bool) {
        // A target is split and globbed like any word, and has to come out as one.
        match self.fields(state, raw, span).as_slice() {
            [fields] if fields.len() == 1 => (fields[0].value(), fields[0].is_hollow()),
            many => super::field::flattened(many),
        }
    }

    fn opened_for_reading(&mut self, state: &State, value: &Value, hollow: bool, span: &Span) -> Stdin {
        if is_network(value) {
            self.frame.flow.connection = true;
            return Stdin::Unknown;
        }
        let word = Word { value: value.clone(), span: span.clone(), hollow };
        self.opened(&word);
        let shown = format!("< {}", word.shown());
        self.weigh(&Effect::Read(self.behind_links(state, &word)), &state.cwd, &shown, span);
        let Some(path) = self.path(state, value) else { return Stdin::Unknown };
        match state.files.get(&path) {
            Some(Content::Text(text)) => as_stdin(text.clone()),
            _ if path == "/dev/null" => Stdin::Null,
            _ if matches!(path.as_str(), "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0") => {
                state.stdin.clone()
            }
            _ => Stdin::Unknown,
        }
    }

    fn opened_for_writing(
        &mut self,
        state: &mut State,
        raw: &str,
        append: bool,
        span: &Span,
        output: &mut Output<'_>,
    ) {
        let (value, hollow) = self.target(state, raw, span);
        if is_network(&value) {
            self.findings.changes = true;
            self.frame.flow.connection = true;
            *output = Output::Elsewhere;
            return;
        }
        let word = Word { value: value.clone(), span: span.clone(), hollow };
        if word.only().is_some_and(is_nowhere) {
            *output = if word.only() == Some("/dev/stdout") { Output::Inherited } else { Output::Elsewhere };
            return;
        }
        if hollow && word.only() == Some("") {
            let why = "the file is named by a variable that is not set";
            self.undecidable("undecidable.path", ">", span.clone(), why);
            return;
        }
        let shown = format!("{} {}", if append { ">>" } else { ">" }, word.shown());
        self.weigh(&Effect::Touch(Touch::Write, self.behind_links(state, &word)), &state.cwd, &shown, span);
        *output = Output::File { path: self.path(state, &value).map_or(value, Value::known), append };
    }

    /// The absolute path of a file, when it is known.
    pub(super) fn path(&self, state: &State, value: &Value) -> Option<String> {
        let path = match value {
            Value::Known(_) => paths::normalise(value.only()?, state.cwd.only().unwrap_or("/")),
            // The same name that is not known, such as what `mktemp` made, is still the same file.
            Value::Pattern(pattern) => pattern.clone(),
            Value::Tainted { .. } => return None,
        };
        let parent = path.rfind('/').map_or("", |at| &path[..at]);
        Some(format!("{}{}", state.behind_links(parent), &path[parent.len()..]))
    }

    /// The word with links resolved that the same line made.
    pub(super) fn behind_links(&self, state: &State, word: &Word) -> Word {
        if let (Value::Pattern(cwd), Some(path)) = (&state.cwd, word.only())
            && !path.starts_with('/')
        {
            let value = Value::Pattern(paths::normalise(&crate::word::quoted(path), cwd));
            return Word { value, ..word.clone() };
        }
        if !state.files.values().any(|content| matches!(content, Content::Link(_))) {
            return word.clone();
        }
        let Some(cwd) = state.cwd.only() else { return word.clone() };
        let value = match &word.value {
            Value::Known(_) => word.value.map(|text| {
                let path = paths::normalise(text, cwd);
                let real = state.behind_links(&path);
                if real == path { text.to_owned() } else { real }
            }),
            Value::Pattern(pattern) => {
                let path = paths::normalise(pattern, cwd);
                let real = state.behind_links(&path);
                Value::Pattern(if real == path { pattern.clone() } else { real })
            }
            tainted @ Value::Tainted { .. } => tainted.clone(),
        };
        Word { value, ..word.clone() }
    }
}

fn given(state: &mut State, descriptor: Option<i32>, text: Value) {
    match descriptor {
        None | Some(0) => state.stdin = Stdin::Text(text),
        Some(other) => {
            state.files.insert(format!("/dev/fd/{other}"), Content::Text(text));
        }
    }
}

/// A text to read; were it a script, what a variable that is not set was to say would be missing.
fn or_open(word: Word) -> Value {
    if word.lacks_command() { Value::Tainted { prefix: word.value.prefix() } } else { word.value }
}

/// A printed text as something to read.
pub(super) fn as_stdin(text: Value) -> Stdin {
    match text {
        Value::Tainted { prefix } if prefix.is_empty() => Stdin::Unknown,
        text => Stdin::Text(text),
    }
}

fn keep(state: &mut State, path: &Value, append: bool, printed: Option<Value>) {
    let Some(path) = path.only().or(match path {
        Value::Pattern(pattern) => Some(pattern.as_str()),
        _ => None,
    }) else {
        return;
    };
    let text = printed.unwrap_or_else(Value::tainted);
    let content = match (append, state.files.remove(path)) {
        (true, Some(Content::Text(before))) => Content::Text(before.then(&text)),
        (true, Some(_)) => Content::Unknown,
        _ if matches!(&text, Value::Tainted { prefix } if prefix.is_empty()) => Content::Unknown,
        _ => Content::Text(text),
    };
    state.files.insert(path.to_owned(), content);
}

fn is_nowhere(path: &str) -> bool {
    matches!(
        path,
        "/dev/null"
            | "/dev/stdout"
            | "/dev/stderr"
            | "/dev/tty"
            | "/dev/zero"
            | "/dev/full"
            | "/dev/fd/1"
            | "/dev/fd/2"
            | "/proc/self/fd/1"
            | "/proc/self/fd/2"
    )
}

fn is_network(value: &Value) -> bool {
    let reaches = |text: &str| text.starts_with("/dev/tcp/") || text.starts_with("/dev/udp/");
    match value {
        Value::Known(set) => set.iter().any(|text| reaches(text)),
        other => reaches(&other.prefix()),
    }
}
