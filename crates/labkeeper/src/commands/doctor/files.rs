//! The data directory and what lies in it: secrets and a whole inventory, so they are their owner's alone.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use labkeeper_core::checkup::{Finding, Level};

use super::check::Check;
use crate::config::Config;
use crate::secret_files;

/// Files that are named one by one; of more than that only the number is said.
const NAMED: usize = 5;

/// Directories in it whose files are secret too.
const SECRET_DIRECTORIES: [&str; 2] = ["proxmox", "backups"];

/// Judges the directory, and its files when it is there.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let directory = &config.data_dir;
    match std::fs::metadata(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            vec![
                Check::DataDirectory
                    .ok(format!("{} is not there yet: it is made when it is needed", directory.display())),
            ]
        }
        Err(error) => {
            let finding = Check::DataDirectory
                .finds(Level::Crit, format!("cannot look at {}: {error}", directory.display()));
            vec![finding.with_remedy(
                "run labkeeper as the user whom it belongs to, or give another one with --data-dir",
            )]
        }
        Ok(meta) => vec![directory_of_mode(directory, meta.mode()), files(directory)],
    }
}

fn directory_of_mode(directory: &Path, mode: u32) -> Finding {
    let shown = directory.display();
    let status = match mode & 0o077 {
        0 if secret_files::is_writable(directory) => {
            return Check::DataDirectory.ok(format!("{shown} is its owner's alone"));
        }
        0 => {
            let finding = Check::DataDirectory.finds(Level::Crit, format!("{shown} cannot be written to"));
            return finding.with_remedy("run labkeeper as the user whom it belongs to, and see that its disk is neither full nor read-only");
        }
        wide if wide & 0o022 != 0 => Level::Crit,
        _ => Level::Warn,
    };
    let others = if status == Level::Crit { "may be written by others" } else { "may be read by others" };
    Check::DataDirectory
        .finds(status, format!("{shown} {others} ({:04o})", mode & 0o7777))
        .with_remedy(format!("chmod 700 {shown}"))
}

fn files(directory: &Path) -> Finding {
    let inside = SECRET_DIRECTORIES.map(|name| directory.join(name));
    let all = std::iter::once(directory.to_path_buf()).chain(inside).flat_map(|place| wide_files(&place));
    let wide: Vec<String> = all.map(|path| path.display().to_string()).collect();
    if wide.is_empty() {
        return Check::Files.ok("no file in it may be read by others");
    }
    let mut names = wide.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if wide.len() > NAMED {
        names = format!("{names} and {} more", wide.len() - NAMED);
    }
    Check::Files
        .finds(Level::Warn, format!("others may read {names}"))
        .with_remedy("chmod 600 each of them; a secret in one that others could read should be made anew: labkeeper setup --new-secret")
}

/// Plain files that somebody beside their owner may read or write. A directory that cannot be read has none to show.
fn wide_files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let wide =
        entries.filter(|entry| entry.metadata().is_ok_and(|meta| meta.is_file() && meta.mode() & 0o077 != 0));
    let mut paths: Vec<PathBuf> = wide.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
