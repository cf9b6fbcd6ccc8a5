//! A command as data: which method of the API it calls, and how what is answered is said.

use serde_json::Value;

use super::arguments::{Given, Opt, Takes};
use super::format::OUTPUT_FORMAT;
use crate::answer::Method;

/// A program with its commands.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) commands: &'static [Command],
    /// Commands that the real one has beside them.
    pub(super) beyond: &'static [&'static str],
}

/// One command.
pub(super) struct Command {
    /// Its words, such as `user token add`.
    pub(super) words: &'static str,
    pub(super) method: Method,
    /// Path of the API with placeholders; `{node}` is the node's own name.
    pub(super) path: &'static str,
    /// What is given by place; a name that ends in `?` may be left out.
    pub(super) arguments: &'static [&'static str],
    pub(super) options: &'static [Opt],
    /// What the command gives by itself.
    pub(super) fixed: &'static [(&'static str, &'static str)],
    pub(super) shows: Shows,
}

/// What a command makes of an answer.
pub(super) enum Shows {
    /// Nothing: that it worked is all.
    Nothing,
    /// The answer in a format that can be chosen.
    Formatted,
    /// How its task ends.
    Task,
    /// Text of its own, by what was given. Options in the list are its own, the API knows nothing of them.
    Own(&'static [&'static str], fn(&Value, &Given) -> String),
}

impl Command {
    /// How it is used, in one line.
    pub(super) fn usage(&self, program: &str) -> String {
        let mut usage = format!("{program} {}", self.words);
        for argument in self.arguments {
            usage += &match argument.strip_suffix('?') {
                Some(optional) => format!(" [<{optional}>]"),
                None => format!(" <{argument}>"),
            };
        }
        for option in self.options.iter().filter(|option| option.must) {
            usage += &format!(" --{} <string>", option.name);
        }
        if self.options.iter().any(|option| !option.must) {
            usage += " [OPTIONS]";
        }
        if matches!(self.shows, Shows::Formatted) {
            usage += " [FORMAT_OPTIONS]";
        }
        usage
    }

    /// What an option of that name is.
    pub(super) fn option(&self, name: &str) -> Option<Takes> {
        if name == OUTPUT_FORMAT {
            return matches!(self.shows, Shows::Formatted).then_some(Takes::Text);
        }
        self.options.iter().find(|option| option.name == name).map(|option| option.takes)
    }

    /// Whether an option is for the command itself and not for the API.
    pub(super) fn is_own(&self, name: &str) -> bool {
        name == OUTPUT_FORMAT || matches!(self.shows, Shows::Own(own, _) if own.contains(&name))
    }
}
