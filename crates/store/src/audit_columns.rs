//! When each record of the audit log was written and of which sort it is, in memory: two arrays, twelve bytes a record, in which
//! whatever is asked is found in one pass (ADR 0021). A log only grows, so what was read stays true and only what is new is read.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::Result;
use crate::error::StoreError;
use crate::sql::sql;
use crate::view::View;

/// Records that the engine has as one text each (`audit_blocks`).
const BLOCK: i64 = 4096;
/// How many of those are read at once: some three megabytes.
const AT_ONCE: i64 = 32;

/// The newest record that a view sees.
struct Newest {
    seq: i64,
    hash: String,
}

/// What a store knows of its log so far.
#[derive(Debug, Default)]
pub(crate) struct AuditColumns(Mutex<Arc<Columns>>);

/// By the number of the record less one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) times: Vec<i64>,
    pub(crate) sorts: Vec<u32>,
    /// The hash of the last of them, by which another log is noticed: a copy that somebody put back on the server.
    hash: String,
}

impl AuditColumns {
    /// How many records are known. A view that was opened later sees at least as many.
    pub(crate) async fn known(&self) -> i64 {
        self.0.lock().await.length()
    }

    /// All that the view sees, and how many those are; there may be newer ones behind them. `known` is what was known before it
    /// was opened.
    ///
    /// # Errors
    /// When the engine fails, or what it answers is not what it was given.
    pub(crate) async fn read(&self, view: &mut View, known: i64) -> Result<(Arc<Columns>, usize)> {
        let newest = Newest::seen_by(view).await?;
        let mut columns = self.0.lock().await;
        if newest.seq < known || !columns.are_of(&newest, view).await? {
            *columns = Arc::default();
        }
        if columns.length() < newest.seq {
            // Copied only when a question is just being answered from it.
            Arc::make_mut(&mut columns).follow(view, &newest).await?;
        }
        let length = usize::try_from(newest.seq).map_err(|_| damaged(newest.seq))?;
        Ok((columns.clone(), length))
    }
}

impl Newest {
    async fn seen_by(view: &mut View) -> Result<Self> {
        let ask = sql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
        let (seq, hash) = ask.fetch_optional(view.conn()).await?.unwrap_or_default();
        Ok(Self { seq, hash })
    }
}

impl Columns {
    fn length(&self) -> i64 {
        i64::try_from(self.times.len()).expect("a log fits into memory")
    }

    /// Whether they are of the log that has this newest record.
    async fn are_of(&self, newest: &Newest, view: &mut View) -> Result<bool> {
        if self.length() == newest.seq {
            return Ok(self.hash == newest.hash);
        }
        // Of two who ask at once, the one who saw less may come later.
        if self.times.is_empty() || newest.seq < self.length() {
            return Ok(true);
        }
        let ask = sql("SELECT hash FROM audit WHERE seq = $1").bind(self.length());
        let found: Option<(String,)> = ask.fetch_optional(view.conn()).await?;
        Ok(found.is_some_and(|(hash,)| hash == self.hash))
    }

    /// Reads what is new, up to that record. What fails on the way leaves what was read before.
    async fn follow(&mut self, view: &mut View, newest: &Newest) -> Result<()> {
        if self.times.is_empty() {
            self.follow_blocks(view, newest.seq).await?;
        }
        let rest = "SELECT string_agg(at || ' ' || sort, ',' ORDER BY seq) FROM audit_index WHERE seq > $1 AND seq <= $2";
        let rest = sql(rest).bind(self.length()).bind(newest.seq);
        if let Some(entries) = rest.fetch_scalar::<Option<String>>(view.conn()).await? {
            self.append(&entries, newest.seq)?;
        }
        if self.length() != newest.seq {
            return Err(damaged(self.length() + 1));
        }
        self.hash.clone_from(&newest.hash);
        Ok(())
    }

    /// All blocks that are full.
    async fn follow_blocks(&mut self, view: &mut View, newest: i64) -> Result<()> {
        let full = (newest + 1) / BLOCK;
        for first in (0..full).step_by(AT_ONCE as usize) {
            let ask =
                "SELECT block, entries FROM audit_blocks WHERE block >= $1 AND block < $2 ORDER BY block";
            let ask = sql(ask).bind(first).bind(full.min(first + AT_ONCE));
            for (block, entries) in ask.fetch_all::<(i64, String)>(view.conn()).await? {
                // The first record is the first, not the zeroth.
                self.append(&entries, block * BLOCK + BLOCK - 1)?;
            }
        }
        Ok(())
    }

    /// Takes times and sorts as the engine has written them; afterwards there are that many.
    fn append(&mut self, entries: &str, length: i64) -> Result<()> {
        for entry in entries.split(',') {
            let read =
                entry.split_once(' ').and_then(|(at, sort)| Some((at.parse().ok()?, sort.parse().ok()?)));
            let (at, sort) = read.ok_or_else(|| damaged(self.length() + 1))?;
            self.times.push(at);
            self.sorts.push(sort);
        }
        if self.length() == length { Ok(()) } else { Err(damaged(length)) }
    }
}

fn damaged(record: i64) -> StoreError {
    StoreError::Damaged(format!("the index of the audit log at record {record}"))
}
