//! Rows from one engine into the other, and whether they read the same there. What follows from other rows (the index of the audit log) is
//! made anew by the target's own triggers.

use futures::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use sqlx::Row as _;

use crate::Result;
use crate::error::StoreError;
use crate::sql::{Conn, Engine, Sql, Value, sql};
use crate::view::View;

/// Every table that holds something of its own, and what its rows are ordered by. Rows come after those that they name.
pub(crate) const TABLES: &[(&str, &str)] = &[
    ("meta", "key"),
    ("items", "id"),
    ("links", "id"),
    ("layout", "item_id"),
    ("observations", "id"),
    ("sightings", "item_id, source"),
    ("identities", "id"),
    ("events", "seq"),
    ("cursors", "name"),
    ("changes", "id"),
    ("change_items", "item_id, change_id"),
    ("audit", "seq"),
    ("audit_checkpoints", "size"),
    ("audit_anchors", "name"),
    ("users", "name"),
    ("sessions", "hash"),
    ("tokens", "id"),
    ("icons", "sha256"),
    ("memories", "id"),
    ("search_vectors", "model, hash"),
    ("censuses", "id"),
    ("approvals", "id"),
    ("blobs", "sha256"),
    ("backups", "id"),
    ("scans", "id"),
    ("scan_hosts", "scan_id, number"),
    ("reachability", "id"),
    ("certificates", "item_id, port"),
    ("views", "id"),
];

/// Tables whose rows are numbered by the engine, and the column of the number. One that was given once is not given again.
const NUMBERED: &[(&str, &str)] = &[
    ("items", "id"),
    ("links", "id"),
    ("observations", "id"),
    ("identities", "id"),
    ("events", "seq"),
    ("changes", "id"),
    ("tokens", "id"),
    ("memories", "id"),
    ("censuses", "id"),
    ("approvals", "id"),
    ("backups", "id"),
    ("scans", "id"),
    ("reachability", "id"),
    ("views", "id"),
];

/// Values of one statement: both engines take many more.
const AT_ONCE: usize = 2_000;

/// What a column holds, in the words of PostgreSQL's catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Whole,
    Real,
    Truth,
    Text,
    Bytes,
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    name: String,
    sort: Sort,
}

pub(crate) struct Table<'c> {
    pub(crate) name: &'static str,
    pub(crate) order: &'static str,
    pub(crate) columns: &'c [Column],
}

impl Table<'_> {
    fn names(&self) -> String {
        let quoted: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        quoted.join(", ")
    }
}

/// The values of a row of either engine.
macro_rules! read_row {
    ($row:expr, $columns:expr) => {{
        let row = $row;
        let read = |(place, column): (usize, &Column)| {
            Ok(match column.sort {
                Sort::Whole => Value::Whole(row.try_get(place)?),
                Sort::Real => Value::Real(row.try_get(place)?),
                Sort::Truth => Value::Truth(row.try_get(place)?),
                Sort::Text => Value::Text(row.try_get(place)?),
                Sort::Bytes => Value::Bytes(row.try_get(place)?),
            })
        };
        $columns.iter().enumerate().map(read).collect::<sqlx::Result<Vec<Value>>>()
    }};
}

/// Puts what a schema on a server has, which may be an older one without the newest tables, into an empty file of the same schema.
///
/// # Errors
/// When either engine fails, or what was written reads differently.
pub(crate) async fn take_down(from: &mut View, into: &mut View) -> Result<()> {
    let tables = "SELECT CAST(relname AS TEXT) FROM pg_class \
                  WHERE relkind IN ('r', 'p') AND relnamespace = CAST(current_schema() AS regnamespace)";
    let tables: Vec<(String,)> = sql(tables).fetch_all(from.conn()).await?;
    let is_there = |table: &str| tables.iter().any(|(name,)| name == table);
    for (table, order) in TABLES.iter().filter(|(table, _)| is_there(table)) {
        let columns = columns_of(from, table).await?;
        let whole = Table { name: table, order, columns: &columns };
        copy(from, into, &whole).await?;
        compare(from, into, &whole).await?;
    }
    count_on(from, into, is_there).await
}

/// The columns of a table on a server. SQLite has the same ones by the same names, but not always one sort of value in them.
pub(crate) async fn columns_of(view: &mut View, table: &str) -> Result<Vec<Column>> {
    let rows: Vec<(String, String)> =
        sql("SELECT CAST(a.attname AS TEXT), CAST(a.atttypid AS regtype)::TEXT FROM pg_attribute a \
         WHERE a.attrelid = CAST($1 AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum")
        .bind(table)
        .fetch_all(view.conn())
        .await?;
    rows.into_iter()
        .map(|(name, sort)| {
            let sort = match sort.as_str() {
                "bigint" => Sort::Whole,
                "double precision" => Sort::Real,
                "boolean" => Sort::Truth,
                "text" => Sort::Text,
                "bytea" => Sort::Bytes,
                other => return Err(StoreError::Damaged(format!("{table}.{name} is of the sort {other}"))),
            };
            Ok(Column { name, sort })
        })
        .collect()
}

/// The rows of a table in their order, read as they come.
fn rows<'c>(connection: Conn<'c>, table: &Table<'c>) -> BoxStream<'c, sqlx::Result<Vec<Value>>> {
    let columns = table.columns;
    let text =
        sqlx::AssertSqlSafe(format!("SELECT {} FROM {} ORDER BY {}", table.names(), table.name, table.order));
    match connection {
        Conn::Lite(lite) => sqlx::query(text).fetch(lite).map(move |row| read_row!(row?, columns)).boxed(),
        Conn::Postgres(postgres) => {
            sqlx::query(text).fetch(postgres).map(move |row| read_row!(row?, columns)).boxed()
        }
    }
}

pub(crate) async fn copy(from: &mut View, into: &mut View, table: &Table<'_>) -> Result<u64> {
    let mut batches = rows(from.conn(), table).try_chunks((AT_ONCE / table.columns.len()).max(1));
    let mut copied = 0;
    while let Some(batch) = batches.try_next().await.map_err(|error| error.1)? {
        copied += insert(table, batch).execute(into.conn()).await?;
    }
    Ok(copied)
}

fn insert(table: &Table<'_>, batch: Vec<Vec<Value>>) -> Sql {
    let mut query = Sql::naming(format!("INSERT INTO {} ({}) VALUES ", table.name, table.names()));
    for (row, values) in batch.into_iter().enumerate() {
        query.push(if row == 0 { "(" } else { "), (" });
        for (place, value) in values.into_iter().enumerate() {
            query.push(if place == 0 { "" } else { ", " }).push_bind(value);
        }
    }
    query.push(")");
    query
}

pub(crate) async fn compare(from: &mut View, into: &mut View, table: &Table<'_>) -> Result<()> {
    let mut there = rows(into.conn(), table);
    let mut here = rows(from.conn(), table);
    let mut number = 0_u64;
    loop {
        let (one, other) = (here.try_next().await?, there.try_next().await?);
        if one != other {
            let (name, number) = (table.name, number + 1);
            return Err(StoreError::Damaged(format!(
                "row {number} of {name} reads differently in the new database"
            )));
        }
        if one.is_none() {
            return Ok(());
        }
        number += 1;
    }
}

/// Goes on numbering where the source stands, in those tables.
pub(crate) async fn count_on(from: &mut View, into: &mut View, tables: impl Fn(&str) -> bool) -> Result<()> {
    for (table, column) in NUMBERED.iter().filter(|(table, _)| tables(table)) {
        match into.engine() {
            Engine::Postgres => {
                let last = "SELECT MAX(last) FROM (SELECT seq AS last FROM sqlite_sequence WHERE name = $1 UNION ALL SELECT MAX(";
                let last = sql(last).and(column).and(") FROM ").and(table).and(")").bind(*table);
                let last: Option<i64> = last.fetch_scalar(from.conn()).await?;
                let Some(last) = last.filter(|last| *last > 0) else { continue };
                sql("SELECT setval(CAST(pg_get_serial_sequence($1, $2) AS regclass), $3)")
                    .bind(*table)
                    .bind(*column)
                    .bind(last)
                    .execute(into.conn())
                    .await?;
            }
            Engine::Lite => {
                let last = "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence($1, $2) AS regclass))";
                let last: Option<i64> =
                    sql(last).bind(*table).bind(*column).fetch_scalar(from.conn()).await?;
                sql("DELETE FROM sqlite_sequence WHERE name = $1").bind(*table).execute(into.conn()).await?;
                let Some(last) = last else { continue };
                sql("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")
                    .bind(*table)
                    .bind(last)
                    .execute(into.conn())
                    .await?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::Store;

    /// What triggers make anew.
    const MADE: &[&str] = &["audit_sorts", "audit_index", "audit_paths", "audit_words", "audit_blocks"];

    #[tokio::test]
    async fn no_table_stays_behind() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
        let tables: Vec<(String, Option<String>)> =
            sql("SELECT m.name, (SELECT s.name FROM sqlite_master s WHERE s.sql LIKE '%VIRTUAL%' AND m.name LIKE s.name || '_%') \
                 FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'")
                .fetch_all(store.read().await.unwrap().conn())
                .await
                .unwrap();
        for (table, part_of) in tables {
            let is_moved = TABLES.iter().any(|(name, _)| *name == table);
            assert!(is_moved || part_of.is_some() || MADE.contains(&&*table), "{table}");
        }
        for (table, _) in NUMBERED {
            assert!(TABLES.iter().any(|(name, _)| name == table), "{table}");
        }
    }
}
