//! What a restore puts in the place of what is there, as one step: everything lies ready beside its place before a note about it is
//! written, and whoever finds the note carries it through. A process that dies before the note has changed nothing; one that dies after
//! it has a successor that goes on where it stopped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use labkeeper_store::Store;
use serde::{Deserialize, Serialize};

use crate::{disk, render, secret_files};

/// Everything that is to be exchanged.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) moves: Vec<Move>,
    /// Where things lay ready; it goes at the end.
    pub(crate) workshop: PathBuf,
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
    /// Writes the note, and carries it through. Whoever calls has reserved the database.
    pub(crate) fn carry_out(&self, database: &Path) -> Result<()> {
        secret_files::write_private(&note(database), &serde_json::to_string(self)?)?;
        self.finish(database)
    }

    fn finish(&self, database: &Path) -> Result<()> {
        for step in &self.moves {
            step.take()?;
        }
        disk::remove(&self.workshop)?;
        disk::remove(&note(database))?;
        disk::sync(disk::home(database))
    }
}

impl Move {
    /// Does nothing once it was done: then nothing lies ready any more.
    fn take(&self) -> Result<()> {
        if !self.from.exists() {
            return Ok(());
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
    let exchange: Exchange =
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", note.display()))?;
    exchange.finish(database).context("a restore was interrupted, and cannot be finished")?;
    render::note("a restore that was interrupted was finished");
    Ok(())
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
        (at("lab.db"), Exchange { moves, workshop: workshop.clone() })
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
        for done in 0..=4 {
            let dir = tempfile::tempdir().unwrap();
            let (database, exchange) = hub(dir.path());
            secret_files::write_private(&note(&database), &serde_json::to_string(&exchange).unwrap())
                .unwrap();
            for step in exchange.moves.iter().take(done) {
                step.take().unwrap();
            }
            match done {
                // In the middle of a step: what was there is away, and the new is not there yet.
                1 => {
                    let step = &exchange.moves[2];
                    disk::remove(&step.gone[0]).unwrap();
                }
                4 => disk::remove(&exchange.workshop).unwrap(),
                _ => {}
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
}
