//! A backup on the disk: a directory with everything that the hub cannot make again, and a list that says what has to be in it.
//!
//! | in it | what it is |
//! |---|---|
//! | `backup.json` | the list: path, length and SHA-256 of every file but the contents, which are named by theirs |
//! | `labkeeper.db` | the database |
//! | `blobs/` | what files in the lab were before they were written, as far as the database names it |
//! | `config-history/` | the repository of the lab's configuration |
//! | `audit/` | key, checkpoints and mirror of the audit log |

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use labkeeper_store::{Blobs, Store};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::{disk, render, secret_files};

pub(super) const LIST: &str = "backup.json";
pub(super) const DATABASE: &str = "labkeeper.db";
pub(super) const HISTORY: &str = "config-history";
pub(super) const AUDIT: &str = "audit";
const FORMAT: u32 = 1;
/// How often the database is copied when contents that it named went while they were copied.
const TRIES: usize = 5;

/// What a backup has to hold.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct List {
    format: u32,
    /// The labkeeper that made it.
    version: String,
    files: Vec<Listed>,
    /// Contents that the database names and that were damaged or gone already.
    lacking: Vec<String>,
}

/// A file in it.
#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    path: PathBuf,
    bytes: u64,
    sha256: String,
}

/// A database that can be copied: of a hub that runs, or one that is reserved.
pub(super) enum Source<'a> {
    Open(&'a Store),
    Reserved(&'a Path),
}

impl Source<'_> {
    fn path(&self) -> &Path {
        match self {
            Self::Open(store) => store.path(),
            Self::Reserved(path) => path,
        }
    }

    async fn copy_to(&self, target: &Path) -> labkeeper_store::Result<()> {
        match self {
            Self::Open(store) => store.copy_to(target).await,
            Self::Reserved(path) => Store::copy_reserved(path, target).await,
        }
    }
}

/// Makes one: under another name first, so that a backup of that name is a whole one.
pub(super) async fn make(config: &Config, source: &Source<'_>, target: &Path) -> Result<()> {
    if target.exists() {
        bail!("{} is there already: choose another name", target.display());
    }
    let draft = disk::workshop(disk::home(target), ".backup-")?;
    let mut list = List {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        files: Vec::new(),
        lacking: Vec::new(),
    };
    let place = draft.path();
    // Before the database: checkpoints and mirror that knew more than it would tell of records that were taken away.
    list.take_audit(source.path(), place)?;
    list.lacking = database_and_contents(source, place).await?;
    list.note(place, Path::new(DATABASE), None)?;
    list.take_history(config, place).await?;
    secret_files::write_private(&place.join(LIST), &serde_json::to_string_pretty(&list)?)?;
    disk::sync_names(place)?;
    let finished = draft.keep();
    fs::rename(&finished, target).with_context(|| format!("cannot make {}", target.display()))?;
    disk::sync(disk::home(target))
}

/// The database first, then the contents that this copy names: one more is named by nothing in it. One that goes meanwhile, because its
/// version had its time, takes the copy with it: it is made anew, and does not name it any more. Answers those that are lost already.
async fn database_and_contents(source: &Source<'_>, place: &Path) -> Result<Vec<String>> {
    let copy = place.join(DATABASE);
    let (from, to) = (Blobs::beside(source.path()), Blobs::beside(&copy));
    let mut lacking = Vec::new();
    for _ in 0..TRIES {
        disk::remove(&copy)?;
        source.copy_to(&copy).await?;
        secret_files::make_private(&copy)?;
        disk::sync(&copy)?;
        let named = Store::contents_named_in(&copy).await?;
        let before = std::mem::take(&mut lacking);
        // What a try before this one carried is there, whatever became of it meanwhile.
        let is_lost = |sha256: &String| from.carry(sha256, &to).is_err() && to.read(sha256).is_err();
        lacking = named.into_iter().filter(is_lost).collect();
        // Named twice and not there twice: it is no race.
        if lacking.is_empty() || lacking == before {
            break;
        }
    }
    for sha256 in &lacking {
        render::note(&format!("what a file was is damaged or gone, and not in the backup: {sha256}"));
    }
    Ok(lacking)
}

impl List {
    /// Notes a file of the draft; copies it there when it lies elsewhere.
    fn note(&mut self, place: &Path, path: &Path, from: Option<&Path>) -> Result<()> {
        let target = place.join(path);
        let (sha256, bytes) = match from {
            Some(from) => {
                disk::make_dir(disk::home(&target))?;
                disk::copy(from, &target)?
            }
            None => disk::hash(&target)?,
        };
        self.files.push(Listed { path: path.into(), bytes, sha256 });
        Ok(())
    }

    fn take_audit(&mut self, database: &Path, place: &Path) -> Result<()> {
        for name in audit_files(disk::home(database))? {
            let (from, path) = (disk::home(database).join(&name), Path::new(AUDIT).join(&name));
            match self.note(place, &path, Some(&from)) {
                // The mirror goes on: a file may be complete and renamed at any moment. The database has what was in it.
                Err(_) if !from.exists() => disk::remove(&place.join(&path))?,
                noted => noted?,
            }
        }
        Ok(())
    }

    /// Names before objects: what a name stands for is there before it.
    async fn take_history(&mut self, config: &Config, place: &Path) -> Result<()> {
        let (Some(directory), Some(repository)) = (&config.history.directory, config.history.repository())
        else {
            return Ok(());
        };
        if !directory.join("HEAD").is_file() {
            return Ok(());
        }
        let held = repository.hold().await?;
        for file in disk::files_below(directory, &["HEAD", "packed-refs", "refs"])? {
            if is_lasting(&file) {
                self.note(place, &Path::new(HISTORY).join(&file), Some(&directory.join(&file)))?;
            }
        }
        // Git wants it, and it may be empty.
        disk::make_dir(&place.join(HISTORY).join("refs/heads"))?;
        drop(held);
        Ok(())
    }

    /// The files of a part of it.
    pub(super) fn files_in<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Path> {
        self.files.iter().map(|file| file.path.as_path()).filter(move |path| path.starts_with(part))
    }

    pub(super) fn lacks(&self, sha256: &str) -> bool {
        self.lacking.iter().any(|lacking| lacking == sha256)
    }

    /// Copies a file of it elsewhere, and compares what was copied with what it has to be.
    pub(super) fn take_out(&self, backup: &Path, path: &Path, to: &Path) -> Result<()> {
        let listed = self.files.iter().find(|file| file.path == path);
        let listed = listed.with_context(|| format!("{} is not in its list", path.display()))?;
        disk::make_dir(disk::home(to))?;
        let (sha256, bytes) = disk::copy(&backup.join(path), to)?;
        if (&sha256, bytes) != (&listed.sha256, listed.bytes) {
            bail!("{} in it is not what was put there: it is damaged", path.display());
        }
        Ok(())
    }
}

/// What stands beside a database for its audit log.
pub(super) fn audit_files(home: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(home).with_context(|| format!("cannot look through {}", home.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = name.starts_with("audit.") || name.starts_with("audit-");
        if is_ours && !name.ends_with(".lock") && entry.file_type()?.is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Not what belongs to whoever is at work on it.
fn is_lasting(file: &Path) -> bool {
    let is_lock = file.extension().is_some_and(|ending| ending == "lock");
    !is_lock && file != Path::new("labkeeper.working") && !file.starts_with("objects/pack/tmp_")
}

/// The list of a backup; `None` when that is no directory with one.
pub(super) fn list_of(backup: &Path) -> Result<Option<List>> {
    let path = backup.join(LIST);
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let list: List = serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
    if list.format > FORMAT {
        bail!("{} was made by a newer labkeeper ({}): use that one", backup.display(), list.version);
    }
    let leads_out =
        |file: &Listed| !file.path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if let Some(file) = list.files.iter().find(|file| leads_out(file)) {
        bail!("{} names a file outside of it: {}", path.display(), file.path.display());
    }
    Ok(Some(list))
}
