//! What a schema on a server holds, as a file of SQLite of the same number: for the version that knows no newer one.

use std::path::Path;

use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::Result;
use crate::transfer::take_down;
use crate::view::{Handle, Held, View};

/// Fills an empty file: the schema by those steps, and the rows of one moment, which are read again and compared.
pub(crate) async fn copied_out(pool: &PgPool, steps: &[(i64, &'static str)], file: &Path) -> Result<()> {
    // Nobody reads it before it is whole and on the disk, so that nothing has to be saved of one that is not.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off);
    let draft = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    for (number, step) in steps {
        draft.execute(sqlx::raw_sql(*step)).await?;
        draft.execute(sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {number}")))).await?;
    }
    let moment = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut from = View::of(Held::Postgres(Handle::Transaction(moment)));
    let mut into = View::of(Held::Lite(Handle::Plain(draft.acquire().await?)));
    take_down(&mut from, &mut into).await?;
    drop(into);
    draft.close().await;
    Ok(())
}
