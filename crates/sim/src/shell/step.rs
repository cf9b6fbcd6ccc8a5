//! A command that has to wait: time is not the interpreter's.

use serde_json::Value;

use super::format::Format;
use super::inside::Inside;
use super::output::Output;
use crate::world::{Task, World};

/// How far a command is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is over.
    Done(Output),
    /// It is over, and printed these bytes.
    Printed(Vec<u8>),
    /// It follows a task.
    Waits(Waiting),
    /// It reads standard input to its end before it goes on.
    Reads(Reading),
    /// It waits for a program in a machine.
    Listens(Listening),
    /// It does something inside of a container, and ends as that does.
    Inside(Inside),
}

/// A program in a machine that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    pub(super) vmid: String,
    pub(super) pid: i64,
    pub(super) until_ms: i64,
}

/// A program in a machine that is still to be told what it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading(pub(super) Wanted);

/// A program that is wanted in a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) vmid: String,
    pub(super) argv: Vec<String>,
    /// How long it is waited for; `None` is not at all.
    pub(super) seconds: Option<u64>,
}

/// A command that ends when its task does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    upid: String,
    ends: Ends,
}

/// What a command makes of the end of its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// It fails when the task failed.
    AsTheTask,
    /// It names the task, and its own work is done: how the task ended is for the caller to look up.
    Naming(Format),
}

impl Waiting {
    pub(super) fn new(upid: &str, ends: Ends) -> Self {
        Self { upid: upid.to_owned(), ends }
    }

    /// How far it is by now.
    pub fn look(self, world: &World) -> Step {
        let Some(task) = world.task(&self.upid) else {
            return Step::Done(Output::died("no such task"));
        };
        match task.exitstatus() {
            None => Step::Waits(self),
            Some(exit) => Step::Done(self.ended(task, exit)),
        }
    }

    /// The log of a task goes to the terminal of who started it there; its last line is not part of it.
    fn ended(&self, task: &Task, exit: &str) -> Output {
        let lines = task.log.split_last().map_or(&[][..], |(_, lines)| lines);
        let log: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let mut output = if exit == "OK" { Output::default() } else { Output::died(exit) };
        output.stdout = log;
        match self.ends {
            // Whatever a worker dies of, it ends with this.
            Ends::AsTheTask if output.code != 0 => output.code = 255,
            Ends::AsTheTask => {}
            Ends::Naming(format) => {
                output.code = 0;
                output.stdout += &format.show(&Value::from(self.upid.as_str()));
            }
        }
        output
    }
}
