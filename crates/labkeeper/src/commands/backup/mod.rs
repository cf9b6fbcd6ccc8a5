//! `backup create|list|restore`: everything of the hub's own that it cannot make again.

mod carrying;
mod draft;
mod ledger;
mod parcel;
mod restore;
mod shelf;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_store::Bucket;
use serde_json::json;

use shelf::{file_stamp, folder};

use super::context::Context;
use crate::cli::BackupCommand;
use crate::config::Config;
use crate::{disk, exchange, forwarding, render, secret_files};

pub(super) async fn run(context: &Context, what: BackupCommand) -> Result<ExitCode> {
    match what {
        BackupCommand::Create { target } => create(context, target).await,
        BackupCommand::List => list(context),
        BackupCommand::MoveContents { to } => carrying::run(context, to).await,
        BackupCommand::Restore { backup, yes } => restore::run(context, &backup, yes).await,
    }
}

async fn create(context: &Context, target: Option<PathBuf>) -> Result<ExitCode> {
    refuse_nothing(&context.config)?;
    let keeper = context.keeper().await?;
    let target = match target {
        Some(target) => target,
        None => {
            secret_files::private_dir(&folder(context))?;
            folder(context).join(format!("labkeeper-{}", file_stamp(keeper.clock())))
        }
    };
    if keeper.store().shelf().bucket().is_some_and(Bucket::encrypts) {
        render::note(
            "old contents of files lie open in a backup, so it is put back without the key blobs.key, which is not in it: keep a copy of that key elsewhere",
        );
    }
    let source = parcel::Source::Open(keeper.store());
    let lacking = parcel::make(&context.config, &source, &target, parcel::DamagedHistory::Fails)
        .await
        .with_context(|| format!("cannot make the backup {}", target.display()))?;
    if context.json {
        render::print_json(&json!({"backup": target, "bytes": size(&target)?, "lacking": lacking}))?;
    } else {
        render::print(&format!("backed up to {}", target.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever types this as another user than the hub's, or without its directory, would get a backup of a hub that was made for it.
fn refuse_nothing(config: &Config) -> Result<()> {
    if config.server.is_none() {
        forwarding::refuse(&config.database)?;
    }
    // A restore that was cut short is finished when the database is opened.
    if config.server.is_some() || config.database.exists() || exchange::is_open(&config.database) {
        return Ok(());
    }
    bail!(
        "there is no hub in {}: run this as its user and with its --data-dir, such as \
         `sudo -u labkeeper labkeeper --data-dir /var/lib/labkeeper backup create`; `labkeeper doctor --config` says which \
         database is configured",
        config.database.display()
    )
}

fn list(context: &Context) -> Result<ExitCode> {
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let found: Vec<(String, u64)> =
        shelf::all(context)?.iter().map(|path| Ok((name(path), size(path)?))).collect::<Result<_>>()?;
    if context.json {
        render::print_json(&json!(
            found.iter().map(|(name, bytes)| json!({"backup": name, "bytes": bytes})).collect::<Vec<_>>()
        ))?;
    } else if found.is_empty() {
        render::note("no backups yet: labkeeper backup create");
    } else {
        let rows: Vec<Vec<String>> =
            found.into_iter().map(|(name, bytes)| vec![name, bytes.to_string()]).collect();
        render::print(&render::table(&["backup", "bytes"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn size(backup: &Path) -> Result<u64> {
    if backup.is_file() {
        return Ok(std::fs::metadata(backup)?.len());
    }
    let files = disk::files_below(backup, &[])?;
    files.iter().map(|file| Ok(std::fs::metadata(backup.join(file))?.len())).sum()
}
