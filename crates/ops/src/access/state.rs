//! What the hub remembers about access between requests: who was recognised a moment ago, failed attempts, the
//! one-time set-up code. What was recognised is forgotten at the next write here and after a second anyway, so that
//! another process (`labkeeper token revoke`) is heard too.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;

use super::attempts::Attempts;
use super::caller::Caller;
use super::password::Passwords;
use super::secret;

const REMEMBERED_FOR: Duration = Duration::from_secs(1);

/// Which ways in exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccessState {
    /// `API_TOKEN` is set.
    pub api_token: bool,
    /// People who can log in.
    pub users: usize,
    /// Named tokens that are neither revoked nor expired.
    pub tokens: usize,
}

impl AccessState {
    /// Nobody has any credential: the hub is open where only this machine can reach it.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

#[derive(Default)]
pub(super) struct Recognised {
    as_of: Option<(i64, Instant)>,
    pub(super) state: Option<AccessState>,
    callers: HashMap<String, Caller>,
}

#[derive(Default)]
pub(crate) struct Access {
    recognised: Mutex<Recognised>,
    setup_code: Mutex<Option<String>>,
    /// When each session was last used.
    seen: Mutex<HashMap<String, Stamp>>,
    pub(super) attempts: Attempts,
    pub(super) passwords: Passwords,
}

impl Access {
    /// What was recognised, when that is still true at event number `version`.
    pub(super) fn recognised(&self, version: i64) -> MutexGuard<'_, Recognised> {
        let mut recognised = self.recognised.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh =
            recognised.as_of.is_some_and(|(of, since)| of == version && since.elapsed() < REMEMBERED_FOR);
        if !fresh {
            *recognised = Recognised { as_of: Some((version, Instant::now())), ..Recognised::default() };
        }
        recognised
    }

    pub(super) fn known(&self, version: i64, key: &str) -> Option<Caller> {
        self.recognised(version).callers.get(key).cloned()
    }

    pub(super) fn remember(&self, version: i64, key: String, caller: Caller) {
        self.recognised(version).callers.insert(key, caller);
    }

    /// Asks anew who everybody is.
    pub(super) fn forget(&self) {
        *self.recognised.lock().unwrap_or_else(PoisonError::into_inner) = Recognised::default();
    }

    /// Notes that a session is used; answers when it was before, if that is known.
    pub(super) fn seen(&self, session: &str, now: Stamp) -> Option<Stamp> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(session.into(), now)
    }

    pub(super) fn unseen(&self, session: &str) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).remove(session);
    }

    /// The code with which the first account can be made, drawn when first asked for.
    pub(super) fn setup_code(&self) -> Result<String, Fault> {
        let mut code = self.setup_code.lock().unwrap_or_else(PoisonError::into_inner);
        match &*code {
            Some(code) => Ok(code.clone()),
            None => Ok(code.insert(secret::code()?).clone()),
        }
    }

    pub(super) fn spend_setup_code(&self) {
        *self.setup_code.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
