//! Saved positions on the map.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::inventory::ItemId;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::event::Event;
use crate::image::image_map;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// Where an item is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The item.
    pub item_id: ItemId,
    /// Pixels from the left at zoom 1.
    pub x: f64,
    /// Pixels from the top at zoom 1.
    pub y: f64,
    /// Whether automatic layout must leave it there.
    pub pinned: bool,
}

impl View {
    /// Every saved position.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn positions(&mut self) -> Result<Vec<Position>> {
        let rows: Vec<(i64, f64, f64, bool)> =
            sql("SELECT item_id, x, y, pinned FROM layout ORDER BY item_id").fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(|(item_id, x, y, pinned)| Position { item_id, x, y, pinned }).collect())
    }

    pub(crate) async fn position(&mut self, id: ItemId) -> Result<Option<Position>> {
        let row: Option<(i64, f64, f64, bool)> =
            sql("SELECT item_id, x, y, pinned FROM layout WHERE item_id = $1")
                .bind(id)
                .fetch_optional(self.conn())
                .await?;
        Ok(row.map(|(item_id, x, y, pinned)| Position { item_id, x, y, pinned }))
    }
}

impl WriteTx {
    /// Saves a position; nothing happens when it is there already.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn set_position(&mut self, position: Position) -> Result<()> {
        let before = self.position(position.item_id).await?;
        if before == Some(position) {
            return Ok(());
        }
        self.store_position(&position).await?;
        self.images.push(Image {
            table: Table::Layout,
            id: position.item_id,
            before: before.as_ref().map(image_map),
            after: Some(image_map(&position)),
        });
        self.note_layout();
        Ok(())
    }

    /// One event for all positions of a change: kept answers and open maps hear that there are newer ones.
    fn note_layout(&mut self) {
        if !self.events.iter().rev().any(|event| event.r#type == "layout") {
            self.events.push(Event::plain("layout", "updated"));
        }
    }

    pub(crate) async fn store_position(&mut self, position: &Position) -> Result<()> {
        sql("INSERT INTO layout (item_id, x, y, pinned) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (item_id) DO UPDATE SET x = excluded.x, y = excluded.y, pinned = excluded.pinned")
        .bind(position.item_id)
        .bind(position.x)
        .bind(position.y)
        .bind(position.pinned)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets a position.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_layout(&mut self, id: ItemId) -> Result<()> {
        let Some(before) = self.position(id).await? else { return Ok(()) };
        sql("DELETE FROM layout WHERE item_id = $1").bind(id).execute(self.conn()).await?;
        self.images.push(Image { table: Table::Layout, id, before: Some(image_map(&before)), after: None });
        self.note_layout();
        Ok(())
    }
}
