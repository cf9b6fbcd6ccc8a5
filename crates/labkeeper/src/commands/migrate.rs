//! `migrate`: a whole hub from one engine to the other.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_store::{Moved, Store};
use serde_json::{Map, Value, json};

use super::context::Context;
use crate::config::{DATABASE_FORMS, Database};
use crate::{disk, moving, render, secret_files, wire};

/// What lies beside the database and nothing is worth without: a file, and what it is.
const KEYS: [(&str, &str); 2] =
    [("audit.key", "the key of the audit log"), ("blobs.key", "the key of old contents in a bucket")];

pub(super) async fn run(context: &Context, from: &str, to: &str) -> Result<ExitCode> {
    let place = |flag: &str, url: &str| {
        Database::parse(url).with_context(|| format!("{flag} wants {DATABASE_FORMS}"))
    };
    context.config.prepare_data_dir()?;
    let beside_server = context.config.beside_server();
    let moved = match (place("--from", from)?, place("--to", to)?) {
        (Database::File(file), Database::Server(server)) => {
            let old = alone(&file).await?;
            bring_keys(&file, &beside_server)?;
            let new = wire::connect(&server, &beside_server, wire::bucket(&context.config)?).await?;
            old.move_into(&new).await?
        }
        (Database::Server(server), Database::File(file)) => {
            secret_files::private_dir(disk::home(&file))?;
            let old = wire::connect(&server, &beside_server, wire::bucket(&context.config)?).await?;
            bring_keys(&beside_server, &file)?;
            moving::to_file(&old, &file).await?
        }
        _ => bail!(
            "a hub moves from a file to a server, or from a server to a file; `labkeeper backup create` copies a file"
        ),
    };
    tell(context, &moved)?;
    Ok(ExitCode::SUCCESS)
}

/// The database of that file, which nobody else has open.
async fn alone(file: &Path) -> Result<Store> {
    if !file.is_file() {
        bail!("there is no database {}", file.display());
    }
    if Store::reserve(file)?.is_none() {
        bail!(
            "{} is in use: stop the hub first, so that nothing is written that would stay behind",
            file.display()
        );
    }
    Store::open(file).await.with_context(|| format!("cannot open the database {}", file.display()))
}

/// What signed the audit log goes on signing it, and what was encrypted can still be read, wherever the keys lay.
fn bring_keys(from: &Path, to: &Path) -> Result<()> {
    KEYS.iter().try_for_each(|(file, what)| bring(&from.with_file_name(file), &to.with_file_name(file), what))
}

fn bring(from: &Path, to: &Path, what: &str) -> Result<()> {
    if !from.is_file() || disk::absolute(from)? == disk::absolute(to)? {
        return Ok(());
    }
    if to.exists() {
        if fs::read(from)? == fs::read(to)? {
            return Ok(());
        }
        bail!("{} is another key than {}, {what}: put it aside first", to.display(), from.display());
    }
    disk::copy(from, to).with_context(|| format!("cannot bring {what} to {}", to.display()))?;
    secret_files::make_private(to)
}

fn tell(context: &Context, moved: &Moved) -> Result<()> {
    let rows: u64 = moved.iter().map(|(_, rows)| rows).sum();
    if context.json {
        let tables: Map<String, Value> =
            moved.iter().map(|(table, rows)| ((*table).into(), json!(rows))).collect();
        return render::print_json(&json!({"rows": rows, "tables": tables}));
    }
    let lines: Vec<Vec<String>> = moved
        .iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(table, rows)| vec![(*table).into(), rows.to_string()])
        .collect();
    render::print(&render::table(&["table", "rows"], &lines))?;
    render::note(&format!(
        "{rows} rows moved, and compared. The old database is as it was. From now on start the hub with DATABASE_URL naming the new one"
    ));
    Ok(())
}
