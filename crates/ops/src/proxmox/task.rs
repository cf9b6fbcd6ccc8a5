//! Carrying a task through, and looking whether its effect came about: a task's OK is only half the evidence.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{Call, GuestStatus, LogLine, PveError, TaskEnd, Upid, calls};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::clusters::{Found, Target};
use crate::cx::Cx;
use crate::progress::Progress;

/// How long an effect may be behind its task: a guest under high availability is started by somebody else, a virtual
/// machine that restarts is off for a moment.
const EFFECT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// Hands the lines of tasks on as the call's progress, counted over all tasks of the call. A caller who gives up changes nothing: the task
/// goes on in the lab, and what came of it is worth knowing. A hub that is shutting down leaves it in the end.
pub(super) struct Watch {
    progress: Arc<dyn Progress>,
    lines: AtomicU64,
    last_call: CancellationToken,
}

impl Watch {
    pub(super) fn of(cx: &Cx) -> Self {
        let last_call = cx.house().at_work().last_call().clone();
        Self { progress: cx.progress.clone(), lines: AtomicU64::new(0), last_call }
    }

    /// Begins the task and waits for its good end.
    ///
    /// # Errors
    /// What Proxmox says is in the way, that the task goes on for longer than `patience`, or that nobody waits for it any more.
    pub(super) async fn carry_through(
        &self,
        target: &Target,
        call: &Call<Upid>,
        patience: Duration,
    ) -> Result<TaskEnd, Fault> {
        self.may_begin()?;
        let upid = target.cluster.call(call).await?;
        self.good_end(target, &upid, patience).await
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
        self.may_begin()?;
        let Some(upid) = target.cluster.call(call).await? else { return Ok(()) };
        self.good_end(target, &upid, patience).await.map(|_| ())
    }

    /// Waits until the guest is as the task should have made it.
    ///
    /// # Errors
    /// When it is not so after a minute, the node no longer says how it is, or nobody waits for it any more; all name the task.
    pub(super) async fn came_about(
        &self,
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
                    return Err(not_known(Code::Unavailable, end, &fault.message));
                }
                Ok(_) if begun.elapsed() >= EFFECT => {
                    return Err(effect_missing(found, end, "is not as it should be then"));
                }
                // A moved guest is not where it was; that may be over in a moment too.
                Ok(_) | Err(_) => tokio::select! {
                    () = sleep(PAUSE) => {}
                    () = self.last_call.cancelled() => {
                        return Err(not_known(Code::Cancelled, end, "labkeeper is shutting down"));
                    }
                },
            }
        }
    }

    async fn good_end(&self, target: &Target, upid: &Upid, patience: Duration) -> Result<TaskEnd, Fault> {
        let watch = |line: &LogLine| {
            let count = self.lines.fetch_add(1, Ordering::Relaxed) + 1;
            self.progress.report(count as f64, None, &line.t);
        };
        let end = tokio::select! {
            end = target.cluster.await_task(upid, patience, &watch) => end?,
            () = self.last_call.cancelled() => return Err(left(upid)),
        };
        if end.is_good() { Ok(end) } else { Err(PveError::TaskFailed(Box::new(end)).into()) }
    }

    /// What follows on a task that was left is not begun: nobody would see what came of it.
    ///
    /// # Errors
    /// When the hub is shutting down, and its tasks were told so.
    pub(super) fn may_begin(&self) -> Result<(), Fault> {
        if !self.last_call.is_cancelled() {
            return Ok(());
        }
        Err(Fault::new(Code::Cancelled, "labkeeper is shutting down, and did not begin it")
            .with_hint("look at the guest, and make the call again when labkeeper is back"))
    }
}

fn left(upid: &Upid) -> Fault {
    let message = format!("labkeeper is shutting down, and left the task {upid}, which goes on by itself");
    Fault::new(Code::Cancelled, message)
        .with_hint("ask what came of it with guest_tasks, and look at the guest, before doing it again")
}

fn not_known(code: Code, end: &TaskEnd, why: &str) -> Fault {
    Fault::new(code, format!("{end}; whether it came about is not known: {why}"))
        .with_hint("look at the guest before doing it again")
}

/// The task says OK, the guest something else.
pub(super) fn effect_missing(found: &Found, end: &TaskEnd, what: &str) -> Fault {
    let message = format!("{end}, and yet {} {what}", found.text());
    Fault::new(Code::Conflict, message).with_hint("look into the guest's own log, and the task's on the node")
}
