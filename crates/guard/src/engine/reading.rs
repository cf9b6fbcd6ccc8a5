//! `read` and `mapfile`: what comes on standard input becomes variables.

use super::expand::separators;
use super::machine::Machine;
use super::state::{Shape, State};
use crate::invocation::Stdin;
use crate::word::{Span, Value, Word};

impl Machine<'_> {
    pub(super) fn read(
        &mut self,
        state: &mut State,
        arguments: &[Word],
        prefix: &[(String, Value)],
        span: &Span,
    ) {
        let mut array = None;
        let mut raw = false;
        let mut delimiter = Some("\n".to_owned());
        let mut count = None;
        let mut names = Vec::new();
        let mut at = 0;
        while let Some(word) = arguments.get(at) {
            at += 1;
            let Some(text) = word.only() else {
                self.undecidable(
                    "undecidable.name",
                    "read",
                    span.clone(),
                    "a variable that is read into is not named in the text",
                );
                continue;
            };
            let Some(options) = text.strip_prefix('-').filter(|_| names.is_empty()) else {
                names.push(text.to_owned());
                continue;
            };
            for (place, option) in options.char_indices() {
                raw |= option == 'r';
                if !"adinNptu".contains(option) {
                    continue;
                }
                let attached = &options[place + 1..];
                let value = if attached.is_empty() {
                    at += 1;
                    arguments.get(at - 1).and_then(Word::only).map(str::to_owned)
                } else {
                    Some(attached.to_owned())
                };
                match option {
                    'a' => array = value,
                    'd' => {
                        delimiter = value.map(|text| text.chars().next().map_or("\0".into(), String::from));
                    }
                    'n' | 'N' => count = value.and_then(|text| text.parse::<usize>().ok()),
                    'u' => state.stdin = Stdin::Unknown,
                    _ => {}
                }
                break;
            }
        }
        let line = match (&state.stdin, delimiter) {
            (Stdin::Null, _) => Value::known(""),
            (Stdin::Text(text), Some(delimiter)) => match text.only() {
                Some(text) => {
                    let (line, rest) = text.split_once(delimiter.as_str()).unwrap_or((text, ""));
                    let line =
                        count.map_or_else(|| line.to_owned(), |count| line.chars().take(count).collect());
                    let rest = rest.to_owned();
                    state.stdin = Stdin::Text(Value::known(rest));
                    Value::known(if raw { line } else { line.replace('\\', "") })
                }
                None => {
                    let lines = text.possibilities().flat_map(str::lines).map(Value::known).reduce(Value::or);
                    lines.unwrap_or_else(Value::tainted)
                }
            },
            (other, _) => other.some_line(),
        };
        let own =
            prefix.iter().find(|(name, _)| name == "IFS").map(|(_, value)| value.only().map(str::to_owned));
        let separators = own.unwrap_or_else(|| separators(state));
        if let Some(array) = array {
            let fields = match (line.only(), &separators) {
                (Some(line), Some(separators)) => cut_fields(line, separators, usize::MAX),
                _ => vec![],
            };
            let known = !fields.is_empty() || line.only().is_some();
            let shape = if known {
                Shape::Array(
                    fields
                        .into_iter()
                        .enumerate()
                        .map(|(at, text)| (at.to_string(), Value::known(text)))
                        .collect(),
                )
            } else {
                Shape::Scalar(Value::tainted())
            };
            state.shape(&array, shape);
            return;
        }
        if names.is_empty() {
            state.set("REPLY", line);
            return;
        }
        for (at, name) in names.iter().enumerate() {
            let value = match &separators {
                Some(separators) => match &line {
                    Value::Known(_) => line.map(|line| {
                        cut_fields(line, separators, names.len()).get(at).cloned().unwrap_or_default()
                    }),
                    other => other.clone(),
                },
                None => Value::tainted(),
            };
            self.check_variable(state, name, &value, span);
            state.set(name, value);
        }
    }

    pub(super) fn read_lines(&mut self, state: &mut State, arguments: &[Word]) {
        let name = arguments
            .iter()
            .rev()
            .find_map(Word::only)
            .filter(|text| !text.starts_with('-'))
            .unwrap_or("MAPFILE")
            .to_owned();
        let shape = match self.stdin_text(state).as_ref().and_then(Value::only) {
            Some(text) => Shape::Array(
                text.lines().enumerate().map(|(at, line)| (at.to_string(), Value::known(line))).collect(),
            ),
            None => Shape::Scalar(Value::tainted()),
        };
        state.shape(&name, shape);
    }
}

/// A line as the fields that `read` makes of it, the last of which keeps the rest.
fn cut_fields(line: &str, separators: &str, most: usize) -> Vec<String> {
    let is_separator = |c: char| separators.contains(c);
    let is_blank = |c: char| c.is_whitespace() && is_separator(c);
    let mut rest = line.trim_matches(is_blank);
    let mut fields = Vec::new();
    while !rest.is_empty() {
        if fields.len() + 1 >= most {
            fields.push(rest.to_owned());
            break;
        }
        let end = rest.find(is_separator).unwrap_or(rest.len());
        fields.push(rest[..end].to_owned());
        let behind = rest[end..].trim_start_matches(is_blank);
        rest = match behind.chars().next() {
            Some(c) if is_separator(c) && !is_blank(c) => behind[c.len_utf8()..].trim_start_matches(is_blank),
            _ => behind,
        };
    }
    fields
}
