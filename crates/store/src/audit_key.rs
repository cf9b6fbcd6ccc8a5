//! Who writes the audit log: this run, and the private key that signs its checkpoints, in a file beside the database.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use labkeeper_core::audit::{Signer, hex};

use crate::Result;
use crate::error::StoreError;
use crate::key_file::{KeyFile, chance};
use crate::living::{Dead, Living};
use crate::runs::{Run, Whereabouts};
use crate::sql::Conn;

const FILE_NAME: &str = "audit.key";
const WRONG: &str =
    "this is no key of an audit log: put the right file back, or move it away and a new key is made";

/// This run and its key.
#[derive(Debug)]
pub(crate) struct Scribe {
    boot: String,
    living: Living,
    run: Run,
    key: KeyFile,
    signer: OnceLock<Arc<Signer>>,
}

impl Scribe {
    /// For the log in that database. The key is read, or made, when it is first needed.
    pub(crate) fn of(database: &Path) -> Result<Self> {
        let path = database.with_file_name(FILE_NAME);
        match chance::<6>() {
            Ok(boot) => {
                let (boot, living) = (hex(&boot), Living::beside(database));
                let run = Run::of(&boot, Whereabouts::beside(database));
                let key = KeyFile::new(path, WRONG);
                Ok(Self { boot, living, run, key, signer: OnceLock::new() })
            }
            Err(source) => Err(StoreError::File { path, source }),
        }
    }

    /// What tells this run from others.
    pub(crate) fn boot(&self) -> &str {
        &self.boot
    }

    /// This run, as others see it on a server.
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// Lets others see that this run lives, before it begins on something: should it end meanwhile, somebody says so. On a server it is
    /// part of that transaction, and [`Scribe::was_announced`] says that it is committed.
    pub(crate) async fn announce(&self, conn: Conn<'_>) -> Result<()> {
        self.living.announce(&self.boot)?;
        match conn {
            Conn::Lite(_) => Ok(()),
            Conn::Postgres(connection) => Ok(self.run.announce(connection).await?),
        }
    }

    pub(crate) fn was_announced(&self) {
        self.run.was_announced();
    }

    /// Notes what it begins on first, on a server in that transaction; beside the database before it is committed, for nobody may hear that
    /// it was, and whoever looks from too early on finds the same.
    pub(crate) async fn note_intent(&self, seq: i64, conn: Conn<'_>) -> Result<()> {
        self.living.note_intent(seq);
        match conn {
            Conn::Lite(_) => Ok(()),
            Conn::Postgres(connection) => self.run.note_intent(seq, connection).await,
        }
    }

    /// And that it is committed.
    pub(crate) fn was_noted(&self) {
        self.run.was_noted();
    }

    /// Runs that ended, whichever way, and were not cleared up after.
    pub(crate) fn dead(&self) -> Result<Vec<Dead>> {
        self.living.dead()
    }

    /// The key.
    pub(crate) fn signer(&self) -> Result<Arc<Signer>> {
        if let Some(signer) = self.signer.get() {
            return Ok(signer.clone());
        }
        let path = self.key.path().to_path_buf();
        let secret = self.key.read_or_make().map_err(|source| StoreError::File { path, source })?;
        Ok(self.signer.get_or_init(|| Arc::new(Signer::from_secret(&secret))).clone())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_private_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let scribes: Vec<Scribe> = (0..8).map(|_| Scribe::of(&database).unwrap()).collect();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> =
                scribes.iter().map(|scribe| scope.spawn(|| scribe.signer().unwrap().public())).collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]), "two made one each");
        let file = fs::metadata(dir.path().join("audit.key")).unwrap();
        assert_eq!(file.mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "a draft was left");
        assert_ne!(scribes[0].boot(), scribes[1].boot());
    }

    #[test]
    fn a_file_that_is_no_key_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("audit.key"), "secret").unwrap();
        let refused = Scribe::of(&dir.path().join("lab.db")).unwrap().signer().unwrap_err().to_string();
        assert!(refused.contains("audit.key") && !refused.contains("secret"), "{refused}");
        assert_eq!(fs::read_to_string(dir.path().join("audit.key")).unwrap(), "secret");
    }
}
