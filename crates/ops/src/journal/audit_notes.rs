//! Checkpoints in a file, one signed note after the other: `audit.checkpoints` beside the log, and one in each directory that anchors it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use labkeeper_core::audit::{Checkpoint, notes_in};
use labkeeper_core::ports::{Anchor, Later};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// What the files in a directory that anchors end with.
const ENDING: &str = ".checkpoints";
/// A directory may lie on a network.
const PATIENCE: Duration = Duration::from_secs(10);

/// The one beside the log.
pub(crate) fn beside(directory: &Path) -> PathBuf {
    directory.join("audit.checkpoints")
}

/// Appends to a file that may be append-only, and makes it durable.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn append(path: &Path, notes: &[String]) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut text = notes.concat();
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        // Something was cut off; it cannot be taken back, but it can be passed over.
        if last != *b"\n" {
            text.insert(0, '\n');
        }
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The checkpoints in a file; none when it is not there.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<String>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
        Ok(bytes) => Ok(notes_in(&String::from_utf8_lossy(&bytes)).into_iter().map(Into::into).collect()),
    }
}

/// The checkpoints in all such files of a directory.
///
/// # Errors
/// When it or one of them cannot be read.
pub fn read_directory(directory: &Path) -> io::Result<Vec<String>> {
    let mut notes = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.to_str().is_some_and(|path| path.ends_with(ENDING)) {
            notes.extend(read(&path)?);
        }
    }
    Ok(notes)
}

/// A directory that keeps checkpoints: one on another machine, or one in which files can only grow.
#[derive(Debug, Clone)]
pub struct AnchorDirectory {
    path: PathBuf,
    name: String,
}

impl AnchorDirectory {
    /// That directory. It is never made: a mount that is gone is not to be taken for one.
    pub fn new(path: PathBuf) -> Self {
        Self { name: path.display().to_string(), path }
    }
}

impl Anchor for AnchorDirectory {
    fn name(&self) -> &str {
        &self.name
    }

    fn keep<'a>(&'a self, checkpoints: &'a [String]) -> Later<'a, Result<(), String>> {
        Box::pin(async move {
            let Some(last) = checkpoints.last() else { return Ok(()) };
            let claimed = Checkpoint::claimed(last).map_err(|error| error.to_string())?;
            let path = self.path.join(format!("{}{ENDING}", claimed.origin.replace('/', "-")));
            let (directory, notes) = (self.path.clone(), checkpoints.to_vec());
            in_time(move || {
                append(&path, &notes)?;
                File::open(directory)?.sync_all()
            })
            .await
        })
    }

    fn held(&self) -> Later<'_, Result<Option<Vec<String>>, String>> {
        Box::pin(async move {
            let path = self.path.clone();
            in_time(move || read_directory(&path)).await.map(Some)
        })
    }
}

async fn in_time<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, String> {
    match timeout(PATIENCE, spawn_blocking(work)).await {
        Ok(Ok(done)) => done.map_err(|error| error.to_string()),
        Ok(Err(panic)) => Err(panic.to_string()),
        Err(_) => Err(format!("it did not answer within {} s", PATIENCE.as_secs())),
    }
}
