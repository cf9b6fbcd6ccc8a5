//! Censuses that were kept. They are no part of the inventory: no change, no event, nothing to undo.

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// A census that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCensus {
    /// Id, growing.
    pub id: i64,
    /// When it was taken.
    pub taken_at: Stamp,
    /// How much of each guest was asked.
    pub depth: String,
    /// The report as JSON.
    pub report: String,
}

impl View {
    /// The newest one of those clusters whose depth is among those.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn newest_census(&mut self, clusters: &str, depths: &[&str]) -> Result<Option<KeptCensus>> {
        let mut newest: Option<KeptCensus> = None;
        for depth in depths {
            let found = self.newest_of_depth(clusters, depth).await?;
            let is_newer = |found: &KeptCensus| newest.as_ref().is_none_or(|known| known.id < found.id);
            if let Some(found) = found.filter(is_newer) {
                newest = Some(found);
            }
        }
        Ok(newest)
    }

    async fn newest_of_depth(&mut self, clusters: &str, depth: &str) -> Result<Option<KeptCensus>> {
        let row: Option<(i64, i64, String, String)> =
            sql("SELECT id, taken_at, depth, report FROM censuses WHERE clusters = $1 AND depth = $2 \
             ORDER BY id DESC LIMIT 1")
            .bind(clusters)
            .bind(depth)
            .fetch_optional(self.conn())
            .await?;
        Ok(row.map(|(id, taken_at, depth, report)| KeptCensus {
            id,
            taken_at: Stamp(taken_at),
            depth,
            report,
        }))
    }
}

impl WriteTx {
    /// Keeps one, and of those clusters and that depth no more than `most`; answers its id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn keep_census(
        &mut self,
        clusters: &str,
        at: Stamp,
        depth: &str,
        report: &str,
        most: u32,
    ) -> Result<i64> {
        let (id,): (i64,) = sql(
            "INSERT INTO censuses (taken_at, depth, clusters, report) VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(at.0)
        .bind(depth)
        .bind(clusters)
        .bind(report)
        .fetch_one(self.aside())
        .await?;
        sql("DELETE FROM censuses WHERE clusters = $1 AND depth = $2 AND id NOT IN \
             (SELECT id FROM censuses WHERE clusters = $1 AND depth = $2 ORDER BY id DESC LIMIT $3)")
        .bind(clusters)
        .bind(depth)
        .bind(most)
        .execute(self.aside())
        .await?;
        Ok(id)
    }
}
