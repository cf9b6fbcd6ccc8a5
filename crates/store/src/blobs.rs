//! Contents of files, each once, named by its SHA-256, compressed, in a directory beside the database.
//!
//! Invariant: a blob that [`Blobs::keep`] named is on the disk, whole: it was written to the disk, read back and compared.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::error::StoreError;

const LEVEL: i32 = 3;

/// The directory. Everything here blocks.
#[derive(Debug, Clone)]
pub struct Blobs(PathBuf);

/// A file in it that was not touched for long.
#[derive(Debug)]
pub(crate) struct Old {
    pub(crate) path: PathBuf,
    /// The content that it is; `None` for what a process left that died while it wrote one.
    pub(crate) sha256: Option<String>,
    pub(crate) bytes: u64,
}

/// A content that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) sha256: String,
    pub(crate) size: u64,
    /// What it takes on the disk.
    pub(crate) stored: u64,
}

impl Blobs {
    /// Those beside that database.
    pub fn beside(database: &Path) -> Self {
        Self(database.with_file_name("blobs"))
    }

    /// Puts a content on the disk, unless a good one is there already.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Result<Stored> {
        let sha256 = sha256_hex(bytes);
        // One that nobody stands on may be removed at any moment; a new one is too young for that.
        let there = self.read(&sha256).and_then(|_| self.length(&sha256));
        let stored = there.or_else(|_| {
            self.write(&sha256, bytes)?;
            // What the disk gives back counts, not what was sent there.
            self.read(&sha256)?;
            self.length(&sha256)
        })?;
        Ok(Stored { sha256, size: bytes.len() as u64, stored })
    }

    /// The content of that digest.
    ///
    /// # Errors
    /// When there is anything else than exactly that.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = self.path(sha256);
        let packed = fs::read(&path).map_err(|source| StoreError::File { path, source })?;
        let damaged = || StoreError::Damaged(format!("the kept file content {sha256}"));
        let bytes = zstd::stream::decode_all(packed.as_slice()).map_err(|_| damaged())?;
        if sha256_hex(&bytes) == sha256 { Ok(bytes) } else { Err(damaged()) }
    }

    /// Whether a file is there for it, which may be damaged.
    pub fn is_there(&self, sha256: &str) -> bool {
        self.path(sha256).is_file()
    }

    /// Puts a content of these among others, read whole and on the disk there.
    ///
    /// # Errors
    /// When it is not there, damaged, or cannot be written.
    pub fn carry(&self, sha256: &str, to: &Self) -> Result<()> {
        to.keep(&self.read(sha256)?).map(drop)
    }

    /// Everything in it that was last touched before that.
    pub(crate) fn untouched_since(&self, then: Stamp) -> Result<Vec<Old>> {
        let failed = |source| StoreError::File { path: self.0.clone(), source };
        let shelves = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            shelves => shelves.map_err(failed)?,
        };
        let mut old = Vec::new();
        for shelf in shelves {
            let shelf = shelf.map_err(failed)?.path();
            if shelf.is_dir() {
                for file in fs::read_dir(&shelf).map_err(failed)? {
                    old.extend(self.as_old(file.map_err(failed)?.path(), then));
                }
            }
        }
        Ok(old)
    }

    /// A file of ours that is old enough. One that went meanwhile is none.
    fn as_old(&self, path: PathBuf, then: Stamp) -> Option<Old> {
        let facts = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let stem = path.file_stem()?.to_str()?;
        let sha256 = match path.extension()?.to_str()? {
            "draft" => None,
            "zst" if self.path(stem) == path => Some(stem.to_owned()),
            _ => return None,
        };
        let is_old = facts.mtime().saturating_mul(1_000_000) < then.0;
        is_old.then_some(Old { sha256, bytes: facts.len(), path })
    }

    /// Removes a content that nothing stands on; one that is not there is removed already.
    pub(crate) fn remove(&self, sha256: &str) -> Result<()> {
        let path = self.path(sha256);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(StoreError::File { path, source }),
            _ => Ok(()),
        }
    }

    fn length(&self, sha256: &str) -> Result<u64> {
        let path = self.path(sha256);
        Ok(fs::metadata(&path).map_err(|source| StoreError::File { path, source })?.len())
    }

    fn path(&self, sha256: &str) -> PathBuf {
        let (shelf, _) = sha256.split_at_checked(2).unwrap_or((sha256, ""));
        self.0.join(shelf).join(format!("{sha256}.zst"))
    }

    fn write(&self, sha256: &str, bytes: &[u8]) -> Result<()> {
        static ROUND: AtomicU64 = AtomicU64::new(0);
        let path = self.path(sha256);
        let round = ROUND.fetch_add(1, Ordering::Relaxed);
        let draft = path.with_extension(format!("{}-{round}.draft", std::process::id()));
        self.write_by_way_of(&draft, &path, bytes).map_err(|source| {
            let _ = fs::remove_file(&draft);
            StoreError::File { path, source }
        })
    }

    fn write_by_way_of(&self, draft: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let shelf = path.parent().unwrap_or(&self.0);
        DirBuilder::new().recursive(true).mode(0o700).create(shelf)?;
        let packed = zstd::stream::encode_all(bytes, LEVEL)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
        file.write_all(&packed)?;
        file.sync_all()?;
        fs::rename(draft, path)?;
        // The names have to outlive a power cut as well: the file's, its shelf's, and that of all shelves.
        for directory in [Some(shelf), Some(&*self.0), self.0.parent()].into_iter().flatten() {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::beside(&dir.path().join("lab.db"));
        (dir, blobs)
    }

    #[test]
    fn any_bytes_come_back_and_only_the_owner_reads_them() {
        let (dir, blobs) = blobs();
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let stored = blobs.keep(&bytes).unwrap();
        assert_eq!(blobs.read(&stored.sha256).unwrap(), bytes);
        assert!(stored.stored < stored.size);
        assert_eq!(blobs.keep(&bytes).unwrap(), stored);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&blobs.path(&stored.sha256)), 0o600);
        assert_eq!(mode(&dir.path().join("blobs")), 0o700);
        blobs.remove(&stored.sha256).unwrap();
        blobs.remove(&stored.sha256).unwrap();
        assert!(blobs.read(&stored.sha256).is_err());
    }

    #[test]
    fn a_damaged_content_is_noticed_and_written_anew() {
        let (_dir, blobs) = blobs();
        let stored = blobs.keep(b"before").unwrap();
        let path = blobs.path(&stored.sha256);
        for damage in
            [zstd::stream::encode_all(&b"other"[..], LEVEL).unwrap(), b"rubbish".to_vec(), Vec::new()]
        {
            fs::write(&path, damage).unwrap();
            assert!(matches!(blobs.read(&stored.sha256), Err(StoreError::Damaged(_))));
            blobs.keep(b"before").unwrap();
            assert_eq!(blobs.read(&stored.sha256).unwrap(), b"before");
        }
    }

    #[test]
    fn an_empty_content_is_one_too() {
        let (_dir, blobs) = blobs();
        let stored = blobs.keep(b"").unwrap();
        assert_eq!((stored.size, blobs.read(&stored.sha256).unwrap()), (0, Vec::new()));
    }
}
