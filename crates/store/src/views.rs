//! Named views of a list: what somebody looks at again and again.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::event::Event;
use crate::image::image_map;
use crate::view::{View, WriteTx};

/// A view of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// Id.
    pub id: i64,
    /// Whose it is.
    pub owner: String,
    /// Which list.
    pub list: String,
    /// What it is called.
    pub name: String,
    /// Words, filters and order, as in the address of the page.
    pub query: String,
    /// Columns as JSON; `None` are the standard ones.
    pub columns: Option<String>,
    /// Others see it too.
    pub everyone: bool,
    /// The list opens with it.
    pub opens: bool,
    /// When it was last saved.
    pub updated_at: Stamp,
}

type ViewRow = (i64, String, String, String, String, Option<String>, bool, bool, i64);

fn list_view_of(row: ViewRow) -> ListView {
    let (id, owner, list, name, query, columns, everyone, opens, updated_at) = row;
    ListView { id, owner, list, name, query, columns, everyone, opens, updated_at: Stamp(updated_at) }
}

impl View {
    /// One view.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn list_view(&mut self, id: i64) -> Result<Option<ListView>> {
        let row: Option<ViewRow> = sqlx::query_as(
            "SELECT id, owner, list, name, query, columns, everyone, opens, updated_at FROM views WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(list_view_of))
    }

    /// Every view of everybody, in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn list_views(&mut self) -> Result<Vec<ListView>> {
        let rows: Vec<ViewRow> = sqlx::query_as(
            "SELECT id, owner, list, name, query, columns, everyone, opens, updated_at FROM views ORDER BY id",
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(list_view_of).collect())
    }
}

impl WriteTx {
    /// Keeps a new view; its `id` is given by the store.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn insert_list_view(&mut self, view: ListView) -> Result<ListView> {
        let (id,): (i64,) = sqlx::query_as(
            "INSERT INTO views (owner, list, name, query, columns, everyone, opens, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(&view.owner)
        .bind(&view.list)
        .bind(&view.name)
        .bind(&view.query)
        .bind(&view.columns)
        .bind(view.everyone)
        .bind(view.opens)
        .bind(view.updated_at.0)
        .fetch_one(self.conn())
        .await?;
        let view = ListView { id, ..view };
        self.images.push(Image { table: Table::Views, id, before: None, after: Some(image_map(&view)) });
        self.events.push(Event::about("view", "created", id));
        Ok(view)
    }

    /// Saves a view anew.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn update_list_view(&mut self, before: &ListView, after: &ListView) -> Result<()> {
        if before == after {
            return Ok(());
        }
        self.store_list_view(after).await?;
        self.images.push(Image {
            table: Table::Views,
            id: after.id,
            before: Some(image_map(before)),
            after: Some(image_map(after)),
        });
        self.events.push(Event::about("view", "updated", after.id));
        Ok(())
    }

    /// Forgets the views that somebody kept for themselves alone, without a trace in the journal: they are gone with their owner.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_private_views_of(&mut self, owner: &str) -> Result<()> {
        sqlx::query("DELETE FROM views WHERE owner = $1 AND everyone = $2")
            .bind(owner)
            .bind(false)
            .execute(self.conn())
            .await?;
        Ok(())
    }

    pub(crate) async fn store_list_view(&mut self, view: &ListView) -> Result<()> {
        sqlx::query(
            "INSERT INTO views (id, owner, list, name, query, columns, everyone, opens, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, list = excluded.list, name = excluded.name, \
             query = excluded.query, columns = excluded.columns, everyone = excluded.everyone, opens = excluded.opens, \
             updated_at = excluded.updated_at",
        )
        .bind(view.id)
        .bind(&view.owner)
        .bind(&view.list)
        .bind(&view.name)
        .bind(&view.query)
        .bind(&view.columns)
        .bind(view.everyone)
        .bind(view.opens)
        .bind(view.updated_at.0)
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_list_view(&mut self, view: &ListView) -> Result<()> {
        sqlx::query("DELETE FROM views WHERE id = $1").bind(view.id).execute(self.conn()).await?;
        self.images.push(Image {
            table: Table::Views,
            id: view.id,
            before: Some(image_map(view)),
            after: None,
        });
        self.events.push(Event::about("view", "deleted", view.id));
        Ok(())
    }
}
