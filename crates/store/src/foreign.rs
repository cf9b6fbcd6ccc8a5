//! Reading the predecessor's SQLite file: every table it has, columns by name, nothing written to it.

use std::path::Path;

use serde_json::{Map, Value};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{Column, ConnectOptions, Connection, Row, TypeInfo, ValueRef};

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// SQLite cannot open or read it.
    #[error("the database file is damaged or cut off: SQLite cannot read it")]
    Unreadable(#[source] sqlx::Error),
    /// It says itself that it is not whole.
    #[error("the database file is damaged or cut off: {0}")]
    Damaged(String),
    /// It is one of ours.
    #[error("the file is labkeeper's own database: run `labkeeper export` with it and import that file")]
    Ours,
    /// It is something else's.
    #[error(
        "the file is a SQLite database of something else: its tables are {0}, none of Homelab Hub's are among them"
    )]
    Alien(String),
}

/// Tables of the predecessor, of any age.
const KNOWN: [&str; 13] = [
    "hardware",
    "vms",
    "apps",
    "storage",
    "shares",
    "networks",
    "network_members",
    "misc",
    "documents",
    "map_layout",
    "map_edges",
    "relationships",
    "alembic_version",
];

/// Rows of every table, each an object of its columns. Unknown tables come too, so that they can be reported.
///
/// # Errors
/// When it is not the predecessor's database; says what it is instead.
pub async fn read_tables(path: &Path) -> Result<Vec<(String, Vec<Value>)>, ForeignError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON");
    let mut connection = options.connect().await.map_err(ForeignError::Unreadable)?;
    let tables = match check(&mut connection, path).await {
        Ok(()) => read_all(&mut connection).await,
        Err(error) => Err(error),
    };
    // The file is only read; nothing is lost if closing fails.
    let _ = connection.close().await;
    tables
}

/// Values that break a rule of their table are rows like others; the import reports what is odd about them.
const ODD_BUT_WHOLE: [&str; 5] =
    ["NULL value in", "CHECK constraint failed", "NUMERIC value in", "TEXT value in", "non-"];

/// What is missing at the end of a file reads as empty pages, so a file that was cut off would look like one with
/// fewer rows.
async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), ForeignError> {
    let pages: i64 = pragma(connection, "PRAGMA page_count").await?;
    let size: i64 = pragma(connection, "PRAGMA page_size").await?;
    let head = std::fs::File::open(path).and_then(|mut file| {
        let mut head = [0; 32];
        std::io::Read::read_exact(&mut file, &mut head)?;
        Ok((u32::from_be_bytes([head[28], head[29], head[30], head[31]]), file.metadata()?.len()))
    });
    let (said, length) = head.map_err(|error| ForeignError::Damaged(error.to_string()))?;
    let wanted = i64::from(said).max(pages).saturating_mul(size);
    if i64::try_from(length).unwrap_or(i64::MAX) < wanted {
        return Err(ForeignError::Damaged(format!("it has {length} bytes of {wanted}")));
    }
    let findings: Vec<(String,)> = sqlx::query_as("PRAGMA quick_check(1000)")
        .fetch_all(connection)
        .await
        .map_err(ForeignError::Unreadable)?;
    let broken = findings
        .into_iter()
        .map(|(finding,)| finding)
        .find(|finding| finding != "ok" && !ODD_BUT_WHOLE.iter().any(|odd| finding.starts_with(odd)));
    match broken {
        None => Ok(()),
        Some(finding) => {
            let last = finding.lines().last().unwrap_or_default().to_string();
            Err(ForeignError::Damaged(last))
        }
    }
}

async fn pragma(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, ForeignError> {
    let (value,): (i64,) =
        sqlx::query_as(sql).fetch_one(connection).await.map_err(ForeignError::Unreadable)?;
    Ok(value)
}

async fn read_all(connection: &mut SqliteConnection) -> Result<Vec<(String, Vec<Value>)>, ForeignError> {
    let names: Vec<(String, Option<String>)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name")
            .fetch_all(&mut *connection)
            .await
            .map_err(ForeignError::Unreadable)?;
    // A virtual table runs code of its module; the predecessor has none.
    let is_plain = |sql: &Option<String>| {
        sql.as_deref().is_some_and(|sql| !sql.to_uppercase().starts_with("CREATE VIRTUAL"))
    };
    let names: Vec<String> = names
        .into_iter()
        .filter(|(name, sql)| is_plain(sql) && !name.starts_with("sqlite_"))
        .map(|(name, _)| name)
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has("items") && has("links") && has("audit") {
        return Err(ForeignError::Ours);
    }
    if !KNOWN[..9].iter().any(|known| has(known)) {
        let shown = if names.is_empty() {
            "none at all".into()
        } else {
            names.iter().take(8).cloned().collect::<Vec<_>>().join(", ")
        };
        return Err(ForeignError::Alien(shown));
    }
    let mut tables = Vec::new();
    for name in names {
        let sql = format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""));
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(&mut *connection)
            .await
            .map_err(ForeignError::Unreadable)?;
        let rows = rows
            .iter()
            .map(object_of)
            .collect::<Result<Vec<Value>, sqlx::Error>>()
            .map_err(ForeignError::Unreadable)?;
        tables.push((name, rows));
    }
    Ok(tables)
}

/// SQLite keeps whatever type was written, whatever the column says; so each value is asked for its own.
fn object_of(row: &SqliteRow) -> Result<Value, sqlx::Error> {
    let mut object = Map::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(at)?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().name() {
                "INTEGER" | "BOOLEAN" => row.try_get_unchecked::<i64, _>(at)?.into(),
                "REAL" => row.try_get_unchecked::<f64, _>(at)?.into(),
                "BLOB" => String::from_utf8_lossy(row.try_get_unchecked::<&[u8], _>(at)?).into_owned().into(),
                _ => String::from_utf8_lossy(row.try_get_unchecked::<&[u8], _>(at)?).into_owned().into(),
            }
        };
        object.insert(column.name().into(), value);
    }
    Ok(Value::Object(object))
}
