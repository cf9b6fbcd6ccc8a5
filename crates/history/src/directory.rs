//! The directory of a repository beside what git has in it: who is at work, what a process that died left, the salt, the last push.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use labkeeper_core::history::HistoryError;

const LOCK: &str = "labkeeper.lock";
const MARK: &str = "labkeeper.working";
const SALT: &str = "labkeeper.salt";
const PUSH: &str = "labkeeper.push";
/// Locks that git takes while it does what we ask.
const GITS: &[&str] = &[
    "HEAD.lock",
    "config.lock",
    "index.lock",
    "packed-refs.lock",
    "refs/heads/main.lock",
    "refs/labkeeper/next.lock",
];

/// The directory. Everything here blocks, for moments.
#[derive(Debug, Clone)]
pub(crate) struct Directory(PathBuf);

/// Nobody else of labkeeper is at work on it; ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Alone(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Directory {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> HistoryError {
        HistoryError::Directory { path: self.0.display().to_string(), why: error.to_string() }
    }

    /// Makes it, for its owner alone.
    pub(crate) fn prepare(&self) -> Result<(), HistoryError> {
        if self.0.join(".git").exists() {
            return Err(self.failed(
                &"it has a repository of another sort in it: give CONFIG_HISTORY_DIR a new directory",
            ));
        }
        let make = || {
            DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
            fs::set_permissions(&self.0, fs::Permissions::from_mode(0o700))
        };
        make().map_err(|error: io::Error| self.failed(&error))
    }

    /// Takes the lock; `None` while somebody has it.
    pub(crate) fn try_alone(&self) -> Result<Option<Alone>, HistoryError> {
        let open = OpenOptions::new().create(true).append(true).mode(0o600).open(self.0.join(LOCK));
        let file = open.map_err(|error| self.failed(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Alone(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.failed(&error)),
        }
    }

    /// Says that git is about to be asked for a change. Until [`Directory::done`] its locks are ours.
    pub(crate) fn begin(&self, _alone: &Alone) -> Result<(), HistoryError> {
        let open =
            OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(self.0.join(MARK));
        let write = open.and_then(|mut file| writeln!(file, "{}", std::process::id()));
        write.map_err(|error| self.failed(&error))
    }

    pub(crate) fn done(&self, _alone: &Alone) {
        // One that stays only makes the next look for leftovers.
        let _ = fs::remove_file(self.0.join(MARK));
    }

    /// Removes the locks of a git that died with the labkeeper that had asked it. Older ones, and all of them when no labkeeper died,
    /// are somebody else's.
    pub(crate) fn mend(&self, alone: &Alone) -> Vec<&'static str> {
        let modified = |name: &str| fs::metadata(self.0.join(name)).and_then(|facts| facts.modified()).ok();
        let Some(begun) = modified(MARK) else { return Vec::new() };
        let ours = GITS.iter().copied().filter(|name| modified(name).is_some_and(|since| since >= begun));
        let removed = ours.filter(|name| fs::remove_file(self.0.join(name)).is_ok()).collect();
        self.done(alone);
        removed
    }

    /// The salt, made when there is none.
    pub(crate) fn salt(&self, _alone: &Alone) -> Result<[u8; 32], HistoryError> {
        let path = self.0.join(SALT);
        match fs::read(&path) {
            Ok(bytes) => <[u8; 32]>::try_from(bytes).map_err(|_| self.failed(&format!("{SALT} is damaged"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut salt = [0; 32];
                getrandom::fill(&mut salt).map_err(|error| self.failed(&error))?;
                self.write(&path, &salt)?;
                Ok(salt)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Why the last push failed; `None` when it did not.
    pub(crate) fn push_problem(&self) -> Option<String> {
        fs::read_to_string(self.0.join(PUSH)).ok().map(|text| text.trim().to_owned())
    }

    pub(crate) fn note_push(&self, problem: Option<&str>) {
        let path = self.0.join(PUSH);
        let noted = match problem {
            Some(problem) => self.write(&path, problem.as_bytes()),
            None => {
                let _ = fs::remove_file(path);
                Ok(())
            }
        };
        if let Err(error) = noted {
            tracing::warn!(%error, "that the history was not pushed could not be noted");
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), HistoryError> {
        let draft = path.with_extension("draft");
        let write = || {
            let mut file =
                OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&draft)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&draft, path)
        };
        write().map_err(|error: io::Error| self.failed(&error))
    }
}
