//! The audit log's mirror on disk: which files it is made of, and how far one of them is what was written.
//!
//! `audit.jsonl` is the one that is written to; those that are complete are called after their first record,
//! `audit-000000000001.jsonl`. What was put aside bears other endings, so that it is never taken for a part of the mirror.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use labkeeper_core::audit::{Break, Line, Verifier};

/// The file that is written to.
pub(crate) fn active(directory: &Path) -> PathBuf {
    directory.join("audit.jsonl")
}

/// Name of the complete file that begins with that record.
pub(crate) fn sealed_name(first: i64) -> String {
    format!("audit-{first:012}.jsonl")
}

/// The complete ones, by their first record.
///
/// # Errors
/// When the directory cannot be read.
pub(crate) fn sealed(directory: &Path) -> io::Result<Vec<(i64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let name = entry?.file_name();
        let first = name.to_str().and_then(|name| {
            let first: i64 = name.strip_prefix("audit-")?.strip_suffix(".jsonl")?.parse().ok()?;
            (name == sealed_name(first)).then_some(first)
        });
        found.extend(first.map(|first| (first, directory.join(name))));
    }
    found.sort_unstable();
    Ok(found)
}

/// Where a file stops being what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Its last line is not whole: a crash left it so.
    Torn,
    /// A line before the last, or a whole one, is not what was written.
    Tampered {
        /// Which line, from 1 on.
        line: u64,
        /// What it is; nothing when it is no record at all.
        broken: Option<Break>,
    },
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Scan {
    /// Its first record.
    pub(crate) first: Option<Line>,
    /// Its last good record.
    pub(crate) last: Option<Line>,
    /// How many bytes are good.
    pub(crate) good: u64,
    /// What follows them.
    pub(crate) flaw: Option<Flaw>,
}

impl Scan {
    /// Reads a file line by line, and hands each good record to `each`; a file that is not there is empty.
    ///
    /// # Errors
    /// When it cannot be read, or `each` stops it.
    pub(crate) fn each(path: &Path, mut each: impl FnMut(&Line) -> io::Result<()>) -> io::Result<Self> {
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            opened => opened?,
        };
        let (mut reader, mut scan, mut number) = (BufReader::new(file), Self::default(), 0);
        let (mut verifier, mut bytes) = (Verifier::default(), Vec::new());
        loop {
            bytes.clear();
            let length = reader.read_until(b'\n', &mut bytes)? as u64;
            if length == 0 {
                return Ok(scan);
            }
            number += 1;
            let line =
                std::str::from_utf8(&bytes).ok().and_then(|text| Line::parse(text.strip_suffix('\n')?));
            if let (1, Some(line)) = (number, &line) {
                verifier = Verifier::from(&line.record);
            }
            let broken = match &line {
                None => Some(None),
                Some(line) => verifier.step(&line.record, &line.hash).err().map(Some),
            };
            if let Some(broken) = broken {
                let is_last = reader.fill_buf()?.is_empty();
                let is_half = matches!(broken, None | Some(Break::Edit { .. }));
                let broken = broken.map(|broken| further(broken, line.as_ref(), &mut reader));
                let tampered = Flaw::Tampered { line: number, broken };
                scan.flaw = Some(if is_last && is_half { Flaw::Torn } else { tampered });
                return Ok(scan);
            }
            if let Some(line) = line {
                each(&line)?;
                scan.good += length;
                if number == 1 {
                    scan.first = Some(line.clone());
                }
                scan.last = Some(line);
            }
        }
    }

    /// As [`Scan::each`], for the file alone.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        Self::each(path, |_| Ok(()))
    }
}

/// A hole is only one if the record is nowhere behind it.
fn further(broken: Break, line: Option<&Line>, reader: &mut BufReader<File>) -> Break {
    if let (Some(line), Some(found)) =
        (line, line.and_then(|line| broken.written_as(&line.record, &line.hash)))
    {
        // A record that was renumbered in a file: whether it also stands where it belongs was seen on the way here.
        return broken.of_moved(found, found < line.record.seq);
    }
    let Break::Gap { seq, found } = broken else { return broken };
    let wanted = format!("\"seq\":{seq},");
    let is_behind = reader.lines().map_while(Result::ok).any(|line| line.contains(&wanted));
    if is_behind { Break::Reorder { seq, found } } else { Break::Gap { seq, found } }
}
