//! Running programs on one node and in its guests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use labkeeper_core::pve::GuestKind;
use labkeeper_core::shell::{Command, Dialect, Finished, Program, ShellError, Spot};
use tokio::time::Instant;

use super::agent::Question;
use super::dialects::Dialects;
use super::job::Job;
use super::line::Line;
use super::running::{self, Order, Ran};
use super::settings::{SshLimits, SshNode};
use super::supervised::{Mark, Task};
use super::words::words;

/// How long a program may take to end once it is told to.
const GRACE: Duration = Duration::from_secs(5);

/// A node, and its guests.
pub(super) struct Node {
    line: Line,
    dialects: Dialects,
    runs: AtomicU64,
}

impl Node {
    pub(super) fn new(node: SshNode, limits: SshLimits) -> Self {
        Self { line: Line::new(node, limits), dialects: Dialects::default(), runs: AtomicU64::new(0) }
    }

    /// Opens a connection, or finds that it is open.
    pub(super) async fn knock(&self) -> Result<(), ShellError> {
        self.line.knock().await
    }

    /// Which language is spoken there.
    pub(super) async fn dialect(&self, spot: &Spot) -> Result<Dialect, ShellError> {
        if let Some(known) = self.dialects.known(spot) {
            return Ok(known);
        }
        let words = ["sh", "-c", "command -v bash"].map(str::to_owned);
        let timeout = Duration::from_secs(20);
        let job = Job { spot, words: &words, stdin: &[], timeout, grace: GRACE, keep: 4096 };
        self.dialects.learn(spot, &self.job(&job).await?)
    }

    /// Runs a command.
    pub(super) async fn run(&self, spot: &Spot, command: &Command) -> Result<Finished, ShellError> {
        if matches!(command.program, Program::Text { dialect: Dialect::Bash, .. })
            && self.dialect(spot).await? != Dialect::Bash
        {
            return Err(ShellError::Lacking { what: "bash".into() });
        }
        let words = words(spot, command);
        let Command { stdin, timeout, keep, .. } = command;
        self.job(&Job { spot, words: &words, stdin, timeout: *timeout, grace: GRACE, keep: *keep }).await
    }

    /// Runs words, in whichever way that place has.
    pub(super) async fn job(&self, job: &Job<'_>) -> Result<Finished, ShellError> {
        match job.spot {
            Spot::Guest(at) if at.kind == GuestKind::Qemu => {
                let begun = Instant::now();
                let asked = Question::new(at, job)?;
                let ran = self.supervise(&asked.job(job)).await?;
                asked.answer(ran, begun.elapsed())
            }
            _ => {
                let Ran { end, stdout, stderr } = self.supervise(job).await?;
                Ok(Finished { end, stdout, stderr })
            }
        }
    }

    async fn supervise(&self, job: &Job<'_>) -> Result<Ran, ShellError> {
        let mark = Mark::new(self.runs.fetch_add(1, Ordering::Relaxed));
        let Job { spot, words, timeout, grace, .. } = *job;
        let command = Task { spot, words, timeout, grace }.command(&mark)?;
        let turn = self.line.exec(command).await?;
        let (spot, stdin, patience) = (spot.clone(), job.stdin.to_vec(), timeout + grace);
        running::run(turn, Order { mark, spot, stdin, keep: job.keep, patience }).await
    }
}
