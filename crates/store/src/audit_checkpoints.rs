//! Checkpoints: signed roots over the audit log, made in the transaction of the record that calls for one, and kept for ever.

use labkeeper_core::audit::{Frontier, Hash, Phase, PublicKey, Signer, hash_of_hex, leaf_hash};

use crate::Result;
use crate::error::StoreError;
use crate::sql::{Conn, sql};
use crate::view::View;

/// After so many records there is one.
const EVERY: i64 = 100;
/// And when a record has waited for so many microseconds.
const WITHIN: i64 = 60_000_000;
/// How many hashes are read at once.
const PAGE: i64 = 10_000;

/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCheckpoint {
    /// How many records it covers.
    pub size: i64,
    /// When it was made, in microseconds since the epoch.
    pub at: i64,
    /// The signed text.
    pub note: String,
    /// The tree's right edge, from which it grows on.
    pub edge: String,
    /// Public key that it was signed for.
    pub key: String,
}

type Row = (i64, i64, String, String, String);

impl From<Row> for KeptCheckpoint {
    fn from((size, at, note, edge, key): Row) -> Self {
        Self { size, at, note, edge, key }
    }
}

impl KeptCheckpoint {
    /// The tree over its records.
    ///
    /// # Errors
    /// When what is kept is not what labkeeper writes.
    pub fn frontier(&self) -> Result<Frontier> {
        let size = u64::try_from(self.size).ok();
        size.and_then(|size| Frontier::from_text(size, &self.edge))
            .ok_or_else(|| StoreError::Damaged(format!("the audit checkpoint of {} records", self.size)))
    }
}

/// How much is signed, and for how long the rest has waited.
#[derive(Debug, Clone)]
pub(crate) enum Signed {
    /// Nothing yet.
    Nothing,
    /// So many records, with that public key.
    UpTo {
        size: i64,
        key: String,
        /// Time of the first record that is not.
        waiting_since: Option<i64>,
    },
}

impl Signed {
    pub(crate) async fn now(mut conn: Conn<'_>) -> Result<Self> {
        let row: Option<(i64, String, Option<i64>)> = sql(
            "SELECT c.size, c.key, a.at FROM (SELECT size, key FROM audit_checkpoints ORDER BY size DESC LIMIT 1) c \
             LEFT JOIN audit a ON a.seq = c.size + 1",
        )
        .fetch_optional(conn.again())
        .await?;
        let up_to = |(size, key, waiting_since)| Self::UpTo { size, key, waiting_since };
        Ok(row.map_or(Self::Nothing, up_to))
    }

    /// Whether a record of that number, time and phase calls for a checkpoint.
    pub(crate) fn is_due_for(&self, seq: i64, at: i64, phase: Phase) -> bool {
        match self {
            Self::Nothing => true,
            Self::UpTo { size, .. } => phase.is_pivotal() || seq - size >= EVERY || self.has_waited(at),
        }
    }

    /// Whether what is not signed has waited for long enough. A clock that was set back has lost its measure.
    pub(crate) fn has_waited(&self, now: i64) -> bool {
        match self {
            Self::Nothing => true,
            Self::UpTo { waiting_since, .. } => {
                waiting_since.is_some_and(|since| now.saturating_sub(since).saturating_abs() >= WITHIN)
            }
        }
    }

    /// Whether it was signed with another key than that.
    pub(crate) fn is_by_another(&self, key: &PublicKey) -> Option<&str> {
        match self {
            Self::UpTo { key: before, .. } if *before != key.to_string() => Some(before),
            _ => None,
        }
    }
}

/// Signs the log up to its newest record, if that is not signed already.
pub(crate) async fn sign(mut conn: Conn<'_>, signer: &Signer, at: i64) -> Result<()> {
    let last = newest(conn.again()).await?;
    let mut frontier = last.as_ref().map_or(Ok(Frontier::default()), KeptCheckpoint::frontier)?;
    let before = frontier.size();
    loop {
        let page = leaves(conn.again(), frontier.size() as i64, PAGE).await?;
        if page.is_empty() {
            break;
        }
        page.into_iter().for_each(|leaf| frontier.push(leaf));
    }
    if frontier.size() == before {
        return Ok(());
    }
    sql("INSERT INTO audit_checkpoints (size, at, note, edge, key) VALUES ($1, $2, $3, $4, $5)")
        .bind(frontier.size() as i64)
        .bind(at)
        .bind(signer.sign(frontier.size(), frontier.root()))
        .bind(frontier.to_text())
        .bind(signer.public().to_string())
        .execute(conn.again())
        .await?;
    Ok(())
}

pub(crate) async fn newest(mut conn: Conn<'_>) -> Result<Option<KeptCheckpoint>> {
    let row: Option<Row> =
        sql("SELECT size, at, note, edge, key FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
            .fetch_optional(conn.again())
            .await?;
    Ok(row.map(KeptCheckpoint::from))
}

/// Leaves of the records after that number, as far as they are numbered without a hole.
async fn leaves(mut conn: Conn<'_>, after: i64, limit: i64) -> Result<Vec<Hash>> {
    let rows: Vec<(i64, String)> = sql("SELECT seq, hash FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
        .bind(after)
        .bind(limit)
        .fetch_all(conn.again())
        .await?;
    let expected = after + 1..;
    let numbered = expected.zip(rows);
    numbered
        .map(|(expected, (seq, hash))| match hash_of_hex(&hash) {
            Some(hash) if seq == expected => Ok(leaf_hash(&hash)),
            _ => Err(StoreError::Damaged(format!("audit record {expected}"))),
        })
        .collect()
}

impl View {
    /// Up to `limit` checkpoints of more records than that, the smallest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_checkpoints(&mut self, above: i64, limit: i64) -> Result<Vec<KeptCheckpoint>> {
        let rows: Vec<Row> = sql(
            "SELECT size, at, note, edge, key FROM audit_checkpoints WHERE size > $1 ORDER BY size LIMIT $2",
        )
        .bind(above)
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(KeptCheckpoint::from).collect())
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn newest_audit_checkpoint(&mut self) -> Result<Option<KeptCheckpoint>> {
        newest(self.conn()).await
    }

    /// The newest checkpoint of fewer records than that.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_checkpoint_below(&mut self, size: i64) -> Result<Option<KeptCheckpoint>> {
        let row: Option<Row> = sql("SELECT size, at, note, edge, key FROM audit_checkpoints WHERE size < $1 ORDER BY size DESC LIMIT 1")
.bind(size).fetch_optional(self.conn()).await?;
        Ok(row.map(KeptCheckpoint::from))
    }

    /// Leaves of the first so many records.
    ///
    /// # Errors
    /// When the engine fails or there are fewer.
    pub async fn audit_leaves(&mut self, size: i64) -> Result<Vec<Hash>> {
        let found = leaves(self.conn(), 0, size).await?;
        if (found.len() as i64) < size {
            return Err(StoreError::Damaged(format!("an audit log of {} records, not {size}", found.len())));
        }
        Ok(found)
    }
}
