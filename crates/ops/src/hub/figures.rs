//! Figures about the hub for its metrics.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;

use labkeeper_store::Bucket;

use crate::keeper::Keeper;

/// How much the hub holds.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Items of each kind that has any.
    pub items: Vec<(Kind, i64)>,
    /// Records in the audit log.
    pub audit: i64,
    /// Number of the newest event.
    pub events: i64,
    /// Calls that wait for a person's yes or no.
    pub waiting: i64,
    /// What came of calls and is not written yet, for the database was away or full.
    pub owed: usize,
}

impl Keeper {
    /// Whether the bucket of old contents was of use when it was last asked; `None` where there is none.
    pub fn bucket_works(&self) -> Option<bool> {
        self.store().shelf().bucket().map(Bucket::is_of_use)
    }

    /// Whether the server of vectors is of use; `None` where they are in memory.
    pub fn vectors_work(&self) -> Option<bool> {
        let house = self.house();
        house.vectors().map(|_| house.search().link.trouble().is_none())
    }

    /// How much the hub holds, at one moment.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn figures(&self) -> Result<Figures, Fault> {
        let mut view = self.store().snapshot().await?;
        let audit = view.audit_length().await?;
        Ok(Figures {
            items: view.counts().await?,
            audit,
            events: view.last_event().await?,
            waiting: view.approvals_waiting(self.clock().now()).await?,
            owed: self.store().outcomes_owed(),
        })
    }
}
