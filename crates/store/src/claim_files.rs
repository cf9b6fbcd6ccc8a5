//! A claim as a lock on a file beside the database, for all processes that have it open. The system releases it when the process ends,
//! however it ends, so a dead one's claim lapses.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::Result;
use crate::claimant::Claimant;
use crate::error::StoreError;
use crate::living::give_to_owner_of;

/// The lock.
#[derive(Debug)]
pub(crate) struct ClaimFile {
    path: PathBuf,
    _lock: File,
}

/// Takes the thing of that name, or answers who has it.
pub(crate) fn take(
    database: &Path,
    name: &str,
    claimant: &Claimant,
) -> Result<Result<ClaimFile, Option<Claimant>>> {
    let folder = database.canonicalize().unwrap_or_else(|_| database.into()).with_extension("claims");
    let path = folder.join(name);
    lock(database, &folder, &path, claimant).map_err(|source| StoreError::File { path, source })
}

fn lock(
    database: &Path,
    folder: &Path,
    path: &Path,
    claimant: &Claimant,
) -> io::Result<Result<ClaimFile, Option<Claimant>>> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    give_to_owner_of(database, folder);
    loop {
        let options = OpenOptions::new().create(true).read(true).append(true).mode(0o600).clone();
        let mut lock = options.open(path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(holder(&mut lock))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever had it may have removed it after we opened it: then a lock on it keeps nobody out.
        if is_in_place(&lock, path) {
            give_to_owner_of(database, path);
            lock.set_len(0)?;
            lock.write_all(serde_json::to_string(claimant)?.as_bytes())?;
            return Ok(Ok(ClaimFile { path: path.into(), _lock: lock }));
        }
    }
}

fn is_in_place(lock: &File, path: &Path) -> bool {
    let (ours, there) = (lock.metadata(), fs::metadata(path));
    matches!((ours, there), (Ok(ours), Ok(there)) if (ours.ino(), ours.dev()) == (there.ino(), there.dev()))
}

fn holder(lock: &mut File) -> Option<Claimant> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

impl Drop for ClaimFile {
    fn drop(&mut self) {
        // Under the lock, so that nobody removes what somebody else has claimed.
        let _ = fs::remove_file(&self.path);
    }
}
