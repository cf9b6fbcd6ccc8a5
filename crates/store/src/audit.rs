//! The audit log: append-only, chained by hash; intent before, outcome after.

use labkeeper_core::audit::{GENESIS, Phase, Record, Subject};
use labkeeper_core::stamp::Stamp;
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use crate::Result;
use crate::error::StoreError;
use crate::open::Store;
use crate::view::{View, WriteTx};

/// What an actor is about to do.
#[derive(Debug, Clone)]
pub struct Intent {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// Operation.
    pub op: String,
    /// SHA-256 of the canonical input.
    pub input_sha256: String,
    /// What is planned, and the [`Subject`], which is repeated in the outcome.
    pub summary: Value,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Done, failed, refused.
    pub phase: Phase,
    /// Ids, counts, the fault's code and sentence.
    pub summary: Value,
    /// Journal entry that came of it.
    pub change_id: Option<i64>,
}

pub(crate) type AuditRow = (
    i64,
    i64,
    String,
    String,
    Option<String>,
    String,
    String,
    Option<i64>,
    String,
    String,
    Option<i64>,
    String,
    String,
);

pub(crate) fn record_of(row: AuditRow) -> Result<(Record, String)> {
    let (seq, at, actor, via, session, op, phase, intent, input_sha256, summary, change_id, prev, hash) = row;
    let damaged = || StoreError::Damaged(format!("audit record {seq}"));
    let phase = serde_json::from_value(Value::String(phase)).map_err(|_| damaged())?;
    let summary = serde_json::from_str(&summary).map_err(|_| damaged())?;
    let record =
        Record { seq, at, actor, via, session, op, phase, intent, input_sha256, summary, change_id, prev };
    Ok((record, hash))
}

async fn append(
    conn: &mut SqliteConnection,
    at: Stamp,
    intent: &Intent,
    of: Option<i64>,
    outcome: Option<&Outcome>,
) -> Result<i64> {
    let head: Option<(i64, String)> = sqlx::query_as("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *conn)
        .await?;
    let (last, prev) = head.unwrap_or_else(|| (0, GENESIS.into()));
    let record = Record {
        seq: last + 1,
        at: at.0,
        actor: intent.actor.clone(),
        via: intent.via.clone(),
        session: intent.session.clone(),
        op: intent.op.clone(),
        phase: outcome.map_or(Phase::Asked, |outcome| outcome.phase),
        intent: of,
        input_sha256: intent.input_sha256.clone(),
        summary: match outcome {
            None => intent.summary.clone(),
            Some(outcome) => Subject::of(&intent.summary).noted_in(outcome.summary.clone()),
        },
        change_id: outcome.and_then(|outcome| outcome.change_id),
        prev,
    };
    let hash = record.hash();
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, via, session, op, phase, intent, input_sha256, summary, change_id, prev, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(record.seq)
    .bind(record.at)
    .bind(&record.actor)
    .bind(&record.via)
    .bind(&record.session)
    .bind(&record.op)
    .bind(record.phase.as_str())
    .bind(record.intent)
    .bind(&record.input_sha256)
    .bind(record.summary.to_string())
    .bind(record.change_id)
    .bind(&record.prev)
    .bind(hash)
    .execute(&mut *conn)
    .await?;
    Ok(record.seq)
}

impl Store {
    /// Writes the intent in a transaction of its own, before anything happens. Answers its number.
    ///
    /// # Errors
    /// When it cannot be written; then nothing may be done.
    pub async fn intend(&self, intent: &Intent) -> Result<i64> {
        let mut tx = self.write().await?;
        let seq = append(tx.conn(), intent.at, intent, None, None).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// Writes an outcome on its own: of an intent that failed, or of a call that was refused before any.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn conclude(
        &self,
        at: Stamp,
        intent: &Intent,
        of: Option<i64>,
        outcome: &Outcome,
    ) -> Result<i64> {
        let mut tx = self.write().await?;
        let seq = append(tx.conn(), at, intent, of, Some(outcome)).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// Intents whose process died before the outcome get one that says so.
    pub(crate) async fn close_interrupted_intents(&self) -> Result<()> {
        let mut tx = self.write().await?;
        let rows: Vec<AuditRow> = sqlx::query_as(
            "SELECT seq, at, actor, via, session, op, phase, intent, input_sha256, summary, change_id, prev, hash \
             FROM audit a WHERE phase = 'asked' AND seq > (SELECT COALESCE(MAX(seq), 0) - 1000 FROM audit) \
             AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.intent = a.seq) ORDER BY seq",
        )
        .fetch_all(tx.conn())
        .await?;
        let stale: Vec<_> = rows.into_iter().map(record_of).collect::<Result<Vec<_>>>()?;
        if stale.is_empty() {
            return Ok(());
        }
        for (record, _) in stale {
            let intent = Intent {
                at: Stamp(record.at),
                actor: record.actor,
                via: record.via,
                session: record.session,
                op: record.op,
                input_sha256: record.input_sha256,
                summary: record.summary,
            };
            let outcome = Outcome {
                phase: Phase::Interrupted,
                summary: json!({"note": "the process ended before the outcome; the hub kept nothing of it, what it had begun in the lab may have come about"}),
                change_id: None,
            };
            append(tx.conn(), Stamp(record.at), &intent, Some(record.seq), Some(&outcome)).await?;
        }
        tx.commit().await
    }
}

impl WriteTx {
    /// Writes the outcome together with the work.
    ///
    /// # Errors
    /// When it cannot be written; then the work does not happen either.
    pub async fn outcome(&mut self, at: Stamp, intent: &Intent, of: i64, outcome: &Outcome) -> Result<i64> {
        append(self.conn(), at, intent, Some(of), Some(outcome)).await
    }
}

impl View {
    /// Up to `limit` records after that number with their stored hashes, oldest first: for verifying and export.
    ///
    /// # Errors
    /// When the engine fails or a record cannot be read.
    pub async fn audit_after(&mut self, seq: i64, limit: i64) -> Result<Vec<(Record, String)>> {
        let rows: Vec<AuditRow> = sqlx::query_as(
            "SELECT seq, at, actor, via, session, op, phase, intent, input_sha256, summary, change_id, prev, hash \
             FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        rows.into_iter().map(record_of).collect()
    }
}
