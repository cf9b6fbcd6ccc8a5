//! One run of one program, as the shell would start it.

use crate::word::{Span, Value, Word};

/// Where a program's standard input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stdin {
    /// Nothing comes.
    Null,
    /// A text that is known: here-document, here-string, the folded output of a pure pipe, a file written before.
    Text(Value),
    /// A pipe or file whose content is not known.
    Unknown,
}

impl Stdin {
    /// What a line of it may be, when not all of it is known.
    pub fn some_line(&self) -> Value {
        match self {
            Self::Text(Value::Pattern(pattern)) if !pattern.contains('\n') => Value::Pattern(pattern.clone()),
            Self::Text(Value::Tainted { prefix }) if !prefix.contains('\n') => {
                Value::Tainted { prefix: prefix.clone() }
            }
            _ => Value::tainted(),
        }
    }
}

/// Which machine's processes and files an invocation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Realm {
    /// The one that the command was sent to.
    Here,
    /// A guest or container of it, or another machine over SSH: the paths are that one's.
    Elsewhere,
}

/// One run of one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The program and its arguments; the first is the program as written.
    pub argv: Vec<Word>,
    /// `NAME=value` before the program, and what `export` or `env` gave it.
    pub assignments: Vec<(String, Value)>,
    /// The working directory, absolute when known.
    pub cwd: Value,
    /// What it reads.
    pub stdin: Stdin,
    /// Whose processes and files.
    pub realm: Realm,
    /// Where it stands.
    pub span: Span,
}
