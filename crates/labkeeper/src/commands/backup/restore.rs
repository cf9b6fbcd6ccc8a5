//! Putting a backup back: all of it is read and verified before anything of the present hub is touched.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_store::{Blobs, Shelf, Store};
use serde_json::json;
use tempfile::TempDir;

use super::ledger;
use super::parcel::{self, AUDIT, DATABASE, DamagedHistory, HISTORY, List, Source};
use super::shelf::{self, file_stamp, folder};
use crate::commands::consent::{agreed, refused};
use crate::commands::context::Context;
use crate::config::Config;
use crate::exchange::{self, Exchange, Move, READY};
use crate::{disk, forwarding, render, secret_files, wire};

/// What was taken out of a backup and lies ready.
struct Ready<'a> {
    backup: &'a Path,
    /// `None` for a mere copy of a database.
    list: Option<List>,
    /// Beside the database, with it and the key of the audit log.
    workshop: TempDir,
    /// In the data directory, with the rest of the audit log.
    ledger: TempDir,
    /// Contents of files that its database names.
    contents: Vec<String>,
    history: Option<TempDir>,
}

pub(super) async fn run(context: &Context, backup: &Path, yes: bool) -> Result<ExitCode> {
    if let Some(server) = &context.config.server {
        bail!(
            "this hub's database is at {server}, and a backup is put back into a file: restore it without DATABASE_URL and with a --data-dir of its own, \
             then take it to a new database with `labkeeper migrate`. Nothing was changed"
        );
    }
    forwarding::refuse(&context.config.database)?;
    let backup = shelf::find(context, backup)?;
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
        let workshop = disk::workshop(disk::home(&config.database), READY)?;
        let ledger = disk::workshop(&config.data_dir, READY)?;
        let incoming = workshop.path().join(DATABASE);
        let list = match parcel::list_of(backup)? {
            Some(list) => {
                list.database()?.take_out(backup, &incoming)?;
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
        let ready = Self { backup, list, workshop, ledger, contents, history };
        ready.audit(config)?;
        Ok(ready)
    }

    /// Key and files of the audit log, where there are none: those of the present hub are evidence, and stay.
    fn audit(&self, config: &Config) -> Result<()> {
        let Some(list) = &self.list else { return Ok(()) };
        let is_new = ledger::files(config)?.is_empty();
        for file in list.files_in(AUDIT) {
            let at = self.audit_file(config, &file.path)?;
            file.take_out(self.backup, &at)?;
            if !is_new {
                disk::remove(&at)?;
            }
        }
        Ok(())
    }

    /// Where a file of the audit log lies ready: on the file system of its place.
    fn audit_file(&self, config: &Config, path: &Path) -> Result<PathBuf> {
        let name = path.file_name().context("a file of the audit log has a name")?;
        let is_beside_database =
            ledger::home(config, &name.to_string_lossy()) == disk::home(&config.database);
        let workshop = if is_beside_database { &self.workshop } else { &self.ledger };
        Ok(workshop.path().join(AUDIT).join(name))
    }

    /// Everything that gets its place, the database at last. Whoever calls has reserved it.
    fn exchange(&self, config: &Config, aside: Option<&str>) -> Result<Exchange> {
        let mut moves = Vec::new();
        if let Some(history) = &self.history {
            let to = disk::absolute(&history_place(config))?;
            let aside = aside.map(|stamp| disk::beside(&to, &format!(".before-restore-{stamp}")));
            moves.push(Move { from: history.path().into(), to, gone: Vec::new(), aside });
        }
        if let Some(list) = &self.list {
            moves.extend(self.audit_moves(config, list)?);
        }
        let database = disk::absolute(&config.database)?;
        let gone = LOGS.map(|ending| disk::beside(&database, ending)).to_vec();
        let from = self.workshop.path().join(DATABASE);
        disk::sync(&from)?;
        moves.push(Move { from, to: database, gone, aside: None });
        let workshops = vec![self.workshop.path().to_path_buf(), self.ledger.path().to_path_buf()];
        workshops.iter().try_for_each(|workshop| disk::sync_names(workshop))?;
        Ok(Exchange { moves, workshops })
    }

    fn audit_moves(&self, config: &Config, list: &List) -> Result<Vec<Move>> {
        // Looked up again: some may have been made since.
        if !ledger::files(config)?.is_empty() {
            return Ok(Vec::new());
        }
        let mut moves = Vec::new();
        for file in list.files_in(AUDIT) {
            let from = self.audit_file(config, &file.path)?;
            let name = from.file_name().unwrap_or_default().to_string_lossy();
            let to = disk::absolute(&ledger::home(config, &name).join(&*name))?;
            moves.push(Move { to, gone: Vec::new(), aside: None, from });
        }
        Ok(moves)
    }

    /// The directories in which it lies.
    fn places(&self) -> Vec<&Path> {
        let history = self.history.iter().map(TempDir::path);
        [self.workshop.path(), self.ledger.path()].into_iter().chain(history).collect()
    }

    fn into_places(self) -> Vec<TempDir> {
        [self.workshop, self.ledger].into_iter().chain(self.history).collect()
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
fn history(config: &Config, backup: &Path, list: &List) -> Result<Option<TempDir>> {
    if list.files_in(HISTORY).next().is_none() {
        return Ok(None);
    }
    let place = history_place(config);
    disk::make_dir(disk::home(&place))?;
    let ready = disk::workshop(disk::home(&place), READY)?;
    for file in list.files_in(HISTORY) {
        let inside = file.path.strip_prefix(HISTORY).context("a file of the history")?;
        file.take_out(backup, &ready.path().join(inside))?;
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
    for place in [disk::home(database), &config.data_dir, disk::home(&history_place(config))] {
        exchange::remove_leftovers(place, &ready.places());
    }
    let stamp = file_stamp(&crate::wire::SystemClock::default());
    let kept = keep_present(context, &stamp).await?;
    // Before the database that names them. They take nothing's place: contents are what their names say.
    let (from, to) = (Shelf::of(&backup.join(DATABASE), None), wire::shelf(config)?);
    for sha256 in &ready.contents {
        if !from.carry(sha256, &to).await? {
            bail!("{sha256} went from {} meanwhile, so nothing was changed", backup.display());
        }
    }
    let aside = (!kept.has_history).then_some(stamp.as_str());
    let exchange = ready.exchange(config, aside)?;
    exchange.carry_out(database, ready.into_places())?;
    for aside in exchange.moves.iter().filter_map(|step| step.aside.as_ref()).filter(|aside| aside.exists()) {
        render::note(&format!("the history that this hub had is kept as {}", aside.display()));
    }
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
    let source = Source::Reserved(database);
    let made = parcel::make(&context.config, &source, &target, DamagedHistory::StaysOut).await;
    let Err(error) = made else {
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
