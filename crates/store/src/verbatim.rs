//! Rows that arrive with their history: written exactly as given, ids and times included. For imports.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::{Item, ItemId, Kind};
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::event::Event;
use crate::image::image_map;
use crate::observations::Observation;
use crate::sql::{Engine, sql};
use crate::view::{View, WriteTx};

impl View {
    /// The highest id that was ever given to an item, 0 when none was.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn last_item_id(&mut self) -> Result<ItemId> {
        let query = self.engine().choose(
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'items'), 0)",
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('items', 'id')::regclass), 0)",
        );
        Ok(sql(query).fetch_scalar(self.conn()).await?)
    }

    /// Kind and birth of items that had one of those ids and are gone, as the journal remembers them.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn former_items(&mut self, ids: &[ItemId]) -> Result<Vec<(ItemId, Kind, Stamp)>> {
        let list = serde_json::to_string(ids).expect("ids serialise");
        let query = self.engine().choose(
            "SELECT DISTINCT json_extract(image.value, '$.before.id'), json_extract(image.value, '$.before.kind'), \
             json_extract(image.value, '$.before.created_at') FROM changes, json_each(changes.images) AS image \
             WHERE changes.id IN (SELECT change_id FROM change_items WHERE item_id IN \
             (SELECT value FROM json_each($1) WHERE value NOT IN (SELECT id FROM items))) \
             AND json_extract(image.value, '$.table') = 'items' AND json_extract(image.value, '$.after') IS NULL \
             AND json_extract(image.value, '$.before.id') IN (SELECT value FROM json_each($1))",
            "SELECT DISTINCT former.id, image -> 'before' ->> 'kind', CAST(image -> 'before' ->> 'created_at' AS BIGINT) \
             FROM changes, json_array_elements(CAST(changes.images AS JSON)) AS image, \
             LATERAL (SELECT CAST(image -> 'before' ->> 'id' AS BIGINT) AS id) AS former \
             WHERE changes.id IN (SELECT change_id FROM change_items WHERE item_id IN \
             (SELECT CAST(value AS BIGINT) FROM json_each($1) WHERE CAST(value AS BIGINT) NOT IN (SELECT id FROM items))) \
             AND image ->> 'table' = 'items' AND image ->> 'after' IS NULL \
             AND former.id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
        );
        let rows: Vec<(i64, String, i64)> = sql(query).bind(list).fetch_all(self.conn()).await?;
        Ok(rows
            .into_iter()
            .filter_map(|(id, kind, birth)| Some((id, Kind::parse(&kind)?, Stamp(birth))))
            .collect())
    }
}

impl WriteTx {
    /// Creates an item under the id it brings.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when that id is taken, or the engine fails.
    pub async fn insert_item_verbatim(&mut self, item: &Item) -> Result<()> {
        let fields = serde_json::to_string(&item.fields).expect("fields serialise");
        sql(
            "INSERT INTO items (id, kind, name, fields, rev, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(item.id)
        .bind(item.kind.key())
        .bind(&item.name)
        .bind(fields)
        .bind(item.rev)
        .bind(item.created_at.0)
        .bind(item.updated_at.0)
        .insert_once(self.conn())
        .await?;
        if self.engine() == Engine::Postgres {
            // SQLite counts on from the highest id by itself.
            sql("SELECT setval(pg_get_serial_sequence('items', 'id'), $1) WHERE $1 > COALESCE(\
                 pg_sequence_last_value(pg_get_serial_sequence('items', 'id')::regclass), 0)")
            .bind(item.id)
            .execute(self.conn())
            .await?;
        }
        self.images.push(Image {
            table: Table::Items,
            id: item.id,
            before: None,
            after: Some(image_map(item)),
        });
        self.events.push(Event::item("created", item));
        Ok(())
    }

    /// Writes an observation as it is; one with id 0 is new.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when that source has seen the field already, or the engine fails.
    pub async fn put_observation(&mut self, observation: &Observation) -> Result<()> {
        let before = match observation.id {
            0 => None,
            id => self.observation(id).await?,
        };
        let after = match &before {
            Some(_) => {
                self.store_observation(observation).await?;
                observation.clone()
            }
            None => self.insert_observation(observation.clone()).await?,
        };
        self.note_observation(before.as_ref(), &after);
        Ok(())
    }

    /// Forgets when a source saw an item.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_sighting(&mut self, item: ItemId, source: &str) -> Result<()> {
        sql("DELETE FROM sightings WHERE item_id = $1 AND source = $2")
            .bind(item)
            .bind(source)
            .execute(self.conn())
            .await?;
        Ok(())
    }
}
