//! The directory in which a backup is made before it has its name. Whoever makes one holds a lock on it, which the system releases when
//! the process ends, however it ends: so the next one knows which drafts nobody will finish, and takes them away.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use labkeeper_core::audit::hex;

use crate::{disk, render};

/// How the names of drafts begin; sixteen digits of a random number follow, which nobody types.
const BEGIN: &str = ".labkeeper-backup-draft-";
/// The list of what is in a backup, which is written last.
pub(super) const LIST: &str = "backup.json";
/// What one is called that has no lock yet: it is empty, and nobody takes it for a draft.
const NEW: &str = ".labkeeper-new-";

/// A backup that has no name yet. It goes with what is in it unless it gets one.
pub(super) struct Draft {
    path: PathBuf,
    is_named: bool,
    _lock: File,
}

impl Draft {
    /// Takes away the drafts beside it that nobody is at work on, and begins a new one.
    pub(super) fn begin(beside: &Path) -> Result<Self> {
        sweep(beside);
        let failed = || format!("cannot write in {}", beside.display());
        let unlocked = disk::workshop(beside, NEW)?;
        let lock = File::open(unlocked.path()).with_context(failed)?;
        // Locked before it is called a draft, so that nobody takes it for a dead one's. Where directories cannot be locked nobody finds
        // any of those either.
        let _ = lock.try_lock();
        let mut number = [0; 8];
        getrandom::fill(&mut number).context("cannot get randomness for the name of a draft")?;
        let path = unlocked.path().with_file_name(format!("{BEGIN}{}", hex(&number)));
        fs::rename(unlocked.path(), &path).with_context(failed)?;
        let _ = unlocked.keep();
        Ok(Self { path, is_named: false, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name: it is a backup now, and stays.
    pub(super) fn name(mut self, target: &Path) -> Result<()> {
        fs::rename(&self.path, target).with_context(|| format!("cannot make {}", target.display()))?;
        self.is_named = true;
        disk::sync(disk::home(target))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_named {
            // Its lock goes with it: the next one takes away what stays.
            let _ = disk::remove(&self.path);
        }
    }
}

/// Whether that is what a draft is called.
pub(super) fn is_draft(name: &str) -> bool {
    let number = name.strip_prefix(BEGIN);
    number.is_some_and(|number| {
        number.len() == 16 && number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Takes away what processes left that died. A whole backup stays, whatever it is called. What cannot be taken away is in nobody's way.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_directory || !entry.file_name().to_str().is_some_and(is_draft) {
            continue;
        }
        let Ok(lock) = File::open(entry.path()) else { continue };
        if lock.try_lock().is_ok()
            && !entry.path().join(LIST).exists()
            && let Err(error) = disk::remove(&entry.path())
        {
            render::note(&format!("what an earlier backup left stays: {error:#}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_of_the_dead_go_and_all_else_stays() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let alive = Draft::begin(dir.path()).unwrap();
        let dead = ".labkeeper-backup-draft-0123456789abcdef";
        let lying = [dead, ".labkeeper-backup-weekly", ".labkeeper-backup-draft-before-migrating", "monday"];
        for name in lying {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("labkeeper.db"), "half").unwrap();
        }
        let file = at(".labkeeper-backup-draft-0123456789abcdee");
        fs::write(&file, "a file").unwrap();
        let whole = at(".labkeeper-backup-draft-0123456789abcded");
        fs::create_dir(&whole).unwrap();
        fs::write(whole.join(LIST), "{}").unwrap();
        let other = Draft::begin(dir.path()).unwrap();
        assert!(!at(dead).exists(), "nobody is at it");
        for name in &lying[1..] {
            assert!(at(name).join("labkeeper.db").exists(), "{name}");
        }
        assert!(file.exists() && whole.exists(), "no draft, or a whole backup");
        assert!(alive.path().exists(), "somebody is at it");
        alive.name(&at("tuesday")).unwrap();
        let path = other.path().to_path_buf();
        drop(other);
        assert!(at("tuesday").is_dir() && !path.exists());
    }
    #[test]
    fn who_holds_a_lock_on_the_place_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let theirs = File::open(dir.path()).unwrap();
        theirs.lock().unwrap();
        let draft = Draft::begin(dir.path()).unwrap();
        assert!(is_draft(draft.path().file_name().unwrap().to_str().unwrap()));
    }
}
