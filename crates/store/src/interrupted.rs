//! What runs that ended left unsaid: somebody else says, as soon as it can be known, that their calls were interrupted.

use labkeeper_core::audit::{Phase, Record};
use labkeeper_core::stamp::Stamp;
use serde_json::json;

use crate::Result;
use crate::audit::append;
use crate::audit_rows::{AuditRow, columns, head, record_of};
use crate::intent::{Intent, Outcome};
use crate::living::Dead;
use crate::open::Store;
use crate::runs::{self, Whereabouts};
use crate::sql::{Conn, sql};
use crate::view::WriteTx;

/// So far back an intent without an outcome is looked for, when nobody knows where to begin.
const REACH: i64 = 1_000;

impl Store {
    /// Says of every call that runs began which ended meanwhile, killed or not, that it was interrupted; answers whether there were any. Costs
    /// a look into a folder when there are none, and on a server a question.
    ///
    /// # Errors
    /// When the folder or the database cannot be read or written.
    pub async fn close_what_the_dead_left(&self) -> Result<bool> {
        let mut were_any = false;
        for dead in self.scribe().dead()? {
            let ended = Ended { boot: dead.boot.clone(), first: dead.first };
            self.interrupt(self.write().await?, Some(&ended)).await?;
            forget(dead);
            were_any = true;
        }
        // Those of other machines, and of this one when its directory is not theirs.
        let missed = match self.on_server().await? {
            None => Vec::new(),
            Some(mut connection) => self.scribe().run().missed(&mut connection).await?,
        };
        for missed in missed {
            let mut tx = self.write().await?;
            let is_dead = match tx.aside() {
                Conn::Lite(_) => false,
                Conn::Postgres(connection) => missed.is_dead(connection).await?,
            };
            if is_dead {
                let ended = Ended { boot: missed.boot, first: missed.first };
                self.interrupt(tx, Some(&ended)).await?;
                were_any = true;
            }
        }
        Ok(were_any)
    }

    /// The same when no other process is at work: then whatever is open was left by somebody who ended.
    pub(crate) async fn close_all_that_is_open(&self) -> Result<()> {
        self.interrupt(self.write().await?, None).await?;
        self.scribe().dead()?.into_iter().for_each(forget);
        Ok(())
    }

    async fn interrupt(&self, mut tx: WriteTx, ended: Option<&Ended>) -> Result<()> {
        tx.interrupt_approvals(ended.map(|ended| ended.boot.as_str())).await?;
        for record in tx.open_intents(ended).await? {
            tx.interrupt_intent(record).await?;
        }
        if let (Some(ended), Conn::Postgres(connection)) = (ended, tx.aside()) {
            runs::forget(&ended.boot, connection).await?;
        }
        tx.commit().await
    }

    /// Where that run is at work, if it is not this one, others can know it and it has not ended.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn whereabouts(&self, boot: &str) -> Result<Option<Whereabouts>> {
        if boot == self.scribe().boot() {
            return Ok(None);
        }
        match self.on_server().await? {
            Some(mut connection) => runs::whereabouts(boot, &mut connection).await,
            None => Ok(None),
        }
    }
}

/// A run that ended.
struct Ended {
    /// Which, as the audit log names it.
    boot: String,
    /// Number of its first intent, if it came to note it.
    first: Option<i64>,
}

/// A file that stays costs a look; a hub that does not start costs more.
fn forget(dead: Dead) {
    if let Err(error) = dead.forget() {
        tracing::warn!(%error, "what a process that ended left beside the database could not be removed");
    }
}

impl WriteTx {
    /// Calls without an outcome, of that run or of any. What is damaged is for `audit verify` to tell, and not read here.
    async fn open_intents(&mut self, dead: Option<&Ended>) -> Result<Vec<Record>> {
        let (newest,): (i64,) =
            sql("SELECT COALESCE(MAX(seq), 0) FROM audit").fetch_one(self.aside()).await?;
        let from = dead.and_then(|dead| dead.first).unwrap_or(newest - REACH);
        let rows: Vec<AuditRow> = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM audit a WHERE phase = 'asked' AND seq >= $1 \
             AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.intent = a.seq) ORDER BY seq"
        ))
        .bind(from)
        .fetch_all(self.aside())
        .await?;
        let records = rows.into_iter().filter_map(|row| record_of(row).ok()).map(|(record, _)| record);
        let is_theirs = |record: &Record| dead.is_none_or(|dead| record.circumstances.boot == dead.boot);
        Ok(records.filter(is_theirs).collect())
    }

    async fn interrupt_intent(&mut self, record: Record) -> Result<()> {
        tracing::warn!(
            op = record.op,
            actor = record.actor,
            audit = record.seq,
            "a call was interrupted: see labkeeper audit query --phase interrupted"
        );
        let of = record.seq;
        let outcome = Outcome {
            phase: Phase::Interrupted,
            summary: json!({"note": "the process ended before the outcome; the hub kept nothing of it, what it had begun in the lab may have come about"}),
            change_id: None,
        };
        let scribe = self.scribe.clone();
        // Nobody knows when it died: after the newest record.
        let newest = Stamp(head(self.aside()).await?.at);
        append(self.aside(), &scribe, newest, &Intent::of(record), Some(of), Some(&outcome)).await?;
        Ok(())
    }
}
