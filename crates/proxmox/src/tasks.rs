//! Waiting for a task: its state is asked for, its log is read on, until it is over.

use std::collections::VecDeque;
use std::time::Duration;

use labkeeper_core::ports::{Pve, TaskWatch};
use labkeeper_core::pve::calls::task;
use labkeeper_core::pve::{LogLine, PveError, TaskEnd, TaskStatus, Upid};
use tokio::time::{Instant, sleep};

/// Most tasks are over in less than a second, and people wait for them.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Lines of the log that an end carries with it.
const TAIL: usize = 20;

/// Lines asked for at a time.
const PAGE: u32 = 500;

pub(crate) async fn await_task(
    pve: &dyn Pve,
    upid: &Upid,
    patience: Duration,
    watch: TaskWatch<'_>,
) -> Result<TaskEnd, PveError> {
    let begun = Instant::now();
    let mut log = Log { upid, watch, heard: 0, tail: VecDeque::new() };
    let mut pause = FIRST_PAUSE;
    loop {
        // The state first: a log that is read after the end is whole.
        match pve.call(&task::status(upid)).await {
            Ok(TaskStatus::Running) => drop(log.read_on(pve).await),
            Ok(TaskStatus::Stopped(exit)) => {
                // How it ended is known; that the log cannot be read does not change it.
                drop(log.read_on(pve).await);
                return Ok(TaskEnd { upid: upid.clone(), exit, tail: log.tail.into() });
            }
            Err(error) if error.is_transient() => {
                if begun.elapsed() >= patience {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        let left = patience.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Err(PveError::TaskUnfinished { upid: Box::new(upid.clone()), after: patience });
        }
        sleep(pause.min(left)).await;
        pause = (pause * 3 / 2).min(LONGEST_PAUSE);
    }
}

struct Log<'a> {
    upid: &'a Upid,
    watch: TaskWatch<'a>,
    heard: u64,
    tail: VecDeque<String>,
}

impl Log<'_> {
    /// Hands on what was written since.
    async fn read_on(&mut self, pve: &dyn Pve) -> Result<(), PveError> {
        loop {
            let lines = pve.call(&task::log(self.upid, self.heard, PAGE)).await?;
            let fresh: Vec<&LogLine> =
                lines.iter().filter(|line| line.n > self.heard && !line.stands_for_nothing()).collect();
            for line in &fresh {
                self.hear(line);
            }
            if fresh.len() < PAGE as usize {
                return Ok(());
            }
        }
    }

    fn hear(&mut self, line: &LogLine) {
        (self.watch)(line);
        self.heard = line.n;
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line.t.clone());
    }
}
