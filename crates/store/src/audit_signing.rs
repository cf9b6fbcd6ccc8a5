//! Signing the audit log: when it is due, and with which key.

use std::sync::Arc;

use labkeeper_core::actor::Via;
use labkeeper_core::audit::{Circumstances, FORM, Phase, Record, Signer};
use labkeeper_core::stamp::Stamp;
use serde_json::json;

use crate::Result;
use crate::audit_checkpoints::{self, Signed};
use crate::audit_key::Scribe;
use crate::audit_rows::{head, insert};
use crate::error::StoreError;
use crate::open::Store;
use crate::sql::Conn;

/// Who speaks in records that the log writes about itself.
pub(crate) const OURSELVES: &str = "audit";
/// Under what a change of the key is noted.
pub const NEW_KEY: &str = "audit_key";

/// Signs the log up to its newest record. Trouble with the key or with an earlier checkpoint is said and stops no record from being
/// written: `verify` finds what is unsigned.
pub(crate) async fn sign(mut conn: Conn<'_>, scribe: &Scribe, at: i64, before: &Signed) -> Result<()> {
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
    insert(conn.again(), &record).await?;
    Ok(())
}

impl Store {
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
