//! Bringing the schema up to date: numbered SQL files, each applied once, in one transaction each,
//! after a copy was made.

use std::path::{Path, PathBuf};

use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::Result;
use crate::copied_out::copied_out;
use crate::error::StoreError;
use crate::first_connection;
use crate::keepsake;
use crate::moved_away;
use crate::presence::Presence;
use crate::runs;
use crate::sql::{LOCK_WRITERS, MAY_BE_SILENT, try_alone};

/// Number and SQL of every migration, in order. Never edit one that was released.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_initial.sql")),
    (2, include_str!("../migrations/0002_search.sql")),
    (3, include_str!("../migrations/0003_children.sql")),
    (4, include_str!("../migrations/0004_censuses.sql")),
    (5, include_str!("../migrations/0005_audit_index.sql")),
    (6, include_str!("../migrations/0006_approvals.sql")),
    (7, include_str!("../migrations/0007_backups.sql")),
    (8, include_str!("../migrations/0008_audit_checkpoints.sql")),
    (9, include_str!("../migrations/0009_scans_and_reachability.sql")),
    (10, include_str!("../migrations/0010_audit_blocks.sql")),
    (11, include_str!("../migrations/0011_views.sql")),
    (12, include_str!("../migrations/0012_approvals_at_work.sql")),
    (13, include_str!("../migrations/0013_plans_let_go.sql")),
    (14, include_str!("../migrations/0014_ownership.sql")),
    (15, include_str!("../migrations/0015_views_of_principals.sql")),
    (16, include_str!("../migrations/0016_approvals_of_principals.sql")),
    (17, include_str!("../migrations/0017_audit_columns.sql")),
];

/// The same steps in PostgreSQL's words. The first stands for all before it.
const FOR_POSTGRES: &[(i64, &str)] = &[
    (13, include_str!("../migrations/postgres/0013_schema.sql")),
    (14, include_str!("../migrations/0014_ownership.sql")),
    (15, include_str!("../migrations/0015_views_of_principals.sql")),
    (16, include_str!("../migrations/postgres/0016_approvals_of_principals.sql")),
    (17, include_str!("../migrations/postgres/0017_audit_columns.sql")),
];

/// Refuses a schema on a server that has tables, before anything is done to it.
///
/// # Errors
/// When it has, or the server cannot be reached.
pub async fn ensure_new(url: &str) -> Result<()> {
    let mut connection = first_connection::connect(&first_connection::options(url)?).await?;
    let (tables,): (Option<String>,) = sqlx::query_as(
        "SELECT string_agg(CAST(relname AS TEXT), ', ' ORDER BY relname) FROM pg_class \
         WHERE relkind IN ('r', 'p') AND relnamespace = CAST(current_schema() AS regnamespace)",
    )
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    tables.map_or(Ok(()), |tables| Err(StoreError::HasTables(tables)))
}

/// Brings a schema on a server up to date, all steps or none, after a copy of it was made beside that. Whoever else starts meanwhile waits.
pub(crate) async fn run_on_server(pool: &PgPool, beside: &Path) -> Result<()> {
    let mut transaction = pool.begin().await?;
    sqlx::query(LOCK_WRITERS).execute(&mut *transaction).await?;
    let (tables, is_ours): (Option<String>, bool) = sqlx::query_as(
        "SELECT string_agg(CAST(relname AS TEXT), ', ' ORDER BY relname), COALESCE(bool_or(relname = 'schema_version'), FALSE) \
         FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = CAST(current_schema() AS regnamespace)",
    )
    .fetch_one(&mut *transaction)
    .await?;
    if let (Some(tables), false) = (tables, is_ours) {
        return Err(StoreError::ForeignSchema(tables));
    }
    let create = "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL); \
                  CREATE TABLE IF NOT EXISTS home (id TEXT NOT NULL, host TEXT NOT NULL, path TEXT NOT NULL)";
    transaction.execute(sqlx::raw_sql(create)).await?;
    transaction.execute(sqlx::raw_sql(runs::TABLES)).await?;
    transaction.execute(sqlx::raw_sql(moved_away::TABLE)).await?;
    let found =
        sqlx::query_as("SELECT version FROM schema_version").fetch_optional(&mut *transaction).await?;
    let (current,): (i64,) = found.unwrap_or((0,));
    let newest = FOR_POSTGRES.last().map_or(0, |(number, _)| *number);
    if current > newest {
        return Err(StoreError::TooNew { found: current, known: newest });
    }
    moved_away::refuse(&mut transaction).await?;
    // Those who know only the schema of before would go on writing in it.
    if (1..newest).contains(&current) && !try_alone(&mut transaction).await? {
        let who = runs::at_work(&mut transaction).await.unwrap_or_default();
        return Err(StoreError::InUse { found: current, wanted: newest, who });
    }
    if (1..newest).contains(&current) {
        // Nothing is asked of this connection while the copy is made.
        transaction.execute(sqlx::raw_sql(MAY_BE_SILENT)).await?;
        let steps: Vec<_> = MIGRATIONS.iter().copied().filter(|(number, _)| *number <= current).collect();
        let fill = async |draft: PathBuf| copied_out(pool, &steps, &draft).await;
        let copy = keepsake::keep_as(beside, current + 1, fill).await?;
        tracing::info!(copy = %copy.display(), "kept a copy of what is on the server before migrating it");
    }
    for (_, sql) in FOR_POSTGRES.iter().filter(|(number, _)| *number > current) {
        transaction.execute(sqlx::raw_sql(*sql)).await?;
    }
    if current < newest {
        sqlx::query("DELETE FROM schema_version").execute(&mut *transaction).await?;
        let note = "INSERT INTO schema_version (version) VALUES ($1)";
        sqlx::query(note).bind(newest).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Refuses a database that something else made, before anything is written to it.
pub(crate) async fn refuse_foreign(file: &Path) -> Result<()> {
    if std::fs::metadata(file).map_or(0, |meta| meta.len()) == 0 {
        return Ok(());
    }
    let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).connect().await?;
    // One statement sees one moment: another process may be creating the schema right now.
    let found: Result<(Option<String>, i64), _> = sqlx::query_as(
        "SELECT group_concat(name, ', '), COALESCE(SUM(name IN ('items', 'changes', 'audit')), 0) FROM sqlite_master \
         WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .fetch_one(&mut connection)
    .await;
    connection.close().await?;
    match found? {
        (Some(tables), ours) if ours < 3 => Err(StoreError::Foreign(tables)),
        _ => Ok(()),
    }
}

pub(crate) async fn run(pool: &SqlitePool, file: &Path, presence: &Presence) -> Result<()> {
    let newest = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    let mut current = schema_of(pool).await?;
    // Those who know only the schema of before would go on writing in it.
    if (1..newest).contains(&current) {
        if !presence.insist()? {
            return Err(StoreError::InUse { found: current, wanted: newest, who: presence.others() });
        }
        // Somebody may have done it before they left.
        current = schema_of(pool).await?;
    }
    if current > newest {
        return Err(StoreError::TooNew { found: current, known: newest });
    }
    let pending: Vec<_> = MIGRATIONS.iter().filter(|(number, _)| *number > current).collect();
    if current > 0 && !pending.is_empty() {
        let copy = keepsake::keep(pool, file, current + 1).await?;
        tracing::info!(copy = %copy.display(), "kept a copy of the database before migrating it");
    }
    for (number, sql) in pending {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        // Two processes may start at once: the one that waited finds the work done.
        let (now,): (i64,) = sqlx::query_as("PRAGMA user_version").fetch_one(&mut *transaction).await?;
        if now >= *number {
            continue;
        }
        transaction.execute(sqlx::raw_sql(AssertSqlSafe(*sql))).await?;
        transaction.execute(sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {number}")))).await?;
        transaction.commit().await?;
        tracing::debug!(schema = number, "database schema is up to date");
    }
    Ok(())
}

async fn schema_of(pool: &SqlitePool) -> Result<i64> {
    let (version,) = sqlx::query_as("PRAGMA user_version").fetch_one(pool).await?;
    Ok(version)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::open::Store;

    #[tokio::test]
    async fn a_file_is_not_migrated_under_those_who_have_it_open_and_they_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        make_older(&database).await;
        // As the version before does it, from its start to its end.
        let mut old = std::process::Command::new("flock")
            .args(["--shared", "--no-fork"])
            .arg(database.with_extension("lock"))
            .args(["sh", "-c", "echo here; exec sleep 60"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Read::read_exact(old.stdout.as_mut().unwrap(), &mut [0; 5]).unwrap();
        let refused = Store::open(&database).await.unwrap_err();
        assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
        assert!(
            refused.to_string().contains(&format!("(it seems process {}, sleep)", old.id())),
            "{refused}"
        );
        let left = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("before-schema")));

        // However it ends, it is in nobody's way then.
        old.kill().unwrap();
        old.wait().unwrap();
        let store = Store::open(&database).await.unwrap();
        Store::open(&database).await.unwrap().close().await;
        store.close().await;
    }

    /// A database of the schema before the newest.
    pub(crate) async fn make_older(file: &Path) {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        for (number, sql) in &MIGRATIONS[..MIGRATIONS.len() - 1] {
            connection.execute(sqlx::raw_sql(AssertSqlSafe(*sql))).await.unwrap();
            let note = format!("PRAGMA user_version = {number}");
            connection.execute(sqlx::raw_sql(AssertSqlSafe(note))).await.unwrap();
        }
        connection.close().await.unwrap();
    }
}
