//! `backup create|list|restore`: the hub's own data.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_core::ports::Clock;
use labkeeper_store::Store;
use serde_json::json;

use super::consent::{agreed, refused};
use super::context::Context;
use crate::cli::BackupCommand;
use crate::{render, secret_files};

pub(super) async fn run(context: &Context, what: BackupCommand) -> Result<ExitCode> {
    match what {
        BackupCommand::Create { file } => create(context, file).await,
        BackupCommand::List => list(context),
        BackupCommand::Restore { file, yes } => restore(context, &file, yes).await,
    }
}

fn file_stamp(clock: &dyn Clock) -> String {
    clock.now().text().replace([':', '.'], "-")
}

fn folder(context: &Context) -> PathBuf {
    context.config.data_dir.join("backups")
}

async fn create(context: &Context, file: Option<PathBuf>) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let target = match file {
        Some(file) => file,
        None => {
            secret_files::private_dir(&folder(context))?;
            folder(context).join(format!("labkeeper-{}.db", file_stamp(keeper.clock())))
        }
    };
    if target.exists() {
        bail!("{} is there already: choose another name", target.display());
    }
    keeper
        .store()
        .copy_to(&target)
        .await
        .with_context(|| format!("cannot copy the database to {}", target.display()))?;
    secret_files::make_private(&target)?;
    if context.json {
        render::print_json(&json!({"file": target}))?;
    } else {
        render::print(&format!("copied to {}", target.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(context: &Context) -> Result<ExitCode> {
    let folder = folder(context);
    let mut files: Vec<(String, u64)> = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.ends_with(".db") {
                files.push((name, entry.metadata()?.len()));
            }
        }
    }
    files.sort();
    if context.json {
        render::print_json(&json!(
            files.iter().map(|(name, bytes)| json!({"file": name, "bytes": bytes})).collect::<Vec<_>>()
        ))?;
    } else if files.is_empty() {
        render::note("no copies yet: labkeeper backup create");
    } else {
        let rows: Vec<Vec<String>> =
            files.into_iter().map(|(name, bytes)| vec![name, bytes.to_string()]).collect();
        render::print(&render::table(&["file", "bytes"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn restore(context: &Context, file: &Path, yes: bool) -> Result<ExitCode> {
    let file = if file.exists() { file.to_path_buf() } else { folder(context).join(file) };
    if !file.is_file() {
        bail!("there is no {}: labkeeper backup list shows what there is", file.display());
    }
    context.config.prepare_data_dir()?;
    let database = &context.config.database;
    // Beside the database, so that a rename puts the copy in place; whatever opening it leaves goes with the directory.
    let workshop = workshop(home(database))?;
    let incoming = workshop.path().join("incoming.db");
    std::fs::copy(&file, &incoming).with_context(|| format!("cannot read {}", file.display()))?;
    secret_files::make_private(&incoming)?;
    check(&incoming)
        .await
        .with_context(|| format!("{} is not a copy that labkeeper made", file.display()))?;
    put_in_place(context, &file, &incoming, yes).await
}

async fn put_in_place(context: &Context, file: &Path, incoming: &Path, yes: bool) -> Result<ExitCode> {
    let database = &context.config.database;
    // Now, to spare the question, and again for good: people take their time.
    drop(reserve(database)?);
    let question = format!("Put {} in the place of the present database (which is kept)?", file.display());
    if !agreed(&question, yes)? {
        return Ok(refused());
    }
    let reserved = reserve(database)?;
    let kept = keep_present(context, database).await?;
    replace(database, incoming)?;
    drop(reserved);
    if context.json {
        render::print_json(&json!({"restored": file, "kept": kept}))?;
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

/// A directory of our own that goes away with what is in it.
fn workshop(beside: &Path) -> Result<tempfile::TempDir> {
    let private = std::fs::Permissions::from_mode(0o700);
    tempfile::Builder::new()
        .prefix(".restore-")
        .permissions(private)
        .tempdir_in(beside)
        .with_context(|| format!("cannot write in {}", beside.display()))
}

/// What SQLite keeps beside a database, named after it: it would play them into any file of that name.
const LOGS: [&str; 3] = ["-wal", "-journal", "-shm"];

/// One rename puts the copy in place. The logs of the present database go first: they are not of the copy.
fn replace(database: &Path, incoming: &Path) -> Result<()> {
    sync(incoming)?;
    for log in LOGS.map(|ending| beside(database, ending)) {
        if log.exists() {
            std::fs::remove_file(&log).with_context(|| format!("cannot remove {}", log.display()))?;
        }
    }
    sync(home(database))?;
    std::fs::rename(incoming, database).context("cannot put the copy in place")?;
    sync(home(database))
}

/// Copies the present database to the others, or puts its files aside as they are when it cannot be read: a damaged
/// one is what restoring is for. It stays where it is until the copy takes its place.
async fn keep_present(context: &Context, database: &Path) -> Result<Option<PathBuf>> {
    let stamp = file_stamp(&crate::wire::SystemClock::default());
    let aside = beside(database, &format!(".unreadable-{stamp}"));
    if !holds_something(database) {
        let left = put_aside(database, &aside)?;
        if let Some(first) = &left {
            render::note(&format!(
                "the present database has no main file: what it left is kept as {}",
                first.display()
            ));
        }
        return Ok(left);
    }
    let copy = folder(context).join(format!("before-restore-{stamp}.db"));
    secret_files::private_dir(&folder(context))?;
    let Err(error) = Store::copy_reserved(database, &copy).await else {
        secret_files::make_private(&copy)?;
        sync(&copy)?;
        sync(&folder(context))?;
        render::note(&format!("the present database is kept as {}", copy.display()));
        return Ok(Some(copy));
    };
    let _ = std::fs::remove_file(&copy);
    if !error.is_unreadable() {
        return Err(error).context("cannot keep the present database, so nothing was changed");
    }
    let kept = put_aside(database, &aside)?;
    let reason = format!("{:#}", anyhow::Error::new(error));
    render::note(&format!(
        "the present database cannot be read ({reason}): its files are kept as they are, as {}",
        aside.display()
    ));
    Ok(kept)
}

/// Gives the files of a database second names; answers the first of them.
fn put_aside(database: &Path, aside: &Path) -> Result<Option<PathBuf>> {
    let mut first = None;
    for ending in ["", "-wal", "-journal"] {
        let (from, to) = (beside(database, ending), beside(aside, ending));
        if holds_something(&from) {
            // Some file systems know no second names.
            std::fs::hard_link(&from, &to)
                .or_else(|_| std::fs::copy(&from, &to).map(drop))
                .with_context(|| format!("cannot keep {} as {}", from.display(), to.display()))?;
            secret_files::make_private(&to)?;
            sync(&to)?;
            first.get_or_insert(to);
        }
    }
    sync(home(database))?;
    Ok(first)
}

fn holds_something(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|meta| meta.len() > 0)
}

/// The directory of a file.
fn home(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A power cut later finds it on the disk.
fn sync(path: &Path) -> Result<()> {
    let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
    synced.with_context(|| format!("cannot bring {} to the disk", path.display()))
}

/// The path with something after its last character.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(ending);
    text.into()
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
