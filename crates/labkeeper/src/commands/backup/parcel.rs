//! A backup on the disk: a directory with everything that the hub cannot make again, and a list that says what has to be in it.
//!
//! | in it | what it is |
//! |---|---|
//! | `backup.json` | the list: path, length and SHA-256 of every file but the contents, which are named by theirs |
//! | `labkeeper.db` | the database |
//! | `blobs/` | what files in the lab were before they were written, as far as the database names it |
//! | `config-history/` | the repository of the lab's configuration |
//! | `audit/` | key, checkpoints and mirror of the audit log |

use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use labkeeper_core::history::HistoryError;
use labkeeper_store::{Shelf, Store, WriteTx};
use serde::{Deserialize, Serialize};

use super::draft::{Draft, is_draft};
use super::ledger;
use crate::config::Config;
use crate::{disk, moving, render, secret_files, wire};

pub(super) use super::draft::LIST;
pub(super) const DATABASE: &str = "labkeeper.db";
pub(super) const HISTORY: &str = "config-history";
pub(super) const AUDIT: &str = "audit";
const FORMAT: u32 = 1;
/// How often the database is copied at most when contents that it named went while they were copied.
const TRIES: usize = 5;

/// What becomes of a backup when the history is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DamagedHistory {
    /// There is none.
    Fails,
    /// It is made without it: the history stays where it is.
    StaysOut,
}

/// What every list says, whichever version wrote it.
#[derive(Deserialize)]
struct Origin {
    format: u32,
    version: String,
}

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
pub(super) struct Listed {
    pub(super) path: PathBuf,
    bytes: u64,
    sha256: String,
}

/// A database that can be copied: of a hub that runs, or one that is reserved.
pub(super) enum Source<'a> {
    Open(&'a Store),
    Reserved(&'a Path),
}

impl Source<'_> {
    async fn copy_to(&self, target: &Path) -> Result<()> {
        match self {
            Self::Open(store) if store.is_on_server() => moving::to_file(store, target).await.map(drop),
            Self::Open(store) => Ok(store.copy_to(target).await?),
            Self::Reserved(path) => Ok(Store::copy_reserved(path, target).await?),
        }
    }

    /// Nobody writes until the answer is dropped.
    async fn hold(&self) -> labkeeper_store::Result<Option<WriteTx>> {
        match self {
            Self::Open(store) => store.write().await.map(Some),
            Self::Reserved(_) => Ok(None),
        }
    }
}

/// Makes one: under another name first, so that a backup of that name is a whole one. Answers the contents that it lacks.
pub(super) async fn make(
    config: &Config,
    source: &Source<'_>,
    target: &Path,
    damaged: DamagedHistory,
) -> Result<Vec<String>> {
    if target.exists() {
        bail!("{} is there already: choose another name", target.display());
    }
    if target.file_name().and_then(|name| name.to_str()).is_some_and(is_draft) {
        bail!("that is what unfinished backups are called, which are taken away: choose another name");
    }
    let draft = Draft::begin(disk::home(target))?;
    let mut list = List {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        files: Vec::new(),
        lacking: Vec::new(),
    };
    let place = draft.path();
    // Before the database: checkpoints and mirror that knew more than it would tell of records that were taken away.
    list.take_audit(config, place)?;
    list.lacking = database_and_contents(source, &contents_of(config, source)?, place).await?;
    list.note(place, Path::new(DATABASE), None)?;
    if let Err(error) = list.take_history(config, place).await {
        let is_busy = error.downcast_ref().is_some_and(|error| matches!(error, HistoryError::Busy));
        if damaged == DamagedHistory::Fails || is_busy {
            return Err(error);
        }
        list.leave_out(HISTORY, place)?;
        render::note(&format!("the history is not in the backup, because it cannot be copied: {error:#}"));
    }
    secret_files::write_private(&place.join(LIST), &serde_json::to_string_pretty(&list)?)?;
    disk::sync_names(place)?;
    draft.name(target)?;
    Ok(list.lacking)
}

/// Where the contents are that its database names.
fn contents_of(config: &Config, source: &Source<'_>) -> Result<Shelf> {
    match source {
        Source::Open(store) => Ok(store.shelf()),
        Source::Reserved(_) => wire::shelf(config),
    }
}

/// The database first, then the contents that this copy names: one more is named by nothing in it. One that goes meanwhile, because its
/// version had its time, takes the copy with it: it is made anew, and does not name it any more. Answers those that are lost already.
async fn database_and_contents(source: &Source<'_>, from: &Shelf, place: &Path) -> Result<Vec<String>> {
    let copy = place.join(DATABASE);
    let to = Shelf::of(&copy, None);
    let (mut carried, mut lacking) = (HashSet::new(), Vec::new());
    for round in 1..=TRIES {
        // At last nobody may write meanwhile: then nothing goes, for it is writers that remove contents.
        let _held = if round == TRIES { source.hold().await? } else { None };
        disk::remove(&copy)?;
        source.copy_to(&copy).await?;
        secret_files::make_private(&copy)?;
        disk::sync(&copy)?;
        let before = std::mem::take(&mut lacking);
        for sha256 in Store::contents_named_in(&copy).await? {
            // What a try before this one carried is there, whatever became of it meanwhile.
            if carried.contains(&sha256) {
                continue;
            }
            if from.carry(&sha256, &to).await? {
                carried.insert(sha256);
            } else {
                lacking.push(sha256);
            }
        }
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

    fn take_audit(&mut self, config: &Config, place: &Path) -> Result<()> {
        for from in ledger::files(config)? {
            let path = Path::new(AUDIT).join(from.file_name().context("a file has a name")?);
            match self.note(place, &path, Some(&from)) {
                // The mirror goes on: a file may be complete and renamed at any moment. The database has what was in it.
                Err(_) if !from.exists() => disk::remove(&place.join(&path))?,
                noted => noted.with_context(|| format!("if {} is damaged, move it away", from.display()))?,
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, part: &str, place: &Path) -> Result<()> {
        self.files.retain(|file| !file.path.starts_with(part));
        disk::remove(&place.join(part))
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
    pub(super) fn files_in<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Listed> {
        self.files.iter().filter(move |file| file.path.starts_with(part))
    }

    pub(super) fn lacks(&self, sha256: &str) -> bool {
        self.lacking.iter().any(|lacking| lacking == sha256)
    }

    pub(super) fn database(&self) -> Result<&Listed> {
        self.files_in(DATABASE).next().context("its list names no database")
    }
}

impl Listed {
    /// Copies it elsewhere, and compares what was copied with what it has to be.
    pub(super) fn take_out(&self, backup: &Path, to: &Path) -> Result<()> {
        disk::make_dir(disk::home(to))?;
        let (sha256, bytes) = disk::copy(&backup.join(&self.path), to)?;
        if (&sha256, bytes) != (&self.sha256, self.bytes) {
            bail!("{} in it is not what was put there: it is damaged", self.path.display());
        }
        Ok(())
    }

    /// Whether it stays in the backup, and in the part that it names.
    fn is_well_named(&self) -> bool {
        let leads_in = self.path.components().all(|part| matches!(part, Component::Normal(_)));
        // They get their places beside the database, where more than they lies.
        let in_audit = self.path.strip_prefix(AUDIT).map(|name| name.to_str().is_some_and(ledger::is_part));
        leads_in && in_audit.unwrap_or(true)
    }
}

/// Not what belongs to whoever is at work on it, nor what became of the last push from here.
fn is_lasting(file: &Path) -> bool {
    let is_passing = file.extension().is_some_and(|ending| ending == "lock" || ending == "draft");
    let is_of_now = ["labkeeper.working", "labkeeper.push"].iter().any(|name| file == Path::new(name));
    let is_unfinished_pack = file.to_str().is_some_and(|name| name.starts_with("objects/pack/tmp_"));
    !is_passing && !is_of_now && !is_unfinished_pack
}

/// The list of a backup; `None` when that is no directory with one.
pub(super) fn list_of(backup: &Path) -> Result<Option<List>> {
    let path = backup.join(LIST);
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let damaged = || format!("{} is damaged", path.display());
    let origin: Origin = serde_json::from_str(&text).with_context(damaged)?;
    if origin.format > FORMAT {
        bail!("{} was made by a newer labkeeper ({}): use that one", backup.display(), origin.version);
    }
    let list: List = serde_json::from_str(&text).with_context(damaged)?;
    if let Some(file) = list.files.iter().find(|file| !file.is_well_named()) {
        bail!("{} names a file that is no part of a backup: {}", path.display(), file.path.display());
    }
    Ok(Some(list))
}
