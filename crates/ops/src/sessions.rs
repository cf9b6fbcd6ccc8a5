//! What is remembered of each session while the process lives: whether it has read what strangers wrote, and which secrets were
//! taken out of what it read, so that they can be put back into what it writes.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::principal::Principal;
use labkeeper_redact::Session;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::access::secret;

/// More sessions than any home has; the oldest are forgotten.
const MOST: u64 = 10_000;

/// The sessions of all callers.
pub(crate) struct Sessions {
    known: Cache<Key, Arc<Remembered>>,
    own: Vec<OwnSecret>,
}

/// Who, what they are called when that is all there is to know of them, and in which session.
type Key = (Principal, String, Option<String>);

/// A secret of this hub itself. It is not to be seen, wherever it turns up.
#[derive(Clone)]
pub struct OwnSecret {
    /// What it is, for its placeholder.
    pub name: String,
    /// The secret.
    pub value: String,
}

impl fmt::Debug for OwnSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("OwnSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One session.
struct Remembered {
    tainted_by: OnceLock<String>,
    secrets: Mutex<Session>,
}

impl Sessions {
    pub(crate) fn new(own: Vec<OwnSecret>) -> Self {
        // The usual policy would rather drop a new session than an often asked one, and with it what it has read.
        let known = Cache::builder().max_capacity(MOST).eviction_policy(EvictionPolicy::lru()).build();
        Self { known, own }
    }

    /// That session has read what that operation answered, which guests, files or the network wrote.
    pub(crate) fn has_read(&self, actor: &Actor, operation: &str) -> Result<(), Fault> {
        self.of(actor)?.tainted_by.get_or_init(|| operation.to_owned());
        Ok(())
    }

    /// The operation by which it first read what strangers wrote, if it ever did.
    pub(crate) fn tainted_by(&self, actor: &Actor) -> Option<String> {
        self.known.get(&key(actor)).and_then(|session| session.tainted_by.get().cloned())
    }

    /// Works with what the session knows of secrets.
    ///
    /// # Errors
    /// When this machine gives no random bytes.
    pub(crate) fn with_secrets<T>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Session) -> T,
    ) -> Result<T, Fault> {
        let session = self.of(actor)?;
        let mut secrets = session.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(work(&mut secrets))
    }

    fn of(&self, actor: &Actor) -> Result<Arc<Remembered>, Fault> {
        let made = self.known.try_get_with(key(actor), || self.begin());
        made.map_err(|fault: Arc<Fault>| (*fault).clone())
    }

    fn begin(&self) -> Result<Arc<Remembered>, Fault> {
        let mut secrets = Session::new(secret::key()?);
        for own in &self.own {
            secrets.know(&own.name, &own.value);
        }
        Ok(Arc::new(Remembered { tainted_by: OnceLock::new(), secrets: Mutex::new(secrets) }))
    }
}

fn key(actor: &Actor) -> Key {
    (actor.principal.clone(), actor.name.clone(), actor.session.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use labkeeper_core::actor::{Scope, Via};

    use super::*;

    #[test]
    fn what_one_has_read_is_unknown_to_who_is_called_alike() {
        let actor = |principal| Actor {
            name: "claude".into(),
            principal,
            via: Via::Mcp,
            grant: Scope::Companion.grant(),
            session: Some("s-1".into()),
            person: false,
        };
        let (one, other) = (actor(Principal::Token(1)), actor(Principal::Token(2)));
        let sessions = Sessions::new(Vec::new());
        sessions.has_read(&one, "pct_exec").unwrap();
        assert_eq!(
            (sessions.tainted_by(&one).as_deref(), sessions.tainted_by(&other)),
            (Some("pct_exec"), None)
        );
    }
}
