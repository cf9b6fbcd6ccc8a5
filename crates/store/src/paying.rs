//! Writing what is owed, as soon as the database takes it. Should the run end before, somebody else says that those calls were
//! interrupted.

use std::time::Duration;

use labkeeper_core::approval::ApprovalState;
use labkeeper_core::audit::{Phase, Record};
use labkeeper_core::stamp::Stamp;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use crate::Result;
use crate::audit::{Intent, Outcome, append};
use crate::audit_rows::{AuditRow, columns, head, record_of};
use crate::error::StoreError;
use crate::open::Store;
use crate::owed::Debt;
use crate::sql::sql;
use crate::view::WriteTx;

/// So long it waits before it tries, at first and at most.
const SOON: Duration = Duration::from_millis(250);
const AT_LAST: Duration = Duration::from_secs(5);
/// So long the end of a run is held up by it.
const LAST_TRY: Duration = Duration::from_secs(2);

/// An intent that is being committed. Dropped before anybody heard that it was, it is looked after.
pub(crate) struct Doubt<'a> {
    store: &'a Store,
    seq: Option<i64>,
}

impl Doubt<'_> {
    pub(crate) fn heard(mut self) {
        self.seq = None;
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if let Some(seq) = self.seq {
            self.store.owe(Debt::Doubtful(seq));
        }
    }
}

impl Store {
    /// Under the lock of writers, before the intent of that number is committed.
    pub(crate) fn doubt(&self, seq: i64) -> Doubt<'_> {
        self.owed().forget_doubt(seq);
        Doubt { store: self, seq: Some(seq) }
    }

    /// Writes the outcome of that intent as soon as the database takes it; for whoever could not with [`Store::conclude`].
    pub fn owe_outcome(&self, at: Stamp, intent: Intent, of: i64, outcome: Outcome) {
        self.owe(Debt::Outcome { at, intent: Box::new(intent), of, outcome });
    }

    /// Writes what came of a call that was said yes to as soon as the database takes it.
    pub fn owe_approval(
        &self,
        at: Stamp,
        id: i64,
        state: ApprovalState,
        outcome: Value,
        change_id: Option<i64>,
    ) {
        self.owe(Debt::Approval { at, id, state, outcome, change_id });
    }

    fn owe(&self, debt: Debt) {
        // Without a runtime the process ends, and others see what it left.
        if let (true, Ok(runtime)) = (self.owed().add(debt), Handle::try_current()) {
            runtime.spawn(self.clone().pay_off());
        }
    }

    async fn pay_off(self) {
        let mut pause = SOON;
        loop {
            sleep(pause).await;
            match self.pay().await {
                Ok(true) => return,
                Ok(false) => pause = SOON,
                Err(StoreError::Sql(sqlx::Error::PoolClosed)) => return,
                Err(error) => {
                    tracing::warn!(%error, "what came of some calls cannot be written yet");
                    pause = (pause * 2).min(AT_LAST);
                }
            }
        }
    }

    /// One more try, before nobody can write any more.
    pub(crate) async fn pay_at_last(&self) {
        if !self.owed().all().is_empty() && !matches!(timeout(LAST_TRY, self.pay()).await, Ok(Ok(_))) {
            tracing::warn!(
                "what came of some calls could not be written: the next start says that they were interrupted"
            );
        }
    }

    /// Writes all of it. Answers whether nothing came to it meanwhile.
    async fn pay(&self) -> Result<bool> {
        let mut tx = self.write_durably().await?;
        // Under the lock of writers: of an intent that is being committed now nobody is in doubt.
        let debts = self.owed().all();
        for debt in debts.values() {
            tx.pay(debt).await?;
        }
        tx.commit().await?;
        Ok(self.owed().are_paid(&debts))
    }
}

impl WriteTx {
    async fn pay(&mut self, debt: &Debt) -> Result<()> {
        match self.write(debt).await {
            // It was committed after all, or this run was taken for one that had ended.
            Err(StoreError::Settled { intent, found, .. }) => {
                tracing::debug!(intent, found = found.as_str(), "the call has its outcome");
                Ok(())
            }
            Err(StoreError::Sql(error)) => Err(error.into()),
            // Another try would fare no better, and the others are not to wait for it.
            Err(error) => {
                tracing::error!(%error, "what came of a call cannot be written");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn write(&mut self, debt: &Debt) -> Result<()> {
        match debt {
            Debt::Outcome { at, intent, of, outcome } => {
                self.outcome(*at, intent, *of, outcome).await?;
            }
            Debt::Approval { at, id, state, outcome, change_id } => {
                self.settle_approval(*id, *state, outcome, *change_id).await?;
                self.tell(*at).await?;
            }
            Debt::Doubtful(seq) => {
                if let Some(record) = self.own_intent(*seq).await? {
                    self.was_not_begun(record).await?;
                }
            }
        }
        Ok(())
    }

    async fn own_intent(&mut self, seq: i64) -> Result<Option<Record>> {
        let ask = sql(concat!("SELECT ", columns!(), " FROM audit WHERE seq = $1 AND phase = 'asked'"));
        let row: Option<AuditRow> = ask.bind(seq).fetch_optional(self.conn()).await?;
        // What is damaged is for `audit verify` to tell.
        let record = row.and_then(|row| record_of(row).ok()).map(|(record, _)| record);
        Ok(record.filter(|record| record.circumstances.boot == self.scribe.boot()))
    }

    async fn was_not_begun(&mut self, record: Record) -> Result<()> {
        let of = record.seq;
        let error = "the caller or the database went away while it was noted, and it was not begun";
        let summary = json!({"code": "unavailable", "error": error});
        let outcome = Outcome { phase: Phase::Failed, summary, change_id: None };
        let (scribe, newest) = (self.scribe.clone(), Stamp(head(self.aside()).await?.at));
        append(self.aside(), &scribe, newest, &Intent::of(record), Some(of), Some(&outcome)).await?;
        Ok(())
    }
}
