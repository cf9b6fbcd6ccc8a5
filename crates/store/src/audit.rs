//! The audit log: append-only, chained by hash; intent before, outcome after.

use labkeeper_core::actor::Via;
use labkeeper_core::audit::{Circumstances, FORM, Grounds, Phase, Record, Subject};
use labkeeper_core::stamp::Stamp;
use serde_json::Value;

use crate::Result;
use crate::audit_checkpoints::Signed;
use crate::audit_key::Scribe;
use crate::audit_rows::{AuditRow, Head, as_written, columns, head, insert, record_of};
use crate::audit_signing::{OURSELVES, sign};
use crate::error::StoreError;
use crate::intent::{Intent, Outcome};
use crate::open::Store;
use crate::sql::{Conn, sql};
use crate::view::{View, WriteTx};

/// Appends a record, and a checkpoint when one is due. Answers that record.
pub(crate) async fn append(
    mut conn: Conn<'_>,
    scribe: &Scribe,
    at: Stamp,
    intent: &Intent,
    of: Option<i64>,
    outcome: Option<&Outcome>,
) -> Result<Head> {
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
    let hash = insert(conn.again(), &record).await?;
    if signed.is_due_for(seq, at.0, phase) {
        sign(conn.again(), scribe, at.0, &signed).await?;
    }
    Ok(Head { seq, at: at.0, hash })
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

impl Store {
    /// Writes the intent in a transaction of its own, which survives the loss of power, before anything happens. Answers its number.
    ///
    /// # Errors
    /// When it cannot be written; then nothing may be done. Should it be there all the same, or the caller be gone by then, its outcome
    /// says that it was not begun.
    pub async fn intend(&self, intent: &Intent) -> Result<i64> {
        let mut tx = self.write_durably().await?;
        tx.announce_run().await?;
        let asked = append(tx.view.conn(), self.scribe(), intent.at, intent, None, None).await?;
        let seq = asked.seq;
        self.scribe().note_intent(seq, tx.view.conn()).await?;
        let doubt = self.doubt(asked);
        tx.commit().await?;
        doubt.heard();
        self.scribe().was_noted();
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
        let written = append(tx.view.conn(), self.scribe(), at, intent, of, Some(outcome)).await?;
        tx.commit().await?;
        Ok(written.seq)
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
}

impl WriteTx {
    /// Writes an intent together with the work and its outcome.
    ///
    /// # Errors
    /// When it cannot be written; then the work does not happen either.
    pub async fn intent(&mut self, intent: &Intent) -> Result<i64> {
        let scribe = self.scribe.clone();
        Ok(append(self.aside(), &scribe, intent.at, intent, None, None).await?.seq)
    }

    /// Writes the outcome together with the work.
    ///
    /// # Errors
    /// When it cannot be written; then the work does not happen either.
    pub async fn outcome(&mut self, at: Stamp, intent: &Intent, of: i64, outcome: &Outcome) -> Result<i64> {
        let scribe = self.scribe.clone();
        Ok(append(self.aside(), &scribe, at, intent, Some(of), Some(outcome)).await?.seq)
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
