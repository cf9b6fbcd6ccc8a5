//! How a process that did work ends: who tells it to, what it waits for and for how long.
//!
//! Everything here together, with the last spans and the runtime's own two seconds, stays below the 30 s after which systemd
//! and Docker kill.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use labkeeper_ops::keeper::Keeper;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::AbortHandle;

/// For what is at work, from the signal on.
pub(crate) const LIMIT: Duration = Duration::from_secs(18);
/// For what was just answered, to be on its way.
pub(crate) const LAST_WORDS: Duration = Duration::from_millis(500);
/// For the database to be closed: whoever did not end in time may hold a connection for ever.
const CLOSING: Duration = Duration::from_secs(3);

/// What ends a process from outside.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// Which of them came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Ctrl-C: whoever sits at the terminal gave up.
    Interrupt,
    /// SIGTERM: a supervisor wants it to end.
    Terminate,
}

/// Ends the process at the next signal while nobody listens. Signals are the process's, and so is this.
static NOBODY_LISTENS: Mutex<Option<AbortHandle>> = Mutex::new(None);

impl Signals {
    /// From now on they end nothing by themselves.
    ///
    /// # Errors
    /// When the system lets nobody listen to them.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let heard =
            Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? };
        if let Some(task) = NOBODY_LISTENS.lock().unwrap_or_else(PoisonError::into_inner).take() {
            task.abort();
        }
        Ok(heard)
    }

    /// Waits for the next of them.
    pub(crate) async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.interrupt.recv() => Told::Interrupt,
            _ = self.terminate.recv() => Told::Terminate,
        }
    }

    /// Listens no more: the next of them ends the process at once. Nobody gives that back to the system once somebody listened, so it is done
    /// here.
    pub(crate) fn leave(mut self) {
        let task = tokio::spawn(async move {
            let code = match self.next().await {
                Told::Interrupt => 130,
                Told::Terminate => 143,
            };
            #[expect(clippy::disallowed_methods, reason = "it is to end now, whatever is under way")]
            std::process::exit(code);
        });
        *NOBODY_LISTENS.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
    }
}

/// Tells what is at work to end, waits for it, and says of whom it waited in vain.
pub(crate) async fn end_work(keeper: &Keeper) {
    for left in keeper.end_within(LIMIT).await {
        let (op, since) = (left.op, left.since.text());
        tracing::warn!(
            op.name = op,
            since,
            "{op} did not end in time: what came of it is not known here, and the audit log will say interrupted"
        );
    }
}

/// Writes what is owed, and closes the database.
pub(crate) async fn close(keeper: &Keeper) {
    if tokio::time::timeout(CLOSING, keeper.store().close()).await.is_err() {
        tracing::warn!("the database is left open: somebody still has a connection to it");
    }
}
