//! What would be wrong if rows were put back as they were: things that point at nothing, things that stand on
//! themselves. Asked after the rows were written and before they are kept.

use std::collections::{BTreeSet, HashSet};

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::{ItemId, ItemRef, Kind, address};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Result;
use crate::sql::sql;
use crate::view::WriteTx;

/// A row that is no longer as the change left it; taking the change back would lose a later edit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Collision {
    /// Which table.
    pub table: Table,
    /// Which row.
    pub id: i64,
    /// As the change left it.
    pub expected: Option<Map<String, Value>>,
    /// As it is now.
    pub found: Option<Map<String, Value>>,
}

/// Why a change cannot be taken back.
#[derive(Debug, Clone, PartialEq)]
pub enum Obstacle {
    /// A row is no longer as the change left it.
    Changed(Collision),
    /// An item that would go has got something since.
    InUse {
        /// The item.
        item: ItemRef,
        /// What it has got: another item that is linked with it, or what is known of it itself.
        by: Use,
    },
    /// An item that something would come back to is gone.
    Gone(ItemId),
    /// Items that would stand on each other, by name.
    Circle(Vec<String>),
}

/// What an item has got.
#[derive(Debug, Clone, PartialEq)]
pub enum Use {
    /// A link with that item, or an address there that names it as its network.
    Item(ItemRef),
    /// A place on the map.
    Position,
    /// What sources say of it.
    Observations,
}

impl WriteTx {
    /// The first thing that is wrong with the rows of `images` after they were put back.
    pub(crate) async fn obstacle(&mut self, images: &[Image]) -> Result<Option<Obstacle>> {
        let rows = as_they_were(images);
        let removed: Vec<ItemId> = rows
            .iter()
            .filter(|image| image.table == Table::Items && image.before.is_none())
            .map(|image| image.id)
            .collect();
        if let Some((item, by)) = self.use_of(&removed).await? {
            let was = rows.iter().find(|image| image.table == Table::Items && image.id == item);
            let item = was.and_then(|image| reference(image.after.as_ref()?));
            return Ok(item.map(|item| Obstacle::InUse { item, by }));
        }
        for network in rows.iter().filter_map(|image| removed_network(image)) {
            if let Some(other) = self.items_on_network(network.id).await?.first() {
                return Ok(Some(Obstacle::InUse { item: network, by: Use::Item(other.reference()) }));
            }
        }
        if let Some(gone) = self.first_missing(&wanted(&rows)).await? {
            return Ok(Some(Obstacle::Gone(gone)));
        }
        self.circle(&rows).await
    }

    /// One of the items, with something that still knows it.
    async fn use_of(&mut self, items: &[ItemId]) -> Result<Option<(ItemId, Use)>> {
        if items.is_empty() {
            return Ok(None);
        }
        let list = serde_json::to_string(items).expect("ids serialise");
        let link: Option<(i64, i64)> = sql(
            "SELECT from_id, to_id FROM links WHERE from_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             UNION ALL SELECT from_id, to_id FROM links WHERE to_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) LIMIT 1",
        )
        .bind(&list)
        .fetch_optional(self.aside())
        .await?;
        if let Some((from, to)) = link {
            let (item, other) = if items.contains(&from) { (from, to) } else { (to, from) };
            return Ok(self.references(&[other]).await?.pop().map(|other| (item, Use::Item(other))));
        }
        let place: Option<(i64,)> =
            sql("SELECT item_id FROM layout WHERE item_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) LIMIT 1")
                .bind(&list)
                .fetch_optional(self.aside())
                .await?;
        if let Some((item,)) = place {
            return Ok(Some((item, Use::Position)));
        }
        let seen: Option<(i64,)> = sql(
            "SELECT item_id FROM observations WHERE item_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) \
             UNION ALL SELECT item_id FROM identities WHERE item_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) LIMIT 1",
        )
        .bind(&list)
        .fetch_optional(self.aside())
        .await?;
        if let Some((item,)) = seen {
            return Ok(Some((item, Use::Observations)));
        }
        Ok(None)
    }

    async fn first_missing(&mut self, items: &BTreeSet<ItemId>) -> Result<Option<ItemId>> {
        let list = serde_json::to_string(items).expect("ids serialise");
        let missing: Option<(i64,)> =
            sql("SELECT id FROM (SELECT CAST(value AS BIGINT) AS id FROM json_each($1)) AS asked \
             WHERE id NOT IN (SELECT id FROM items) ORDER BY id LIMIT 1")
            .bind(list)
            .fetch_optional(self.aside())
            .await?;
        Ok(missing.map(|(id,)| id))
    }

    /// Only kinds that stand on their own kind can go round.
    async fn circle(&mut self, rows: &[&Image]) -> Result<Option<Obstacle>> {
        let children: BTreeSet<ItemId> = rows
            .iter()
            .filter(|image| image.table == Table::Links)
            .filter_map(|image| image.before.as_ref())
            .filter(|row| row.get("rel").is_some_and(|rel| rel == "parent"))
            .filter_map(|row| row.get("from_id")?.as_i64())
            .collect();
        let children: Vec<ItemId> = children.into_iter().collect();
        for child in self.references(&children).await? {
            if !child.kind.spec().parents().any(|(_, kind)| kind == child.kind) {
                continue;
            }
            let way = self.ancestors(child.id).await?;
            let Some(last) = way.last().copied() else { continue };
            if self.parent_link(last).await?.is_some_and(|link| link.to_id == child.id) {
                let mut names = vec![child.name.clone()];
                for id in way {
                    names.extend(self.item(id).await?.map(|item| item.name));
                }
                names.push(child.name);
                return Ok(Some(Obstacle::Circle(names)));
            }
        }
        Ok(None)
    }
}

fn reference(row: &Map<String, Value>) -> Option<ItemRef> {
    let kind = Kind::parse(row.get("kind")?.as_str()?)?;
    Some(ItemRef { id: row.get("id")?.as_i64()?, kind, name: row.get("name")?.as_str()?.into() })
}

/// The network that goes when this image is put back, if it is one.
fn removed_network(image: &Image) -> Option<ItemRef> {
    let created = image.table == Table::Items && image.before.is_none();
    reference(image.after.as_ref()?).filter(|item| created && item.kind == Kind::Networks)
}

/// The earliest image of each row: what is there once all of them are put back.
fn as_they_were(images: &[Image]) -> Vec<&Image> {
    let mut met = HashSet::new();
    images.iter().filter(|image| met.insert((image.table, image.id))).collect()
}

/// Items that rows which came back are about.
fn wanted(rows: &[&Image]) -> BTreeSet<ItemId> {
    let mut ids = BTreeSet::new();
    for image in rows {
        let Some(row) = &image.before else { continue };
        let ends: &[&str] = match image.table {
            Table::Links => &["from_id", "to_id"],
            Table::Layout | Table::Observations | Table::Identities | Table::Sightings => &["item_id"],
            Table::Items => {
                let networks = |row: &Map<String, Value>| -> BTreeSet<ItemId> {
                    row.get("fields")
                        .and_then(Value::as_object)
                        .into_iter()
                        .flat_map(address::networks)
                        .collect()
                };
                // What the change left as it was is not its business.
                let kept = image.after.as_ref().map(networks).unwrap_or_default();
                ids.extend(networks(row).difference(&kept));
                &[]
            }
            Table::Memories | Table::Views => &[],
        };
        ids.extend(ends.iter().filter_map(|end| row.get(*end)?.as_i64()));
    }
    ids
}
