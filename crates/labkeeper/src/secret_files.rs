//! Our files are for their owner only; secrets that others may read stop the start.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

/// Creates a directory as 0700 when it is not there; refuses one that others may write to.
pub(crate) fn private_dir(path: &Path) -> Result<()> {
    if !path.exists() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("cannot create {}", path.display()))?;
    }
    let meta = std::fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))?;
    if !meta.is_dir() {
        bail!("{} is not a directory", path.display());
    }
    if meta.mode() & 0o022 != 0 {
        bail!("{} may be written by others: chmod 700 {}", path.display(), path.display());
    }
    Ok(())
}

/// Makes a file 0600 when it exists.
pub(crate) fn make_private(path: &Path) -> Result<()> {
    if path.exists() {
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, owner_only)
            .with_context(|| format!("cannot protect {}", path.display()))?;
    }
    Ok(())
}

/// Writes a file as 0600: all of it or nothing, also when the power fails in between.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    put(beside(path, text)?, path)
}

/// Writes a text as 0600 into a file of another name beside this one; it is gone when it is not [`put`] in its place.
pub(crate) fn beside(path: &Path, text: &str) -> Result<NamedTempFile> {
    use std::io::Write as _;
    let written = || -> std::io::Result<NamedTempFile> {
        // For its owner only from the first byte on.
        let mut file = NamedTempFile::new_in(directory_of(path))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    written().with_context(|| format!("cannot write beside {}", path.display()))
}

/// Gives a file that was written [`beside`] this one its place.
pub(crate) fn put(file: NamedTempFile, path: &Path) -> Result<()> {
    let placed = || -> std::io::Result<()> {
        file.persist(path)?;
        std::fs::File::open(directory_of(path))?.sync_all()
    };
    placed().with_context(|| format!("cannot write {}", path.display()))
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whoever owns a file can change it at any time. Root can do that anyway, and so can the owner of the folder: a container that
/// runs as root on somebody's folder is no stranger's doing.
fn refuse_strangers(path: &Path, owner: u32, folder: Option<u32>, us: Option<u32>) -> Result<()> {
    let is_known = owner == 0 || folder == Some(owner);
    let Some(us) = us.filter(|us| owner != *us && !is_known) else { return Ok(()) };
    let shown = path.display();
    bail!(
        "{shown} belongs to the user with the number {owner}, and labkeeper runs as {us}: run it as the owner, or chown {us} {shown}"
    );
}

/// The number of the user that this process acts as; `None` on a system that does not tell.
fn our_uid() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    // Real, effective, saved, and that for files.
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()
}

/// A file with secrets must be its owner's alone, and its owner us, root, or whose folder it lies in.
pub(crate) fn refuse_wide_permissions(path: &Path) -> Result<()> {
    let meta = std::fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))?;
    let folder = std::fs::metadata(directory_of(path)).map(|folder| folder.uid()).ok();
    refuse_strangers(path, meta.uid(), folder, our_uid())?;
    if meta.mode() & 0o077 != 0 {
        bail!("{} holds a secret and may be read by others: chmod 600 {}", path.display(), path.display());
    }
    Ok(())
}

/// Whether this process may create files there.
pub(crate) fn is_writable(path: &Path) -> bool {
    let probe = path.join(".labkeeper-probe");
    let made = std::fs::File::create(&probe).is_ok();
    let _ = std::fs::remove_file(&probe);
    made
}

/// Where container runtimes put secrets, with permissions of their choice (0444), on a file system of the container's own.
const RUN_SECRETS: &str = "/run/secrets";

/// Reads a secret from the file a `*_FILE` variable names. An empty one is refused: it would mean no secret at all.
pub(crate) fn read_secret_file(path: &str, variable: &str) -> Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{variable} names {path}, which cannot be read"))?;
    // Often spelt /var/run/secrets, which is the same folder by another way.
    let place = std::fs::canonicalize(path).with_context(|| format!("cannot look at {path}"))?;
    if !place.starts_with(RUN_SECRETS) {
        refuse_wide_permissions(Path::new(path))?;
    }
    let secret = text.trim_end_matches(['\n', '\r']);
    if secret.is_empty() {
        bail!("{variable} names {path}, which is empty: write the secret into it, or unset {variable}");
    }
    Ok(secret.to_string())
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_somebody_else_is_refused_and_what_is_roots_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        write_private(&path, "s").unwrap();
        let owner = std::fs::metadata(&path).unwrap().uid();
        assert_eq!(our_uid(), Some(owner));
        refuse_wide_permissions(&path).unwrap();
        private_dir(directory.path()).unwrap();

        assert!(refuse_strangers(&path, 0, None, Some(1000)).is_ok());
        assert!(refuse_strangers(&path, 1001, Some(1001), Some(0)).is_ok());
        let refused = refuse_strangers(&path, 1001, Some(1000), Some(1000)).unwrap_err().to_string();
        assert!(refused.contains("chown 1000 ") && refused.contains("1001"), "{refused}");
        // Only root can give a file away.
        if owner == 0 {
            std::os::unix::fs::chown(&path, Some(4711), None).unwrap();
            assert!(refuse_wide_permissions(&path).unwrap_err().to_string().contains("4711"));
            std::os::unix::fs::chown(directory.path(), Some(4711), None).unwrap();
            refuse_wide_permissions(&path).unwrap();
        }
    }
}
