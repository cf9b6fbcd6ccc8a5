//! What the shell itself runs.

use super::builtin_names::is_builtin;
use super::machine::Machine;
use super::pieces::Reading;
use super::run::shown;
use super::state::State;
use crate::word::{Span, Value, Word};

impl Machine<'_> {
    /// Runs a builtin.
    pub(super) fn builtin(
        &mut self,
        state: &mut State,
        name: &str,
        words: &[Word],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        let arguments = &words[1..];
        self.subscripts(state, arguments, span);
        self.callbacks(state, name, arguments, span);
        match name {
            "cd" | "chdir" | "pushd" => self.change_directory(state, name, arguments),
            "popd" => {
                let before = state.directories.pop().unwrap_or_else(Value::tainted);
                set_directory(state, before);
            }
            "export" | "declare" | "typeset" | "local" | "readonly" => {
                self.declare(state, name, arguments, span);
            }
            "unset" => self.unset(state, arguments),
            "set" => set(state, arguments),
            "shift" => shift(state, arguments),
            "read" => self.read(state, arguments, prefix, span),
            "mapfile" | "readarray" => self.read_lines(state, arguments),
            "let" => {
                for word in arguments {
                    if let Some(text) = word.only() {
                        let text = text.to_owned();
                        self.arithmetic(state, &text, span);
                    }
                }
            }
            "getopts" => {
                if let Some(name) = arguments.get(1).and_then(Word::only) {
                    state.set(name, Value::Pattern("?".into()));
                    state.set("OPTARG", Value::tainted());
                }
            }
            "eval" => self.eval(state, arguments, span),
            "source" | "." => self.source(state, arguments, span),
            "exec" => {
                let rest = behind_options(arguments, "a");
                self.with_prefix(state, prefix, |machine, state| machine.program(state, rest, prefix, span));
                state.gone = true;
            }
            "command" => self.command_builtin(state, arguments, prefix, span),
            "builtin" => {
                if let Some(name) = arguments.first().and_then(Word::only) {
                    let name = name.to_owned();
                    if is_builtin(&name) {
                        self.builtin(state, &name, arguments, prefix, span);
                    } else {
                        self.program(state, arguments, prefix, span);
                    }
                } else if !arguments.is_empty() {
                    self.undecidable(
                        "undecidable.command",
                        &shown(words),
                        span.clone(),
                        "the builtin is not named in the text",
                    );
                }
            }
            "trap" => self.trap(state, arguments, span),
            "alias" => alias(state, arguments),
            "hash" => {
                if let [flag, path, name] = arguments
                    && flag.only() == Some("-p")
                    && let Some(name) = name.only()
                {
                    state.hashed.insert(name.to_owned(), path.value.clone());
                }
            }
            "enable"
                if arguments.iter().any(|word| {
                    word.only().is_none_or(|text| text.starts_with('-') && text.contains('f'))
                }) =>
            {
                self.undecidable(
                    "undecidable.script",
                    &shown(words),
                    span.clone(),
                    "a builtin is loaded from a file",
                );
            }
            "bind" | "complete" | "compopt"
                if arguments
                    .iter()
                    .any(|word| word.only().is_none_or(|text| matches!(text, "-x" | "-C" | "-F"))) =>
            {
                self.undecidable(
                    "undecidable.script",
                    &shown(words),
                    span.clone(),
                    "commands are bound to keys or completions",
                );
            }
            "exit" | "return" | "break" | "continue" | "logout" => state.gone = true,
            "type" | "compgen" => state.print(&Value::tainted()),
            "dirs" => state.print(&Value::tainted()),
            "shopt" if arguments.iter().any(|word| word.only() == Some("expand_aliases")) => {
                state.aliases_on = true;
            }
            "fc" if !arguments.iter().any(|word| word.only() == Some("-l")) => {
                self.undecidable(
                    "undecidable.script",
                    &shown(words),
                    span.clone(),
                    "it repeats what was typed before",
                );
            }
            _ => {}
        }
    }

    /// `a[$(x)]` where a variable is named: finding the element runs `x`.
    pub(super) fn subscripts(&mut self, state: &mut State, words: &[Word], span: &Span) {
        for word in words {
            let Some((name, rest)) = word.only().and_then(|text| text.split_once('[')) else { continue };
            let is_name = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
            if is_name && rest.contains(['$', '`']) && rest.contains(']') {
                let rest = rest.to_owned();
                self.whole(state, &rest, Reading::Quoted, span);
            }
        }
    }

    /// `mapfile -C x`, `compgen -C x`, `compgen -F x`: builtins that run something for each line or word.
    fn callbacks(&mut self, state: &mut State, name: &str, arguments: &[Word], span: &Span) {
        if !matches!(name, "mapfile" | "readarray" | "compgen") {
            return;
        }
        for pair in arguments.windows(2) {
            if matches!(pair[0].only(), Some("-C" | "-F")) {
                let mut inner = state.clone();
                self.text(&mut inner, &pair[1].value, span, name);
            }
        }
    }

    fn change_directory(&mut self, state: &mut State, name: &str, arguments: &[Word]) {
        let target = arguments.iter().find(|word| {
            word.only().is_none_or(|text| text == "-" || !text.starts_with('-') && !text.starts_with('+'))
        });
        if name == "pushd" {
            state.directories.push(state.cwd.clone());
        }
        let directory = match target {
            None if name == "pushd" => state.directories.first().cloned().unwrap_or_else(Value::tainted),
            None => state.scalar("HOME").cloned().unwrap_or_else(|| Value::known("/root")),
            Some(word) if word.only() == Some("-") => {
                state.scalar("OLDPWD").cloned().unwrap_or_else(Value::tainted)
            }
            Some(word) if word.only() == Some("") => state.cwd.clone(),
            Some(word) => self.absolute(state, &word.value),
        };
        set_directory(state, directory);
    }

    /// A path as seen from the working directory.
    pub(super) fn absolute(&self, state: &State, value: &Value) -> Value {
        let cwd = state.cwd.clone();
        let join = |text: &str| {
            if text.starts_with('/') {
                return Value::known(state.behind_links(&crate::paths::normalise(text, "/")));
            }
            match &cwd {
                Value::Known(set) => Value::Known(
                    set.iter().map(|cwd| state.behind_links(&crate::paths::normalise(text, cwd))).collect(),
                ),
                Value::Pattern(pattern) => Value::Pattern(crate::paths::normalise(text, pattern)),
                Value::Tainted { prefix } => Value::Tainted { prefix: prefix.clone() },
            }
        };
        match value {
            Value::Known(set) => {
                set.iter().map(|text| join(text)).reduce(Value::or).unwrap_or_else(Value::tainted)
            }
            Value::Pattern(pattern) => match cwd.only() {
                Some(cwd) => Value::Pattern(crate::paths::normalise(pattern, cwd)),
                None => Value::tainted(),
            },
            Value::Tainted { prefix } if prefix.starts_with('/') => value.clone(),
            Value::Tainted { .. } => Value::tainted(),
        }
    }

    fn declare(&mut self, state: &mut State, name: &str, arguments: &[Word], span: &Span) {
        let mut exports = name == "export";
        let mut functions = false;
        let mut numbers = false;
        for word in arguments {
            let Some(text) = word.only().map(str::to_owned) else { continue };
            if text.starts_with('-') && !text.contains('=') {
                exports |= name != "export" && text.contains('x');
                numbers |= text.contains('i') && name != "export";
                functions |= text.contains('f') || text.contains('F');
                if text.contains('A') || text.contains('a') {
                    continue;
                }
                if text.contains('n') && name != "export" {
                    // A name for another variable: what is done to it is done to something else.
                    self.undecidable(
                        "undecidable.name",
                        &text,
                        span.clone(),
                        "a variable stands for another",
                    );
                }
                continue;
            }
            if numbers {
                let value = text.split_once('=').map(|(_, value)| value.to_owned());
                let value = value.or_else(|| state.scalar(&text)?.only().map(str::to_owned));
                self.arithmetic(state, &value.unwrap_or_default(), span);
            }
            if functions {
                continue;
            }
            // An assignment that was made by an expansion; those in the text are made already.
            if let Some((variable, value)) = text.split_once('=') {
                let variable = variable.trim_end_matches('+').to_owned();
                self.check_variable(state, &variable, &Value::known(value), span);
                state.set(&variable, Value::known(value));
                if exports {
                    state.export(&variable);
                }
            } else if exports {
                state.export(&text);
            }
        }
    }

    fn unset(&mut self, state: &mut State, arguments: &[Word]) {
        for word in arguments {
            let Some(text) = word.only() else { continue };
            state.variables.remove(text);
            if arguments.iter().any(|word| word.only() == Some("-f")) {
                state.functions.remove(text);
            }
        }
    }

    fn command_builtin(
        &mut self,
        state: &mut State,
        arguments: &[Word],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        let first = arguments.first().and_then(Word::only);
        match first {
            Some("-v" | "-V") => {
                let found = arguments.get(1).and_then(Word::only).map(|name| {
                    if crate::programs::is_known(name) {
                        Value::known(format!("/usr/bin/{name}\n"))
                    } else {
                        Value::tainted()
                    }
                });
                state.print(&found.unwrap_or_else(Value::tainted));
            }
            Some("-p") => self.command_builtin(state, &arguments[1..], prefix, span),
            Some("--") => self.plain(state, &arguments[1..], prefix, span),
            _ => self.plain(state, arguments, prefix, span),
        }
    }
}

/// The words behind a builtin's options, `valued` of which take a word.
fn behind_options<'a>(words: &'a [Word], valued: &str) -> &'a [Word] {
    let mut at = 0;
    while let Some(text) = words.get(at).and_then(Word::only) {
        if text == "--" {
            return &words[at + 1..];
        }
        if !text.starts_with('-') || text.len() < 2 {
            break;
        }
        at += if text.chars().last().is_some_and(|option| valued.contains(option)) { 2 } else { 1 };
    }
    words.get(at..).unwrap_or_default()
}

fn set_directory(state: &mut State, directory: Value) {
    let before = std::mem::replace(&mut state.cwd, directory);
    state.set("OLDPWD", before);
}

fn set(state: &mut State, arguments: &[Word]) {
    let mut at = 0;
    while let Some(word) = arguments.get(at) {
        match word.only() {
            Some("--" | "-") => {
                state.positional = Some(arguments[at + 1..].iter().map(|word| word.value.clone()).collect());
                return;
            }
            Some("-o" | "+o") => {
                state.exports_all |= arguments.get(at + 1).and_then(Word::only) == Some("allexport");
                at += 1;
            }
            Some(text) if text.starts_with('-') || text.starts_with('+') => {
                state.exports_all |= text.starts_with('-') && text.contains('a');
                if text.ends_with('o') {
                    at += 1;
                }
            }
            _ => {
                state.positional = Some(arguments[at..].iter().map(|word| word.value.clone()).collect());
                return;
            }
        }
        at += 1;
    }
}

fn shift(state: &mut State, arguments: &[Word]) {
    let count = match arguments.first() {
        None => Some(1),
        Some(word) => word.only().and_then(|text| text.parse::<usize>().ok()),
    };
    state.positional = match (state.positional.take(), count) {
        (Some(words), Some(count)) => Some(words.get(count..).unwrap_or_default().to_vec()),
        _ => None,
    };
}

fn alias(state: &mut State, arguments: &[Word]) {
    for word in arguments {
        if let Some((name, text)) = word.only().and_then(|text| text.split_once('=')) {
            // Off in a shell that runs one command, unless the script switches them on; then they hold from the next line.
            state.aliases.insert(name.to_owned(), text.to_owned());
        }
    }
}
