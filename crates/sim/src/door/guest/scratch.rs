//! A folder that goes when its owner does, however that ends.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A folder under the system's temporary one. What is in it is removed when this is dropped, and also when this process is
/// killed: somebody else waits for that, and does it.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
    remover: Child,
}

/// A test may have made a file immutable. Nothing that is mounted is followed.
const REMOVE: &str = "read -r _; chattr -R -i -a -- \"$1\"; rm -rf --one-file-system -- \"$1\"";

impl Scratch {
    /// Makes one. Only its owner can look into it.
    pub(crate) fn new(prefix: &str) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?;
        let mut remover = Command::new("setsid");
        // In a session of its own it outlives whoever is told to end with all of its group.
        remover.args(["/bin/sh", "-c", REMOVE, "sh"]).arg(folder.path());
        remover.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
        let remover = remover.spawn()?;
        Ok(Self { path: folder.keep(), remover })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(self.remover.stdin.take());
        _ = self.remover.wait();
    }
}
