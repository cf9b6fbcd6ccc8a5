//! A copy of the audit log that needs no database to be read: `audit.jsonl` in the data directory and the complete files before it, one
//! record a line with its hash, appended as records come.
//!
//! Invariant: the files are the log without a hole, from the first that is kept on. One process writes them. What a crash left half
//! written is cut off and kept; what was changed otherwise is kept as it is and begun anew, and the log says so.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use labkeeper_core::audit::{Line, Phase};
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::StoreError;
use serde_json::json;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::audit_beside;
use super::audit_segment::{self, Segment};
use super::respite::Respite;
use crate::house::House;
use crate::journal::audit_files::{self, Flaw, Scan};

/// How often it looks: refusals write a record and no event.
const LOOK: Duration = Duration::from_secs(1);
/// How long it waits for more to come before it writes again.
const BREATH: Duration = Duration::from_millis(20);
const LONGEST_REST: Duration = Duration::from_secs(60);
const BATCH: i64 = 500;
/// Under what the log notes what becomes of its mirror.
const OP: &str = "audit_mirror";

pub(super) async fn run(house: &House, shutdown: &CancellationToken) {
    let Some(_lock) = only_writer(&house.settings().data_dir, shutdown).await else { return };
    tokio::join!(follow(house, shutdown), audit_beside::run(house, shutdown));
}

/// Waits until no other process writes the mirror; nothing when it shall not wait any more.
async fn only_writer(directory: &Path, shutdown: &CancellationToken) -> Option<File> {
    let path = directory.join("audit.jsonl.lock");
    while !shutdown.is_cancelled() {
        let opened = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        match opened.map(|file| (file.try_lock(), file)) {
            Ok((Ok(()), file)) => return Some(file),
            Ok((Err(TryLockError::WouldBlock), _)) => {}
            Ok((Err(TryLockError::Error(error)), _)) | Err(error) => {
                tracing::warn!(file = %path.display(), %error, "the audit log cannot be mirrored");
            }
        }
        rest(LOOK, shutdown).await;
    }
    None
}

async fn rest(time: Duration, shutdown: &CancellationToken) {
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = sleep(time) => {}
    }
}

async fn follow(house: &House, shutdown: &CancellationToken) {
    let mut mirror = Mirror { house, path: audit_files::active(&house.settings().data_dir), segment: None };
    let mut committed = house.store().watch();
    let mut respite = Respite::between(LOOK, LONGEST_REST);
    while !shutdown.is_cancelled() {
        if let Err(error) = mirror.step().await {
            tracing::warn!(file = %mirror.path.display(), %error, "the audit log could not be mirrored");
            mirror.segment = None;
            rest(respite.after_failure(), shutdown).await;
            continue;
        }
        respite.ended();
        rest(BREATH, shutdown).await;
        tokio::select! {
            _ = committed.changed() => {}
            () = rest(LOOK, shutdown) => {}
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

impl From<StoreError> for MirrorError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

type Result<T> = std::result::Result<T, MirrorError>;

struct Mirror<'a> {
    house: &'a House,
    path: PathBuf,
    segment: Option<Segment>,
}

impl Mirror<'_> {
    /// Brings it up to date, and signs what has waited for long enough.
    async fn step(&mut self) -> Result<()> {
        self.house.store().sign_audit(self.now(), false).await?;
        if self.segment.take_if(|segment| !segment.is_as_left()).is_some() {
            self.alarm("somebody else wrote to the mirror, cut it or moved it", &self.path).await?;
        }
        loop {
            let segment = match self.segment.take() {
                Some(segment) => segment,
                None => self.open().await?,
            };
            let records = self.house.store().read().await?.audit_after(segment.last, BATCH).await?;
            if records.is_empty() {
                let is_due = segment.is_due(self.now(), self.house.settings().audit.segment_bytes);
                let segment = self.segment.insert(segment);
                if !is_due {
                    return Ok(());
                }
                let (first, count) = (segment.first, segment.last - segment.first + 1);
                let summary = json!({"segment": segment.sealed_name(), "first": first, "records": count});
                self.house.store().note_audit(self.now(), OP, Phase::Sealed, summary).await?;
                continue;
            }
            let mut lines: Vec<Line> =
                records.into_iter().map(|(record, hash)| Line { record, hash }).collect();
            let seal = lines.iter().position(|line| seals(line, &segment.sealed_name()));
            lines.truncate(seal.map_or(lines.len(), |at| at + 1));
            let write = move || segment.take_in(&lines, seal.is_some());
            self.segment = spawn_blocking(write).await.map_err(io::Error::other)??;
        }
    }

    fn now(&self) -> Stamp {
        self.house.clock().now()
    }

    /// Opens the file that is to be written to, after putting right or aside what is not as it was left.
    async fn open(&self) -> Result<Segment> {
        self.forget_old().await?;
        let (path, mut scan) = (self.path.clone(), scanned(&self.path).await?);
        match &scan.flaw {
            None => {}
            Some(Flaw::Torn) => {
                self.recover(&scan).await?;
                scan.flaw = None;
            }
            Some(Flaw::Tampered { line, broken }) => {
                let what = broken.as_ref().map_or("it is no record".into(), ToString::to_string);
                self.put_aside(
                    &path,
                    "tampered",
                    &format!("line {line} of the mirror is not what was written: {what}"),
                )
                .await?;
                scan = Scan::default();
            }
        }
        if let Some(last) = &scan.last {
            if !self.house.store().read().await?.audit_has(last.record.seq, &last.hash).await? {
                self.put_aside(&path, "other", "the mirror is of another log than the database").await?;
                scan = Scan::default();
            } else if let Some(first) = &scan.first
                && seals(last, &audit_files::sealed_name(first.record.seq))
            {
                // It was not renamed any more.
                Segment::open(&path, &scan, 0)?.complete()?;
                scan = Scan::default();
            }
        }
        let next = if scan.last.is_some() { 0 } else { self.next_after_sealed().await? };
        Ok(Segment::open(&path, &scan, next)?)
    }

    /// The log says first what is cut off, so that nothing is ever gone without a word.
    async fn recover(&self, scan: &Scan) -> Result<()> {
        let (path, now) = (&self.path, self.now());
        let torn = audit_segment::torn(path, scan)?;
        let kept = file_name(&audit_segment::torn_name(path, now));
        let summary = json!({
            "note": "a crash left the last line of the mirror half written", "kept": kept,
            "bytes": torn.len(), "sha256": torn.sha256(),
        });
        self.house.store().note_audit(now, OP, Phase::Recovered, summary).await?;
        tracing::warn!(%kept, bytes = torn.len(), "the mirror of the audit log ended in half a line");
        Ok(audit_segment::cut(path, scan, &torn, now)?)
    }

    /// Keeps a file under another name, and says so.
    async fn put_aside(&self, path: &Path, why: &str, said: &str) -> Result<()> {
        let kept = audit_segment::put_aside(path, why, self.now())?;
        self.alarm(said, &kept).await
    }

    async fn alarm(&self, said: &str, kept: &Path) -> Result<()> {
        tracing::error!(file = %kept.display(), "{said}");
        let summary = json!({"error": said, "kept": file_name(kept)});
        self.house.store().note_audit(self.now(), OP, Phase::Alarmed, summary).await?;
        Ok(())
    }

    /// The first record that no complete file has. One that does not hold, or is not of this log, is none.
    async fn next_after_sealed(&self) -> Result<i64> {
        for (_, path) in audit_files::sealed(&self.house.settings().data_dir)?.into_iter().rev() {
            let scan = scanned(&path).await?;
            if let (Some(last), None) = (&scan.last, &scan.flaw)
                && self.house.store().read().await?.audit_has(last.record.seq, &last.hash).await?
            {
                return Ok(last.record.seq + 1);
            }
            self.put_aside(&path, "tampered", "a complete file of the mirror is not what was written")
                .await?;
        }
        Ok(1)
    }

    /// Deletes complete files whose time is over, the oldest first.
    async fn forget_old(&self) -> Result<()> {
        let settings = self.house.settings();
        let days = i64::from(settings.audit.keep_days);
        if days == 0 {
            return Ok(());
        }
        let before = self.now().0 - days * 86_400_000_000;
        for (_, path) in audit_files::sealed(&settings.data_dir)? {
            if scanned(&path).await?.last.is_none_or(|last| last.record.at >= before) {
                break;
            }
            std::fs::remove_file(&path)?;
            tracing::info!(file = %path.display(), "a complete file of the audit mirror was deleted: it is older than audit.keep_days");
        }
        Ok(())
    }
}

async fn scanned(path: &Path) -> Result<Scan> {
    let path = path.to_path_buf();
    Ok(spawn_blocking(move || Scan::of(&path)).await.map_err(io::Error::other)??)
}

/// Whether it is the record that completes the file of that name.
fn seals(line: &Line, name: &str) -> bool {
    let record = &line.record;
    record.phase == Phase::Sealed && record.op == OP && record.summary["segment"] == name
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
