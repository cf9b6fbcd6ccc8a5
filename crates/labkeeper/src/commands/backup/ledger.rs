//! The files of the audit log, and where they belong: the key beside the database that it signs for, checkpoints and mirror in the data
//! directory.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::config::Config;
use crate::disk;

const KEY: &str = "audit.key";

/// Whether that is what a file of it may be called. A lock belongs to whoever is at work.
pub(super) fn is_part(name: &str) -> bool {
    (name.starts_with("audit.") || name.starts_with("audit-")) && !name.ends_with(".lock")
}

/// The directory that such a file belongs in.
pub(super) fn home<'a>(config: &'a Config, name: &str) -> &'a Path {
    if name.starts_with(KEY) { disk::home(&config.database) } else { &config.data_dir }
}

/// Those that are there.
pub(super) fn files(config: &Config) -> Result<Vec<PathBuf>> {
    let (beside_database, data_dir) = (disk::home(&config.database), config.data_dir.as_path());
    let mut all = found(beside_database, |name| name.starts_with(KEY))?;
    all.extend(found(data_dir, |name| !name.starts_with(KEY))?);
    all.sort();
    Ok(all)
}

fn found(directory: &Path, belongs: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let failed = || format!("cannot look through {}", directory.display());
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(failed)?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.with_context(failed)?;
        let is_ours = entry.file_name().to_str().is_some_and(|name| is_part(name) && belongs(name));
        if is_ours && entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}
