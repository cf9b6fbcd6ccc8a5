//! Texts that the shell itself runs: `eval`, `source`, `trap`.

use super::machine::Machine;
use super::state::{Content, State};
use crate::word::{Span, Value, Word};

/// Files of a Debian system that set variables and are part of the machine as it is.
const SOURCED: &[&str] =
    &["/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release", "/etc/debian_version"];

impl Machine<'_> {
    pub(super) fn eval(&mut self, state: &mut State, arguments: &[Word], span: &Span) {
        let mut text = Value::known("");
        for (at, word) in arguments.iter().enumerate() {
            if at > 0 {
                text = text.then(&Value::known(" "));
            }
            text = text.then(&word.value);
        }
        self.text(state, &text, span, "eval");
        if arguments.iter().any(|word| word.hollow) {
            self.undecidable(
                "undecidable.script",
                "eval",
                span.clone(),
                "the script is in a variable that is not set",
            );
        }
    }

    /// Runs a text in the shell itself, if it is known.
    pub(super) fn text(&mut self, state: &mut State, text: &Value, span: &Span, by: &str) {
        match text {
            Value::Known(set) => {
                let start = state.clone();
                let mut end: Option<State> = None;
                for script in set {
                    let mut this = start.clone();
                    self.script(&mut this, script, Some(span));
                    end = Some(match end {
                        Some(known) => known.or(this),
                        None => this,
                    });
                }
                if let Some(end) = end {
                    *state = end;
                }
            }
            _ => {
                // What is known of its beginning is looked at all the same: it may be worse than not known.
                let prefix = text.prefix();
                if let Some(cut) = prefix.rfind([';', '\n', '|', '&']) {
                    let mut this = state.clone();
                    self.script(&mut this, &prefix[..cut], Some(span));
                }
                self.undecidable("undecidable.script", by, span.clone(), "the text that runs is not known");
            }
        }
    }

    pub(super) fn source(&mut self, state: &mut State, arguments: &[Word], span: &Span) {
        let Some(file) = arguments.first() else { return };
        let text = self.path(state, &file.value).and_then(|path| self.content(state, &path));
        match text {
            Some(text) => {
                let positional = state.positional.clone();
                if arguments.len() > 1 {
                    state.positional = Some(arguments[1..].iter().map(|word| word.value.clone()).collect());
                }
                self.text(state, &text, span, "source");
                state.positional = positional;
                state.gone = false;
            }
            None if file.only().is_some_and(|path| SOURCED.contains(&path)) => {}
            None => {
                let what = format!("source {}", file.shown());
                self.undecidable("undecidable.script", &what, span.clone(), "the script is not in the text");
            }
        }
    }

    /// The text of a file that the same line made, or that is standard input.
    pub(super) fn content(&self, state: &State, path: &str) -> Option<Value> {
        if matches!(path, "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0") {
            return self.stdin_text(state);
        }
        match state.files.get(path)? {
            Content::Text(text) => Some(text.clone()),
            Content::Link(target) | Content::Copy(target) if target != path => {
                match state.files.get(target)? {
                    Content::Text(text) => Some(text.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn trap(&mut self, state: &mut State, arguments: &[Word], span: &Span) {
        let rest =
            if arguments.first().and_then(Word::only) == Some("--") { &arguments[1..] } else { arguments };
        let [action, signals @ ..] = rest else { return };
        if signals.is_empty() || matches!(action.only(), Some("-" | "" | "-p" | "-l")) {
            return;
        }
        let at_the_end =
            |word: &Word| word.only().is_none_or(|signal| matches!(signal, "EXIT" | "exit" | "0"));
        if signals.iter().any(at_the_end) {
            self.traps.push((action.value.clone(), span.clone()));
        }
        if !signals.iter().all(at_the_end) {
            let mut inner = state.clone();
            self.text(&mut inner, &action.value, span, "trap");
        }
    }

    /// A shell ends: it does what it was told to do then. `before`: how many such things there were when it began.
    pub(super) fn ends(&mut self, state: &mut State, before: usize) {
        while self.traps.len() > before {
            let Some((text, span)) = self.traps.pop() else { return };
            self.text(state, &text, &span, "trap");
        }
    }
}
