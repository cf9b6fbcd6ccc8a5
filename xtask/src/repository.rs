//! The working copy that xtask works on: where it is, and which files belong to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;

/// The directory that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies one level below the workspace")
}

/// Every file that is committed or would be (`.gitignore` is respected), sorted.
pub(crate) struct Files {
    root: PathBuf,
    /// Relative to the root, `/`-separated.
    pub(crate) paths: Vec<String>,
}

impl Files {
    pub(crate) fn list(root: &Path) -> Result<Self> {
        let listed = command::read(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
                .current_dir(root),
        )?;
        // The index also names files that were deleted but not committed yet.
        let mut paths: Vec<String> = listed
            .split('\0')
            .filter(|path| !path.is_empty() && root.join(path).is_file())
            .map(str::to_owned)
            .collect();
        paths.sort();
        paths.dedup();
        Ok(Self { root: root.to_owned(), paths })
    }

    pub(crate) fn ending(&self, suffix: &str) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str).filter(move |path| path.ends_with(suffix))
    }

    /// The text of a file; `None` when it is not UTF-8, as images and databases are.
    pub(crate) fn text(&self, path: &str) -> Result<Option<String>> {
        let bytes = fs::read(self.root.join(path)).with_context(|| format!("cannot read {path}"))?;
        Ok(String::from_utf8(bytes).ok())
    }
}
