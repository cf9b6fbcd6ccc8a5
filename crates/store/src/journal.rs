//! The change journal: what each write changed, so that it can be shown and taken back.

use labkeeper_core::change::Image;
use labkeeper_core::file::FileChange;
use labkeeper_core::inventory::ItemId;
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::error::StoreError;
use crate::events::insert_events;
use crate::sql::{Conn, sql};
use crate::view::{View, WriteTx};

/// Who changed what, in words.
#[derive(Debug, Clone)]
pub struct ChangeMeta {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// Operation.
    pub op: String,
    /// One sentence.
    pub summary: String,
    /// The change that this one takes back.
    pub reverts: Option<i64>,
}

/// A journal entry.
#[derive(Debug, Clone)]
pub struct Change {
    /// Number.
    pub id: i64,
    /// Who, when, what.
    pub meta: ChangeMeta,
    /// Rows before and after.
    pub images: Vec<Image>,
    /// Files of the lab before and after.
    pub files: Vec<FileChange>,
    /// The change that took this one back; `None` again when that one was itself taken back.
    pub reverted_by: Option<i64>,
}

/// What is read of a change. The column names the last change that took it back; whether that is in force is told by
/// how many stand behind each other, each taking back the one before: after an odd number the first is taken back.
const COLUMNS: &str = "id, at, actor, via, session, op, summary, images, files, reverts, CASE WHEN ( \
     WITH RECURSIVE back (undo, steps) AS ( \
         SELECT changes.reverted_by, 1 \
         UNION ALL SELECT next.reverted_by, back.steps + 1 FROM back JOIN changes AS next ON next.id = back.undo \
     ) SELECT MAX(steps) FROM back WHERE undo IS NOT NULL) % 2 = 1 THEN reverted_by END";

/// Which changes to read; newest first.
#[derive(Debug, Clone, Default)]
pub struct ChangeFilter {
    /// Only those that touch this item.
    pub item: Option<ItemId>,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only of this session.
    pub session: Option<String>,
    /// Only older than this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: i64,
}

impl WriteTx {
    /// Writes the journal entry (when rows or files changed) and the events; both or neither with the rows.
    ///
    /// # Errors
    /// When the engine fails; then nothing happened.
    pub async fn journal(&mut self, meta: &ChangeMeta) -> Result<Option<i64>> {
        let images = std::mem::take(&mut self.images);
        let files = std::mem::take(&mut self.files);
        let change_id = if images.is_empty() && files.is_empty() {
            None
        } else {
            Some(insert_change(self.conn(), meta, &images, &files).await?)
        };
        self.write_events(meta.at, change_id).await?;
        Ok(change_id)
    }

    /// Writes the events of a transaction that the journal has nothing of.
    ///
    /// # Errors
    /// When the engine fails; then nothing happened.
    pub async fn tell(&mut self, at: Stamp) -> Result<()> {
        self.write_events(at, None).await
    }

    async fn write_events(&mut self, at: Stamp, change_id: Option<i64>) -> Result<()> {
        let events = std::mem::take(&mut self.events);
        insert_events(self.view.conn(), &events, at, change_id).await?;
        self.progress.told |= !events.is_empty();
        self.renew_edition(at, change_id).await
    }
}

async fn insert_change(
    mut conn: Conn<'_>,
    meta: &ChangeMeta,
    images: &[Image],
    files: &[FileChange],
) -> Result<i64> {
    let body = serde_json::to_string(images).expect("images serialise");
    let (id,): (i64,) =
        sql("INSERT INTO changes (at, actor, via, session, op, summary, images, files, reverts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id")
        .bind(meta.at.0)
        .bind(&meta.actor)
        .bind(&meta.via)
        .bind(&meta.session)
        .bind(&meta.op)
        .bind(&meta.summary)
        .bind(body)
        .bind(serde_json::to_string(files).expect("file changes serialise"))
        .bind(meta.reverts)
        .fetch_one(conn.again())
        .await?;
    let touched = serde_json::to_string(&touched_items(images)).expect("ids serialise");
    sql("INSERT INTO change_items (change_id, item_id) SELECT $1, CAST(value AS BIGINT) FROM json_each($2)")
        .bind(id)
        .bind(touched)
        .execute(conn.again())
        .await?;
    let backups: Vec<i64> = files.iter().map(|file| file.backup.0).collect();
    if !backups.is_empty() {
        sql(
            "UPDATE backups SET change_id = $1 WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($2))",
        )
        .bind(id)
        .bind(serde_json::to_string(&backups).expect("ids serialise"))
        .execute(conn.again())
        .await?;
    }
    if let Some(reverted) = meta.reverts {
        sql("UPDATE changes SET reverted_by = $1 WHERE id = $2")
            .bind(id)
            .bind(reverted)
            .execute(conn.again())
            .await?;
    }
    Ok(id)
}

/// Items that the images are about: themselves, or the ends of a link.
pub(crate) fn touched_items(images: &[Image]) -> Vec<ItemId> {
    use labkeeper_core::change::Table;
    let mut ids: Vec<ItemId> = Vec::new();
    for image in images {
        match image.table {
            Table::Items | Table::Layout | Table::Sightings => ids.push(image.id),
            Table::Memories | Table::Views => {}
            Table::Links | Table::Observations | Table::Identities => {
                for row in [&image.before, &image.after].into_iter().flatten() {
                    for end in ["from_id", "to_id", "item_id"] {
                        ids.extend(row.get(end).and_then(serde_json::Value::as_i64));
                    }
                }
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

type ChangeRow =
    (i64, i64, String, String, Option<String>, String, String, String, String, Option<i64>, Option<i64>);

fn change_of(row: ChangeRow) -> Result<Change> {
    let (id, at, actor, via, session, op, summary, images, files, reverts, reverted_by) = row;
    let images =
        serde_json::from_str(&images).map_err(|_| StoreError::Damaged(format!("images of change {id}")))?;
    let files =
        serde_json::from_str(&files).map_err(|_| StoreError::Damaged(format!("files of change {id}")))?;
    let meta = ChangeMeta { at: Stamp(at), actor, via, session, op, summary, reverts };
    Ok(Change { id, meta, images, files, reverted_by })
}

impl View {
    /// One journal entry.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn change(&mut self, id: i64) -> Result<Option<Change>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM changes WHERE id = $1");
        let row: Option<ChangeRow> = query.bind(id).fetch_optional(self.conn()).await?;
        row.map(change_of).transpose()
    }

    /// Journal entries, newest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn changes(&mut self, filter: &ChangeFilter) -> Result<Vec<Change>> {
        let query = sql("SELECT ").and(COLUMNS).and(
            " FROM changes \
             WHERE (CAST($1 AS BIGINT) IS NULL OR id IN (SELECT change_id FROM change_items WHERE item_id = $1)) \
             AND (CAST($2 AS TEXT) IS NULL OR actor = $2) AND (CAST($3 AS TEXT) IS NULL OR session = $3) \
             AND (CAST($4 AS BIGINT) IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        );
        let rows: Vec<ChangeRow> = query
            .bind(filter.item)
            .bind(&filter.actor)
            .bind(&filter.session)
            .bind(filter.before)
            .bind(filter.limit)
            .fetch_all(self.conn())
            .await?;
        rows.into_iter().map(change_of).collect()
    }
}

impl WriteTx {
    /// Marks changes as taken back by the change that this transaction is about to write.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn mark_reverted(&mut self, changes: &[i64]) -> Result<()> {
        let list = serde_json::to_string(changes).expect("ids serialise");
        sql("UPDATE changes SET reverted_by = (SELECT COALESCE(MAX(id), 0) + 1 FROM changes) \
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))")
        .bind(list)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Items touched so far, for naming them in the answer.
    pub fn touched(&self) -> Vec<ItemId> {
        touched_items(&self.images)
    }
}
