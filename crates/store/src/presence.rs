//! Who else has the database open: an advisory lock on a file beside it. The system releases it when a
//! process ends, however it ends, so it never lies after a crash.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::Result;
use crate::error::StoreError;

/// This process's presence. Held exclusively while it is the first, shared afterwards.
#[derive(Debug)]
pub(crate) struct Presence {
    lock: File,
    alone: bool,
}

impl Presence {
    pub(crate) fn announce(database: &Path) -> Result<Self> {
        let path = database.with_extension("lock");
        let failed = |source| StoreError::File { path: path.clone(), source };
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { lock, alone: true }),
            Err(TryLockError::WouldBlock) => Ok(Self { lock, alone: false }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Whether no other process had the database open.
    pub(crate) fn alone(&self) -> bool {
        self.alone
    }

    /// Lets others in while staying visible.
    pub(crate) fn settle(&self) -> Result<()> {
        let failed = |source| StoreError::File { path: "the lock beside the database".into(), source };
        if self.alone {
            self.lock.unlock().map_err(failed)?;
        }
        self.lock.lock_shared().map_err(failed)
    }
}
