//! What an operation can reach while it runs: who calls, what time it is, the store, the ports, progress.

use std::sync::Arc;

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{View, WriteTx};
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::house::House;
use crate::outputs::{LongOutput, OutputId};
use crate::progress::Progress;

/// The context of one call.
pub struct Cx {
    pub(crate) house: House,
    pub(crate) desk: Arc<dyn Desk>,
    /// Who calls.
    pub actor: Actor,
    /// When the call began; everything it writes carries this time.
    pub now: Stamp,
    /// Whoever watches.
    pub progress: Arc<dyn Progress>,
    /// Set when labkeeper is shutting down, and in `run` when the caller gave up too.
    pub cancelled: CancellationToken,
    /// Whoever called can ask this process once more.
    pub(crate) asks_again: bool,
    pub(crate) tx: Option<WriteTx>,
    pub(crate) reverts: Option<i64>,
    pub(crate) summary: Option<String>,
    pub(crate) stands_on: Option<String>,
}

impl Cx {
    /// Ports and settings.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// A connection for reading what is committed. Inside `run` of a write use [`Cx::tx`], which sees its own writes.
    ///
    /// # Errors
    /// When the store has none to give.
    pub async fn read(&self) -> Result<View, Fault> {
        Ok(self.house.store().read().await?)
    }

    /// A connection that sees one moment over many queries.
    ///
    /// # Errors
    /// When the store has none to give.
    pub async fn snapshot(&self) -> Result<View, Fault> {
        Ok(self.house.store().snapshot().await?)
    }

    /// The transaction of this write.
    ///
    /// # Errors
    /// When the operation declared itself a read, or one that acts on the lab: our mistake.
    pub fn tx(&mut self) -> Result<&mut WriteTx, Fault> {
        self.tx
            .as_mut()
            .ok_or_else(|| Fault::internal(&"an operation that is no write of the hub tried to write"))
    }

    /// Awaits something slow without holding the store's one writer, and takes the writer again afterwards. Only for
    /// the beginning of a `run`: what was written before is lost.
    ///
    /// # Errors
    /// When the store has no writer to give.
    pub async fn without_tx<T>(&mut self, slow: impl Future<Output = T> + Send) -> Result<T, Fault> {
        drop(self.tx.take());
        let done = slow.await;
        self.tx = Some(self.house.store().write().await?);
        Ok(done)
    }

    /// One sentence for journal and audit, better than the operation's title.
    pub fn summarise(&mut self, sentence: impl Into<String>) {
        self.summary = Some(sentence.into());
    }

    /// Names the change that this one takes back.
    pub fn reverts(&mut self, change: i64) {
        self.reverts = Some(change);
    }

    /// That what the plan stood on, and was decided on, is still so: for whoever looks once more just before it acts.
    ///
    /// # Errors
    /// [`Code::Conflict`] when it is not.
    pub(crate) fn still_stands_on(&self, now: &str) -> Result<(), Fault> {
        if self.stands_on.as_deref() == Some(now) {
            return Ok(());
        }
        Err(Fault::new(Code::Conflict, "what it is about changed just now, and nothing was done")
            .with_hint("make the call again: it is planned anew then"))
    }

    /// Keeps an output of which only a part is answered, for this caller to read on later; not for one who talks to another process, or
    /// whose process ends with the answer.
    ///
    /// # Errors
    /// When this machine gives no random bytes.
    pub fn keep_output(&self, output: LongOutput<'_>) -> Result<Option<OutputId>, Fault> {
        let keep = || self.house.outputs().keep(&self.actor, self.house.clock().now(), output);
        self.asks_again.then(keep).transpose()
    }

    /// Stops when the caller gave up, and when labkeeper is shutting down.
    ///
    /// # Errors
    /// [`Code::Cancelled`] then.
    pub fn check_cancelled(&self) -> Result<(), Fault> {
        self.unless_stopped("nothing was changed")
    }

    /// The same where something is so by then that the caller has to know.
    ///
    /// # Errors
    /// [`Code::Cancelled`] then, with `state`.
    pub(crate) fn unless_stopped(&self, state: &str) -> Result<(), Fault> {
        if self.cancelled.is_cancelled() { Err(self.stopped(state)) } else { Ok(()) }
    }

    /// The fault of a call that was stopped: who stopped it, and what is so now.
    pub(crate) fn stopped(&self, state: &str) -> Fault {
        let at_work = self.house.at_work();
        let fault = Fault::new(Code::Cancelled, format!("{}; {state}", at_work.why_stopped()));
        if at_work.is_ending() { fault.with_hint("make the call again when it is back") } else { fault }
    }

    /// Waits until the call is to leave what it waits for: at once when its caller gave up, and when labkeeper is shutting down only after what
    /// ends by itself had time for that.
    pub(crate) async fn is_to_leave(&self) {
        self.cancelled.cancelled().await;
        if self.house.at_work().is_ending() {
            self.house.at_work().last_call().cancelled().await;
        }
    }
}
