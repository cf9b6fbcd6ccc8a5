//! Our files are for their owner only; secrets that others may read stop the start.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};

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
    use std::io::Write as _;
    let directory = path.parent().unwrap_or(Path::new("."));
    let written = || -> std::io::Result<()> {
        // For its owner only from the first byte on.
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        std::fs::File::open(directory)?.sync_all()
    };
    written().with_context(|| format!("cannot write {}", path.display()))
}

/// A file with secrets must be its owner's alone.
pub(crate) fn refuse_wide_permissions(path: &Path) -> Result<()> {
    let mode = std::fs::metadata(path).with_context(|| format!("cannot look at {}", path.display()))?.mode();
    if mode & 0o077 != 0 {
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
