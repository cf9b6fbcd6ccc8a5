//! `backup create|list|restore`: the hub's own data.

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
    let incoming = beside(database, ".incoming");
    std::fs::copy(&file, &incoming).with_context(|| format!("cannot read {}", file.display()))?;
    let done = put_in_place(context, &file, &incoming, yes).await;
    for leftover in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(beside(&incoming, leftover));
    }
    done
}

async fn put_in_place(context: &Context, file: &Path, incoming: &Path, yes: bool) -> Result<ExitCode> {
    let database = &context.config.database;
    secret_files::make_private(incoming)?;
    check(incoming).await.with_context(|| format!("{} is not a copy that labkeeper made", file.display()))?;
    if Store::others_present(database)? {
        bail!("another labkeeper has the database open: stop it first, then restore");
    }
    let question = format!("Put {} in the place of the present database (which is kept)?", file.display());
    if !agreed(&question, yes)? {
        return Ok(refused());
    }
    let kept = keep_present(context, database).await?;
    std::fs::rename(incoming, database).context("cannot put the copy in place")?;
    if context.json {
        render::print_json(&json!({"restored": file, "kept": kept}))?;
    } else {
        render::print("restored")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies the present database to the others, or puts it aside as it is when it cannot be read: a damaged one is
/// what restoring is for.
async fn keep_present(context: &Context, database: &Path) -> Result<Option<PathBuf>> {
    if std::fs::metadata(database).map_or(0, |meta| meta.len()) == 0 {
        return Ok(None);
    }
    let stamp = file_stamp(&crate::wire::SystemClock::default());
    let copy = folder(context).join(format!("before-restore-{stamp}.db"));
    secret_files::private_dir(&folder(context))?;
    let kept = if copied(database, &copy).await.is_ok() {
        secret_files::make_private(&copy)?;
        for leftover in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(database, leftover));
        }
        copy
    } else {
        let _ = std::fs::remove_file(&copy);
        let aside = beside(database, &format!(".unreadable-{stamp}"));
        for part in ["", "-wal", "-shm"] {
            let from = beside(database, part);
            if from.exists() {
                std::fs::rename(&from, beside(&aside, part))
                    .context("cannot put the present database aside")?;
            }
        }
        aside
    };
    render::note(&format!("the present database is kept as {}", kept.display()));
    Ok(Some(kept))
}

async fn copied(database: &Path, target: &Path) -> Result<()> {
    let store = Store::open(database).await?;
    let done = store.copy_to(target).await;
    store.close().await;
    Ok(done?)
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
    let _ = std::fs::remove_file(copy.with_extension("lock"));
    readable?;
    Ok(())
}
