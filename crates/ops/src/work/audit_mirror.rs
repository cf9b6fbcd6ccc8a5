//! A copy of the audit log that needs no database to be read: `audit.jsonl` in the data directory, one record a line
//! with its hash, appended as records come.
//!
//! Invariant: the file is a beginning of the log. Where to go on is read from its own last line, so a kill in the
//! middle of a line costs that line only, and it is written again.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use labkeeper_core::audit::Record;
use labkeeper_core::fault::Fault;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::house::House;

const FILE_NAME: &str = "audit.jsonl";
/// How often it looks: refusals write a record and no event.
const LOOK: Duration = Duration::from_secs(1);
const REST: Duration = Duration::from_secs(60);
const BATCH: i64 = 500;

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let path = house.settings().data_dir.join(FILE_NAME);
    let mut mirror: Option<Mirror> = None;
    while !shutdown.is_cancelled() {
        let rest = match step(house, &path, &mut mirror).await {
            Ok(()) => LOOK,
            Err(error) => {
                tracing::warn!(file = %path.display(), error = %error, "the audit log could not be mirrored");
                mirror = None;
                REST
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = sleep(rest) => {}
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum MirrorError {
    #[error(transparent)]
    Store(#[from] Fault),
    #[error(transparent)]
    File(#[from] io::Error),
}

impl From<labkeeper_store::StoreError> for MirrorError {
    fn from(error: labkeeper_store::StoreError) -> Self {
        Self::Store(error.into())
    }
}

/// A record as a line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    record: Record,
    hash: String,
}

/// The open file and how far it got.
struct Mirror {
    file: File,
    last: i64,
}

async fn step(house: &House, path: &Path, mirror: &mut Option<Mirror>) -> Result<(), MirrorError> {
    if mirror.is_none() {
        *mirror = open(house, path).await?;
    }
    loop {
        let Some(open) = mirror else { return Ok(()) };
        let records = house.store().read().await?.audit_after(open.last, BATCH).await?;
        let Some((newest, _)) = records.last() else { return Ok(()) };
        let newest = newest.seq;
        let mut text = Vec::new();
        for (record, hash) in records {
            serde_json::to_writer(&mut text, &Line { record, hash }).map_err(io::Error::from)?;
            text.push(b'\n');
        }
        let mut file = open.file.try_clone()?;
        spawn_blocking(move || file.write_all(&text)).await.map_err(io::Error::other)??;
        open.last = newest;
    }
}

/// `None` while another process mirrors the same log.
async fn open(house: &House, path: &Path) -> Result<Option<Mirror>, MirrorError> {
    let opened = {
        let path = path.to_path_buf();
        spawn_blocking(move || open_whole(&path)).await.map_err(io::Error::other)??
    };
    let Some((file, last)) = opened else { return Ok(None) };
    let Some(last) = last else { return Ok(Some(Mirror { file, last: 0 })) };
    let here = house.store().read().await?.audit_after(last.record.seq - 1, 1).await?;
    if here.first().is_some_and(|(record, hash)| record.seq == last.record.seq && *hash == last.hash) {
        return Ok(Some(Mirror { file, last: last.record.seq }));
    }
    // Its end is not in this log: the database was replaced. What it holds is evidence and stays, under another name.
    drop(file);
    let kept = free_name(path);
    std::fs::rename(path, &kept)?;
    tracing::warn!(kept = %kept.display(), "the audit mirror was of another log and is kept aside");
    Ok(None)
}

fn open_whole(path: &Path) -> io::Result<Option<(File, Option<Line>)>> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let last = last_whole_line(&mut file)?;
    Ok(Some((file, last)))
}

/// The last line that is whole; what stands behind it is cut off.
fn last_whole_line(file: &mut File) -> io::Result<Option<Line>> {
    let length = file.metadata()?.len();
    // Backwards in growing steps, until a whole line is seen or the file begins.
    let mut reach = 16 * 1024;
    loop {
        let from = length.saturating_sub(reach);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        file.take(reach).read_to_end(&mut tail)?;
        let mut end = tail.len();
        while end > 0 {
            let newline = tail[..end].iter().rposition(|byte| *byte == b'\n');
            let Some(newline) = newline else { break };
            let start = tail[..newline].iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
            let start = match (start, from) {
                (Some(start), _) => start,
                (None, 0) => 0,
                (None, _) => break,
            };
            if let Ok(line) = serde_json::from_slice::<Line>(&tail[start..newline]) {
                file.set_len(from + newline as u64 + 1)?;
                return Ok(Some(line));
            }
            end = start;
        }
        if from == 0 {
            file.set_len(0)?;
            return Ok(None);
        }
        reach *= 8;
    }
}

fn free_name(path: &Path) -> PathBuf {
    let named = |number: usize| path.with_extension(format!("{number}.jsonl"));
    (1..).map(named).find(|name| !name.exists()).expect("some number is free")
}
