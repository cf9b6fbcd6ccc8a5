//! Links: reading them, and writing them with their images.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::{ItemId, Kind, Link, Rel};
use labkeeper_core::stamp::Stamp;
use serde_json::Value;

use crate::Result;
use crate::error::StoreError;
use crate::event::Event;
use crate::image::image_map;
use crate::sql::sql;
use crate::view::{View, WriteTx};

const CHILDREN_OF: &str = "SELECT from_id FROM links WHERE rel = 'parent' AND to_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))";

type LinkRow = (i64, i64, String, i64, Option<String>, Option<String>, String, i64, i64);

fn link_of(row: LinkRow) -> Result<Link> {
    let (id, from_id, rel, to_id, label, data, source, created_at, updated_at) = row;
    let rel = Rel::parse(&rel).ok_or_else(|| StoreError::Damaged(format!("link {id} of relation {rel}")))?;
    let data = data
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|_| StoreError::Damaged(format!("data of link {id}")))?;
    Ok(Link {
        id,
        from_id,
        rel,
        to_id,
        label,
        data,
        source,
        created_at: Stamp(created_at),
        updated_at: Stamp(updated_at),
    })
}

/// What a new link starts with.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// From.
    pub from_id: ItemId,
    /// Relation.
    pub rel: Rel,
    /// To.
    pub to_id: ItemId,
    /// Label.
    pub label: Option<String>,
    /// Facts of the link.
    pub data: Option<Value>,
    /// `asserted` or a source.
    pub source: String,
    /// When it was created.
    pub created_at: Stamp,
    /// When it last changed.
    pub updated_at: Stamp,
}

impl View {
    /// The link of that id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn link(&mut self, id: i64) -> Result<Option<Link>> {
        let row: Option<LinkRow> = sql(
            "SELECT id, from_id, rel, to_id, label, data, source, created_at, updated_at FROM links WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.conn())
        .await?;
        row.map(link_of).transpose()
    }

    /// Every link that starts or ends at the item, in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn links_of(&mut self, id: ItemId) -> Result<Vec<Link>> {
        let rows: Vec<LinkRow> =
            sql("SELECT id, from_id, rel, to_id, label, data, source, created_at, updated_at FROM links \
             WHERE from_id = $1 OR to_id = $1 ORDER BY id")
            .bind(id)
            .fetch_all(self.conn())
            .await?;
        rows.into_iter().map(link_of).collect()
    }

    /// Every link that starts or ends at one of the items, in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn links_of_all(&mut self, ids: &[ItemId]) -> Result<Vec<Link>> {
        let list = serde_json::to_string(ids).expect("ids serialise");
        let rows: Vec<LinkRow> = sql(
            "SELECT id, from_id, rel, to_id, label, data, source, created_at, updated_at FROM links \
             WHERE from_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) OR to_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             ORDER BY id",
        )
        .bind(list)
        .fetch_all(self.conn())
        .await?;
        rows.into_iter().map(link_of).collect()
    }

    /// Which networks those are in, as they and the network, in order of the links.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn networks_of(&mut self, ids: &[ItemId]) -> Result<Vec<(ItemId, ItemId)>> {
        let list = serde_json::to_string(ids).expect("ids serialise");
        let query = sql("SELECT from_id, to_id FROM links \
             WHERE rel = $1 AND from_id IN (SELECT CAST(value AS BIGINT) FROM json_each($2)) ORDER BY id");
        Ok(query.bind(Rel::MemberOf.as_str()).bind(list).fetch_all(self.conn()).await?)
    }

    /// Every link of the lab in order of id, or those of one relation.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn links(&mut self, rel: Option<Rel>) -> Result<Vec<Link>> {
        let rows: Vec<LinkRow> =
            sql("SELECT id, from_id, rel, to_id, label, data, source, created_at, updated_at FROM links \
             WHERE CAST($1 AS TEXT) IS NULL OR rel = $1 ORDER BY id")
            .bind(rel.map(Rel::as_str))
            .fetch_all(self.conn())
            .await?;
        rows.into_iter().map(link_of).collect()
    }

    /// `(child, kind of its parent, parent)` of every item that stands on another; only children of `kind` when given.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn parents(&mut self, kind: Option<Kind>) -> Result<Vec<(ItemId, Kind, ItemId)>> {
        let rows: Vec<(i64, String, i64)> = sql(
            "SELECT l.from_id, p.kind, l.to_id FROM links l JOIN items p ON p.id = l.to_id JOIN items c ON c.id = l.from_id \
             WHERE l.rel = 'parent' AND (CAST($1 AS TEXT) IS NULL OR c.kind = $1) ORDER BY l.from_id",
        )
        .bind(kind.map(Kind::key))
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(child, kind, parent)| Some((child, Kind::parse(&kind)?, parent)))
            .collect())
    }

    /// `(child, kind of its parent, parent)` of those items.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn parents_of(&mut self, ids: &[ItemId]) -> Result<Vec<(ItemId, Kind, ItemId)>> {
        let list = serde_json::to_string(ids).expect("ids serialise");
        let rows: Vec<(i64, String, i64)> =
            sql("SELECT l.from_id, p.kind, l.to_id FROM links l JOIN items p ON p.id = l.to_id \
             WHERE l.rel = 'parent' AND l.from_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))")
            .bind(list)
            .fetch_all(self.conn())
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(child, kind, parent)| Some((child, Kind::parse(&kind)?, parent)))
            .collect())
    }

    /// What the item stands on, nearest first, up to the first thing that stands on nothing. A ring is walked once.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn ancestors(&mut self, id: ItemId) -> Result<Vec<ItemId>> {
        let mut chain = vec![id];
        let mut at = id;
        while let Some(link) = self.parent_link(at).await? {
            if chain.contains(&link.to_id) {
                break;
            }
            chain.push(link.to_id);
            at = link.to_id;
        }
        chain.remove(0);
        Ok(chain)
    }

    /// Items that stand on any of those, in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn children_of(&mut self, ids: &[ItemId]) -> Result<Vec<ItemId>> {
        let list = serde_json::to_string(ids).expect("ids serialise");
        let rows: Vec<(i64,)> = sql(CHILDREN_OF).bind(list).fetch_all(self.conn()).await?;
        let mut children: Vec<ItemId> = rows.into_iter().map(|(id,)| id).collect();
        children.sort_unstable();
        Ok(children)
    }

    /// What the item stands on.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn parent_link(&mut self, id: ItemId) -> Result<Option<Link>> {
        let row: Option<LinkRow> =
            sql("SELECT id, from_id, rel, to_id, label, data, source, created_at, updated_at FROM links \
             WHERE from_id = $1 AND rel = 'parent'")
            .bind(id)
            .fetch_optional(self.conn())
            .await?;
        row.map(link_of).transpose()
    }
}

impl WriteTx {
    /// Creates a link.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the same two ends are already linked so, or the engine fails.
    pub async fn insert_link(&mut self, new: NewLink) -> Result<Link> {
        let data = new.data.as_ref().map(Value::to_string);
        let id = sql("INSERT INTO links (from_id, rel, to_id, label, data, source, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(new.from_id)
        .bind(new.rel.as_str())
        .bind(new.to_id)
        .bind(&new.label)
        .bind(data)
        .bind(&new.source)
        .bind(new.created_at.0)
        .bind(new.updated_at.0)
        .insert_once(self.conn())
        .await?;
        let NewLink { from_id, rel, to_id, label, data, source, created_at, updated_at } = new;
        let link = Link { id, from_id, rel, to_id, label, data, source, created_at, updated_at };
        self.images.push(Image { table: Table::Links, id, before: None, after: Some(image_map(&link)) });
        self.events.push(Event::link("created", &link));
        Ok(link)
    }

    /// Changes a link's end, label, data or times.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn update_link(&mut self, before: &Link, after: Link) -> Result<Link> {
        self.store_link(&after).await?;
        self.images.push(Image {
            table: Table::Links,
            id: before.id,
            before: Some(image_map(before)),
            after: Some(image_map(&after)),
        });
        self.events.push(Event::link("updated", &after));
        Ok(after)
    }

    pub(crate) async fn store_link(&mut self, link: &Link) -> Result<()> {
        sql(
            "INSERT INTO links (id, from_id, rel, to_id, label, data, source, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (id) DO UPDATE SET from_id = excluded.from_id, rel = excluded.rel, to_id = excluded.to_id, \
             label = excluded.label, data = excluded.data, source = excluded.source, \
             created_at = excluded.created_at, updated_at = excluded.updated_at",
        )
        .bind(link.id)
        .bind(link.from_id)
        .bind(link.rel.as_str())
        .bind(link.to_id)
        .bind(&link.label)
        .bind(link.data.as_ref().map(Value::to_string))
        .bind(&link.source)
        .bind(link.created_at.0)
        .bind(link.updated_at.0)
        .execute(self.conn())
        .await
        .map_err(StoreError::unique)?;
        Ok(())
    }

    /// Removes a link.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_link(&mut self, link: &Link) -> Result<()> {
        sql("DELETE FROM links WHERE id = $1").bind(link.id).execute(self.conn()).await?;
        self.images.push(Image {
            table: Table::Links,
            id: link.id,
            before: Some(image_map(link)),
            after: None,
        });
        self.events.push(Event::link("deleted", link));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::CHILDREN_OF;
    use crate::Store;
    use crate::items::ITEMS_ON;
    use crate::sql::sql;

    /// See `0003_children.sql`: a planner that finds another index tempting makes a large lab slow, and nothing wrong.
    #[tokio::test]
    async fn who_stands_on_an_item_is_looked_up_by_that_item_and_not_among_all_parents() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
        let mut view = store.read().await.unwrap();
        for query in [CHILDREN_OF, ITEMS_ON] {
            let plan: Vec<(i64, i64, i64, String)> =
                sql("EXPLAIN QUERY PLAN ").and(query).bind("[1]").fetch_all(view.conn()).await.unwrap();
            let steps: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
            assert!(steps.iter().any(|step| step.contains("links_to (to_id=?")), "{query}: {steps:?}");
        }
    }
}
