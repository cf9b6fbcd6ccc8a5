//! Where backups are put, and what they are called.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use labkeeper_core::ports::Clock;

use super::draft::is_draft;
use super::parcel;
use crate::commands::context::Context;
use crate::disk;

/// The moment, as part of a file's name.
pub(super) fn file_stamp(clock: &dyn Clock) -> String {
    clock.now().text().replace([':', '.'], "-")
}

/// The folder of a hub's backups.
pub(super) fn folder(context: &Context) -> PathBuf {
    context.config.data_dir.join("backups")
}

/// Backups, and the copies of the database alone that labkeeper makes before it replaces or migrates one.
pub(super) fn all(context: &Context) -> Result<Vec<PathBuf>> {
    let mut found = paths(&folder(context))?;
    found.retain(|path| {
        let is_whole = path.join(parcel::LIST).is_file() && !is_called(path, is_draft);
        is_whole || is_file_called(path, |name| name.ends_with(".db"))
    });
    let database = &context.config.database;
    let begin = format!("{}.before-schema-", database.file_stem().unwrap_or_default().to_string_lossy());
    let migrated = |name: &str| name.starts_with(&begin) && name.ends_with(".db");
    let beside = paths(disk::home(database))?;
    found.extend(beside.into_iter().filter(|path| is_file_called(path, migrated)));
    found.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    Ok(found)
}

/// The backup at that path, or of that name among those that are listed.
pub(super) fn find(context: &Context, backup: &Path) -> Result<PathBuf> {
    if backup.exists() {
        return Ok(backup.to_path_buf());
    }
    match all(context)?.into_iter().find(|path| path.file_name() == Some(backup.as_os_str())) {
        Some(found) => Ok(found),
        None => bail!("there is no {}: labkeeper backup list shows what there is", backup.display()),
    }
}

fn paths(directory: &Path) -> Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect()
}

fn is_file_called(path: &Path, has_name: impl Fn(&str) -> bool) -> bool {
    path.is_file() && is_called(path, has_name)
}

fn is_called(path: &Path, has_name: impl Fn(&str) -> bool) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(has_name)
}
