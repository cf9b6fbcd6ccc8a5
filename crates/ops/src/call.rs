//! One call through the door, and what came of it.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::actor::Actor;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::approval::ticket::Ticket;
use crate::progress::{Progress, Unwatched};

/// One call through the door.
pub struct Call {
    /// Who calls.
    pub actor: Actor,
    /// Which operation.
    pub name: String,
    /// Its input; null means none.
    pub input: Value,
    /// Whoever watches.
    pub progress: Arc<dyn Progress>,
    /// Set when the caller gives up.
    pub cancelled: CancellationToken,
    /// How long the caller waits for what acts on the lab; for ever when `None`. What takes longer goes on as a job.
    pub patience: Option<Duration>,
    /// A person's yes, when it waited for one.
    pub(crate) ticket: Option<Ticket>,
}

impl Call {
    /// A call that nobody watches.
    pub fn new(actor: Actor, name: impl Into<String>, input: Value) -> Self {
        Self {
            actor,
            name: name.into(),
            input,
            progress: Arc::new(Unwatched),
            cancelled: CancellationToken::new(),
            patience: None,
            ticket: None,
        }
    }
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The operation's output.
    pub output: Value,
    /// Its entry in the change journal.
    pub change_id: Option<i64>,
    /// Its intent in the audit log.
    pub audit_seq: Option<i64>,
    /// The output is a plan; nothing happened.
    pub dry_run: bool,
}
