//! What is remembered of each session while the process lives: whether it has read what strangers wrote, and which secrets were
//! taken out of what it read, so that they can be put back into what it writes.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
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

/// Who, and in which session.
type Key = (String, Option<String>);

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
    (actor.name.clone(), actor.session.clone())
}
