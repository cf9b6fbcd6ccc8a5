//! What is run, and what came of it.

use std::time::Duration;

/// The shell language of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// bash is there.
    Bash,
    /// Only a POSIX shell: Alpine, BusyBox.
    Posix,
}

/// What is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// This program with these arguments; no shell sees them.
    Argv(Vec<String>),
    /// This text, by the place's shell of that dialect. Only text that the guard has judged may become one.
    Text {
        /// The command.
        text: String,
        /// The language in which it was judged. A place that has no such shell refuses.
        dialect: Dialect,
    },
}

/// Something to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What.
    pub program: Program,
    /// What it reads; empty means end of file at once.
    pub stdin: Vec<u8>,
    /// After this long it is ended, there, and told so.
    pub timeout: Duration,
    /// Of each stream at most this many bytes are kept: the first half from its beginning, the other from its end.
    pub keep: usize,
}

impl Command {
    /// A program with arguments that reads nothing.
    pub fn argv<I: IntoIterator<Item = S>, S: Into<String>>(words: I, timeout: Duration) -> Self {
        let program = Program::Argv(words.into_iter().map(Into::into).collect());
        Self { program, stdin: Vec::new(), timeout, keep: 1 << 20 }
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code; 0 is good.
    Code(i32),
    /// By a signal, named as `KILL` or by its number.
    Signal(String),
    /// It took too long and was ended there.
    TimedOut,
    /// It took too long and may still be running there: the agent of a virtual machine cannot end it.
    LeftRunning {
        /// Its process there, when known.
        pid: Option<i64>,
    },
}

/// What was kept of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Captured {
    /// From its beginning; all of it when `omitted` is 0.
    pub head: Vec<u8>,
    /// How many bytes in between are not here; at least so many where the agent of a virtual machine left some out.
    pub omitted: u64,
    /// From its end.
    pub tail: Vec<u8>,
}

impl Captured {
    /// The whole, when nothing was left out.
    pub fn whole(&self) -> Option<&[u8]> {
        (self.omitted == 0).then_some(self.head.as_slice())
    }
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub end: End,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
}
