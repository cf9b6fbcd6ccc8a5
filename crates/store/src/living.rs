//! Which runs that have the database open still live: from the first call that it begins on, each holds a lock on a file of its own
//! beside the database. The system releases it when the process ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::Result;
use crate::error::StoreError;

/// What a file is called before it is locked.
const NEW: &str = "new";

/// The files of a database.
#[derive(Debug)]
pub(crate) struct Living {
    folder: PathBuf,
    own: Mutex<Option<File>>,
}

/// A run that has ended and has not been cleared up after. Nobody else clears up meanwhile.
pub(crate) struct Dead {
    /// Which, as the audit log names it.
    pub(crate) boot: String,
    path: PathBuf,
    _lock: File,
}

impl Living {
    pub(crate) fn beside(database: &Path) -> Self {
        let database = database.canonicalize().unwrap_or_else(|_| database.into());
        Self { folder: database.with_extension("alive"), own: Mutex::new(None) }
    }

    /// Others see from now on that this run lives. The file stays when it ends, so that somebody clears up after it.
    pub(crate) fn announce(&self, boot: &str) -> Result<()> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.is_none() {
            *own = Some(self.make(boot).map_err(|source| self.failed(source))?);
        }
        Ok(())
    }

    /// Locked before it has its name, so that nobody takes it for a dead one's.
    fn make(&self, boot: &str) -> io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let (unlocked, path) = (self.folder.join(boot).with_extension(NEW), self.folder.join(boot));
        loop {
            let file = File::create(&unlocked)?;
            file.lock()?;
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
            let lock = match File::open(&path) {
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
            dead.push(Dead { boot, path, _lock: lock });
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
