//! Putting a backup back: all of it is read and verified before anything of the present hub is touched.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_store::{Blobs, Store};
use serde_json::json;

use super::parcel::{self, AUDIT, DATABASE, HISTORY, List, Source};
use super::shelf::{file_stamp, folder};
use crate::commands::consent::{agreed, refused};
use crate::commands::context::Context;
use crate::config::Config;
use crate::exchange::{self, Exchange, Move};
use crate::{disk, render, secret_files};

/// What was taken out of a backup and lies ready.
struct Ready<'a> {
    backup: &'a Path,
    /// `None` for a mere copy of a database.
    list: Option<List>,
    workshop: tempfile::TempDir,
    /// Contents of files that its database names.
    contents: Vec<String>,
    history: Option<tempfile::TempDir>,
}

pub(super) async fn run(context: &Context, backup: &Path, yes: bool) -> Result<ExitCode> {
    let backup = if backup.exists() { backup.to_path_buf() } else { folder(context).join(backup) };
    if !backup.exists() {
        bail!("there is no {}: labkeeper backup list shows what there is", backup.display());
    }
    context.config.prepare_data_dir()?;
    let ready = Ready::verified(&context.config, &backup)
        .await
        .with_context(|| format!("{} is not a copy that labkeeper made, or is damaged", backup.display()))?;
    put_in_place(context, ready, yes).await
}

impl<'a> Ready<'a> {
    /// Copies it beside its place and compares everything with what it has to be.
    async fn verified(config: &Config, backup: &'a Path) -> Result<Self> {
        // Beside the database, so that a rename puts it in place; whatever opening it leaves goes with the directory.
        let workshop = disk::workshop(disk::home(&config.database), ".restore-")?;
        let incoming = workshop.path().join(DATABASE);
        let list = match parcel::list_of(backup)? {
            Some(list) => {
                list.take_out(backup, Path::new(DATABASE), &incoming)?;
                Some(list)
            }
            None if backup.is_file() => {
                disk::copy(backup, &incoming)?;
                None
            }
            None => bail!("it has no {}", parcel::LIST),
        };
        let contents = match &list {
            Some(list) => contents(backup, list, &incoming).await?,
            None => Vec::new(),
        };
        check(&incoming).await?;
        let history = match &list {
            Some(list) => history(config, backup, list)?,
            None => None,
        };
        let ready = Self { backup, list, workshop, contents, history };
        ready.audit(config)?;
        Ok(ready)
    }

    /// Key and files of the audit log, where there are none: those of the present hub are evidence, and stay.
    fn audit(&self, config: &Config) -> Result<()> {
        let Some(list) = &self.list else { return Ok(()) };
        let is_new = parcel::audit_files(disk::home(&config.database))?.is_empty();
        for file in list.files_in(AUDIT) {
            let at = self.workshop.path().join(file);
            list.take_out(self.backup, file, &at)?;
            if !is_new {
                disk::remove(&at)?;
            }
        }
        Ok(())
    }

    /// Everything that gets its place, the database at last.
    fn exchange(self, config: &Config, aside: Option<&str>) -> Result<Exchange> {
        let mut moves = Vec::new();
        if let Some(history) = self.history {
            let place = history_place(config);
            let aside = aside.map(|stamp| disk::beside(&place, &format!(".before-restore-{stamp}")));
            moves.push(Move { from: history.keep(), to: place, gone: Vec::new(), aside });
        }
        let (home, database) = (disk::home(&config.database), &config.database);
        let audit = self.workshop.path().join(AUDIT);
        if audit.is_dir() {
            for name in disk::files_below(&audit, &[])? {
                moves.push(Move {
                    from: audit.join(&name),
                    to: home.join(&name),
                    gone: Vec::new(),
                    aside: None,
                });
            }
        }
        let gone = LOGS.map(|ending| disk::beside(database, ending)).to_vec();
        let from = self.workshop.path().join(DATABASE);
        disk::sync(&from)?;
        disk::sync_names(self.workshop.path())?;
        moves.push(Move { from, to: database.clone(), gone, aside: None });
        // From here on the note about it says when it goes.
        Ok(Exchange { moves, workshop: self.workshop.keep() })
    }
}

/// Reads every content that the database names, as it was kept.
async fn contents(backup: &Path, list: &List, incoming: &Path) -> Result<Vec<String>> {
    let kept = Blobs::beside(&backup.join(DATABASE));
    let mut named = Store::contents_named_in(incoming).await?;
    named.retain(|sha256| !list.lacks(sha256));
    for sha256 in &named {
        kept.read(sha256)?;
    }
    Ok(named)
}

fn history_place(config: &Config) -> PathBuf {
    config.history.directory.clone().unwrap_or_else(|| config.data_dir.join(HISTORY))
}

/// The history beside its place; `None` when there is none in the backup.
fn history(config: &Config, backup: &Path, list: &List) -> Result<Option<tempfile::TempDir>> {
    if list.files_in(HISTORY).next().is_none() {
        return Ok(None);
    }
    let place = history_place(config);
    disk::make_dir(disk::home(&place))?;
    let ready = disk::workshop(disk::home(&place), ".restore-")?;
    for file in list.files_in(HISTORY) {
        let inside = file.strip_prefix(HISTORY).context("a file of the history")?;
        list.take_out(backup, file, &ready.path().join(inside))?;
    }
    disk::make_dir(&ready.path().join("refs/heads"))?;
    disk::sync_names(ready.path())?;
    Ok(Some(ready))
}

async fn put_in_place(context: &Context, ready: Ready<'_>, yes: bool) -> Result<ExitCode> {
    let (config, backup) = (&context.config, ready.backup.to_path_buf());
    let database = &config.database;
    // Now, to spare the question, and again for good: people take their time.
    drop(reserve(database)?);
    let question = format!("Put {} in the place of what this hub has now (which is kept)?", backup.display());
    if !agreed(&question, yes)? {
        return Ok(refused());
    }
    let reserved = reserve(database)?;
    exchange::finish_reserved(database)?;
    let stamp = file_stamp(&crate::wire::SystemClock::default());
    let kept = keep_present(context, &stamp).await?;
    // Before the database that names them. They take nothing's place: contents are what their names say.
    let (from, to) = (Blobs::beside(&backup.join(DATABASE)), Blobs::beside(database));
    for sha256 in &ready.contents {
        from.carry(sha256, &to)?;
    }
    let aside = (!kept.has_history).then_some(stamp.as_str());
    ready.exchange(config, aside)?.carry_out(database)?;
    drop(reserved);
    if context.json {
        render::print_json(&json!({"restored": backup, "kept": kept.first}))?;
    } else {
        render::print("restored")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Nobody else opens the database until the answer is dropped.
fn reserve(database: &Path) -> Result<impl Sized + use<>> {
    match Store::reserve(database)? {
        Some(reserved) => Ok(reserved),
        None => bail!("another labkeeper has the database open: stop it first, then restore"),
    }
}

/// What SQLite keeps beside a database, named after it: it would play them into any file of that name.
const LOGS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// What became of the present hub.
struct KeptPresent {
    first: Option<PathBuf>,
    /// A backup has the history too.
    has_history: bool,
}

/// Makes a backup of the present hub, or puts the files of its database aside as they are when it cannot be read: a damaged
/// one is what restoring is for. They stay where they are until the backup takes their place.
async fn keep_present(context: &Context, stamp: &str) -> Result<KeptPresent> {
    let database = &context.config.database;
    let aside = disk::beside(database, &format!(".unreadable-{stamp}"));
    if !holds_something(database) {
        let first = put_aside(database, &aside)?;
        if let Some(first) = &first {
            render::note(&format!(
                "the present database has no main file: what it left is kept as {}",
                first.display()
            ));
        }
        return Ok(KeptPresent { first, has_history: false });
    }
    let target = folder(context).join(format!("before-restore-{stamp}"));
    secret_files::private_dir(&folder(context))?;
    let Err(error) = parcel::make(&context.config, &Source::Reserved(database), &target).await else {
        render::note(&format!("what this hub had is kept as {}", target.display()));
        let has_history = target.join(HISTORY).join("HEAD").is_file();
        return Ok(KeptPresent { first: Some(target), has_history });
    };
    let unreadable = error.downcast_ref::<labkeeper_store::StoreError>();
    if !unreadable.is_some_and(labkeeper_store::StoreError::is_unreadable) {
        return Err(error).context("cannot keep what this hub has now, so nothing was changed");
    }
    let first = put_aside(database, &aside)?;
    render::note(&format!(
        "the present database cannot be read ({error:#}): its files are kept as they are, as {}",
        aside.display()
    ));
    Ok(KeptPresent { first, has_history: false })
}

/// Gives the files of a database second names; answers the first of them.
fn put_aside(database: &Path, aside: &Path) -> Result<Option<PathBuf>> {
    let mut first = None;
    for ending in ["", "-wal", "-journal"] {
        let (from, to) = (disk::beside(database, ending), disk::beside(aside, ending));
        if holds_something(&from) {
            // Some file systems know no second names.
            std::fs::hard_link(&from, &to)
                .or_else(|_| std::fs::copy(&from, &to).map(drop))
                .with_context(|| format!("cannot keep {} as {}", from.display(), to.display()))?;
            secret_files::make_private(&to)?;
            disk::sync(&to)?;
            first.get_or_insert(to);
        }
    }
    disk::sync(disk::home(database))?;
    Ok(first)
}

fn holds_something(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|meta| meta.len() > 0)
}

/// Opens the copy as a database of ours, bringing an older schema up to date.
async fn check(copy: &Path) -> Result<()> {
    if std::fs::metadata(copy)?.len() == 0 {
        bail!("it is empty");
    }
    let store = Store::open(copy).await?;
    let readable = store.read().await?.last_event().await;
    store.close().await;
    readable?;
    Ok(())
}
