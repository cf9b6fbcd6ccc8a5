//! Figures about the hub for its metrics.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;

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
}

impl Keeper {
    /// How much the hub holds, at one moment.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn figures(&self) -> Result<Figures, Fault> {
        let mut view = self.store().snapshot().await?;
        let audit = view.audit_length().await?;
        Ok(Figures { items: view.counts().await?, audit, events: view.last_event().await? })
    }
}
