//! A command that has to wait: time is not the interpreter's.

use serde_json::Value;

use super::format::Format;
use super::output::Output;
use crate::world::{Task, World};

/// How far a command is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is over.
    Done(Output),
    /// It follows a task.
    Waits(Waiting),
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
