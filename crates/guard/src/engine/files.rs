//! Scripts that are files, when the same line wrote them, and what programs do to such files.

use super::machine::Machine;
use super::state::{Content, State};
use crate::word::{Span, Value, Word};

/// A script that is to run.
pub(super) enum Script {
    /// The text of a file; its first line may say by what it is run.
    File(Value),
    /// A text for a shell.
    Shell(Value),
}

impl Machine<'_> {
    /// Runs a script with these arguments.
    pub(super) fn scripted(&mut self, state: &mut State, script: &Script, arguments: &[Word], span: &Span) {
        let (Script::File(text) | Script::Shell(text)) = script;
        let interpreter = match script {
            Script::File(text) => interpreter(text),
            Script::Shell(_) => None,
        };
        let mut inner = state.child();
        match (interpreter, text.only()) {
            (Some(name), Some(code)) => {
                let words: Vec<Word> = [name.as_str(), code_option(&name), code]
                    .into_iter()
                    .map(|text| Word::known(text, span.clone()))
                    .collect();
                let words: Vec<Word> = words.into_iter().chain(arguments.iter().cloned()).collect();
                self.program(&mut inner, &words, &[], span);
            }
            _ => {
                inner.positional = Some(arguments.iter().map(|word| word.value.clone()).collect());
                let traps = self.traps.len();
                self.text(&mut inner, text, span, "script");
                self.ends(&mut inner, traps);
            }
        }
        state.leave(inner);
    }

    /// The script that a shell is given as a file whose text is known, and where among the words it stands.
    pub(super) fn script_operand(
        &self,
        state: &State,
        name: &str,
        words: &[Word],
    ) -> Option<(Script, usize)> {
        if !matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash") {
            return None;
        }
        let mut at = 1;
        loop {
            let text = words.get(at)?.value.prefix();
            match text.as_str() {
                "--" => {
                    at += 1;
                    break;
                }
                "-o" | "+o" | "-O" | "+O" | "--rcfile" | "--init-file" => at += 2,
                _ if text.starts_with("--") => at += 1,
                _ if text.starts_with('-') && text.contains(['c', 's']) => return None,
                _ if text.starts_with('-') || text.starts_with('+') => at += 1,
                _ => break,
            }
        }
        let path = self.path(state, &words.get(at)?.value)?;
        let text = self.content(state, &path)?;
        Some((Script::Shell(text), at))
    }

    /// An interpreter that is given a file whose text is known is given the text instead.
    pub(super) fn inline_code(&self, state: &State, words: Vec<Word>) -> Vec<Word> {
        let name = words.first().and_then(Word::only).unwrap_or_default();
        let is_interpreter =
            name.starts_with("python") || matches!(name, "perl" | "ruby" | "node" | "php" | "lua");
        if !is_interpreter {
            return words;
        }
        let Some(file) = words.get(1) else { return words };
        let Some(path) = self.path(state, &file.value) else { return words };
        let Some(text) = self.content(state, &path) else { return words };
        let option = Word::known(code_option(name), file.span.clone());
        let code = Word { value: text, ..file.clone() };
        [words[0].clone(), option, code].into_iter().chain(words[2..].iter().cloned()).collect()
    }

    /// Remembers what a program does to files that a later command of the line may run or reach through.
    pub(super) fn watch_files(&self, state: &mut State, name: &str, arguments: &[Word]) {
        let operands: Vec<&Word> = arguments
            .iter()
            .filter(|word| word.only().is_none_or(|text| !text.starts_with('-') || text == "-"))
            .collect();
        match (name, operands.as_slice()) {
            ("cp" | "ln" | "mv" | "install", [sources @ .., target]) if !sources.is_empty() => {
                let copy = if name == "ln" { Content::Link } else { Content::Copy };
                // The target of a symbolic link is seen from where the link lies; nearly always both are absolute.
                let Some(target) = self.path(state, &target.value) else { return };
                for source in sources {
                    let Some(source) = self.path(state, &source.value) else { continue };
                    let content = match self.content(state, &source) {
                        Some(text) if name != "ln" => Content::Text(text),
                        _ => state.files.get(&source).cloned().unwrap_or_else(|| copy(source.clone())),
                    };
                    let file = source.rsplit('/').next().unwrap_or_default();
                    let inside = format!("{}/{file}", target.trim_end_matches('/'));
                    state.files.insert(inside, content.clone());
                    if source != target {
                        state.files.insert(target.clone(), content);
                    }
                }
            }
            ("ln", [source]) => {
                if let Some(path) = self.path(state, &source.value) {
                    let file = path.rsplit('/').next().unwrap_or_default();
                    if let Some(target) = self.path(state, &Value::known(file)) {
                        state.files.insert(target, Content::Link(path));
                    }
                }
            }
            ("mount", [source, target])
                if arguments.iter().any(|word| {
                    matches!(
                        word.only(),
                        Some("--bind" | "-B" | "--rbind" | "-R" | "-obind" | "bind" | "rbind")
                    )
                }) =>
            {
                if let (Some(source), Some(target)) =
                    (self.path(state, &source.value), self.path(state, &target.value))
                {
                    state.files.insert(target, Content::Link(source));
                }
            }
            ("dd", words) => {
                let target = words.iter().filter_map(|word| word.only()?.strip_prefix("of=")).next_back();
                if let Some(path) = target.and_then(|path| self.path(state, &Value::known(path))) {
                    state.files.insert(path, self.stdin_text(state).map_or(Content::Unknown, Content::Text));
                }
            }
            ("tee" | "sponge", targets) => {
                let text = self.stdin_text(state);
                for target in targets {
                    if let Some(path) = self.path(state, &target.value) {
                        state.files.insert(path, text.clone().map_or(Content::Unknown, Content::Text));
                    }
                }
            }
            ("sed" | "perl" | "ed" | "ex" | "vim" | "patch" | "curl" | "wget" | "truncate", targets) => {
                for target in targets {
                    if let Some(path) = self.path(state, &target.value)
                        && let Some(content) = state.files.get_mut(&path)
                    {
                        *content = Content::Unknown;
                    }
                }
            }
            _ => {}
        }
    }
}

/// By what a script is run when it is not a shell.
fn interpreter(text: &Value) -> Option<String> {
    let first = text.only()?.lines().next()?.strip_prefix("#!")?;
    let mut words = first.split_whitespace();
    let mut name = words.next()?.rsplit('/').next()?;
    if name == "env" {
        name = words.find(|word| !word.starts_with('-'))?.rsplit('/').next()?;
    }
    (!matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash")).then(|| name.to_owned())
}

/// How an interpreter is given its code.
fn code_option(name: &str) -> &'static str {
    match name {
        "php" => "-r",
        _ if name.starts_with("python") => "-c",
        _ => "-e",
    }
}
