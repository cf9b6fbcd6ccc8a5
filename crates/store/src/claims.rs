//! Who is at work on a thing that one at a time may touch: a lock on a file beside the database, for all processes that have it open. The
//! system releases it when the process ends, however it ends, so a dead one's claim lapses.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::error::StoreError;
use crate::living::give_to_owner_of;
use crate::open::Store;

/// Who claims something, for whoever comes second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimant {
    /// Who.
    pub actor: String,
    /// With which operation.
    pub op: String,
    /// Since when.
    pub since: Stamp,
}

/// That nobody else is at a thing, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    _lock: File,
}

/// Whose a thing is now.
#[derive(Debug)]
pub enum Claimed {
    /// Ours.
    Ours(Claim),
    /// Somebody else's; who it is cannot be read in the moment in which they come.
    Theirs(Option<Claimant>),
}

impl Store {
    /// Claims a thing for the one call that asks, unless another has it.
    ///
    /// # Errors
    /// When no file can be made beside the database.
    pub fn claim(&self, thing: &str, claimant: &Claimant) -> Result<Claimed> {
        let folder =
            self.path().canonicalize().unwrap_or_else(|_| self.path().into()).with_extension("claims");
        let path = folder.join(&sha256_hex(thing.as_bytes())[..32]);
        take(self.path(), &folder, &path, claimant).map_err(|source| StoreError::File { path, source })
    }
}

fn take(database: &Path, folder: &Path, path: &Path, claimant: &Claimant) -> io::Result<Claimed> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    give_to_owner_of(database, folder);
    loop {
        let options = OpenOptions::new().create(true).read(true).append(true).mode(0o600).clone();
        let mut lock = options.open(path)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Claimed::Theirs(holder(&mut lock))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever had it may have removed it after we opened it: then a lock on it keeps nobody out.
        if is_in_place(&lock, path) {
            give_to_owner_of(database, path);
            lock.set_len(0)?;
            lock.write_all(serde_json::to_string(claimant)?.as_bytes())?;
            return Ok(Claimed::Ours(Claim { path: path.into(), _lock: lock }));
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

impl Drop for Claim {
    fn drop(&mut self) {
        // Under the lock, so that nobody removes what somebody else has claimed.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(actor: &str) -> Claimant {
        Claimant { actor: actor.into(), op: "pct_write_file".into(), since: Stamp(7) }
    }

    async fn stores() -> (tempfile::TempDir, Store, Store) {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let (one, other) = (Store::open(&database).await.unwrap(), Store::open(&database).await.unwrap());
        (dir, one, other)
    }

    #[tokio::test]
    async fn one_has_it_and_the_other_learns_who() {
        let (dir, one, other) = stores().await;
        let Claimed::Ours(claim) = one.claim("pct:home/101 /etc/x", &who("claude")).unwrap() else {
            panic!("nobody has it")
        };
        for store in [&one, &other] {
            let claimed = store.claim("pct:home/101 /etc/x", &who("codex")).unwrap();
            let Claimed::Theirs(Some(holder)) = claimed else { panic!("{claimed:?}") };
            assert_eq!(holder, who("claude"));
        }
        assert!(matches!(other.claim("pct:home/102 /etc/x", &who("codex")).unwrap(), Claimed::Ours(_)));
        drop(claim);
        assert!(matches!(other.claim("pct:home/101 /etc/x", &who("codex")).unwrap(), Claimed::Ours(_)));
        assert_eq!(fs::read_dir(dir.path().join("lab.claims")).unwrap().count(), 0, "claims leave nothing");
    }

    #[tokio::test]
    async fn what_a_dead_process_claimed_is_free() {
        let (dir, one, _other) = stores().await;
        let folder = dir.path().join("lab.claims");
        fs::create_dir(&folder).unwrap();
        let left = folder.join(&sha256_hex(b"x")[..32]);
        fs::write(&left, serde_json::to_string(&who("dead")).unwrap()).unwrap();
        let Claimed::Ours(_claim) = one.claim("x", &who("claude")).unwrap() else {
            panic!("nobody alive has it")
        };
        assert!(fs::read_to_string(left).unwrap().contains("claude"));
    }

    #[tokio::test]
    async fn never_two_have_it() {
        let (_dir, one, other) = stores().await;
        let inside = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for store in [&one, &other, &one, &other] {
                scope.spawn(|| {
                    let mut had = 0;
                    while had < 200 {
                        if let Claimed::Ours(claim) = store.claim("x", &who("claude")).unwrap() {
                            use std::sync::atomic::Ordering::SeqCst;
                            assert_eq!(inside.fetch_add(1, SeqCst), 0, "two have it");
                            inside.fetch_sub(1, SeqCst);
                            drop(claim);
                            had += 1;
                        }
                    }
                });
            }
        });
    }
}
