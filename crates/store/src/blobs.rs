//! Contents of files, each once, named by its SHA-256, compressed, in a directory beside the database.
//!
//! Invariant: a blob that [`Blobs::keep`] named is on the disk, whole: it was written to the disk, read back and compared.
//!
//! What a sweep found unnamed lies in `trash` for a while, and comes back to its place when it is read or kept again.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::error::StoreError;

pub(crate) const LEVEL: i32 = 3;
const TRASH: &str = "trash";

/// The directory. Everything here blocks.
#[derive(Debug, Clone)]
pub struct Blobs(PathBuf);

/// Something that was not touched for long.
#[derive(Debug)]
pub(crate) struct Old {
    pub(crate) what: Lying,
    pub(crate) bytes: u64,
}

/// What may lie about.
#[derive(Debug)]
pub(crate) enum Lying {
    /// A content: what it is called where it is kept, which is its digest in the folder.
    Content(String),
    /// What a process left that died while it wrote one.
    Draft(PathBuf),
}

/// A content that was put away.
#[derive(Debug)]
pub(crate) struct Trashed {
    /// What it is called where it is kept, which is its digest in the folder.
    pub(crate) name: String,
    /// When it was found unnamed.
    pub(crate) since: Stamp,
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

    /// The content of that digest, brought back when it was put away.
    ///
    /// # Errors
    /// When there is anything else than exactly that.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        let path = self.path(sha256);
        let packed = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.bring_back(sha256)?;
                fs::read(&path)
            }
            read => read,
        };
        let packed = packed.map_err(|source| StoreError::File { path, source })?;
        let damaged = || StoreError::Damaged(format!("the kept file content {sha256}"));
        let bytes = zstd::stream::decode_all(packed.as_slice()).map_err(|_| damaged())?;
        if sha256_hex(&bytes) == sha256 { Ok(bytes) } else { Err(damaged()) }
    }

    /// Whether a file is there for it, which may be damaged.
    pub fn is_there(&self, sha256: &str) -> bool {
        self.path(sha256).is_file() || self.trashed(sha256).is_file()
    }

    /// Everything in its place that was last touched before that.
    pub(crate) fn untouched_since(&self, then: Stamp) -> Result<Vec<Old>> {
        let mut old = Vec::new();
        for shelf in names_in(&self.0)? {
            // What is in the trash has its own time.
            if shelf.is_dir() && !shelf.ends_with(TRASH) {
                old.extend(names_in(&shelf)?.into_iter().filter_map(|path| self.as_old(path, then)));
            }
        }
        Ok(old)
    }

    /// Everything that was put away, whenever that was.
    pub(crate) fn put_away(&self) -> Result<Vec<Trashed>> {
        let files = names_in(&self.0.join(TRASH))?;
        Ok(files.iter().filter_map(|path| self.as_trashed(path)).collect())
    }

    /// A file of ours that is old enough. One that went meanwhile is none.
    fn as_old(&self, path: PathBuf, then: Stamp) -> Option<Old> {
        let facts = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
        let stem = path.file_stem()?.to_str()?;
        let what = match path.extension()?.to_str()? {
            "draft" => Lying::Draft(path),
            "zst" if self.path(stem) == path => Lying::Content(stem.to_owned()),
            _ => return None,
        };
        (touched(&facts) < then).then_some(Old { what, bytes: facts.len() })
    }

    fn as_trashed(&self, path: &Path) -> Option<Trashed> {
        let facts = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let name = path.file_stem()?.to_str().filter(|stem| self.trashed(stem) == path)?.to_owned();
        Some(Trashed { name, since: touched(&facts), bytes: facts.len() })
    }

    /// Takes a content from its place without removing it. That it was now is what its file says from then on.
    pub(crate) fn throw_away(&self, sha256: &str, now: Stamp) -> Result<()> {
        let (from, to) = (self.path(sha256), self.trashed(sha256));
        let moved = || -> io::Result<()> {
            let since = UNIX_EPOCH + Duration::from_micros(now.0.unsigned_abs());
            // Before it is there: one that came with its old time would be removed too early.
            File::open(&from)?.set_modified(since)?;
            self.rename(&from, &to)
        };
        done_or_gone(moved(), from)
    }

    /// Puts a content back that was put away. One that was not stays where it is, if it is anywhere.
    pub(crate) fn bring_back(&self, sha256: &str) -> Result<()> {
        let (from, to) = (self.trashed(sha256), self.path(sha256));
        // A directory that cannot be written to, such as a backup's, has no trash.
        if from.is_file() { done_or_gone(self.rename(&from, &to), from) } else { Ok(()) }
    }

    /// Removes what was put away, for good.
    pub(crate) fn forget(&self, sha256: &str) -> Result<()> {
        let path = self.trashed(sha256);
        done_or_gone(fs::remove_file(&path), path)
    }

    /// Removes what a process left that died while it wrote.
    pub(crate) fn remove_draft(draft: &Path) -> Result<()> {
        done_or_gone(fs::remove_file(draft), draft.into())
    }

    /// Removes a content that nothing stands on; one that is not there is removed already.
    pub(crate) fn remove(&self, sha256: &str) -> Result<()> {
        let path = self.path(sha256);
        done_or_gone(fs::remove_file(&path), path)
    }

    fn length(&self, sha256: &str) -> Result<u64> {
        let path = self.path(sha256);
        Ok(fs::metadata(&path).map_err(|source| StoreError::File { path, source })?.len())
    }

    fn path(&self, sha256: &str) -> PathBuf {
        let (shelf, _) = sha256.split_at_checked(2).unwrap_or((sha256, ""));
        self.0.join(shelf).join(format!("{sha256}.zst"))
    }

    fn trashed(&self, sha256: &str) -> PathBuf {
        self.0.join(TRASH).join(format!("{sha256}.zst"))
    }

    /// Renames a file among these, both names on the disk afterwards.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let shelf = to.parent().unwrap_or(&self.0);
        DirBuilder::new().recursive(true).mode(0o700).create(shelf)?;
        fs::rename(from, to)?;
        for directory in [Some(shelf), from.parent(), Some(&*self.0)].into_iter().flatten() {
            File::open(directory)?.sync_all()?;
        }
        Ok(())
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

fn touched(facts: &fs::Metadata) -> Stamp {
    Stamp(facts.mtime().saturating_mul(1_000_000))
}

/// What is in a directory; nothing when there is none.
fn names_in(directory: &Path) -> Result<Vec<PathBuf>> {
    let named =
        || -> io::Result<Vec<PathBuf>> { fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect() };
    match named() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        names => names.map_err(|source| StoreError::File { path: directory.into(), source }),
    }
}

fn done_or_gone(done: io::Result<()>, path: PathBuf) -> Result<()> {
    match done {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(StoreError::File { path, source }),
        _ => Ok(()),
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

    #[test]
    fn what_was_put_away_comes_back_when_it_is_read_or_kept() {
        let (dir, blobs) = blobs();
        let stored = blobs.keep(b"before").unwrap();
        let back: [&dyn Fn(); 3] = [
            &|| assert_eq!(blobs.read(&stored.sha256).unwrap(), b"before"),
            &|| assert_eq!(blobs.keep(b"before").unwrap(), stored),
            &|| blobs.bring_back(&stored.sha256).unwrap(),
        ];
        for back in back {
            blobs.throw_away(&stored.sha256, Stamp(7_000_000)).unwrap();
            assert!(!blobs.path(&stored.sha256).exists() && blobs.is_there(&stored.sha256));
            let [away] = &blobs.put_away().unwrap()[..] else { panic!("one was put away") };
            assert_eq!((&away.name, away.since), (&stored.sha256, Stamp(7_000_000)));
            back();
            assert!(blobs.path(&stored.sha256).exists() && blobs.put_away().unwrap().is_empty());
        }
        blobs.throw_away(&stored.sha256, Stamp(0)).unwrap();
        blobs.forget(&stored.sha256).unwrap();
        assert!(!blobs.is_there(&stored.sha256) && blobs.read(&stored.sha256).is_err());
        assert_eq!(fs::metadata(dir.path().join("blobs/trash")).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
