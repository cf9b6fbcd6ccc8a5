//! The audit log: append-only, chained by hash; intent before, outcome after.

use std::sync::Arc;

use labkeeper_core::actor::Via;
use labkeeper_core::audit::{Circumstances, FORM, GENESIS, Grounds, Phase, Record, Signer, Subject};
use labkeeper_core::stamp::Stamp;
use serde_json::{Value, json};

use crate::Result;
use crate::audit_checkpoints::{self, Signed};
use crate::audit_key::Scribe;
use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Conn, sql};
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
    /// What is planned, and the [`Subject`], which is repeated in the outcome.
    pub summary: Value,
    /// Why it was let through or not. The outcome repeats all but the input.
    pub grounds: Grounds,
}

/// Who speaks in records that the log writes about itself.
const OURSELVES: &str = "audit";
/// Under what a change of the key is noted.
pub const NEW_KEY: &str = "audit_key";

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

/// Columns of a record, in the order of [`AuditRow`].
macro_rules! columns {
    () => {
        "seq, at, actor, via, session, op, phase, intent, input_sha256, summary, change_id, circumstances, prev, hash"
    };
}
pub(crate) use columns;

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
    Option<String>,
    String,
    String,
);

pub(crate) fn record_of(row: AuditRow) -> Result<(Record, String)> {
    let seq = row.0;
    as_written(row).ok_or_else(|| StoreError::Damaged(format!("audit record {seq}")))
}

/// The record of a row; `None` when the row is not as labkeeper writes one, be it only in its spaces.
fn as_written(row: AuditRow) -> Option<(Record, String)> {
    let (seq, at, actor, via, session, op, phase, intent, input_sha256, said, change_id, more, prev, hash) =
        row;
    let summary: Value = serde_json::from_str(&said).ok()?;
    let circumstances: Circumstances = match &more {
        None => Circumstances::default(),
        Some(more) => serde_json::from_str(more).ok()?,
    };
    let again = summary.to_string();
    let is_same = again == said && text_of(&circumstances) == more;
    let record = Record {
        seq,
        at,
        actor,
        via,
        session,
        op,
        phase: Phase::parse(&phase)?,
        intent,
        input_sha256,
        summary,
        change_id,
        circumstances,
        prev,
    };
    is_same.then_some((record, hash))
}

/// Nothing for a record of the first form.
fn text_of(circumstances: &Circumstances) -> Option<String> {
    let is_first = *circumstances == Circumstances::default();
    (!is_first).then(|| serde_json::to_string(circumstances).expect("plain fields serialise"))
}

/// The newest record.
pub(crate) struct Head {
    seq: i64,
    pub(crate) at: i64,
    hash: String,
}

pub(crate) async fn head(mut conn: Conn<'_>) -> Result<Head> {
    let newest: Option<(i64, i64, String)> =
        sql("SELECT seq, at, hash FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(conn.again()).await?;
    let (seq, at, hash) = newest.unwrap_or_else(|| (0, i64::MIN, GENESIS.into()));
    Ok(Head { seq, at, hash })
}

/// Appends a record, and a checkpoint when one is due.
pub(crate) async fn append(
    mut conn: Conn<'_>,
    scribe: &Scribe,
    at: Stamp,
    intent: &Intent,
    of: Option<i64>,
    outcome: Option<&Outcome>,
) -> Result<i64> {
    if let Some(intent) = of {
        refuse_second(conn.again(), scribe, intent).await?;
    }
    let (head, signed) = (head(conn.again()).await?, Signed::now(conn.again()).await?);
    let seq = head.seq + 1;
    let phase = outcome.map_or(Phase::Asked, |outcome| outcome.phase);
    let grounds = if of.is_some() { intent.grounds.without_input() } else { intent.grounds.clone() };
    let record = Record {
        seq,
        at: at.0,
        actor: intent.actor.clone(),
        via: intent.via.clone(),
        session: intent.session.clone(),
        op: intent.op.clone(),
        phase,
        intent: of,
        input_sha256: String::new(),
        summary: match outcome {
            None => intent.summary.clone(),
            Some(outcome) => Subject::of(&intent.summary).noted_in(outcome.summary.clone()),
        },
        change_id: outcome.and_then(|outcome| outcome.change_id),
        circumstances: Circumstances {
            v: FORM,
            boot: scribe.boot().into(),
            behind: head.at.saturating_sub(at.0).max(0),
            grounds,
        },
        prev: head.hash,
    };
    insert(conn.again(), &record).await?;
    if signed.is_due_for(seq, at.0, phase) {
        sign(conn.again(), scribe, at.0, &signed).await?;
    }
    Ok(seq)
}

/// An intent has one outcome. Who was taken for dead, and comes back with theirs, is too late; and who did not hear that theirs was
/// committed learns it here.
async fn refuse_second(conn: Conn<'_>, scribe: &Scribe, intent: i64) -> Result<()> {
    let ask = sql(concat!("SELECT ", columns!(), " FROM audit WHERE intent = $1 ORDER BY seq LIMIT 1"));
    let known: Option<AuditRow> = ask.bind(intent).fetch_optional(conn).await?;
    let Some((record, _)) = known.map(record_of).transpose()? else { return Ok(()) };
    let is_own = record.circumstances.boot == scribe.boot();
    Err(StoreError::Settled { intent, found: record.phase, is_own, change_id: record.change_id })
}

/// Signs the log up to its newest record. Trouble with the key or with an earlier checkpoint is said and stops no record from being
/// written: `verify` finds what is unsigned.
async fn sign(mut conn: Conn<'_>, scribe: &Scribe, at: i64, before: &Signed) -> Result<()> {
    let signed = match scribe.signer() {
        Err(error) => Err(error),
        Ok(signer) => {
            let key = signer.public();
            if let Some(other) = before.is_by_another(&key) {
                note_new_key(conn.again(), scribe, other, &key.to_string()).await?;
            }
            audit_checkpoints::sign(conn.again(), &signer, at).await
        }
    };
    match signed {
        Err(StoreError::Sql(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "the audit log gets no checkpoint");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// A checkpoint by another key than the last one is announced by a record, which that checkpoint covers.
async fn note_new_key(mut conn: Conn<'_>, scribe: &Scribe, before: &str, now: &str) -> Result<()> {
    tracing::error!(%before, %now, "the audit log is signed with another key than before");
    let head = head(conn.again()).await?;
    let record = Record {
        seq: head.seq + 1,
        at: head.at,
        actor: OURSELVES.into(),
        via: Via::System.as_str().into(),
        session: None,
        op: NEW_KEY.into(),
        phase: Phase::Alarmed,
        intent: None,
        input_sha256: String::new(),
        summary: json!({"error": "the log is signed with another key than before", "before": before, "now": now}),
        change_id: None,
        circumstances: Circumstances { v: FORM, boot: scribe.boot().into(), ..Circumstances::default() },
        prev: head.hash,
    };
    insert(conn.again(), &record).await
}

async fn insert(mut conn: Conn<'_>, record: &Record) -> Result<()> {
    sql(concat!(
        "INSERT INTO audit (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    ))
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
    .bind(text_of(&record.circumstances))
    .bind(&record.prev)
    .bind(record.hash())
    .execute(conn.again())
    .await?;
    Ok(())
}

impl Store {
    /// Writes the intent in a transaction of its own, which survives the loss of power, before anything happens. Answers its number.
    ///
    /// # Errors
    /// When it cannot be written; then nothing may be done.
    pub async fn intend(&self, intent: &Intent) -> Result<i64> {
        let mut tx = self.write_durably().await?;
        tx.announce_run().await?;
        let seq = append(tx.view.conn(), self.scribe(), intent.at, intent, None, None).await?;
        self.scribe().note_intent(seq, tx.view.conn()).await?;
        tx.commit().await?;
        self.scribe().was_noted(seq);
        Ok(seq)
    }

    /// Writes an outcome on its own, as durable as an intent: of an intent that failed, or of a call that was refused before any.
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
        let mut tx = self.write_durably().await?;
        let seq = append(tx.view.conn(), self.scribe(), at, intent, of, Some(outcome)).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// Writes what the log has to say about itself.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn note_audit(&self, at: Stamp, op: &str, phase: Phase, summary: Value) -> Result<i64> {
        let intent = Intent {
            at,
            actor: OURSELVES.into(),
            via: Via::System.as_str().into(),
            session: None,
            op: op.into(),
            summary: Value::Null,
            grounds: Grounds::default(),
        };
        self.conclude(at, &intent, None, &Outcome { phase, summary, change_id: None }).await
    }

    /// Signs what is new in the log when it has waited for a minute, or at once when `now_or_never`.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn sign_audit(&self, now: Stamp, now_or_never: bool) -> Result<()> {
        let is_due = async |mut conn: Conn<'_>| -> Result<Option<Signed>> {
            let (head, signed) = (head(conn.again()).await?, Signed::now(conn.again()).await?);
            let is_new = match &signed {
                Signed::Nothing => head.seq > 0,
                Signed::UpTo { size, .. } => head.seq > *size,
            };
            Ok((is_new && (now_or_never || signed.has_waited(now.0))).then_some(signed))
        };
        if is_due(self.read().await?.conn()).await?.is_none() {
            return Ok(());
        }
        let mut tx = self.write_durably().await?;
        if let Some(signed) = is_due(tx.view.conn()).await? {
            sign(tx.view.conn(), self.scribe(), now.0, &signed).await?;
        }
        tx.commit().await
    }

    /// The key that signs the log's checkpoints; made when there is none yet.
    ///
    /// # Errors
    /// When its file cannot be read or made.
    pub fn audit_signer(&self) -> Result<Arc<Signer>> {
        self.scribe().signer()
    }
}

impl WriteTx {
    /// Writes the outcome together with the work.
    ///
    /// # Errors
    /// When it cannot be written; then the work does not happen either.
    pub async fn outcome(&mut self, at: Stamp, intent: &Intent, of: i64, outcome: &Outcome) -> Result<i64> {
        let scribe = self.scribe.clone();
        append(self.aside(), &scribe, at, intent, Some(of), Some(outcome)).await
    }
}

impl View {
    /// What became of that intent; `None` while it is at work.
    ///
    /// # Errors
    /// When the engine fails or the record cannot be read.
    pub async fn audit_outcome(&mut self, intent: i64) -> Result<Option<Record>> {
        let query = concat!("SELECT ", columns!(), " FROM audit WHERE intent = $1 ORDER BY seq DESC LIMIT 1");
        let row: Option<AuditRow> = sql(query).bind(intent).fetch_optional(self.conn()).await?;
        Ok(row.map(record_of).transpose()?.map(|(record, _)| record))
    }

    /// Up to `limit` records after that number with their stored hashes, oldest first: for verifying and export.
    ///
    /// # Errors
    /// When the engine fails or a record cannot be read.
    pub async fn audit_after(&mut self, seq: i64, limit: i64) -> Result<Vec<(Record, String)>> {
        let rows: Vec<AuditRow> =
            sql(concat!("SELECT ", columns!(), " FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2"))
                .bind(seq)
                .bind(limit)
                .fetch_all(self.conn())
                .await?;
        rows.into_iter().map(record_of).collect()
    }

    /// As [`View::audit_after`], and a record that is not as labkeeper writes them does not stand in the way of those before it: it is
    /// `None`, with its number.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_found_after(
        &mut self,
        seq: i64,
        limit: i64,
    ) -> Result<Vec<(i64, Option<(Record, String)>)>> {
        let rows: Vec<AuditRow> =
            sql(concat!("SELECT ", columns!(), " FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2"))
                .bind(seq)
                .bind(limit)
                .fetch_all(self.conn())
                .await?;
        Ok(rows.into_iter().map(|row| (row.0, as_written(row))).collect())
    }

    /// Whether the record of that number has that hash.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_has(&mut self, seq: i64, hash: &str) -> Result<bool> {
        let query = sql("SELECT EXISTS (SELECT 1 FROM audit WHERE seq = $1 AND hash = $2)");
        Ok(query.bind(seq).bind(hash).fetch_scalar(self.conn()).await?)
    }
}
