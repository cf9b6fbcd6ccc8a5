//! Which runs that have the database open still live: from the first call that it begins on, each holds a lock on a file of its own
//! beside the database. The system releases it when the process ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::Result;
use crate::error::StoreError;

/// What a file is called before it is locked.
const NEW: &str = "new";

/// The files of a database.
#[derive(Debug)]
pub(crate) struct Living {
    database: PathBuf,
    folder: PathBuf,
    own: Mutex<Option<Own>>,
}

/// The file of this run.
#[derive(Debug)]
struct Own {
    file: File,
    /// Its first intent stands in it.
    is_noted: bool,
}

/// A run that has ended and has not been cleared up after. Nobody else clears up meanwhile.
pub(crate) struct Dead {
    /// Which, as the audit log names it.
    pub(crate) boot: String,
    /// Number of its first intent, if it came to note it.
    pub(crate) first: Option<i64>,
    path: PathBuf,
    _lock: File,
}

impl Living {
    pub(crate) fn beside(database: &Path) -> Self {
        let database = database.canonicalize().unwrap_or_else(|_| database.into());
        Self { folder: database.with_extension("alive"), database, own: Mutex::new(None) }
    }

    /// Others see from now on that this run lives. The file stays when it ends, so that somebody clears up after it.
    pub(crate) fn announce(&self, boot: &str) -> Result<()> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.is_none() {
            let file = self.make(boot).map_err(|source| self.failed(source))?;
            *own = Some(Own { file, is_noted: false });
        }
        Ok(())
    }

    /// From which record on whoever clears up has to look.
    pub(crate) fn note_intent(&self, seq: i64) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = own.as_mut().filter(|own| !own.is_noted) {
            // Without it the newest records are looked through.
            own.is_noted = own.file.write_all(seq.to_string().as_bytes()).is_ok();
        }
    }

    /// Locked before it has its name, so that nobody takes it for a dead one's.
    fn make(&self, boot: &str) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        give_to_owner_of(&self.database, &self.folder);
        let (unlocked, path) = (self.folder.join(boot).with_extension(NEW), self.folder.join(boot));
        loop {
            let file = File::create(&unlocked)?;
            file.lock()?;
            give_to_owner_of(&self.database, &unlocked);
            match fs::rename(&unlocked, &path) {
                Ok(()) => return Ok(file),
                // Somebody cleared it away in the moment in which it had no lock.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Those that have ended.
    pub(crate) fn dead(&self) -> Result<Vec<Dead>> {
        self.found().map_err(|source| self.failed(source))
    }

    fn found(&self) -> io::Result<Vec<Dead>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut dead = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let mut lock = match File::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let boot = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let mut noted = String::new();
            lock.read_to_string(&mut noted)?;
            dead.push(Dead { boot, first: noted.parse().ok(), path, _lock: lock });
        }
        Ok(dead)
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::File { path: self.folder.clone(), source }
    }
}

impl Dead {
    /// Nothing is left of it.
    pub(crate) fn forget(self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::File { path: self.path, source })
            }
            _ => Ok(()),
        }
    }
}

/// What root makes beside a database of somebody else is theirs, as the engine's own files are; who is not root makes only what is
/// theirs already.
pub(crate) fn give_to_owner_of(database: &Path, made: &Path) {
    // Of one on a server only the directory is here.
    let owner = fs::metadata(database).or_else(|_| fs::metadata(database.parent().unwrap_or(database)));
    let (Ok(owner), Ok(ours)) = (owner, fs::metadata(made)) else { return };
    if owner.uid() != ours.uid()
        && let Err(error) = chown(made, Some(owner.uid()), Some(owner.gid()))
    {
        tracing::warn!(path = %made.display(), %error, "it does not belong to the owner of the database");
    }
}
