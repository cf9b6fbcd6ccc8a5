//! What sources have seen, and what makes two sightings the same thing.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::provenance::DriftState;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;
use crate::error::StoreError;
use crate::event::Event;
use crate::image::image_map;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// One field of one item as one source saw it last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Id; also the id of the drift it may cause.
    pub id: i64,
    /// The item.
    pub item_id: ItemId,
    /// Declared field name.
    pub field: String,
    /// `proxmox:…`, `scan:…` and so on.
    pub source: String,
    /// In wire form.
    pub value: Value,
    /// When it was last seen.
    pub seen_at: Stamp,
    /// When the value last changed.
    pub changed_at: Stamp,
    /// Whether a difference still asks for attention.
    pub drift: DriftState,
}

/// A scheme and value by which a source knows an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Id.
    pub id: i64,
    /// The item.
    pub item_id: ItemId,
    /// `mac`, `serial`, `machine-id`, `pve` (cluster/vmid), `docker`.
    pub scheme: String,
    /// Value in that scheme.
    pub value: String,
}

type ObservationRow = (i64, i64, String, String, String, i64, i64, String);

fn observation_of(row: ObservationRow) -> Result<Observation> {
    let (id, item_id, field, source, value, seen_at, changed_at, drift) = row;
    let damaged = || StoreError::Damaged(format!("observation {id}"));
    let value = serde_json::from_str(&value).map_err(|_| damaged())?;
    let drift = DriftState::parse(&drift).ok_or_else(damaged)?;
    Ok(Observation {
        id,
        item_id,
        field,
        source,
        value,
        seen_at: Stamp(seen_at),
        changed_at: Stamp(changed_at),
        drift,
    })
}

impl View {
    /// One observation.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn observation(&mut self, id: i64) -> Result<Option<Observation>> {
        let row: Option<ObservationRow> = sql(
            "SELECT id, item_id, field, source, value, seen_at, changed_at, drift FROM observations WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.conn())
        .await?;
        row.map(observation_of).transpose()
    }

    /// Observations of one item, or of all.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn observations(&mut self, item: Option<ItemId>) -> Result<Vec<Observation>> {
        let rows: Vec<ObservationRow> = match item {
            Some(id) => {
                sql(
                    "SELECT id, item_id, field, source, value, seen_at, changed_at, drift FROM observations \
                     WHERE item_id = $1 ORDER BY id",
                )
                .bind(id)
                .fetch_all(self.conn())
                .await?
            }
            None => {
                sql(
                    "SELECT id, item_id, field, source, value, seen_at, changed_at, drift FROM observations ORDER BY id",
                )
                .fetch_all(self.conn())
                .await?
            }
        };
        rows.into_iter().map(observation_of).collect()
    }

    /// Observations of those items.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn observations_of(&mut self, items: &[ItemId]) -> Result<Vec<Observation>> {
        let list = serde_json::to_string(items).expect("ids serialise");
        let rows: Vec<ObservationRow> =
            sql("SELECT id, item_id, field, source, value, seen_at, changed_at, drift FROM observations \
             WHERE item_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY id")
            .bind(list)
            .fetch_all(self.conn())
            .await?;
        rows.into_iter().map(observation_of).collect()
    }

    /// Observations of every item of a kind: of these fields, or of all.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn observations_of_kind(
        &mut self,
        kind: Kind,
        fields: Option<&[&str]>,
    ) -> Result<Vec<Observation>> {
        let fields = fields.map(|fields| serde_json::to_string(fields).expect("names serialise"));
        let rows: Vec<ObservationRow> = sql(
            "SELECT o.id, o.item_id, o.field, o.source, o.value, o.seen_at, o.changed_at, o.drift FROM observations o \
             JOIN items i ON i.id = o.item_id WHERE i.kind = $1 \
             AND (CAST($2 AS TEXT) IS NULL OR o.field IN (SELECT value FROM json_each($2))) ORDER BY o.id",
        )
        .bind(kind.key())
        .bind(fields)
        .fetch_all(self.conn())
        .await?;
        rows.into_iter().map(observation_of).collect()
    }

    pub(crate) async fn identity(&mut self, id: i64) -> Result<Option<Identity>> {
        let row: Option<(i64, i64, String, String)> =
            sql("SELECT id, item_id, scheme, value FROM identities WHERE id = $1")
                .bind(id)
                .fetch_optional(self.conn())
                .await?;
        Ok(row.map(|(id, item_id, scheme, value)| Identity { id, item_id, scheme, value }))
    }

    /// Identities of one item, or of all.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn identities(&mut self, item: Option<ItemId>) -> Result<Vec<Identity>> {
        let rows: Vec<(i64, i64, String, String)> = sql(
            "SELECT id, item_id, scheme, value FROM identities WHERE CAST($1 AS BIGINT) IS NULL OR item_id = $1 ORDER BY id",
        )
        .bind(item)
        .fetch_all(self.conn())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, item_id, scheme, value)| Identity { id, item_id, scheme, value })
            .collect())
    }

    /// The item a source knows by that identity.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn item_by_identity(&mut self, scheme: &str, value: &str) -> Result<Option<ItemId>> {
        let row: Option<(i64,)> = sql("SELECT item_id FROM identities WHERE scheme = $1 AND value = $2")
            .bind(scheme)
            .bind(value)
            .fetch_optional(self.conn())
            .await?;
        Ok(row.map(|(id,)| id))
    }
}

impl WriteTx {
    /// Records what a source saw of a field. Seeing the same again only moves `seen_at` and is no change.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn observe(
        &mut self,
        item: ItemId,
        field: &str,
        source: &str,
        value: &Value,
        at: Stamp,
    ) -> Result<Observation> {
        let known = self.observations(Some(item)).await?;
        let before = known.into_iter().find(|known| known.field == field && known.source == source);
        let after = match &before {
            Some(before) => {
                let changed = before.value != *value;
                let after = Observation {
                    value: value.clone(),
                    seen_at: at,
                    changed_at: if changed { at } else { before.changed_at },
                    drift: before.drift.after_sighting(changed),
                    ..before.clone()
                };
                self.store_observation(&after).await?;
                after
            }
            None => {
                self.insert_observation(Observation {
                    id: 0,
                    item_id: item,
                    field: field.into(),
                    source: source.into(),
                    value: value.clone(),
                    seen_at: at,
                    changed_at: at,
                    drift: DriftState::Open,
                })
                .await?
            }
        };
        if before.as_ref().is_none_or(|before| before.value != after.value) {
            self.note_observation(before.as_ref(), &after);
        }
        Ok(after)
    }

    /// Mutes or opens the difference an observation causes.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn set_drift(&mut self, before: &Observation, state: DriftState) -> Result<Observation> {
        let after = Observation { drift: state, ..before.clone() };
        self.store_observation(&after).await?;
        self.note_observation(Some(before), &after);
        Ok(after)
    }

    /// Writes a new row; the answer has its id.
    pub(crate) async fn insert_observation(&mut self, new: Observation) -> Result<Observation> {
        let id = sql("INSERT INTO observations (item_id, field, source, value, seen_at, changed_at, drift) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(new.item_id)
        .bind(&new.field)
        .bind(&new.source)
        .bind(new.value.to_string())
        .bind(new.seen_at.0)
        .bind(new.changed_at.0)
        .bind(new.drift.as_str())
        .insert_once(self.conn())
        .await?;
        Ok(Observation { id, ..new })
    }

    /// Tells journal and followers about a row written.
    pub(crate) fn note_observation(&mut self, before: Option<&Observation>, after: &Observation) {
        self.images.push(Image {
            table: Table::Observations,
            id: after.id,
            before: before.map(image_map),
            after: Some(image_map(after)),
        });
        self.events.push(Event::about("drift", "updated", after.id));
    }

    pub(crate) async fn store_observation(&mut self, observation: &Observation) -> Result<()> {
        sql("INSERT INTO observations (id, item_id, field, source, value, seen_at, changed_at, drift) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET value = excluded.value, \
             seen_at = excluded.seen_at, changed_at = excluded.changed_at, drift = excluded.drift")
        .bind(observation.id)
        .bind(observation.item_id)
        .bind(&observation.field)
        .bind(&observation.source)
        .bind(observation.value.to_string())
        .bind(observation.seen_at.0)
        .bind(observation.changed_at.0)
        .bind(observation.drift.as_str())
        .execute(self.conn())
        .await
        .map_err(StoreError::unique)?;
        Ok(())
    }

    /// Forgets an observation.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_observation(&mut self, observation: &Observation) -> Result<()> {
        sql("DELETE FROM observations WHERE id = $1").bind(observation.id).execute(self.conn()).await?;
        self.images.push(Image {
            table: Table::Observations,
            id: observation.id,
            before: Some(image_map(observation)),
            after: None,
        });
        Ok(())
    }

    pub(crate) async fn delete_observations(&mut self, item: ItemId) -> Result<()> {
        for observation in self.observations(Some(item)).await? {
            self.forget_observation(&observation).await?;
        }
        Ok(())
    }

    /// Makes an identity point at an item. Nothing happens when it already does.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when it points at another item.
    pub async fn identify(&mut self, item: ItemId, scheme: &str, value: &str) -> Result<()> {
        match self.item_by_identity(scheme, value).await? {
            Some(known) if known == item => return Ok(()),
            Some(_) => return Err(StoreError::Duplicate),
            None => {}
        }
        let (id,): (i64,) =
            sql("INSERT INTO identities (item_id, scheme, value) VALUES ($1, $2, $3) RETURNING id")
                .bind(item)
                .bind(scheme)
                .bind(value)
                .fetch_one(self.conn())
                .await?;
        let identity = Identity { id, item_id: item, scheme: scheme.into(), value: value.into() };
        self.images.push(Image {
            table: Table::Identities,
            id,
            before: None,
            after: Some(image_map(&identity)),
        });
        Ok(())
    }

    pub(crate) async fn store_identity(&mut self, identity: &Identity) -> Result<()> {
        sql("INSERT INTO identities (id, item_id, scheme, value) VALUES ($1, $2, $3, $4)")
            .bind(identity.id)
            .bind(identity.item_id)
            .bind(&identity.scheme)
            .bind(&identity.value)
            .insert_once(self.conn())
            .await?;
        Ok(())
    }

    /// Forgets an identity.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_identity(&mut self, identity: &Identity) -> Result<()> {
        sql("DELETE FROM identities WHERE id = $1").bind(identity.id).execute(self.conn()).await?;
        self.images.push(Image {
            table: Table::Identities,
            id: identity.id,
            before: Some(image_map(identity)),
            after: None,
        });
        Ok(())
    }

    pub(crate) async fn delete_identities(&mut self, item: ItemId) -> Result<()> {
        for identity in self.identities(Some(item)).await? {
            self.forget_identity(&identity).await?;
        }
        Ok(())
    }
}
