//! When each record of the audit log was written and of which sort it is, in memory: two arrays, twelve bytes a record, in which
//! whatever is asked is found in one pass (ADR 0021). A log only grows, so what was read stays true and only what is new is read.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use crate::Result;
use crate::error::StoreError;
use crate::sql::sql;
use crate::view::View;

/// Records that the engine has as one text (`audit_blocks`).
const BLOCK: i64 = 4096;
/// How many of those are read at once: some three megabytes.
const AT_ONCE: i64 = 32;
/// The sort of a record that the index has lost.
const LOST: u32 = u32::MAX;

/// What a store knows of its log so far.
#[derive(Debug, Default)]
pub(crate) struct AuditColumns(Mutex<Arc<Columns>>);

/// By the number of the record less one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns {
    pub(crate) times: Vec<i64>,
    pub(crate) sorts: Vec<u32>,
    /// The hash of the last of them.
    hash: String,
    /// Which log they are of: one more each time that another one took its place.
    pub(crate) log: u64,
}

impl AuditColumns {
    /// To be had before the view that it is brought up to date with: so nobody waits for it with a connection in hand, and a view sees
    /// no fewer records than are known.
    pub(crate) async fn claim(&self) -> Claimed<'_> {
        Claimed(self.0.lock().await)
    }
}

/// What is known, for one who brings it up to date.
pub(crate) struct Claimed<'c>(MutexGuard<'c, Arc<Columns>>);

impl Claimed<'_> {
    /// All that the view sees.
    ///
    /// # Errors
    /// When the engine fails, or what it answers is not what it was given. What was known stays known.
    pub(crate) async fn upto(mut self, view: &mut View) -> Result<Arc<Columns>> {
        let newest = "SELECT a.seq, a.hash, i.sort FROM audit a LEFT JOIN audit_index i ON i.seq = a.seq \
                      ORDER BY a.seq DESC LIMIT 1";
        let newest: Option<Mark> = sql(newest).fetch_optional(view.conn()).await?;
        let Some(newest) = newest else {
            self.begin_anew();
            return Ok(self.0.clone());
        };
        if !self.0.are_of(&newest, view).await? {
            self.begin_anew();
        }
        let fresh = self.0.read_on(view, newest.0).await?;
        if !fresh.times.is_empty() {
            // Copied only when a question is just being answered from it.
            Arc::make_mut(&mut self.0).extend(fresh, newest.1);
        }
        Ok(self.0.clone())
    }

    fn begin_anew(&mut self) {
        *self.0 = Arc::new(Columns { log: self.0.log + 1, ..Columns::default() });
    }
}

/// By which a log is known: the number of a record, its hash and its sort. The hash vouches for all before it, and the sort for the
/// numbers of sorts, which each database gives for itself.
type Mark = (i64, String, Option<i64>);

impl Columns {
    fn length(&self) -> i64 {
        i64::try_from(self.times.len()).expect("no vector is longer than isize::MAX")
    }

    /// Whether they are of the log that has this newest record, and not of a copy that somebody put back.
    async fn are_of(&self, newest: &Mark, view: &mut View) -> Result<bool> {
        let Some(last) = self.sorts.last() else { return Ok(true) };
        let is_ours = |(_, hash, sort): &Mark| {
            *hash == self.hash && sort.map_or(LOST, |sort| u32::try_from(sort).unwrap_or(LOST)) == *last
        };
        if newest.0 <= self.length() {
            return Ok(newest.0 == self.length() && is_ours(newest));
        }
        let ask = "SELECT a.seq, a.hash, i.sort FROM audit a LEFT JOIN audit_index i ON i.seq = a.seq WHERE a.seq = $1";
        let found: Option<Mark> = sql(ask).bind(self.length()).fetch_optional(view.conn()).await?;
        Ok(found.as_ref().is_some_and(is_ours))
    }

    /// What comes after these, up to that record.
    async fn read_on(&self, view: &mut View, newest: i64) -> Result<Self> {
        let known = self.length();
        let mut fresh = Self::default();
        // The first record is the first, not the zeroth.
        let (first, full) = ((known + 1) / BLOCK, (newest + 1) / BLOCK);
        if (known + 1) % BLOCK == 0 || known == 0 {
            for block in (first..full).step_by(AT_ONCE as usize) {
                fresh.read_blocks(view, known, block..full.min(block + AT_ONCE)).await?;
            }
        }
        fresh.read_index(view, known, newest).await?;
        Ok(fresh)
    }

    /// Whole blocks, as far as they are there and whole; what is missing then is read from the index.
    async fn read_blocks(&mut self, view: &mut View, known: i64, blocks: std::ops::Range<i64>) -> Result<()> {
        let ask = "SELECT block, entries FROM audit_blocks WHERE block >= $1 AND block < $2 ORDER BY block";
        let ask = sql(ask).bind(blocks.start).bind(blocks.end);
        for (block, entries) in ask.fetch_all::<(i64, String)>(view.conn()).await? {
            let (before, last) = (known + self.length(), block * BLOCK + BLOCK - 1);
            let read =
                entries.split(',').map(two).collect::<Option<Vec<_>>>().ok_or_else(|| damaged(last))?;
            let is_next = last - before == read.len() as i64;
            if !is_next {
                break;
            }
            self.times.extend(read.iter().map(|(at, _)| *at));
            self.sorts.extend(read.iter().map(|(_, sort)| *sort));
        }
        Ok(())
    }

    /// The rest, record by record. One that the index has lost leaves a gap.
    async fn read_index(&mut self, view: &mut View, known: i64, newest: i64) -> Result<()> {
        while known + self.length() < newest {
            let before = known + self.length();
            let upto = newest.min(before + BLOCK * AT_ONCE);
            let ask = "SELECT string_agg(seq || ' ' || at || ' ' || sort, ',' ORDER BY seq) FROM audit_index \
                       WHERE seq > $1 AND seq <= $2";
            let rows: Option<String> = sql(ask).bind(before).bind(upto).fetch_scalar(view.conn()).await?;
            for row in rows.iter().flat_map(|rows| rows.split(',')) {
                let read =
                    row.split_once(' ').and_then(|(seq, rest)| Some((seq.parse::<i64>().ok()?, two(rest)?)));
                let (seq, (at, sort)) = read.ok_or_else(|| damaged(known + self.length() + 1))?;
                self.lose_upto(seq - 1 - known);
                self.times.push(at);
                self.sorts.push(sort);
            }
            self.lose_upto(upto - known);
        }
        Ok(())
    }

    /// Has that many, of which the index knows nothing more.
    fn lose_upto(&mut self, length: i64) {
        let length = usize::try_from(length).unwrap_or_default().max(self.times.len());
        self.times.resize(length, i64::MIN);
        self.sorts.resize(length, LOST);
    }

    fn extend(&mut self, fresh: Self, hash: String) {
        if self.times.is_empty() {
            (self.times, self.sorts) = (fresh.times, fresh.sorts);
        } else {
            self.times.extend(fresh.times);
            self.sorts.extend(fresh.sorts);
        }
        self.hash = hash;
    }
}

/// A time and a sort, as the engine writes them.
fn two(entry: &str) -> Option<(i64, u32)> {
    let (at, sort) = entry.split_once(' ')?;
    Some((at.parse().ok()?, sort.parse().ok()?))
}

fn damaged(record: i64) -> StoreError {
    StoreError::Damaged(format!("the index of the audit log at record {record}"))
}
