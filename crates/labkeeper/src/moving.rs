//! A hub's rows on a server, as a file.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use labkeeper_store::{Moved, Store};

use crate::{disk, secret_files};

/// Puts everything that a database on a server holds into a new file. It gets its name when it is whole.
///
/// # Errors
/// When something is there already, or it cannot be read or written.
pub(crate) async fn to_file(server: &Store, file: &Path) -> Result<Moved> {
    if file.exists() {
        bail!("{} is there already: name a file that is not", file.display());
    }
    let workshop = disk::workshop(disk::home(file), ".moving-")?;
    let draft = workshop.path().join("labkeeper.db");
    let new = Store::open(&draft).await?;
    let moved = server.move_into(&new).await;
    // Folds its log into it.
    new.close().await;
    let moved = moved?;
    secret_files::make_private(&draft)?;
    disk::sync(&draft)?;
    fs::rename(&draft, file).with_context(|| format!("cannot name it {}", file.display()))?;
    disk::sync(disk::home(file))?;
    Ok(moved)
}
