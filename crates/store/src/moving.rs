//! A whole hub from one engine into the other: row by row, in one transaction of the target, from one moment of the source, and
//! compared afterwards.

use crate::Result;
use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Engine, sql};
use crate::transfer::{TABLES, Table, columns_of, compare, copy, count_on};
use crate::view::View;

/// How many rows of which table came over.
pub type Moved = Vec<(&'static str, u64)>;

impl Store {
    /// Puts everything that this hub's database holds into another of the other engine that is new. One that holds just that already, because
    /// whoever moved there died before saying so, is as good.
    ///
    /// # Errors
    /// When the target is not empty, either engine fails, or what was written reads differently. Then the target is as it was.
    pub async fn move_into(&self, target: &Store) -> Result<Moved> {
        let mut from = self.snapshot().await?;
        let mut into = target.write_durably().await?;
        if from.engine() == into.engine() {
            return Err(StoreError::Damaged(
                "both databases are of the same engine: copy the file instead".into(),
            ));
        }
        let mut moved = Moved::new();
        let occupied = first_with_rows(&mut into).await?;
        for (table, order) in TABLES {
            let columns = match from.engine() {
                Engine::Postgres => columns_of(&mut from, table).await?,
                Engine::Lite => columns_of(&mut into, table).await?,
            };
            let whole = Table { name: table, order, columns: &columns };
            let rows = match occupied {
                None => copy(&mut from, &mut into, &whole).await?,
                Some(_) => count(&mut from, table).await?,
            };
            moved.push((table, rows));
            let same = compare(&mut from, &mut into, &whole).await;
            match occupied {
                Some(table) if same.is_err() => return Err(StoreError::Occupied { table }),
                _ => same?,
            }
        }
        count_on(&mut from, &mut into, |_| true).await?;
        into.commit().await?;
        Ok(moved)
    }
}

async fn first_with_rows(view: &mut View) -> Result<Option<&'static str>> {
    for (table, _) in TABLES {
        if !is_empty(view, table).await? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

async fn count(view: &mut View, table: &'static str) -> Result<u64> {
    let rows: Option<i64> = sql("SELECT COUNT(*) FROM ").and(table).fetch_scalar(view.conn()).await?;
    Ok(rows.unwrap_or_default().unsigned_abs())
}

async fn is_empty(view: &mut View, table: &'static str) -> Result<bool> {
    let row: Option<(i64,)> =
        sql("SELECT CAST(1 AS BIGINT) FROM ").and(table).and(" LIMIT 1").fetch_optional(view.conn()).await?;
    Ok(row.is_none())
}
