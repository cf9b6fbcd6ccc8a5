//! What is at work in this process, by name, and the word that it is to end: a hub that is stopped waits for what it began, and says what it
//! could not wait for.
//!
//! *Invariant:* what is here is here until its outcome is written, whoever waits for it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// What had not ended when nobody could wait for it any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The operation.
    pub op: String,
    /// When it was begun.
    pub since: Stamp,
}

/// All that is at work, and whether it is to end.
#[derive(Default)]
pub(crate) struct AtWork {
    ending: CancellationToken,
    last_call: CancellationToken,
    tasks: TaskTracker,
    next: AtomicU64,
    named: Arc<Mutex<BTreeMap<u64, Unfinished>>>,
}

impl AtWork {
    /// Cancelled when labkeeper is shutting down.
    pub(crate) fn ending(&self) -> &CancellationToken {
        &self.ending
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.ending.is_cancelled()
    }

    /// Cancelled some seconds after [`AtWork::ending`]: what ends by itself, as most tasks of a node and most commands do, is
    /// waited for until then, so that its outcome is the true one.
    pub(crate) fn last_call(&self) -> &CancellationToken {
        &self.last_call
    }

    /// Why what hears of [`AtWork::ending`] and of its caller was told to stop.
    pub(crate) fn why_stopped(&self) -> &'static str {
        if self.is_ending() { "labkeeper is shutting down" } else { "the caller gave up" }
    }

    /// Nothing new begins in a hub that is shutting down.
    ///
    /// # Errors
    /// [`Code::Unavailable`] then.
    pub(crate) fn may_begin(&self, op: &str) -> Result<(), Fault> {
        if !self.is_ending() {
            return Ok(());
        }
        Err(Fault::new(Code::Unavailable, format!("labkeeper is shutting down; {op} was not begun"))
            .with_hint("make the call again when it is back"))
    }

    /// A place for what begins now, to be held until it has ended.
    pub(crate) fn enter(&self, op: &str, since: Stamp) -> Place {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let named = Arc::clone(&self.named);
        let unfinished = Unfinished { op: op.to_owned(), since };
        named.lock().unwrap_or_else(PoisonError::into_inner).insert(number, unfinished);
        Place { number, named, _counted: self.tasks.token() }
    }

    /// Tells all of it to end and waits until it has, no longer than `limit`. Two fifths of that are for what ends by itself; what waits for
    /// the lab stops waiting then. Answers what is still at work, the oldest first: it is for others to find out what came of it.
    pub(crate) async fn end_within(&self, limit: Duration) -> Vec<Unfinished> {
        let begun = Instant::now();
        self.ending.cancel();
        self.tasks.close();
        if timeout_at(begun + limit * 2 / 5, self.tasks.wait()).await.is_err() {
            self.last_call.cancel();
            let _ = timeout_at(begun + limit, self.tasks.wait()).await;
        }
        self.last_call.cancel();
        self.named.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

/// The place of something that is at work.
pub(crate) struct Place {
    number: u64,
    named: Arc<Mutex<BTreeMap<u64, Unfinished>>>,
    // Let go of after the name, so that who sees that nothing is at work finds no name either.
    _counted: TaskTrackerToken,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn who_has_nothing_at_work_ends_at_once_and_begins_nothing() {
        let (at_work, begun) = (AtWork::default(), Instant::now());
        assert!(at_work.may_begin("guest_start").is_ok());
        assert_eq!(at_work.end_within(LIMIT).await, []);
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let fault = at_work.may_begin("guest_start").unwrap_err();
        assert!(fault.code == Code::Unavailable && fault.message.contains("guest_start"), "{fault}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_by_itself_is_waited_for_and_what_waits_for_others_is_told_in_time() {
        let (at_work, begun) = (AtWork::default(), Instant::now());
        let (short, long) = (at_work.enter("short", Stamp(1)), at_work.enter("long", Stamp(2)));
        let last_call = at_work.last_call().clone();
        tokio::spawn(async move {
            tokio::time::sleep(LIMIT / 5).await;
            drop(short);
        });
        tokio::spawn(async move {
            last_call.cancelled().await;
            drop(long);
        });
        assert_eq!(at_work.end_within(LIMIT).await, []);
        assert_eq!(begun.elapsed(), LIMIT * 2 / 5);
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_listens_is_named_and_left() {
        let (at_work, begun) = (AtWork::default(), Instant::now());
        let _deaf = at_work.enter("deaf", Stamp(7));
        drop(at_work.enter("done", Stamp(8)));
        assert_eq!(at_work.end_within(LIMIT).await, [Unfinished { op: "deaf".into(), since: Stamp(7) }]);
        assert_eq!(begun.elapsed(), LIMIT);
    }
}
