//! What is inside of virtual machines, for whoever has real ones: the world knows no programs and no files.

use std::fmt::Debug;

use crate::world::Guest;

/// The insides of machines, as their agents reach them. Texts of failures are those of the real agent.
pub(crate) trait Interior: Debug + Send + Sync {
    /// Starts a program that reads that, and gives its number.
    fn execute(&self, guest: &Guest, argv: &[String], input: &[u8]) -> Result<i64, String>;

    /// How it is with a program that was started; once it was said that it is over, it is forgotten.
    fn executed(&self, guest: &Guest, pid: i64) -> Result<Execution, String>;

    /// Reads at most so many bytes from there on, and says whether that was all.
    fn read(&self, guest: &Guest, path: &str, offset: u64, count: u64) -> Result<(Vec<u8>, bool), String>;

    /// Gives a file those bytes.
    fn write(&self, guest: &Guest, path: &str, bytes: &[u8]) -> Result<(), String>;
}

/// How it is with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Execution {
    /// It is not over.
    Runs,
    /// It is.
    Over {
        end: End,
        /// Standard output, and standard error.
        printed: [Printed; 2],
    },
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with that code.
    Code(i64),
    /// By that signal.
    Signal(i64),
}

/// What was printed, as far as an agent keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Printed {
    pub(crate) bytes: Vec<u8>,
    /// Whether there was more.
    pub(crate) truncated: bool,
}
