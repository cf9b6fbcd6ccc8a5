//! A record of the audit log as the row that it is kept in.

use labkeeper_core::audit::{Circumstances, GENESIS, Phase, Record};
use serde_json::Value;

use crate::Result;
use crate::error::StoreError;
use crate::sql::{Conn, sql};

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
pub(crate) fn as_written(row: AuditRow) -> Option<(Record, String)> {
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

/// A record, as what comes after it knows it.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) hash: String,
}

/// The newest record.
pub(crate) async fn head(mut conn: Conn<'_>) -> Result<Head> {
    let newest: Option<(i64, i64, String)> =
        sql("SELECT seq, at, hash FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(conn.again()).await?;
    let (seq, at, hash) = newest.unwrap_or_else(|| (0, i64::MIN, GENESIS.into()));
    Ok(Head { seq, at, hash })
}

/// Writes it, and answers its hash.
pub(crate) async fn insert(mut conn: Conn<'_>, record: &Record) -> Result<String> {
    let hash = record.hash();
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
    .bind(&hash)
    .execute(conn.again())
    .await?;
    Ok(hash)
}
