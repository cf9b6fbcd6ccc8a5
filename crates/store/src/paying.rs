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
use crate::audit::append;
use crate::audit_rows::{AuditRow, Head, columns, head, record_of};
use crate::error::StoreError;
use crate::intent::{Intent, Outcome};
use crate::open::Store;
use crate::owed::Debt;
use crate::sql::sql;
use crate::view::WriteTx;

/// So long it waits before it tries, at first and at most.
const SOON: Duration = Duration::from_millis(250);
const AT_LAST: Duration = Duration::from_secs(5);
/// So long the end of a run is held up by it.
const LAST_TRY: Duration = Duration::from_secs(2);

/// What is said of what stays.
const LEFT: &str = "what came of some calls could not be written: others will say that they were interrupted";

/// An intent that is being committed. Dropped before anybody heard that it was, it is looked after.
pub(crate) struct Doubt<'a> {
    store: &'a Store,
    intent: Option<Head>,
}

impl Doubt<'_> {
    pub(crate) fn heard(mut self) {
        self.intent = None;
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if let Some(intent) = self.intent.take() {
            self.store.owe(Debt::Doubtful(intent));
        }
    }
}

impl Store {
    /// How many outcomes and the like are not written yet, for the database was away or full.
    pub fn outcomes_owed(&self) -> usize {
        self.owed().count()
    }

    /// For the time in which that intent is committed.
    pub(crate) fn doubt(&self, intent: Head) -> Doubt<'_> {
        Doubt { store: self, intent: Some(intent) }
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
        let (mut pause, mut said) = (SOON, None);
        loop {
            sleep(pause).await;
            let Err(error) = self.pay().await else {
                if self.owed().rests() {
                    return;
                }
                pause = SOON;
                continue;
            };
            if matches!(error, StoreError::Sql(sqlx::Error::PoolClosed)) {
                tracing::warn!("{LEFT}");
                return;
            }
            // What stays so is said once.
            let text = error.to_string();
            if said.as_ref() != Some(&text) {
                tracing::warn!(%error, "what came of some calls cannot be written yet");
                said = Some(text);
            }
            pause = (pause * 2).min(AT_LAST);
        }
    }

    /// One more try for a process that is about to end, which others would have to take for interrupted otherwise. Takes no time where
    /// nothing is owed.
    pub async fn pay_at_last(&self) {
        if !self.owed().all().is_empty() && !matches!(timeout(LAST_TRY, self.pay()).await, Ok(Ok(()))) {
            tracing::warn!("{LEFT}");
        }
    }

    /// Writes all of it that the database takes, each by itself, so that one which cannot be written is in nobody's way.
    async fn pay(&self) -> Result<()> {
        let mut paid = Ok(());
        for (number, debt) in self.owed().all() {
            match self.pay_one(&debt).await {
                Ok(()) => self.owed().strike(number),
                Err(error) => paid = Err(error),
            }
        }
        paid
    }

    async fn pay_one(&self, debt: &Debt) -> Result<()> {
        let mut tx = self.write_durably().await?;
        match tx.write(debt).await {
            Ok(()) => tx.commit().await,
            // It was committed after all, or this run was taken for one that had ended.
            Err(StoreError::Settled { intent, found, .. }) => {
                tracing::debug!(intent, found = found.as_str(), "the call has its outcome");
                Ok(())
            }
            Err(StoreError::Sql(error)) => Err(error.into()),
            // Another try would fare no better.
            Err(error) => {
                tracing::error!(%error, "what came of a call cannot be written");
                Ok(())
            }
        }
    }
}

impl WriteTx {
    async fn write(&mut self, debt: &Debt) -> Result<()> {
        match debt {
            Debt::Outcome { at, intent, of, outcome } => {
                self.outcome(*at, intent, *of, outcome).await?;
            }
            Debt::Approval { at, id, state, outcome, change_id } => {
                self.settle_approval(*id, *state, outcome, *change_id).await?;
                self.tell(*at).await?;
            }
            Debt::Doubtful(intent) => {
                if let Some(record) = self.committed(intent).await? {
                    self.was_not_begun(record).await?;
                }
            }
        }
        Ok(())
    }

    async fn committed(&mut self, intent: &Head) -> Result<Option<Record>> {
        let ask = sql(concat!("SELECT ", columns!(), " FROM audit WHERE seq = $1 AND hash = $2"));
        let row: Option<AuditRow> =
            ask.bind(intent.seq).bind(&intent.hash).fetch_optional(self.conn()).await?;
        // What is damaged is for `audit verify` to tell.
        Ok(row.and_then(|row| record_of(row).ok()).map(|(record, _)| record))
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
