//! What pure programs print, as far as it follows from the text: the folding of constants.

use super::machine::Machine;
use super::printing::{basename, dirname, echo, echo_partly, mktemp, printf, seq};
use super::state::State;
use super::streams::{filter, operands};
use crate::word::{Value, Word};

/// Programs that print a name, a number or a date: never a slash.
const PLAIN: &[&str] = &[
    "date",
    "hostname",
    "uname",
    "whoami",
    "id",
    "nproc",
    "wc",
    "pidof",
    "pgrep",
    "arch",
    "getconf",
    "tty",
    "logname",
    "uptime",
    "free",
    "ipcalc",
    "mktemp-u",
    "uuidgen",
    "lsb_release",
    "stat",
];

impl Machine<'_> {
    /// What a program prints.
    pub(super) fn printed(&self, state: &State, name: &str, arguments: &[Word]) -> Value {
        let stdin = self.stdin_text(state);
        match name {
            "mktemp" => return mktemp(arguments),
            "pwd" => return state.cwd.clone().then(&Value::known("\n")),
            "stat"
                if arguments
                    .iter()
                    .any(|word| word.value.prefix().contains('n') || word.value.prefix().contains('N')) =>
            {
                return Value::tainted();
            }
            _ if PLAIN.contains(&name) => {
                let slashes = arguments.iter().any(|word| word.only().is_none_or(|text| text.contains('/')));
                return if slashes { Value::tainted() } else { Value::Pattern("*".into()) };
            }
            "find" | "ls" => return listed(name, arguments),
            _ => {}
        }
        // What was to be printed is in variables that were never set: were it run, it would be something.
        let told = if name == "printf" { arguments.get(1..).unwrap_or_default() } else { arguments };
        let is_hollow = |word: &Word| word.hollow && word.only() == Some("");
        if matches!(name, "echo" | "printf") && !told.is_empty() && told.iter().all(is_hollow) {
            return Value::tainted();
        }
        if matches!(name, "echo" | "printf")
            && arguments.last().is_some_and(|last| last.lacks_command() && !is_hollow(last))
        {
            return Value::Tainted { prefix: echo_partly(arguments).prefix() };
        }
        let Some(words) = texts(arguments) else {
            // The words of `echo` may be known in part.
            return if name == "echo" { echo_partly(arguments) } else { Value::tainted() };
        };
        match name {
            "echo" => Value::known(echo(&words)),
            "printf" => printf(&words).map_or_else(Value::tainted, Value::known),
            "basename" => words.first().map_or_else(Value::tainted, |path| {
                Value::known(format!("{}\n", basename(path, words.get(1).copied())))
            }),
            "dirname" => {
                words.first().map_or_else(Value::tainted, |path| Value::known(format!("{}\n", dirname(path))))
            }
            "realpath" | "readlink" => {
                words.iter().find(|word| !word.starts_with('-')).map_or_else(Value::tainted, |path| {
                    let path = crate::paths::normalise(path, state.cwd.only().unwrap_or("/"));
                    Value::known(format!("{}\n", state.behind_links(&path)))
                })
            }
            "which" | "type" => words
                .last()
                .filter(|name| crate::programs::is_known(name))
                .map_or_else(Value::tainted, |name| Value::known(format!("/usr/bin/{name}\n"))),
            "seq" => seq(&words).map_or(Value::Pattern("*".into()), Value::known),
            "true" | "false" | "sleep" | "test" | "[" => Value::known(""),
            _ => self.filtered(state, name, &words, stdin),
        }
    }

    /// What a filter makes of its input: of standard input, or of a file whose text is known.
    fn filtered(&self, state: &State, name: &str, words: &[&str], stdin: Option<Value>) -> Value {
        let files: Vec<&str> = operands(name, words);
        let input = match files.as_slice() {
            [] => stdin,
            files => files.iter().try_fold(Value::known(""), |text, file| {
                if *file == "-" {
                    return stdin.clone().map(|stdin| text.then(&stdin));
                }
                let path = self.path(state, &Value::known(*file))?;
                Some(text.then(&self.content(state, &path)?))
            }),
        };
        match input {
            Some(Value::Known(set)) => {
                let printed: Option<std::collections::BTreeSet<String>> =
                    set.iter().map(|text| filter(name, words, text)).collect();
                printed.map_or_else(Value::tainted, Value::Known)
            }
            // A part of what has no slash has none either.
            Some(Value::Pattern(pattern))
                if !pattern.contains('/')
                    && matches!(
                        name,
                        "cut" | "head" | "tail" | "sort" | "uniq" | "cat" | "rev" | "grep" | "wc"
                    ) =>
            {
                Value::Pattern("*".into())
            }
            _ if name == "grep" && words.iter().any(|word| word.starts_with('-') && word.contains('c')) => {
                Value::Pattern("*".into())
            }
            _ => Value::tainted(),
        }
    }
}

/// What each line begins with that lists files.
fn listed(name: &str, arguments: &[Word]) -> Value {
    let prints_names = |word: &Word| match word.only() {
        Some(text) if name == "find" => {
            !text.starts_with("-printf") && !text.starts_with("-exec") && !text.starts_with("-ok")
        }
        Some(text) => {
            !(text.starts_with('-')
                && !text.starts_with("--")
                && text.contains(['l', 'R', 's', 'i', 'g', 'o', 'n', 'm']))
        }
        None => true,
    };
    if !arguments.iter().all(prints_names) {
        return Value::tainted();
    }
    let is_option = |word: &&Word| word.only().is_some_and(|text| text.starts_with(['-', '(', '!']));
    let roots: Vec<&Word> = match name {
        "find" => arguments.iter().take_while(|word| !is_option(word)).collect(),
        _ => arguments.iter().filter(|word| !is_option(word)).collect(),
    };
    let value = roots.iter().map(|word| word.value.clone()).reduce(Value::or);
    match value {
        // `/` says no more than nothing does.
        Some(value) if name == "find" && value.prefix() != "/" => Value::Tainted { prefix: value.prefix() },
        // Files that are named by a pattern are listed as they are named; the contents of a directory by their names.
        Some(Value::Pattern(pattern)) => Value::Pattern(pattern),
        None => Value::Pattern("*".into()),
        _ => Value::tainted(),
    }
}

fn texts(words: &[Word]) -> Option<Vec<&str>> {
    words.iter().map(Word::only).collect()
}
