//! The inside of a guest, for a test that looks behind everybody's back.

use std::io;
use std::path::{Path, PathBuf};

use super::super::guest::Guests;
use super::processes;
use crate::world::Guest;

/// The inside of a guest as it lies on this machine.
#[derive(Debug, Clone)]
pub struct Inside {
    folder: PathBuf,
    /// Number of its first process on this machine, when it runs.
    pid: Option<u32>,
}

impl Inside {
    pub(super) fn of(guests: &Guests, guest: &Guest) -> io::Result<Self> {
        let folder = guests.files(guest)?;
        let pid = if guest.is_running() { Some(guests.enter(guest)?.pid) } else { None };
        Ok(Self { folder, pid })
    }

    /// Its `/` on disk: what it keeps when it stops. Programs, `/dev`, `/proc`, `/run` and `/mnt/small` are mounted over it.
    pub fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// Where a file of its own lies on this machine; symbolic links are those of this machine.
    pub fn file(&self, path: &str) -> PathBuf {
        let path = Path::new(path.trim_start_matches('/'));
        match path.strip_prefix("usr/local") {
            // An Alpine has no other place for them.
            Ok(below) if !self.folder.join("root/bin/busybox").exists() => {
                self.folder.join("local").join(below)
            }
            _ => self.folder.join("root").join(path),
        }
    }

    /// The same as who is inside sees it, with what is mounted there: `/mnt/small`, which is soon full, `/mnt/readonly`, which nobody
    /// can write, `/mnt/mounted.conf`, which is a mount of its own. `None` when it does not run.
    pub fn live(&self, path: &str) -> Option<PathBuf> {
        let root = PathBuf::from(format!("/proc/{}/root", self.pid?));
        Some(root.join(path.trim_start_matches('/')))
    }

    /// Numbers on this machine and command lines of its processes, its first one among them.
    ///
    /// # Errors
    /// When it does not run any more.
    pub fn processes(&self) -> io::Result<Vec<(u32, Vec<String>)>> {
        let Some(pid) = self.pid else { return Ok(Vec::new()) };
        processes::of(&PathBuf::from(format!("/proc/{pid}/ns/pid")))
    }
}
