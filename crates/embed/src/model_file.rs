//! The model as one file: `minilm-l6-v2.i8`, 23 MB, made by [`crate::install`].
//!
//! Little-endian: 8 bytes of magic, `u32` version, `u32` length of the vocabulary in bytes, the vocabulary (a token a
//! line), then [`Weights`]' parts in their order. *Invariant:* only a file with the pinned SHA-256 is ever used.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::shape::VOCABULARY;
use crate::weights::Weights;
use crate::wordpiece::WordPiece;

pub const FILE_NAME: &str = "minilm-l6-v2.i8";
/// SHA-256 of the whole file. Changes with every change of rounding or layout; then [`VERSION`] goes up as well.
pub(crate) const FINGERPRINT: &str = "177db17977b61ac03d417a6b4ca0658e213e0e68a8b6f9bb2fa74bf4da68a337";

const MAGIC: [u8; 8] = *b"labkMiLM";
const VERSION: u32 = 1;
/// Far above the real 230 kB; keeps a damaged length from asking for gigabytes.
const LONGEST_VOCABULARY: u32 = 1 << 20;

/// Why the model's file cannot be used.
#[derive(Debug, Error)]
pub enum OpenError {
    #[error("there is no model at {}: run `labkeeper model install`", path.display())]
    Missing { path: PathBuf },
    #[error("cannot read the model at {}: check that labkeeper may read the file and its folders", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} is not a labkeeper model: run `labkeeper model install`, it replaces the file", path.display())]
    Foreign { path: PathBuf },
    #[error(
        "the model at {} has layout {found}, this labkeeper reads layout {VERSION}: run `labkeeper model install`",
        path.display()
    )]
    OtherLayout { path: PathBuf, found: u32 },
    #[error("the model at {} is damaged ({what}): run `labkeeper model install`, it replaces the file", path.display())]
    Damaged { path: PathBuf, what: &'static str },
}

pub(crate) fn read(path: &Path) -> Result<(WordPiece, Weights), OpenError> {
    read_expecting(path, FINGERPRINT)
}

fn read_expecting(path: &Path, fingerprint: &str) -> Result<(WordPiece, Weights), OpenError> {
    let path = || path.to_owned();
    let damaged = |what| OpenError::Damaged { path: path(), what };
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => OpenError::Missing { path: path() },
        io::ErrorKind::UnexpectedEof => damaged("it ends too early"),
        _ => OpenError::Unreadable { path: path(), source },
    };
    let mut file = Hashing::new(BufReader::with_capacity(1 << 18, File::open(path()).map_err(failed)?));

    let mut magic = [0; MAGIC.len()];
    match file.read_exact(&mut magic) {
        Err(e) if e.kind() != io::ErrorKind::UnexpectedEof => return Err(failed(e)),
        _ if magic != MAGIC => return Err(OpenError::Foreign { path: path() }),
        _ => {}
    }
    let version = file.number().map_err(failed)?;
    if version != VERSION {
        return Err(OpenError::OtherLayout { path: path(), found: version });
    }
    let length = file.number().map_err(failed)?;
    if length > LONGEST_VOCABULARY {
        return Err(damaged("its vocabulary has an impossible length"));
    }
    let mut lines = vec![0; length as usize];
    file.read_exact(&mut lines).map_err(failed)?;
    let weights = Weights::read(&mut file).map_err(failed)?;
    if io::copy(&mut file, &mut io::sink()).map_err(failed)? > 0 {
        return Err(damaged("something follows its end"));
    }
    if file.fingerprint() != fingerprint {
        return Err(damaged("its SHA-256 is not the one this labkeeper was built with"));
    }
    let lines = String::from_utf8(lines).map_err(|_| damaged("its vocabulary is not text"))?;
    if lines.lines().count() != VOCABULARY {
        return Err(damaged("its vocabulary has the wrong size"));
    }
    let words =
        WordPiece::from_vocabulary(&lines).ok_or_else(|| damaged("its vocabulary lacks the frame tokens"))?;
    Ok((words, weights))
}

/// Writes the whole file and answers its SHA-256.
pub(crate) fn write(vocabulary: &str, weights: &mut Weights, to: &mut impl Write) -> io::Result<String> {
    let mut to = Hashing::new(to);
    to.write_all(&MAGIC)?;
    to.write_all(&VERSION.to_le_bytes())?;
    let length = u32::try_from(vocabulary.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(vocabulary.as_bytes())?;
    weights.write(&mut to)?;
    to.flush()?;
    Ok(to.fingerprint())
}

/// SHA-256 in the form that `sha256sum` prints.
pub(crate) fn hex(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
        text
    })
}

/// Counts what passes through into a SHA-256.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<T> Hashing<T> {
    fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    fn fingerprint(self) -> String {
        hex(&self.hash.finalize())
    }
}

impl<T: Read> Hashing<T> {
    fn number(&mut self) -> io::Result<u32> {
        let mut four = [0; 4];
        self.read_exact(&mut four)?;
        Ok(u32::from_le_bytes(four))
    }
}

impl<T: Read> Read for Hashing<T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

impl<T: Write> Write for Hashing<T> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(from)?;
        self.hash.update(&from[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn vocabulary() -> String {
        let mut lines = String::from("[UNK]\n[CLS]\n[SEP]");
        for n in 3..VOCABULARY {
            write!(lines, "\nw{n}").unwrap();
        }
        lines
    }

    /// A sound file of blank weights, the fingerprint it has, and room to damage it.
    struct Sample {
        folder: tempfile::TempDir,
        bytes: Vec<u8>,
        fingerprint: String,
    }

    impl Sample {
        fn new() -> Self {
            let mut bytes = Vec::new();
            let fingerprint = write(&vocabulary(), &mut Weights::blank(), &mut bytes).unwrap();
            Self { folder: tempfile::tempdir().unwrap(), bytes, fingerprint }
        }

        fn read(&self, change: impl FnOnce(&mut Vec<u8>)) -> Result<(WordPiece, Weights), OpenError> {
            let mut bytes = self.bytes.clone();
            change(&mut bytes);
            let path = self.folder.path().join(FILE_NAME);
            std::fs::write(&path, bytes).unwrap();
            read_expecting(&path, &self.fingerprint)
        }
    }

    #[test]
    fn a_sound_file_opens_and_every_damage_is_named_with_the_way_out() {
        let sample = Sample::new();
        let (words, _) = sample.read(|_| {}).unwrap();
        assert_eq!(words.ids("w5 w7 nothing"), [1, 5, 7, 0, 2]);

        let middle = sample.bytes.len() / 2;
        type Damage = Box<dyn FnOnce(&mut Vec<u8>)>;
        let table: Vec<(&str, Damage)> = vec![
            ("SHA-256", Box::new(move |b| b[middle] ^= 1)),
            ("ends too early", Box::new(move |b| b.truncate(middle))),
            ("something follows", Box::new(|b| b.push(0))),
            ("impossible length", Box::new(|b| b[15] = 0xff)),
            ("layout 9", Box::new(|b| b[8] = 9)),
            ("not a labkeeper model", Box::new(|b| b[0] = b'?')),
            ("not a labkeeper model", Box::new(Vec::clear)),
        ];
        for (says, damage) in table {
            let error = sample.read(damage).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("labkeeper model install"), "{says}: {error}");
        }
    }

    #[test]
    fn what_cannot_be_read_keeps_the_systems_words_as_its_cause() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(
            matches!(&error, OpenError::Unreadable { source, .. } if source.kind() == io::ErrorKind::IsADirectory)
        );
        assert!(error.to_string().contains("may read the file"), "{error}");
    }

    #[test]
    fn a_missing_file_says_how_to_install() {
        let error = read(Path::new("nowhere/at/all")).unwrap_err();
        assert!(matches!(error, OpenError::Missing { .. }));
        assert!(error.to_string().contains("run `labkeeper model install`"), "{error}");
    }
}
