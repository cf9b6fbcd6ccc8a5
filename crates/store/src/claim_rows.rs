//! A claim as a row on a server. It is its run's: whoever clears up after a run that ended takes its claims away too.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use labkeeper_core::stamp::Stamp;
use sqlx::postgres::PgPool;

use crate::Result;
use crate::audit_key::Scribe;
use crate::claimant::Claimant;

/// The claims of this process.
#[derive(Debug)]
pub(crate) struct ClaimRows {
    pool: PgPool,
    scribe: Arc<Scribe>,
    last: AtomicI64,
    /// Those that were given back, and may be there yet.
    left: Mutex<Vec<i64>>,
}

/// The row.
#[derive(Debug)]
pub(crate) struct ClaimRow {
    rows: Arc<ClaimRows>,
    number: i64,
    /// It may be there.
    is_there: bool,
}

impl ClaimRows {
    pub(crate) fn of(pool: PgPool, scribe: Arc<Scribe>) -> Self {
        Self { pool, scribe, last: AtomicI64::new(0), left: Mutex::default() }
    }

    /// Takes the thing of that name, or answers who has it.
    pub(crate) async fn take(
        self: &Arc<Self>,
        name: &str,
        claimant: &Claimant,
    ) -> Result<Result<ClaimRow, Option<Claimant>>> {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        // Made before the row: who gives up, or hears no answer, gives it back.
        let mut row = ClaimRow { rows: self.clone(), number, is_there: true };
        let taken = match self.insert(name, number, claimant).await {
            Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => {
                self.scribe.run().is_forgotten();
                self.insert(name, number, claimant).await
            }
            taken => taken,
        };
        row.is_there = taken?;
        if row.is_there {
            return Ok(Ok(row));
        }
        let holder: Option<(String, String, i64)> =
            sqlx::query_as("SELECT actor, op, since FROM claims WHERE thing = $1")
                .bind(name)
                .fetch_optional(&self.pool)
                .await?;
        Ok(Err(holder.map(|(actor, op, since)| Claimant { actor, op, since: Stamp(since) })))
    }

    async fn insert(&self, name: &str, number: i64, claimant: &Claimant) -> sqlx::Result<bool> {
        let run = self.scribe.run();
        let mut connection = self.pool.acquire().await?;
        if !run.is_announced() {
            run.announce(&mut connection).await?;
            run.was_announced();
        }
        let insert = "INSERT INTO claims (thing, boot, number, actor, op, since) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (thing) DO NOTHING";
        let done = sqlx::query(insert)
            .bind(name)
            .bind(run.boot())
            .bind(number)
            .bind(&claimant.actor)
            .bind(&claimant.op)
            .bind(claimant.since.0)
            .execute(&mut *connection)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes away what was given back. What cannot be taken away now is at the next look.
    pub(crate) async fn give_back(&self) -> Result<()> {
        let numbers = self.left().clone();
        if !numbers.is_empty() {
            let delete = "DELETE FROM claims WHERE boot = $1 AND number = ANY($2)";
            sqlx::query(delete).bind(self.scribe.boot()).bind(&numbers).execute(&self.pool).await?;
            self.left().retain(|number| !numbers.contains(number));
        }
        Ok(())
    }

    fn left(&self) -> MutexGuard<'_, Vec<i64>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClaimRow {
    /// Whether nobody has taken it away since.
    pub(crate) async fn is_held(&self) -> Result<bool> {
        let ask = "SELECT EXISTS (SELECT 1 FROM claims WHERE boot = $1 AND number = $2)";
        let ask = sqlx::query_as(ask).bind(self.rows.scribe.boot()).bind(self.number);
        let (is_held,): (bool,) = ask.fetch_one(&self.rows.pool).await?;
        Ok(is_held)
    }
}

impl Drop for ClaimRow {
    fn drop(&mut self) {
        if !self.is_there {
            return;
        }
        self.rows.left().push(self.number);
        let rows = self.rows.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = rows.give_back().await {
                    tracing::debug!(%error, "a claim is given back at the next look");
                }
            });
        }
    }
}
