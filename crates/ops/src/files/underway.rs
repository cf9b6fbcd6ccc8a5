//! Writes of files that a call of this process is at: it will say itself what became of them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use labkeeper_core::file::BackupId;

/// Their versions.
#[derive(Clone, Default)]
pub(crate) struct Underway(Arc<Mutex<HashSet<BackupId>>>);

/// That a call is at one, until it is dropped.
pub(super) struct Begun {
    underway: Underway,
    backup: BackupId,
}

impl Underway {
    fn all(&self) -> MutexGuard<'_, HashSet<BackupId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, backup: BackupId) -> Begun {
        self.all().insert(backup);
        Begun { underway: self.clone(), backup }
    }

    pub(super) fn has(&self, backup: BackupId) -> bool {
        self.all().contains(&backup)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.underway.all().remove(&self.backup);
    }
}
