//! Files that are copied so that a power cut later finds them on the disk, with the hash of what was copied.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use labkeeper_core::audit::hex;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file, and its length.
pub(crate) fn hash(file: &Path) -> Result<(String, u64)> {
    pour(file, &mut std::io::sink()).with_context(|| format!("cannot read {}", file.display()))
}

fn pour(from: &Path, to: &mut impl std::io::Write) -> std::io::Result<(String, u64)> {
    let mut source = File::open(from)?;
    let (mut hash, mut length, mut piece) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = source.read(&mut piece)?;
        if read == 0 {
            return Ok((hex(&hash.finalize()), length));
        }
        hash.update(&piece[..read]);
        to.write_all(&piece[..read])?;
        length += read as u64;
    }
}

/// Copies a file for its owner alone, onto the disk; answers the SHA-256 of what was copied, and its length.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(String, u64)> {
    let copied = || -> std::io::Result<(String, u64)> {
        let mut target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
        let poured = pour(from, &mut target)?;
        target.sync_all()?;
        Ok(poured)
    };
    copied().with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

/// A directory for its owner alone, with those that lead there.
pub(crate) fn make_dir(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("cannot make {}", path.display()))
}

/// The files below a directory, as paths from there; those of `first` lead.
pub(crate) fn files_below(root: &Path, first: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect(root, Path::new(""), &mut files)
        .with_context(|| format!("cannot look through {}", root.display()))?;
    files.sort_by_key(|path| (!first.iter().any(|name| path.starts_with(name)), path.clone()));
    Ok(files)
}

fn collect(root: &Path, below: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        match entry.file_type()? {
            kind if kind.is_dir() => collect(root, &path, files)?,
            kind if kind.is_file() => files.push(path),
            _ => {}
        }
    }
    Ok(())
}

/// Brings a file, or the names in a directory, to the disk.
pub(crate) fn sync(path: &Path) -> Result<()> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.with_context(|| format!("cannot bring {} to the disk", path.display()))
}

/// Brings the names in a directory and in all below it to the disk.
pub(crate) fn sync_names(root: &Path) -> Result<()> {
    for entry in fs::read_dir(root).with_context(|| format!("cannot look through {}", root.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_names(&entry.path())?;
        }
    }
    sync(root)
}

/// Removes a file or a directory with what is in it; one that is not there is removed already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(facts) if facts.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The directory of a file.
pub(crate) fn home(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The path with something after its last character.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(ending);
    text.into()
}

fn resolved(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("cannot look at {}", path.display()))
}

/// The path that holds wherever a process was started. The directory of the file is there; the file need not be.
pub(crate) fn absolute(file: &Path) -> Result<PathBuf> {
    let name = file.file_name().with_context(|| format!("{} names no file", file.display()))?;
    Ok(resolved(home(file))?.join(name))
}

/// The file system that a file is on.
pub(crate) fn device(path: &Path) -> Result<u64> {
    let facts = fs::symlink_metadata(path).with_context(|| format!("cannot look at {}", path.display()))?;
    Ok(facts.dev())
}

/// Whether something is mounted at that absolute path: it cannot be renamed then, nor removed.
pub(crate) fn is_mount_point(path: &Path) -> Result<bool> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(false);
    }
    // A part of the same file system can be mounted too; the system's list knows that.
    let listed = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let escaped = path.to_string_lossy().replace('\\', "\\134").replace(' ', "\\040");
    let is_listed = listed.lines().any(|line| line.split(' ').nth(4) == Some(&*escaped));
    Ok(is_listed || device(path)? != device(home(path))?)
}

/// A directory of our own beside something, that goes away with what is in it. Its path is absolute.
pub(crate) fn workshop(beside: &Path, prefix: &str) -> Result<tempfile::TempDir> {
    use std::os::unix::fs::PermissionsExt as _;
    let private = fs::Permissions::from_mode(0o700);
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(private)
        .tempdir_in(resolved(beside)?)
        .with_context(|| format!("cannot write in {}", beside.display()))
}
