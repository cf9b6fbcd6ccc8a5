//! How far each place outside has followed the checkpoints. What it holds is the evidence; this is only what it last said.

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::open::Store;
use crate::sql::sql;
use crate::view::View;

/// A place outside and how it stands with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorState {
    /// Its name, without what is secret in its address.
    pub name: String,
    /// How many records the newest checkpoint that it took covers; 0 when it took none.
    pub size: i64,
    /// When it took that.
    pub at: Option<i64>,
    /// Why it does not take the next one; nothing when it does.
    pub trouble: Option<String>,
    /// Since when.
    pub trouble_at: Option<i64>,
}

impl Store {
    /// Notes that a place took the checkpoint of so many records.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn anchored(&self, name: &str, size: i64, at: Stamp) -> Result<()> {
        let mut tx = self.write().await?;
        sql(
            "INSERT INTO audit_anchors (name, size, at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET size = excluded.size, at = excluded.at, trouble = NULL, trouble_at = NULL",
        )
        .bind(name)
        .bind(size)
        .bind(at.0)
        .execute(tx.view.conn())
        .await?;
        tx.commit().await
    }

    /// Notes why a place took nothing. Since when stays as it was while it goes on.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn not_anchored(&self, name: &str, trouble: &str, at: Stamp) -> Result<()> {
        let mut tx = self.write().await?;
        sql("INSERT INTO audit_anchors (name, size, trouble, trouble_at) VALUES ($1, 0, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET trouble = excluded.trouble, \
             trouble_at = COALESCE(audit_anchors.trouble_at, excluded.trouble_at)")
        .bind(name)
        .bind(trouble)
        .bind(at.0)
        .execute(tx.view.conn())
        .await?;
        tx.commit().await
    }
}

impl View {
    /// How it stands with each place, by name.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_anchors(&mut self) -> Result<Vec<AnchorState>> {
        type Row = (String, i64, Option<i64>, Option<String>, Option<i64>);
        let rows: Vec<Row> =
            sql("SELECT name, size, at, trouble, trouble_at FROM audit_anchors ORDER BY name")
                .fetch_all(self.conn())
                .await?;
        let state =
            |(name, size, at, trouble, trouble_at)| AnchorState { name, size, at, trouble, trouble_at };
        Ok(rows.into_iter().map(state).collect())
    }
}
