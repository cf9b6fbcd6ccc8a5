//! What search reads and keeps: which things changed since it last looked, and the vectors of texts.

use labkeeper_core::inventory::ItemId;

use crate::Result;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// What changed after a point in the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Items that were created, changed, linked, observed or deleted.
    pub items: Vec<ItemId>,
    /// Notes that were written or forgotten.
    pub memories: Vec<i64>,
    /// The newest event it accounts for.
    pub up_to: i64,
}

/// An entry of the journal without its images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// Id.
    pub id: i64,
    /// Who.
    pub actor: String,
    /// One sentence.
    pub summary: String,
    /// Items it touched.
    pub items: Vec<ItemId>,
}

impl View {
    /// What changed after event `seq`; `None` when events after it were trimmed, so that only reading everything helps.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn touched_since(&mut self, seq: i64) -> Result<Option<Touched>> {
        let up_to = self.last_event().await?;
        if up_to == seq {
            return Ok(Some(Touched { up_to, ..Touched::default() }));
        }
        // A deleted event leaves a hole only at the beginning, where trimming works.
        if self.first_event().await? > seq + 1 || up_to < seq {
            return Ok(None);
        }
        let items: Vec<(i64,)> = sql("SELECT item_id FROM change_items WHERE change_id IN \
             (SELECT change_id FROM events WHERE seq > $1 AND seq <= $2 AND change_id IS NOT NULL) \
             UNION SELECT id FROM events WHERE seq > $1 AND seq <= $2 AND type = 'item' AND id IS NOT NULL")
        .bind(seq)
        .bind(up_to)
        .fetch_all(self.conn())
        .await?;
        let memories: Vec<(i64,)> = sql(
            "SELECT DISTINCT id FROM events WHERE seq > $1 AND seq <= $2 AND type = 'memory' AND id IS NOT NULL",
        )
        .bind(seq)
        .bind(up_to)
        .fetch_all(self.conn())
        .await?;
        let ids = |rows: Vec<(i64,)>| rows.into_iter().map(|(id,)| id).collect();
        Ok(Some(Touched { items: ids(items), memories: ids(memories), up_to }))
    }

    /// Journal entries after that one, oldest first; only the newest `limit` of them.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn change_lines(&mut self, after: i64, limit: i64) -> Result<Vec<ChangeLine>> {
        let rows: Vec<(i64, String, String)> = sql(
            "SELECT id, actor, summary FROM (SELECT id, actor, summary FROM changes WHERE id > $1 ORDER BY id DESC LIMIT $2) \
             AS newest ORDER BY id",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(self.conn())
        .await?;
        let mut lines: Vec<ChangeLine> = rows
            .into_iter()
            .map(|(id, actor, summary)| ChangeLine { id, actor, summary, items: Vec::new() })
            .collect();
        let Some(first) = lines.first().map(|line| line.id) else { return Ok(lines) };
        // An import touches thousands; its first items are enough to name it by.
        let touched: Vec<(i64, i64)> = sql(
            "SELECT change_id, item_id FROM (SELECT change_id, item_id, \
             ROW_NUMBER() OVER (PARTITION BY change_id ORDER BY item_id) AS place FROM change_items WHERE change_id >= $1) \
             AS ordered WHERE place <= 20 ORDER BY change_id, item_id",
        )
        .bind(first)
        .fetch_all(self.conn())
        .await?;
        for (change, item) in touched {
            if let Ok(at) = lines.binary_search_by_key(&change, |line| line.id) {
                lines[at].items.push(item);
            }
        }
        Ok(lines)
    }

    /// The vectors of those texts that there are.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn vectors(&mut self, model: &str, hashes: &[&str]) -> Result<Vec<(String, Vec<u8>)>> {
        let list = serde_json::to_string(hashes).expect("texts serialise");
        let rows = sql(
            "SELECT hash, bytes FROM search_vectors WHERE model = $1 AND hash IN (SELECT value FROM json_each($2))",
        )
        .bind(model)
        .bind(list)
        .fetch_all(self.conn())
        .await?;
        Ok(rows)
    }

    /// Every vector of a model.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn all_vectors(&mut self, model: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let rows = sql("SELECT hash, bytes FROM search_vectors WHERE model = $1")
            .bind(model)
            .fetch_all(self.conn())
            .await?;
        Ok(rows)
    }
}

impl WriteTx {
    /// Keeps the vectors of texts, instead of those that are there: one of them may be damaged.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn put_vectors(&mut self, model: &str, vectors: &[(String, Vec<u8>)]) -> Result<()> {
        for (hash, bytes) in vectors {
            sql("INSERT INTO search_vectors (model, hash, bytes) VALUES ($1, $2, $3) \
                 ON CONFLICT (model, hash) DO UPDATE SET bytes = excluded.bytes")
            .bind(model)
            .bind(hash)
            .bind(bytes)
            .execute(self.aside())
            .await?;
        }
        Ok(())
    }

    /// Drops the vectors of texts that are no more, and those of other models. Answers how many.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn keep_vectors(&mut self, model: &str, hashes: &[&str]) -> Result<u64> {
        let list = serde_json::to_string(hashes).expect("texts serialise");
        let done = sql(
            "DELETE FROM search_vectors WHERE model <> $1 OR hash NOT IN (SELECT value FROM json_each($2))",
        )
        .bind(model)
        .bind(list)
        .execute(self.aside())
        .await?;
        Ok(done)
    }

    /// Drops every vector, for a rebuild from nothing. Answers how many.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn drop_vectors(&mut self) -> Result<u64> {
        Ok(sql("DELETE FROM search_vectors").execute(self.aside()).await?)
    }
}
