//! `migrate`: a whole hub from one engine to the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_store::{Moved, Store, StoreError};
use serde_json::{Map, Value, json};

use super::context::Context;
use crate::config::{DATABASE_FORMS, Database, Server};
use crate::wire::SystemClock;
use crate::{disk, forwarding, moving, render, secret_files, wire};

/// What lies beside the database and nothing is worth without: a file, and what it is.
const KEYS: [(&str, &str); 2] =
    [("audit.key", "the key of the audit log"), ("blobs.key", "the key of old contents in a bucket")];

/// Old contents of files, the history of configurations, and what connects clusters.
const BESIDE: [&str; 3] = ["blobs", "history", "proxmox"];

pub(super) async fn run(context: &Context, from: &str, to: &str) -> Result<ExitCode> {
    let place = |flag: &str, url: &str| {
        Database::parse(url).with_context(|| format!("{flag} wants {DATABASE_FORMS}"))
    };
    context.config.prepare_data_dir()?;
    let done = match (place("--from", from)?, place("--to", to)?) {
        (Database::File(file), Database::Server(server)) => to_server(context, &file, &server).await?,
        (Database::Server(server), Database::File(file)) => to_file(context, &server, &file).await?,
        _ => bail!(
            "a hub moves from a file to a server, or from a server to a file; `labkeeper backup create` copies a file"
        ),
    };
    tell(context, &done)?;
    for left in &done.left {
        render::note(&format!(
            "{} stays where it is: move it beside the new database's keys if the hub is to have what is in it",
            left.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// What came over, if it had not before, and the file that was put aside.
struct Done {
    moved: Option<Moved>,
    aside: Option<PathBuf>,
    left: Vec<PathBuf>,
}

/// The file is refused from the moment on in which the server has everything, and put aside then.
async fn to_server(context: &Context, file: &Path, server: &Server) -> Result<Done> {
    let (clock, beside) = (SystemClock::default(), context.config.beside_server());
    if let Some(known) = forwarding::read(file)? {
        let is_that = known == server.address();
        if !is_that || !file.exists() {
            bail!("the hub of {} moved to {known} already", file.display());
        }
        leave_unused(&beside, server)?;
        let (aside, left) = (forwarding::put_aside(file, &clock)?, left_beside(file, &beside)?);
        return Ok(Done { moved: None, aside, left });
    }
    let old = alone(file).await?;
    bring_keys(file, &beside)?;
    let new = wire::connect(server, &beside, wire::bucket(&context.config)?).await?;
    // What anybody wrote from here on would stay behind.
    let held = old.write().await?;
    let moved = old.move_into(&new).await?;
    forwarding::leave(file, server)?;
    drop(held);
    leave_unused(&beside, server)?;
    for store in [old, new] {
        store.close().await;
    }
    let (aside, left) = (forwarding::put_aside(file, &clock)?, left_beside(file, &beside)?);
    Ok(Done { moved: Some(moved), aside, left })
}

/// In a data directory whose hub was in another file, nobody begins a new one unasked.
fn leave_unused(beside: &Path, server: &Server) -> Result<()> {
    if beside.exists() { Ok(()) } else { forwarding::leave(beside, server) }
}

async fn to_file(context: &Context, server: &Server, file: &Path) -> Result<Done> {
    secret_files::private_dir(disk::home(file))?;
    let beside = context.config.beside_server();
    let left_for = forwarding::read(file)?;
    if let Some(known) = left_for.as_ref().filter(|known| **known != server.address()) {
        bail!(
            "the hub of {file} moved to {known}, and --from names {from}: give that address; if both are one, delete {file}.moved first",
            file = file.display(),
            from = server.address()
        );
    }
    let connect = async || wire::connect(server, &beside, wire::bucket(&context.config)?).await;
    if file.exists() {
        match connect().await {
            // Whoever moved it died before the notes were gone.
            Err(error) if went_to(&error, &disk::absolute(file)?) => {
                come_back(server, [file, &beside])?;
                return Ok(Done { moved: None, aside: None, left: left_beside(&beside, file)? });
            }
            opened => opened?.close().await,
        }
    }
    let aside = match left_for {
        Some(_) => forwarding::put_aside(file, &SystemClock::default())?,
        None => None,
    };
    let old = connect().await?;
    bring_keys(&beside, file)?;
    let leaving = old.leave_server().await?;
    let moved = moving::to_file(&old, file).await?;
    leaving.went_to(&disk::absolute(file)?).await.with_context(|| {
        format!(
            "{} is whole, and the server may not know of it: look that nobody works there, then delete the file and run this again",
            file.display()
        )
    })?;
    old.close().await;
    come_back(server, [file, &beside])?;
    Ok(Done { moved: Some(moved), aside, left: left_beside(&beside, file)? })
}

/// Whether the hub is in that file already, by what its server says.
fn went_to(error: &anyhow::Error, file: &Path) -> bool {
    let gone = error.chain().find_map(|error| error.downcast_ref::<StoreError>());
    matches!(gone, Some(StoreError::MovedAway { path, .. }) if *path == file.display().to_string())
}

/// Who looks for the hub there does not find a note any more that sends them to the server.
fn come_back(server: &Server, places: [&Path; 2]) -> Result<()> {
    for place in places {
        if forwarding::read(place)?.is_some_and(|known| known == server.address()) {
            forwarding::come_back(place)?;
        }
    }
    Ok(())
}

/// Directories of the hub that do not come along into another one. They may be large, and have something in them.
fn left_beside(from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    if disk::absolute(from)?.parent() != disk::absolute(to)?.parent() {
        for name in BESIDE {
            let directory = from.with_file_name(name);
            if fs::read_dir(&directory).is_ok_and(|mut entries| entries.next().is_some()) {
                left.push(directory);
            }
        }
    }
    Ok(left)
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

fn tell(context: &Context, Done { moved, aside, left }: &Done) -> Result<()> {
    let Some(moved) = moved else {
        if context.json {
            return render::print_json(&json!({"rows": 0, "tables": {}, "aside": aside, "left": left}));
        }
        render::note(&format!("The hub had moved already. {}", said_of(aside.as_deref())));
        return Ok(());
    };
    let rows: u64 = moved.iter().map(|(_, rows)| rows).sum();
    if context.json {
        let tables: Map<String, Value> =
            moved.iter().map(|(table, rows)| ((*table).into(), json!(rows))).collect();
        return render::print_json(&json!({"rows": rows, "tables": tables, "aside": aside, "left": left}));
    }
    let lines: Vec<Vec<String>> = moved
        .iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(table, rows)| vec![(*table).into(), rows.to_string()])
        .collect();
    render::print(&render::table(&["table", "rows"], &lines))?;
    let aside = said_of(aside.as_deref());
    render::note(&format!(
        "{rows} rows moved, and compared. {aside} From now on the hub and every command have to know the new one: by database.url in labkeeper.toml, or by DATABASE_URL"
    ));
    Ok(())
}

fn said_of(aside: Option<&Path>) -> String {
    match aside {
        Some(aside) => format!("The old file is {} now.", aside.display()),
        None => "The old database is as it was.".to_owned(),
    }
}
