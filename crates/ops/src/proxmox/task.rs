//! Carrying a task through, and looking whether its effect came about: a task's OK is only half the evidence.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{Call, GuestStatus, LogLine, PveError, TaskEnd, Upid, calls};
use tokio::time::{Instant, sleep};

use crate::clusters::{Found, Target};
use crate::cx::Cx;
use crate::progress::Progress;

/// How long an effect may be behind its task: a guest under high availability is started by somebody else, a virtual
/// machine that restarts is off for a moment.
const EFFECT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// Hands the lines of tasks on as the call's progress, counted over all tasks of the call.
pub(super) struct Watch {
    progress: Arc<dyn Progress>,
    lines: AtomicU64,
}

impl Watch {
    pub(super) fn of(cx: &Cx) -> Self {
        Self { progress: cx.progress.clone(), lines: AtomicU64::new(0) }
    }

    /// Begins the task and waits for its good end.
    ///
    /// # Errors
    /// What Proxmox says is in the way, or that the task goes on for longer than `patience`.
    pub(super) async fn carry_through(
        &self,
        target: &Target,
        call: &Call<Upid>,
        patience: Duration,
    ) -> Result<TaskEnd, Fault> {
        let watch = |line: &LogLine| {
            let count = self.lines.fetch_add(1, Ordering::Relaxed) + 1;
            self.progress.report(count as f64, None, &line.t);
        };
        Ok(target.cluster.carry_through(call, patience, &watch).await?)
    }

    /// Does what may be done at once or begin a task, and waits for the good end of one.
    ///
    /// # Errors
    /// As [`Watch::carry_through`].
    pub(super) async fn carry_through_if(
        &self,
        target: &Target,
        call: &Call<Option<Upid>>,
        patience: Duration,
    ) -> Result<(), Fault> {
        let Some(upid) = target.cluster.call(call).await? else { return Ok(()) };
        let watch = |line: &LogLine| {
            let count = self.lines.fetch_add(1, Ordering::Relaxed) + 1;
            self.progress.report(count as f64, None, &line.t);
        };
        let end = target.cluster.await_task(&upid, patience, &watch).await?;
        if end.is_good() { Ok(()) } else { Err(PveError::TaskFailed(Box::new(end)).into()) }
    }
}

/// Waits until the guest is as the task should have made it.
///
/// # Errors
/// When it is not so after a minute, or the node no longer says how it is; both name the task.
pub(super) async fn came_about(
    found: &Found,
    end: &TaskEnd,
    is_so: impl Fn(&GuestStatus) -> bool,
) -> Result<GuestStatus, Fault> {
    let begun = Instant::now();
    loop {
        let status = found.ask::<GuestStatus>(&calls::guest::status(&found.at())).await;
        match status {
            Ok(status) if is_so(&status) => return Ok(status),
            Err(fault) if begun.elapsed() >= EFFECT => {
                let message = format!("{end}; whether it came about is not known: {}", fault.message);
                return Err(Fault::new(Code::Unavailable, message)
                    .with_hint("look at the guest before doing it again"));
            }
            Ok(_) if begun.elapsed() >= EFFECT => {
                return Err(effect_missing(found, end, "is not as it should be then"));
            }
            // A moved guest is not where it was; that may be over in a moment too.
            Ok(_) | Err(_) => sleep(PAUSE).await,
        }
    }
}

/// The task says OK, the guest something else.
pub(super) fn effect_missing(found: &Found, end: &TaskEnd, what: &str) -> Fault {
    let message = format!("{end}, and yet {} {what}", found.text());
    Fault::new(Code::Conflict, message).with_hint("look into the guest's own log, and the task's on the node")
}
