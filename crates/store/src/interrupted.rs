//! What runs that ended left unsaid: somebody else says, as soon as it can be known, that their calls were interrupted.

use labkeeper_core::audit::{Phase, Record};
use labkeeper_core::stamp::Stamp;
use serde_json::json;

use crate::Result;
use crate::audit::{AuditRow, Intent, Outcome, append, columns, head, record_of};
use crate::open::Store;
use crate::view::WriteTx;

/// So far back an intent without an outcome is looked for.
const REACH: i64 = 1_000;

impl Store {
    /// Says of every call that runs began which ended meanwhile, killed or not, that it was interrupted. Costs a look into a folder
    /// when there are none.
    ///
    /// # Errors
    /// When the folder or the database cannot be read or written.
    pub async fn close_what_the_dead_left(&self) -> Result<()> {
        for dead in self.scribe().dead()? {
            self.interrupt(Some(&dead.boot)).await?;
            dead.forget()?;
        }
        Ok(())
    }

    /// The same when no other process is at work: then whatever is open was left by somebody who ended.
    pub(crate) async fn close_all_that_is_open(&self) -> Result<()> {
        self.interrupt(None).await?;
        for dead in self.scribe().dead()? {
            dead.forget()?;
        }
        Ok(())
    }

    async fn interrupt(&self, boot: Option<&str>) -> Result<()> {
        let mut tx = self.write().await?;
        tx.interrupt_approvals(boot).await?;
        for record in tx.open_intents(boot).await? {
            tx.interrupt_intent(record).await?;
        }
        tx.commit().await
    }
}

impl WriteTx {
    async fn open_intents(&mut self, boot: Option<&str>) -> Result<Vec<Record>> {
        let rows: Vec<AuditRow> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM audit a WHERE phase = 'asked' AND seq > (SELECT COALESCE(MAX(seq), 0) - $1 FROM audit) \
             AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.intent = a.seq) ORDER BY seq"
        ))
        .bind(REACH)
        .fetch_all(self.conn())
        .await?;
        let records = rows.into_iter().map(|row| record_of(row).map(|(record, _)| record));
        let is_theirs = |record: &Record| boot.is_none_or(|boot| record.circumstances.boot == boot);
        Ok(records.collect::<Result<Vec<_>>>()?.into_iter().filter(is_theirs).collect())
    }

    async fn interrupt_intent(&mut self, record: Record) -> Result<()> {
        tracing::warn!(
            op = record.op,
            actor = record.actor,
            audit = record.seq,
            "a call was interrupted: see labkeeper audit query --phase interrupted"
        );
        let intent = Intent {
            at: Stamp(record.at),
            actor: record.actor,
            via: record.via,
            session: record.session,
            op: record.op,
            input_sha256: record.input_sha256,
            summary: record.summary,
            grounds: record.circumstances.grounds,
        };
        let outcome = Outcome {
            phase: Phase::Interrupted,
            summary: json!({"note": "the process ended before the outcome; the hub kept nothing of it, what it had begun in the lab may have come about"}),
            change_id: None,
        };
        let scribe = self.scribe.clone();
        // Nobody knows when it died: after the newest record.
        let newest = Stamp(head(self.conn()).await?.at);
        append(self.conn(), &scribe, newest, &intent, Some(record.seq), Some(&outcome)).await?;
        Ok(())
    }
}
