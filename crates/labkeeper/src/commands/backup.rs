//! `backup create|list|restore`: the hub's own data.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
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

fn folder(context: &Context) -> PathBuf {
    context.config.data_dir.join("backups")
}

async fn create(context: &Context, file: Option<PathBuf>) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let target = match file {
        Some(file) => file,
        None => {
            secret_files::private_dir(&folder(context))?;
            let stamp = keeper.clock().now().text().replace([':', '.'], "-");
            folder(context).join(format!("labkeeper-{stamp}.db"))
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
    if !file.exists() {
        bail!("there is no {}: labkeeper backup list shows what there is", file.display());
    }
    context.config.prepare_data_dir()?;
    let database = &context.config.database;
    let beside = database.with_extension("incoming");
    std::fs::copy(&file, &beside).with_context(|| format!("cannot read {}", file.display()))?;
    secret_files::make_private(&beside)?;
    check(&beside).await.with_context(|| format!("{} is not a copy that labkeeper made", file.display()))?;
    let others = Store::others_present(database)?;
    if others {
        bail!("another labkeeper has the database open: stop it first, then restore");
    }
    if !agreed(
        &format!("Put {} in the place of the present database (which is kept beside it)?", file.display()),
        yes,
    )? {
        std::fs::remove_file(&beside)?;
        return Ok(refused());
    }
    if database.exists() {
        // Folded first, so that the kept file is whole without its write-ahead log.
        let store = Store::open(database).await?;
        let kept = database.with_extension(format!("before-restore-{}.db", std::process::id()));
        store.copy_to(&kept).await?;
        store.close().await;
        secret_files::make_private(&kept)?;
        render::note(&format!("the present database is kept as {}", kept.display()));
    }
    for ending in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(database.with_extension(ending));
    }
    std::fs::rename(&beside, database).context("cannot put the copy in place")?;
    render::print("restored")?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the copy as a database of ours, bringing an older schema up to date.
async fn check(copy: &Path) -> Result<()> {
    let store = Store::open(copy).await?;
    store.read().await?.last_event().await?;
    store.close().await;
    let _ = std::fs::remove_file(copy.with_extension("lock"));
    Ok(())
}
