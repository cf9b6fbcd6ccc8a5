//! The file of the mirror that is written to: opened after whatever happened to it, appended to, completed.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use labkeeper_core::audit::{Line, sha256_hex};
use labkeeper_core::stamp::Stamp;

use crate::journal::audit_files::{self, Scan};

/// What its last line turned out to be half of.
pub(super) struct Torn {
    /// The bytes that are no whole line.
    bytes: Vec<u8>,
}

impl Torn {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn sha256(&self) -> String {
        sha256_hex(&self.bytes)
    }
}

/// What follows the good bytes of the file.
///
/// # Errors
/// When it cannot be read.
pub(super) fn torn(path: &Path, scan: &Scan) -> io::Result<Torn> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(scan.good))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Torn { bytes })
}

/// Puts what is torn into a file of its own and cuts the file at its last good line. Answers that file's name.
///
/// # Errors
/// When it cannot be written: then the file is as it was.
pub(super) fn cut(path: &Path, scan: &Scan, torn: &Torn, now: Stamp) -> io::Result<()> {
    let aside = torn_name(path, now);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(&torn.bytes)?;
    file.sync_all()?;
    let file = OpenOptions::new().write(true).open(path)?;
    file.set_len(scan.good)?;
    file.sync_all()?;
    sync_directory(path)
}

/// Where the torn end of a file goes.
pub(super) fn torn_name(path: &Path, now: Stamp) -> PathBuf {
    aside(path, "torn", now)
}

/// Gives a file that is evidence another name, so that it stays as it is. Answers that.
///
/// # Errors
/// When it cannot be renamed.
pub(super) fn put_aside(path: &Path, why: &str, now: Stamp) -> io::Result<PathBuf> {
    let free =
        (0..).map(|more| aside(path, why, Stamp(now.0 + more * 1_000_000))).find(|name| !name.exists());
    let kept = free.expect("some second is free");
    std::fs::rename(path, &kept)?;
    sync_directory(path)?;
    Ok(kept)
}

fn aside(path: &Path, why: &str, now: Stamp) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{why}-{}", now.0 / 1_000_000));
    name.into()
}

fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

/// The file, and how far it got.
#[derive(Debug)]
pub(super) struct Segment {
    file: File,
    path: PathBuf,
    length: u64,
    /// Number of the first record; that of the next when it is empty.
    pub(super) first: i64,
    /// When that was written.
    pub(super) begun: Option<Stamp>,
    /// Number of the last record.
    pub(super) last: i64,
}

impl Segment {
    /// Goes on behind what a scan without a flaw found; a new file begins with record `next`.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn open(path: &Path, scan: &Scan, next: i64) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        sync_directory(path)?;
        Ok(Self {
            file,
            path: path.into(),
            length: scan.good,
            first: scan.first.as_ref().map_or(next, |line| line.record.seq),
            begun: scan.first.as_ref().map(|line| Stamp(line.record.at)),
            last: scan.last.as_ref().map_or(next - 1, |line| line.record.seq),
        })
    }

    /// Whether it is as this left it: nobody else wrote to it, cut it or put another in its place.
    pub(super) fn is_as_left(&self) -> bool {
        let ours = self.file.metadata();
        let there = std::fs::metadata(&self.path);
        matches!((ours, there), (Ok(ours), Ok(there))
            if ours.len() == self.length && (ours.ino(), ours.dev()) == (there.ino(), there.dev()))
    }

    /// Appends lines, durably, or leaves the file as it was.
    ///
    /// # Errors
    /// When they cannot be written.
    fn append(&mut self, lines: &[Line]) -> io::Result<()> {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(()) };
        let text: String = lines.iter().map(Line::text).collect();
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // A disk that is full took a part. What cannot be taken back is found torn when it is opened again.
            let _ = self.file.set_len(self.length);
            return Err(error);
        }
        self.length += text.len() as u64;
        self.begun = self.begun.or(Some(Stamp(first.record.at)));
        self.last = last.record.seq;
        Ok(())
    }

    /// Appends lines, and completes the file when the last of them says so: then nothing is left to write to.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn take_in(mut self, lines: &[Line], is_complete: bool) -> io::Result<Option<Self>> {
        self.append(lines)?;
        if is_complete {
            self.complete()?;
            return Ok(None);
        }
        Ok(Some(self))
    }

    /// Whether it is large, or of another day.
    pub(super) fn is_due(&self, now: Stamp, most: u64) -> bool {
        const DAY: i64 = 86_400_000_000;
        self.begun
            .is_some_and(|begun| self.length >= most || begun.0.div_euclid(DAY) != now.0.div_euclid(DAY))
    }

    /// What it is called once it is complete.
    pub(super) fn sealed_name(&self) -> String {
        audit_files::sealed_name(self.first)
    }

    /// Gives it that name.
    ///
    /// # Errors
    /// When it cannot be renamed, or one of that name is there.
    pub(super) fn complete(self) -> io::Result<()> {
        self.file.sync_all()?;
        let target = self.path.with_file_name(self.sealed_name());
        if target.exists() {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                format!("{} is there", target.display()),
            ));
        }
        std::fs::rename(&self.path, target)?;
        sync_directory(&self.path)
    }
}
