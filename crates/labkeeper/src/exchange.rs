//! What a restore puts in the place of what is there, as one step: everything lies ready beside its place before a note about it is
//! written, and whoever finds the note carries it through. A process that dies before the note has changed nothing; one that dies after
//! it has a successor that goes on where it stopped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use labkeeper_store::Store;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::{disk, render, secret_files};

/// What the directories are called in which a restore lays things ready.
pub(crate) const READY: &str = ".restore-";

/// Everything that is to be exchanged. Its paths hold wherever the process that reads them was started.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) moves: Vec<Move>,
    /// Where things lay ready; they go at the end.
    pub(crate) workshops: Vec<PathBuf>,
}

/// One thing that gets its place.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Move {
    /// Where it lies ready, on the file system of its place.
    pub(crate) from: PathBuf,
    pub(crate) to: PathBuf,
    /// Goes first: it belongs to what was there.
    pub(crate) gone: Vec<PathBuf>,
    /// Where that which was there is kept; it goes otherwise.
    pub(crate) aside: Option<PathBuf>,
}

/// The note lies beside the database.
fn note(database: &Path) -> PathBuf {
    disk::beside(database, ".restoring")
}

impl Exchange {
    /// Writes the note, and carries it through. Whoever calls has reserved the database. What lies ready goes with its directories
    /// when nothing comes of it.
    pub(crate) fn carry_out(&self, database: &Path, ready: Vec<TempDir>) -> Result<()> {
        self.moves.iter().try_for_each(Move::check)?;
        let note = note(database);
        if let Err(error) = secret_files::write_private(&note, &serde_json::to_string(self)?) {
            // It may be there all the same.
            disk::remove(&note)?;
            return Err(error);
        }
        // From here on the note says when they go.
        for workshop in ready {
            let _ = workshop.keep();
        }
        self.finish(database)
    }

    fn finish(&self, database: &Path) -> Result<()> {
        let note = note(database);
        if let Some(gone) = self.workshops.iter().find(|workshop| !workshop.is_dir()) {
            bail!(
                "a restore was begun, and {} is gone, where its things lay ready. If a disk is not mounted, mount it and run this again. \
                 Otherwise delete {} and restore again",
                gone.display(),
                note.display()
            );
        }
        self.moves.iter().try_for_each(Move::take).with_context(|| self.way_out(&note))?;
        // The note first: one without what it speaks of would be in everybody's way.
        disk::remove(&note)?;
        disk::sync(disk::home(database))?;
        self.workshops.iter().try_for_each(|workshop| disk::remove(workshop))
    }

    fn way_out(&self, note: &Path) -> String {
        let left: Vec<String> = self
            .moves
            .iter()
            .filter(|step| step.from.exists())
            .map(|step| format!("{} to {}", step.from.display(), step.to.display()))
            .collect();
        let left = if left.is_empty() { "nothing".to_owned() } else { left.join(", ") };
        format!(
            "a restore was begun, and cannot be finished. See to what is in the way and run this again. Or do it by hand: put away what is \
             there (with -wal, -journal and -shm beside the database), move {left}, and delete {}",
            note.display()
        )
    }
}

impl Move {
    /// Refuses what could be begun and not be finished.
    fn check(&self) -> Result<()> {
        let (to, home) = (self.to.display(), disk::home(&self.to));
        if disk::is_mount_point(&self.to)? {
            bail!(
                "{to} is a mount point, and nothing can be put in its place. Name a directory in it instead (history.dir for the history, \
                 DATABASE_URL for the database), move what is there into that, and restore again. Nothing was changed"
            );
        }
        if disk::device(&self.from)? != disk::device(home)? {
            bail!(
                "{} is on another file system than {to}: nothing was changed. Give {to} a place on the file system of {}",
                self.from.display(),
                home.display()
            );
        }
        Ok(())
    }

    /// Does nothing once it was done: then nothing lies ready any more, and its place is taken.
    fn take(&self) -> Result<()> {
        if !self.from.exists() {
            if self.to.exists() {
                return Ok(());
            }
            bail!(
                "neither {} nor {} is there: is a disk not mounted?",
                self.from.display(),
                self.to.display()
            );
        }
        for gone in &self.gone {
            disk::remove(gone)?;
        }
        if let Some(aside) = self.aside.as_ref().filter(|_| self.to.exists()) {
            rename(&self.to, aside)?;
        } else if self.to.is_dir() {
            disk::remove(&self.to)?;
        }
        disk::sync(disk::home(&self.to))?;
        rename(&self.from, &self.to)?;
        disk::sync(disk::home(&self.to))
    }
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot rename {} to {}", from.display(), to.display()))
}

/// Whether a restore was begun and not finished.
pub(crate) fn is_open(database: &Path) -> bool {
    note(database).exists()
}

/// Finishes a restore whose process ended in the middle of it. Whoever calls has reserved the database.
pub(crate) fn finish_reserved(database: &Path) -> Result<()> {
    let note = note(database);
    let text = match fs::read_to_string(&note) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        text => text.with_context(|| format!("cannot read {}", note.display()))?,
    };
    let exchange: Exchange = serde_json::from_str(&text).with_context(|| {
        format!("a restore was begun, and its note is damaged: delete {} and restore again", note.display())
    })?;
    exchange.finish(database)?;
    render::note("a restore that was interrupted was finished");
    Ok(())
}

/// Removes what restores left in a directory that died before their note. Whoever calls has reserved the database, and there is no note.
pub(crate) fn remove_leftovers(place: &Path, ours: &[&Path]) {
    let Ok(entries) = place.canonicalize().and_then(fs::read_dir) else { return };
    for entry in entries.flatten() {
        let is_ready = entry.file_name().to_string_lossy().starts_with(READY);
        if is_ready && !ours.contains(&&*entry.path()) {
            // They are in nobody's way.
            if let Err(error) = disk::remove(&entry.path()) {
                render::note(&format!("what an earlier restore left stays: {error:#}"));
            }
        }
    }
}

/// The same before the database is opened. Another process that is at it is waited for by the opening.
pub(crate) fn finish(database: &Path) -> Result<()> {
    if !is_open(database) {
        return Ok(());
    }
    match Store::reserve(database)? {
        Some(_reserved) => finish_reserved(database),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hub whose database, history and key are to be exchanged.
    fn hub(dir: &Path) -> (PathBuf, Exchange) {
        let at = |name: &str| dir.join(name);
        let workshop = at(".restore-1");
        fs::create_dir_all(workshop.join("history")).unwrap();
        fs::create_dir_all(at("history")).unwrap();
        for (path, text) in [
            ("lab.db", "old"),
            ("lab.db-wal", "old log"),
            ("history/HEAD", "old"),
            (".restore-1/lab.db", "new"),
            (".restore-1/history/HEAD", "new"),
            (".restore-1/audit.key", "new"),
        ] {
            fs::write(at(path), text).unwrap();
        }
        let step = |name: &str, gone: Vec<PathBuf>| Move {
            from: workshop.join(name),
            to: at(name),
            gone,
            aside: (name == "history").then(|| at("history.before")),
        };
        let moves = vec![
            step("history", Vec::new()),
            step("audit.key", Vec::new()),
            step("lab.db", vec![at("lab.db-wal")]),
        ];
        (at("lab.db"), Exchange { moves, workshops: vec![workshop] })
    }

    fn assert_new(dir: &Path) {
        for name in ["lab.db", "history/HEAD", "audit.key"] {
            assert_eq!(fs::read_to_string(dir.join(name)).unwrap(), "new", "{name}");
        }
        assert_eq!(fs::read_to_string(dir.join("history.before/HEAD")).unwrap(), "old");
        let mut left: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        left.retain(|name| name != "lab.lock");
        assert_eq!(left, ["audit.key", "history", "history.before", "lab.db"]);
    }

    #[test]
    fn one_that_died_after_any_step_is_finished() {
        for done in 0..=3 {
            let dir = tempfile::tempdir().unwrap();
            let (database, exchange) = hub(dir.path());
            secret_files::write_private(&note(&database), &serde_json::to_string(&exchange).unwrap())
                .unwrap();
            for step in exchange.moves.iter().take(done) {
                step.take().unwrap();
            }
            if done == 1 {
                // In the middle of a step: what was there is away, and the new is not there yet.
                disk::remove(&exchange.moves[2].gone[0]).unwrap();
            }
            assert!(is_open(&database));
            finish(&database).unwrap();
            assert!(!is_open(&database));
            assert_new(dir.path());
            finish(&database).unwrap();
            assert_new(dir.path());
        }
    }

    #[test]
    fn one_that_died_between_taking_away_and_putting_is_finished() {
        let dir = tempfile::tempdir().unwrap();
        let (database, exchange) = hub(dir.path());
        secret_files::write_private(&note(&database), &serde_json::to_string(&exchange).unwrap()).unwrap();
        fs::rename(dir.path().join("history"), dir.path().join("history.before")).unwrap();
        finish(&database).unwrap();
        assert_new(dir.path());
    }

    fn begun(database: &Path, exchange: &Exchange) {
        secret_files::write_private(&note(database), &serde_json::to_string(exchange).unwrap()).unwrap();
    }

    #[test]
    fn one_whose_things_are_gone_is_not_called_finished() {
        let dir = tempfile::tempdir().unwrap();
        let (database, exchange) = hub(dir.path());
        begun(&database, &exchange);
        // The disk with it is not mounted.
        fs::rename(&exchange.workshops[0], dir.path().join("elsewhere")).unwrap();
        let said = finish(&database).unwrap_err().to_string();
        assert!(said.contains("mount it and run this again") && said.contains("lab.db.restoring"), "{said}");
        assert!(is_open(&database));
        assert_eq!(fs::read_to_string(&database).unwrap(), "old");
        fs::rename(dir.path().join("elsewhere"), &exchange.workshops[0]).unwrap();
        finish(&database).unwrap();
        assert_new(dir.path());
    }

    #[test]
    fn one_that_cannot_go_on_says_what_is_left_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let (database, exchange) = hub(dir.path());
        begun(&database, &exchange);
        let blocked = dir.path().join("history.before");
        fs::write(&blocked, "in the way").unwrap();
        let said = finish(&database).unwrap_err().to_string();
        for word in [".restore-1/history to ", ".restore-1/lab.db to ", "lab.db.restoring"] {
            assert!(said.contains(word), "{said}");
        }
        fs::remove_file(blocked).unwrap();
        finish(&database).unwrap();
        assert_new(dir.path());
    }

    #[test]
    fn what_could_not_be_finished_is_not_begun() {
        let dir = tempfile::tempdir().unwrap();
        let (database, mut exchange) = hub(dir.path());
        exchange.moves.iter().try_for_each(Move::check).unwrap();
        exchange.moves[0].to = "/proc".into();
        assert!(exchange.moves[0].check().unwrap_err().to_string().contains("is a mount point"));
        exchange.moves[0].to = "/proc/history".into();
        assert!(exchange.moves[0].check().unwrap_err().to_string().contains("another file system"));
        // And then there is no note, and nothing of it stays.
        let ready = disk::workshop(dir.path(), READY).unwrap();
        let lying = ready.path().to_path_buf();
        exchange.carry_out(&database, vec![ready]).unwrap_err();
        assert!(!is_open(&database) && !lying.exists());
    }

    #[test]
    fn leftovers_go_and_ours_stays() {
        let dir = tempfile::tempdir().unwrap();
        let ours = disk::workshop(dir.path(), READY).unwrap();
        let left = dir.path().join(".restore-left");
        fs::create_dir(&left).unwrap();
        remove_leftovers(dir.path(), &[ours.path()]);
        assert!(ours.path().exists() && !left.exists());
    }
}
