//! Who else has the database open: an advisory lock on a file beside it. The system releases it when a
//! process ends, however it ends, so it never lies after a crash. Each who comes makes the file a byte longer, so
//! that whoever was alone sees, without asking the database, that it still holds what it wrote itself.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::Result;
use crate::error::StoreError;

/// This process's presence. Held exclusively while it is the first or has reserved the database, shared afterwards.
#[derive(Debug)]
pub struct Presence {
    lock: File,
    path: PathBuf,
    alone: AtomicBool,
    /// Length of the file once this process had come. It never gets shorter, so no two states look the same.
    comers: AtomicU64,
}

impl Presence {
    /// Comes in. Whoever holds the database exclusively may be about to put another file in its place, so it is
    /// waited for before anything is opened.
    pub(crate) async fn announce(database: &Path) -> Result<Self> {
        let presence = Self::outside(database)?;
        if presence.take()? {
            presence.count()?;
            return Ok(presence);
        }
        match presence.lock.try_lock_shared() {
            Ok(()) => {
                presence.count()?;
                Ok(presence)
            }
            Err(TryLockError::WouldBlock) => {
                tracing::warn!(
                    lock = %presence.path.display(),
                    "another labkeeper prepares or restores the database: waiting until it is done"
                );
                let presence = presence.wait().await?;
                presence.count()?;
                Ok(presence)
            }
            Err(TryLockError::Error(source)) => Err(presence.failed(source)),
        }
    }

    /// The database for this process alone until the answer is dropped; nothing when another process has it open.
    pub(crate) fn reserve(database: &Path) -> Result<Option<Self>> {
        let presence = Self::outside(database)?;
        Ok(presence.take()?.then_some(presence))
    }

    /// Whether no other process had the database open.
    pub(crate) fn alone(&self) -> bool {
        self.alone.load(Ordering::Relaxed)
    }

    /// The database for this process alone until it settles, whoever was there when it came; false when somebody still is. Then this one
    /// is not seen any more, and has to go.
    pub(crate) fn insist(&self) -> Result<bool> {
        Ok(self.alone() || self.take()?)
    }

    /// Who else has it open, as far as the system tells: nothing of those in another container, or where locks come from another machine.
    pub(crate) fn others(&self) -> String {
        let Ok(inode) = self.lock.metadata().map(|file| file.ino()) else { return String::new() };
        let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
        let mut holders: Vec<u32> = locks.lines().filter_map(|line| holder(line, inode)).collect();
        holders.retain(|process| *process != std::process::id());
        holders.sort_unstable();
        holders.dedup();
        let named: Vec<String> = holders.into_iter().map(described).collect();
        if named.is_empty() { String::new() } else { format!(" (it seems {})", named.join("; ")) }
    }

    /// Whether nobody else has come since: then nobody else has written either. Costs one system call. A file that was
    /// deleted or replaced tells nothing any more.
    pub(crate) fn undisturbed(&self) -> bool {
        let as_left =
            |file: std::fs::Metadata| file.nlink() > 0 && file.len() == self.comers.load(Ordering::Relaxed);
        self.alone() && self.lock.metadata().is_ok_and(as_left)
    }

    /// From now on only the database itself is believed.
    pub(crate) fn doubt(&self) {
        self.alone.store(false, Ordering::Relaxed);
    }

    /// Lets others in while staying visible. The kernel changes the kind of the lock in one call, so that the moment in
    /// which somebody could reserve a database that is open here is as short as it can be. Whoever came in that moment
    /// believes to be alone too, so both are told otherwise.
    pub(crate) fn settle(&self) -> Result<()> {
        self.lock.lock_shared().map_err(|source| self.failed(source))?;
        if self.alone() && !self.undisturbed() {
            self.doubt();
            self.count()?;
        }
        Ok(())
    }

    fn outside(database: &Path) -> Result<Self> {
        // One lock for one database, whichever way its path goes.
        let database = database.canonicalize().unwrap_or_else(|_| database.into());
        let path = database.with_extension("lock");
        match File::options().create(true).append(true).open(&path) {
            Ok(lock) => Ok(Self { lock, path, alone: false.into(), comers: 0.into() }),
            Err(source) => Err(StoreError::File { path, source }),
        }
    }

    /// Leaves a byte, before the database is opened.
    fn count(&self) -> Result<()> {
        let left = (&self.lock).write_all(b".").and_then(|()| self.lock.metadata());
        let length = left.map_err(|source| self.failed(source))?.len();
        self.comers.store(length, Ordering::Relaxed);
        Ok(())
    }

    fn take(&self) -> Result<bool> {
        let alone = match self.lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(source)) => return Err(self.failed(source)),
        };
        self.alone.store(alone, Ordering::Relaxed);
        Ok(alone)
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

/// The process of a line such as `1: FLOCK  ADVISORY  READ 4711 00:2a:1234 0 EOF`. The device is not compared: some file systems tell
/// another one here than of their files.
fn holder(line: &str, inode: u64) -> Option<u32> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, "FLOCK", _, _, process, file, ..] = words[..] else { return None };
    let is_ours = file.rsplit(':').next()?.parse() == Ok(inode);
    process.parse().ok().filter(|process| is_ours && *process > 0)
}

/// Its words may hold a password, so only its program is named.
fn described(process: u32) -> String {
    match std::fs::read_to_string(format!("/proc/{process}/comm")) {
        Ok(program) => format!("process {process}, {}", program.trim_end()),
        Err(_) => format!("process {process}"),
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
    async fn two_who_believe_to_be_alone_are_both_told_otherwise() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let first = Presence::announce(&database).await.unwrap();
        // What could happen between the two kinds of the first's lock.
        first.lock.unlock().unwrap();
        let second = Presence::announce(&database).await.unwrap();
        assert!(first.alone() && second.alone());
        second.settle().unwrap();
        first.settle().unwrap();
        assert!(!first.undisturbed() && !second.undisturbed());
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
        let mover = Presence::announce(&database).await.unwrap();
        std::fs::remove_file(database.with_extension("lock")).unwrap();
        assert!(!mover.undisturbed(), "others would leave their bytes elsewhere");
        drop(mover);
        assert!(Presence::announce(&database).await.unwrap().undisturbed());
    }
}
