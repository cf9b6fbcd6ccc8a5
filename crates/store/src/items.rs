//! Items: reading them, and writing them with their images.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, address};
use labkeeper_core::stamp::Stamp;
use serde_json::{Map, Value};

use crate::Result;
use crate::error::StoreError;
use crate::event::Event;
use crate::image::image_map;
use crate::part::part_of;
use crate::sql::sql;
use crate::view::{View, WriteTx};

type ItemRow = (i64, String, String, String, i64, i64, i64);

const COLUMNS: &str = "id, kind, name, fields, rev, created_at, updated_at";

pub(crate) const ITEMS_ON: &str = "SELECT i.id, i.kind, i.name, i.fields, i.rev, i.created_at, i.updated_at \
     FROM links l JOIN items i ON i.id = l.from_id \
     WHERE l.rel = 'parent' AND l.to_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY i.id";

pub(crate) fn item_of(row: ItemRow) -> Result<Item> {
    item_with(row, |text| serde_json::from_str(text))
}

fn item_with(row: ItemRow, read: impl Fn(&str) -> serde_json::Result<Map<String, Value>>) -> Result<Item> {
    let (id, kind, name, fields, rev, created_at, updated_at) = row;
    let kind = Kind::parse(&kind).ok_or_else(|| StoreError::Damaged(format!("item {id} of kind {kind}")))?;
    let fields = read(&fields).map_err(|_| StoreError::Damaged(format!("fields of item {id}")))?;
    Ok(Item { id, kind, name, fields, rev, created_at: Stamp(created_at), updated_at: Stamp(updated_at) })
}

/// Which items to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemFilter {
    /// All of them.
    All,
    /// Of one kind.
    Kind(Kind),
}

/// What a new item starts with.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// Kind.
    pub kind: Kind,
    /// Name or title.
    pub name: String,
    /// Asserted fields, admitted.
    pub fields: Map<String, Value>,
    /// When it was created.
    pub created_at: Stamp,
    /// When it last changed.
    pub updated_at: Stamp,
}

impl View {
    /// The item of that id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn item(&mut self, id: ItemId) -> Result<Option<Item>> {
        let row: Option<ItemRow> =
            sql("SELECT id, kind, name, fields, rev, created_at, updated_at FROM items WHERE id = $1")
                .bind(id)
                .fetch_optional(self.conn())
                .await?;
        row.map(item_of).transpose()
    }

    /// Items in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items(&mut self, filter: ItemFilter) -> Result<Vec<Item>> {
        let rows: Vec<ItemRow> = match filter {
            ItemFilter::All => {
                let query = sql("SELECT ").and(COLUMNS).and(" FROM items ORDER BY id");
                query.fetch_all(self.conn()).await?
            }
            ItemFilter::Kind(kind) => {
                let query = sql("SELECT ").and(COLUMNS).and(" FROM items WHERE kind = $1 ORDER BY id");
                query.bind(kind.key()).fetch_all(self.conn()).await?
            }
        };
        rows.into_iter().map(item_of).collect()
    }

    /// Items of a kind in order of id, with these of their fields only.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items_in_part(&mut self, kind: Kind, fields: &[&str]) -> Result<Vec<Item>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM items WHERE kind = $1 ORDER BY id");
        let rows: Vec<ItemRow> = query.bind(kind.key()).fetch_all(self.conn()).await?;
        rows.into_iter().map(|row| item_with(row, |text| part_of(text, fields))).collect()
    }

    /// The next items in order of id behind that one, at most so many.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items_after(&mut self, id: ItemId, most: i64) -> Result<Vec<Item>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM items WHERE id > $1 ORDER BY id LIMIT $2");
        let rows: Vec<ItemRow> = query.bind(id).bind(most).fetch_all(self.conn()).await?;
        rows.into_iter().map(item_of).collect()
    }

    /// At most so many items of a kind in order of id, after that many.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items_page(&mut self, kind: Kind, skip: usize, most: usize) -> Result<Vec<Item>> {
        let query =
            sql("SELECT ").and(COLUMNS).and(" FROM items WHERE kind = $1 ORDER BY id LIMIT $2 OFFSET $3");
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let rows: Vec<ItemRow> =
            query.bind(kind.key()).bind(number(most)).bind(number(skip)).fetch_all(self.conn()).await?;
        rows.into_iter().map(item_of).collect()
    }

    /// How many items of a kind there are, in order of id up to that one when it is told.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn count_of(&mut self, kind: Kind, up_to: Option<ItemId>) -> Result<usize> {
        let (count,): (i64,) = sql("SELECT COUNT(*) FROM items WHERE kind = $1 AND id <= $2")
            .bind(kind.key())
            .bind(up_to.unwrap_or(ItemId::MAX))
            .fetch_one(self.conn())
            .await?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// The items of those ids, in no order; missing ones are left out.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items_by_id(&mut self, ids: &[ItemId]) -> Result<Vec<Item>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let list = serde_json::to_string(ids).expect("ids serialise");
        let rows: Vec<ItemRow> =
            sql("SELECT id, kind, name, fields, rev, created_at, updated_at FROM items \
             WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))")
            .bind(list)
            .fetch_all(self.conn())
            .await?;
        rows.into_iter().map(item_of).collect()
    }

    /// The items that stand directly on one of those, in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items_on(&mut self, ids: &[ItemId]) -> Result<Vec<Item>> {
        let list = serde_json::to_string(ids).expect("ids serialise");
        let rows: Vec<ItemRow> = sql(ITEMS_ON).bind(list).fetch_all(self.conn()).await?;
        rows.into_iter().map(item_of).collect()
    }

    /// Names of those items.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn references(&mut self, ids: &[ItemId]) -> Result<Vec<ItemRef>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let list = serde_json::to_string(ids).expect("ids serialise");
        let rows: Vec<(i64, String, String)> = sql(
            "SELECT id, kind, name FROM items WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        )
        .bind(list)
        .fetch_all(self.conn())
        .await?;
        rows.into_iter()
            .map(|(id, kind, name)| {
                let kind = Kind::parse(&kind)
                    .ok_or_else(|| StoreError::Damaged(format!("item {id} of kind {kind}")))?;
                Ok(ItemRef { id, kind, name })
            })
            .collect()
    }

    /// How many items there are of each kind that has any.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn counts(&mut self) -> Result<Vec<(Kind, i64)>> {
        let rows: Vec<(String, i64)> =
            sql("SELECT kind, COUNT(*) FROM items GROUP BY kind").fetch_all(self.conn()).await?;
        Ok(rows.into_iter().filter_map(|(kind, count)| Some((Kind::parse(&kind)?, count))).collect())
    }

    /// Items with an address that names that network.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn items_on_network(&mut self, network: ItemId) -> Result<Vec<Item>> {
        let ids: Vec<(i64,)> = sql("SELECT id FROM items WHERE fields LIKE $1")
            .bind(format!("%\"network_id\":{network}%"))
            .fetch_all(self.conn())
            .await?;
        let ids: Vec<ItemId> = ids.into_iter().map(|(id,)| id).collect();
        let mut items = self.items_by_id(&ids).await?;
        // The text also finds longer numbers.
        items.retain(|item| address::networks(&item.fields).any(|known| known == network));
        items.sort_by_key(|item| item.id);
        Ok(items)
    }
}

impl WriteTx {
    /// Creates an item at revision 1.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn insert_item(&mut self, new: NewItem) -> Result<Item> {
        let fields = serde_json::to_string(&new.fields).expect("fields serialise");
        let (id,): (i64,) = sql(
            "INSERT INTO items (kind, name, fields, rev, created_at, updated_at) VALUES ($1, $2, $3, 1, $4, $5) RETURNING id",
        )
        .bind(new.kind.key())
        .bind(&new.name)
        .bind(fields)
        .bind(new.created_at.0)
        .bind(new.updated_at.0)
        .fetch_one(self.conn())
        .await?;
        let NewItem { kind, name, fields, created_at, updated_at } = new;
        let item = Item { id, kind, name, fields, rev: 1, created_at, updated_at };
        self.images.push(Image { table: Table::Items, id, before: None, after: Some(image_map(&item)) });
        self.events.push(Event::item("created", &item));
        Ok(item)
    }

    /// Changes an item; its revision grows by one.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn update_item(
        &mut self,
        before: &Item,
        name: &str,
        fields: Map<String, Value>,
        at: Stamp,
    ) -> Result<Item> {
        let after = Item { name: name.into(), fields, rev: before.rev + 1, updated_at: at, ..before.clone() };
        self.store_item(&after).await?;
        self.images.push(Image {
            table: Table::Items,
            id: before.id,
            before: Some(image_map(before)),
            after: Some(image_map(&after)),
        });
        self.events.push(Event::item("updated", &after));
        Ok(after)
    }

    pub(crate) async fn store_item(&mut self, item: &Item) -> Result<()> {
        let fields = serde_json::to_string(&item.fields).expect("fields serialise");
        sql(
            "INSERT INTO items (id, kind, name, fields, rev, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, fields = excluded.fields, \
             rev = excluded.rev, created_at = excluded.created_at, updated_at = excluded.updated_at",
        )
        .bind(item.id)
        .bind(item.kind.key())
        .bind(&item.name)
        .bind(fields)
        .bind(item.rev)
        .bind(item.created_at.0)
        .bind(item.updated_at.0)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Removes an item with its position, observations, sightings, identities and every link that touches it.
    /// Callers decide beforehand what becomes of dependants.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_item(&mut self, item: &Item) -> Result<()> {
        for link in self.links_of(item.id).await? {
            self.delete_link(&link).await?;
        }
        self.delete_layout(item.id).await?;
        self.delete_observations(item.id).await?;
        self.delete_identities(item.id).await?;
        self.note_sightings(item.id).await?;
        sql("DELETE FROM items WHERE id = $1").bind(item.id).execute(self.conn()).await?;
        self.images.push(Image {
            table: Table::Items,
            id: item.id,
            before: Some(image_map(item)),
            after: None,
        });
        self.events.push(Event::item("deleted", item));
        Ok(())
    }
}
