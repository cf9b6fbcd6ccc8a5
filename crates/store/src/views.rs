//! Named views of lists.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::list_view::ListView;
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::event::Event;
use crate::image::image_map;
use crate::sql::{Sql, sql};
use crate::view::{View, WriteTx};

type ViewRow = (i64, i64, String, String, String, String, String, Option<String>, bool, bool, i64);

const COLUMNS: &str = "id, rev, owner, principal, list, name, query, columns, everyone, opens, updated_at";

fn list_view_of(row: ViewRow) -> ListView {
    let (id, rev, owner, principal, list, name, query, columns, everyone, opens, updated_at) = row;
    let (principal, updated_at) = (Principal::from(principal), Stamp(updated_at));
    ListView { id, rev, owner, principal, list, name, query, columns, everyone, opens, updated_at }
}

/// The values of every column but the id, which both ways of writing begin with.
fn bound(query: Sql, view: &ListView) -> Sql {
    query
        .bind(view.rev)
        .bind(&view.owner)
        .bind(String::from(view.principal.clone()))
        .bind(&view.list)
        .bind(&view.name)
        .bind(&view.query)
        .bind(&view.columns)
        .bind(view.everyone)
        .bind(view.opens)
        .bind(view.updated_at.0)
}

impl View {
    /// One view.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn list_view(&mut self, id: i64) -> Result<Option<ListView>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM views WHERE id = $1");
        let row: Option<ViewRow> = query.bind(id).fetch_optional(self.conn()).await?;
        Ok(row.map(list_view_of))
    }

    /// Every view of everybody, in order of id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn list_views(&mut self) -> Result<Vec<ListView>> {
        let query = sql("SELECT ").and(COLUMNS).and(" FROM views ORDER BY id");
        let rows: Vec<ViewRow> = query.fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(list_view_of).collect())
    }
}

impl WriteTx {
    /// Keeps a new view; its `id` is given by the store.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn insert_list_view(&mut self, view: ListView) -> Result<ListView> {
        let insert = sql(
            "INSERT INTO views (rev, owner, principal, list, name, query, columns, everyone, opens, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        );
        let id = bound(insert, &view).fetch_scalar(self.aside()).await?;
        let view = ListView { id, ..view };
        self.images.push(Image { table: Table::Views, id, before: None, after: Some(image_map(&view)) });
        self.events.push(Event::about("view", "created", id));
        Ok(view)
    }

    /// Saves a view anew, as its next revision.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn update_list_view(&mut self, before: &ListView, after: ListView) -> Result<ListView> {
        if *before == after {
            return Ok(after);
        }
        let after = ListView { rev: before.rev + 1, ..after };
        self.store_list_view(&after).await?;
        self.images.push(Image {
            table: Table::Views,
            id: after.id,
            before: Some(image_map(before)),
            after: Some(image_map(&after)),
        });
        self.events.push(Event::about("view", "updated", after.id));
        Ok(after)
    }

    /// Forgets the views that somebody kept for themselves alone, without a trace in the journal: they are gone with their owner.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn forget_private_views_of(&mut self, owner: Principal) -> Result<()> {
        sql("DELETE FROM views WHERE principal = $1 AND everyone = $2")
            .bind(String::from(owner))
            .bind(false)
            .execute(self.aside())
            .await?;
        Ok(())
    }

    pub(crate) async fn store_list_view(&mut self, view: &ListView) -> Result<()> {
        let store = sql(
            "INSERT INTO views (rev, owner, principal, list, name, query, columns, everyone, opens, updated_at, id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (id) DO UPDATE SET rev = $1, owner = $2, principal = $3, list = $4, name = $5, query = $6, \
             columns = $7, everyone = $8, opens = $9, updated_at = $10",
        );
        bound(store, view).bind(view.id).execute(self.aside()).await?;
        Ok(())
    }

    /// Forgets a view.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_list_view(&mut self, view: &ListView) -> Result<()> {
        sql("DELETE FROM views WHERE id = $1").bind(view.id).execute(self.aside()).await?;
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
