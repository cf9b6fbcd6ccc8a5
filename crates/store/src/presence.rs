//! Who else has the database open: an advisory lock on a file beside it. The system releases it when a
//! process ends, however it ends, so it never lies after a crash. Each who comes makes the file a byte longer, so
//! that whoever was alone sees, without asking the database, that it still holds what it wrote itself.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::error::StoreError;

/// This process's presence. Held exclusively while it is the first or has reserved the database, shared afterwards.
#[derive(Debug)]
pub struct Presence {
    lock: File,
    path: PathBuf,
    alone: bool,
    /// Length of the file once this process had come.
    comers: u64,
}

impl Presence {
    /// Comes in. Whoever holds the database exclusively may be about to put another file in its place, so it is
    /// waited for before anything is opened.
    pub(crate) async fn announce(database: &Path) -> Result<Self> {
        let mut presence = Self::outside(database)?;
        if presence.take()? {
            presence.lock.set_len(0).map_err(|source| presence.failed(source))?;
            return presence.counted();
        }
        match presence.lock.try_lock_shared() {
            Ok(()) => presence.counted(),
            Err(TryLockError::WouldBlock) => {
                tracing::warn!(
                    lock = %presence.path.display(),
                    "another labkeeper prepares or restores the database: waiting until it is done"
                );
                presence.wait().await?.counted()
            }
            Err(TryLockError::Error(source)) => Err(presence.failed(source)),
        }
    }

    /// The database for this process alone until the answer is dropped; nothing when another process has it open.
    pub(crate) fn reserve(database: &Path) -> Result<Option<Self>> {
        let mut presence = Self::outside(database)?;
        Ok(presence.take()?.then_some(presence))
    }

    /// Whether no other process had the database open.
    pub(crate) fn alone(&self) -> bool {
        self.alone
    }

    /// Whether nobody else has come since: then nobody else has written either. Costs one system call.
    pub(crate) fn undisturbed(&self) -> bool {
        self.alone && self.lock.metadata().is_ok_and(|file| file.len() == self.comers)
    }

    /// Lets others in while staying visible. The kernel changes the kind of the lock in one call, so that the moment in
    /// which somebody could reserve a database that is open here is as short as it can be.
    pub(crate) fn settle(&self) -> Result<()> {
        self.lock.lock_shared().map_err(|source| self.failed(source))
    }

    fn outside(database: &Path) -> Result<Self> {
        let path = database.with_extension("lock");
        match File::options().create(true).append(true).open(&path) {
            Ok(lock) => Ok(Self { lock, path, alone: false, comers: 0 }),
            Err(source) => Err(StoreError::File { path, source }),
        }
    }

    /// Leaves its byte, before the database is opened.
    fn counted(mut self) -> Result<Self> {
        let left = self.lock.write_all(b".").and_then(|()| self.lock.metadata());
        self.comers = left.map_err(|source| self.failed(source))?.len();
        Ok(self)
    }

    fn take(&mut self) -> Result<bool> {
        self.alone = match self.lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(source)) => return Err(self.failed(source)),
        };
        Ok(self.alone)
    }

    async fn wait(self) -> Result<Self> {
        let path = self.path.clone();
        let waited = tokio::task::spawn_blocking(move || self.settle().map(|()| self)).await;
        waited.map_err(|error| StoreError::File { path, source: std::io::Error::other(error) })?
    }

    fn failed(&self, source: std::io::Error) -> StoreError {
        StoreError::File { path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::Presence;

    #[tokio::test]
    async fn who_comes_while_the_database_is_reserved_waits() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let reserved = Presence::reserve(&database).unwrap().unwrap();
        let mut coming = pin!(Presence::announce(&database));
        assert!(poll_fn(|cx| Poll::Ready(coming.as_mut().poll(cx).is_pending())).await, "it must wait");
        drop(reserved);
        assert!(!coming.await.unwrap().alone());
    }

    #[tokio::test]
    async fn nobody_reserves_what_somebody_has_open() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let first = Presence::announce(&database).await.unwrap();
        assert!(first.alone() && Presence::reserve(&database).unwrap().is_none());
        first.settle().unwrap();
        assert!(Presence::reserve(&database).unwrap().is_none());
        assert!(first.undisturbed());
        let second = Presence::announce(&database).await.unwrap();
        assert!(!second.alone() && !second.undisturbed() && !first.undisturbed());
        drop(second);
        assert!(!first.undisturbed(), "what the second wrote is still there");
        drop(first);
        assert!(Presence::reserve(&database).unwrap().is_some());
        assert!(Presence::announce(&database).await.unwrap().undisturbed());
    }
}
