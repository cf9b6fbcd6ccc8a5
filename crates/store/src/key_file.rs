//! A secret key of this hub in a file beside the database: made once, whole or not at all, for its owner's eyes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use labkeeper_core::audit::{hash_of_hex, hex};

/// Where one lies. Everything here blocks.
#[derive(Debug, Clone)]
pub(crate) struct KeyFile {
    path: PathBuf,
    /// What to say of a file that is none.
    wrong: &'static str,
}

impl KeyFile {
    pub(crate) fn new(path: PathBuf, wrong: &'static str) -> Self {
        Self { path, wrong }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The key, made when there is none.
    pub(crate) fn read_or_make(&self) -> io::Result<[u8; 32]> {
        match self.read() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(),
            read => read,
        }
    }

    pub(crate) fn read(&self) -> io::Result<[u8; 32]> {
        let text = fs::read_to_string(&self.path)?;
        hash_of_hex(text.trim_end()).ok_or_else(|| io::Error::other(self.wrong))
    }

    /// Complete and durable under another name first: whoever else makes one at this moment finds a whole key or none.
    fn make(&self) -> io::Result<[u8; 32]> {
        let secret = hex(&chance::<32>()?);
        let draft = self.path.with_extension(format!("key-{}", hex(&chance::<6>()?)));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        let placed = file.write_all(format!("{secret}\n").as_bytes()).and_then(|()| file.sync_all());
        let placed = placed.and_then(|()| match fs::hard_link(&draft, &self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            done => done,
        });
        fs::remove_file(&draft)?;
        placed?;
        if let Some(directory) = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(directory)?.sync_all()?;
        }
        self.read()
    }
}

pub(crate) fn chance<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| io::Error::other("the system has no random numbers to give"))?;
    Ok(bytes)
}
