//! One call through the door, and what came of it.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::principal::Principal;
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

    /// Whether whoever called can ask the process once more that does the call.
    pub(crate) fn asks_again(&self) -> bool {
        let decided = self.ticket.as_ref().map(|ticket| ticket.via);
        match (self.actor.via, decided) {
            // A command ends with its answer.
            (Via::Cli, _) | (_, Some(Via::Cli)) => false,
            // An assistant beside the hub asks its own process, which only its own person says yes to.
            (_, Some(face)) => {
                face == Via::Elicitation || !matches!(self.actor.principal, Principal::Program(_))
            }
            (_, None) => true,
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

#[cfg(test)]
mod tests {
    use labkeeper_core::actor::Scope;

    use super::*;

    #[test]
    fn only_who_talks_to_the_process_that_does_it_asks_it_again() {
        let actor = |via, principal| Actor {
            name: "claude".into(),
            principal,
            via,
            grant: Scope::Companion.grant(),
            session: None,
            person: false,
        };
        let over_http = actor(Via::Mcp, Principal::Token(1));
        let beside = actor(Via::Mcp, Principal::Program("assistant".into()));
        let command = actor(Via::Cli, Principal::Local);
        for (actor, decided, can) in [
            (&over_http, None, true),
            (&beside, None, true),
            (&command, None, false),
            (&over_http, Some(Via::Rest), true),
            (&over_http, Some(Via::Cli), false),
            (&over_http, Some(Via::Elicitation), true),
            (&beside, Some(Via::Rest), false),
            (&beside, Some(Via::Elicitation), true),
            (&command, Some(Via::Rest), false),
        ] {
            let mut call = Call::new(actor.clone(), "pct_exec", Value::Null);
            call.ticket = decided.map(|via| Ticket { id: 1, digest: String::new(), by: "anna".into(), via });
            assert_eq!(call.asks_again(), can, "{actor:?} {decided:?}");
        }
    }
}
