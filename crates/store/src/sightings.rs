//! When sources saw an item last, and since when they have not.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::ItemId;
use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Result;
use crate::image::image_map;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// When a source last saw an item, and since when it has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The item.
    pub item_id: ItemId,
    /// The source.
    pub source: String,
    /// Last seen.
    pub last_seen: Stamp,
    /// A complete look did not see it, first at this time.
    pub missing_since: Option<Stamp>,
}

/// All sightings of an item, as the journal keeps them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sightings {
    item_id: ItemId,
    pub(crate) sightings: Vec<Sighting>,
}

impl View {
    /// Sightings of one item, or of all.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn sightings(&mut self, item: Option<ItemId>) -> Result<Vec<Sighting>> {
        let rows: Vec<(i64, String, i64, Option<i64>)> =
            sql("SELECT item_id, source, last_seen, missing_since FROM sightings \
             WHERE CAST($1 AS BIGINT) IS NULL OR item_id = $1 ORDER BY item_id, source")
            .bind(item)
            .fetch_all(self.conn())
            .await?;
        Ok(rows
            .into_iter()
            .map(|(item_id, source, last_seen, missing)| Sighting {
                item_id,
                source,
                last_seen: Stamp(last_seen),
                missing_since: missing.map(Stamp),
            })
            .collect())
    }

    pub(crate) async fn sightings_image(&mut self, item_id: ItemId) -> Result<Option<Map<String, Value>>> {
        let sightings = self.sightings(Some(item_id)).await?;
        Ok((!sightings.is_empty()).then(|| image_map(&Sightings { item_id, sightings })))
    }
}

impl WriteTx {
    /// Keeps in the journal what sources saw of an item that is about to go.
    pub(crate) async fn note_sightings(&mut self, item: ItemId) -> Result<()> {
        if let Some(before) = self.sightings_image(item).await? {
            self.images.push(Image { table: Table::Sightings, id: item, before: Some(before), after: None });
        }
        Ok(())
    }

    /// Records that a source saw the item now.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn sighted(&mut self, item: ItemId, source: &str, at: Stamp) -> Result<()> {
        sql(
            "INSERT INTO sightings (item_id, source, last_seen, missing_since) VALUES ($1, $2, $3, NULL) \
             ON CONFLICT (item_id, source) DO UPDATE SET last_seen = excluded.last_seen, missing_since = NULL",
        )
        .bind(item)
        .bind(source)
        .bind(at.0)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// After a complete look by `source` at `at`: whatever it saw before but not now is missing.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn mark_missing(&mut self, source: &str, at: Stamp) -> Result<u64> {
        let done = sql(
            "UPDATE sightings SET missing_since = $2 WHERE source = $1 AND last_seen < $2 AND missing_since IS NULL",
        )
        .bind(source)
        .bind(at.0)
        .execute(self.conn())
        .await?;
        Ok(done)
    }

    /// Writes when a source saw an item last. Not part of the journal, as no sighting is.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn put_sighting(&mut self, sighting: &Sighting) -> Result<()> {
        sql(
            "INSERT INTO sightings (item_id, source, last_seen, missing_since) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (item_id, source) DO UPDATE SET last_seen = excluded.last_seen, missing_since = excluded.missing_since",
        )
        .bind(sighting.item_id)
        .bind(&sighting.source)
        .bind(sighting.last_seen.0)
        .bind(sighting.missing_since.map(|at| at.0))
        .execute(self.conn())
        .await?;
        Ok(())
    }
}
