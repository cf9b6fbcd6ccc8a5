//! Taking a change back: put every row where its before-image says, if it still is where the change left it.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::{Item, Link};
use labkeeper_core::list_view::ListView;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Result;
use crate::error::StoreError;
use crate::event::Event;
use crate::image::image_map;
use crate::layout::Position;
use crate::memories::Memory;
use crate::observations::{Identity, Observation};
use crate::obstacle::{Collision, Obstacle};
use crate::sightings::Sightings;
use crate::sql::sql;
use crate::view::WriteTx;

fn read<T: DeserializeOwned>(map: &Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(map.clone()))
        .map_err(|error| StoreError::Damaged(format!("a journal image: {error}")))
}

/// An image from when only names were remembered is of whoever has the row now, if they are called the same.
fn read_view(map: &Map<String, Value>, found: Option<&Map<String, Value>>) -> Result<ListView> {
    let mut map = map.clone();
    let same_owner = found.filter(|row| row.get("owner") == map.get("owner"));
    if let Some(principal) = same_owner.and_then(|row| row.get("principal"))
        && !map.contains_key("principal")
    {
        map.insert("principal".into(), principal.clone());
    }
    ListView::of_image(&map).map_err(|error| StoreError::Damaged(format!("a journal image: {error}")))
}

/// The revision after whichever is known of a row that comes back.
fn next_rev(own: i64, image: &Image, found: Option<&Map<String, Value>>) -> i64 {
    let now = found.or(image.after.as_ref()).and_then(|row| row.get("rev")).and_then(Value::as_i64);
    now.unwrap_or(own).max(own) + 1
}

/// Equal but for bookkeeping that every write moves.
fn same(left: Option<&Map<String, Value>>, right: Option<&Map<String, Value>>) -> bool {
    let content = |map: &Map<String, Value>| {
        let mut map = map.clone();
        for name in ["rev", "updated_at", "seen_at"] {
            map.shift_remove(name);
        }
        map
    };
    left.map(content) == right.map(content)
}

impl WriteTx {
    /// Puts the rows of `images` back to their before-image, newest first.
    ///
    /// # Errors
    /// The engine's; the inner error names what stands in the way. Then the transaction must be dropped.
    pub async fn take_back(&mut self, images: &[Image]) -> Result<std::result::Result<(), Box<Obstacle>>> {
        for image in images.iter().rev() {
            let found = self.current(image.table, image.id).await?;
            // Sources go on looking, which is nobody's change.
            let looks = image.table == Table::Sightings;
            let left = match (image.table, &image.after) {
                (Table::Views, Some(after)) => Some(image_map(&read_view(after, found.as_ref())?)),
                (_, after) => after.clone(),
            };
            if !looks && !same(found.as_ref(), left.as_ref()) {
                return Ok(Err(Box::new(Obstacle::Changed(Collision {
                    table: image.table,
                    id: image.id,
                    expected: image.after.clone(),
                    found,
                }))));
            }
            let restored = self.put(image, found.as_ref()).await?;
            self.images.push(Image { table: image.table, id: image.id, before: found, after: restored });
        }
        Ok(match self.obstacle(images).await? {
            Some(obstacle) => Err(Box::new(obstacle)),
            None => Ok(()),
        })
    }

    /// Reads every changed row back and compares it with what was meant.
    ///
    /// # Errors
    /// When the engine fails or holds something else: the caller must then drop the transaction.
    pub async fn verify(&mut self) -> Result<()> {
        let mut last: std::collections::HashMap<(Table, i64), Option<Map<String, Value>>> =
            std::collections::HashMap::new();
        for image in &self.images {
            last.insert((image.table, image.id), image.after.clone());
        }
        for ((table, id), expected) in last {
            if self.current(table, id).await? != expected {
                return Err(StoreError::Damaged(format!(
                    "row {id} of {table:?} reads back differently than written"
                )));
            }
        }
        Ok(())
    }

    async fn current(&mut self, table: Table, id: i64) -> Result<Option<Map<String, Value>>> {
        Ok(match table {
            Table::Items => self.item(id).await?.as_ref().map(image_map),
            Table::Links => self.link(id).await?.as_ref().map(image_map),
            Table::Layout => self.position(id).await?.as_ref().map(image_map),
            Table::Observations => self.observation(id).await?.as_ref().map(image_map),
            Table::Identities => self.identity(id).await?.as_ref().map(image_map),
            Table::Sightings => self.sightings_image(id).await?,
            Table::Memories => self.memory(id).await?.as_ref().map(image_map),
            Table::Views => self.list_view(id).await?.as_ref().map(image_map),
        })
    }

    async fn put(
        &mut self,
        image: &Image,
        found: Option<&Map<String, Value>>,
    ) -> Result<Option<Map<String, Value>>> {
        let Some(before) = &image.before else {
            if image.table == Table::Items {
                self.note_sightings(image.id).await?;
            }
            self.remove(image.table, image.id, found).await?;
            return Ok(None);
        };
        match image.table {
            Table::Items => {
                let mut item: Item = read(before)?;
                item.rev = next_rev(item.rev, image, found);
                self.store_item(&item).await?;
                let action = if found.is_some() { "updated" } else { "created" };
                self.events.push(Event::item(action, &item));
                Ok(Some(image_map(&item)))
            }
            Table::Links => {
                let link: Link = read(before)?;
                self.store_link(&link).await?;
                self.events.push(Event::link("updated", &link));
                Ok(Some(before.clone()))
            }
            Table::Layout => {
                self.store_position(&read::<Position>(before)?).await?;
                self.events.push(Event::plain("layout", "updated"));
                Ok(Some(before.clone()))
            }
            Table::Observations => {
                self.store_observation(&read::<Observation>(before)?).await?;
                self.events.push(Event::about("drift", "updated", image.id));
                Ok(Some(before.clone()))
            }
            Table::Identities => {
                self.store_identity(&read::<Identity>(before)?).await?;
                Ok(Some(before.clone()))
            }
            Table::Sightings => {
                self.remove(image.table, image.id, None).await?;
                for sighting in read::<Sightings>(before)?.sightings {
                    self.put_sighting(&sighting).await?;
                }
                Ok(Some(before.clone()))
            }
            Table::Memories => {
                self.store_memory(&read::<Memory>(before)?).await?;
                self.events.push(Event::about("memory", "created", image.id));
                Ok(Some(before.clone()))
            }
            Table::Views => {
                let mut view = read_view(before, found)?;
                view.rev = next_rev(view.rev, image, found);
                self.store_list_view(&view).await?;
                self.events.push(Event::about("view", "updated", image.id));
                Ok(Some(image_map(&view)))
            }
        }
    }

    async fn remove(&mut self, table: Table, id: i64, found: Option<&Map<String, Value>>) -> Result<()> {
        let text = match table {
            Table::Items => "DELETE FROM items WHERE id = $1",
            Table::Links => "DELETE FROM links WHERE id = $1",
            Table::Layout => "DELETE FROM layout WHERE item_id = $1",
            Table::Observations => "DELETE FROM observations WHERE id = $1",
            Table::Identities => "DELETE FROM identities WHERE id = $1",
            Table::Sightings => "DELETE FROM sightings WHERE item_id = $1",
            Table::Memories => "DELETE FROM memories WHERE id = $1",
            Table::Views => "DELETE FROM views WHERE id = $1",
        };
        sql(text).bind(id).execute(self.conn()).await?;
        match (table, found) {
            (Table::Items, Some(row)) => self.events.push(Event::item("deleted", &read::<Item>(row)?)),
            (Table::Links, _) => self.events.push(Event::about("link", "deleted", id)),
            (Table::Memories, _) => self.events.push(Event::about("memory", "deleted", id)),
            (Table::Views, _) => self.events.push(Event::about("view", "deleted", id)),
            (Table::Observations, _) => self.events.push(Event::about("drift", "deleted", id)),
            (Table::Layout, _) => self.events.push(Event::plain("layout", "updated")),
            _ => {}
        }
        Ok(())
    }
}
