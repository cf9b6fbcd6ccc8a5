//! What a schema says whose hub left it for a file. A process that was not told would go on with what was left.

use std::path::Path;

use sqlx::postgres::PgConnection;

use crate::Result;
use crate::error::StoreError;
use crate::runs::Whereabouts;

/// Beside the numbered schema, as `home` is: nobody takes it along to another database.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS moved_to (host TEXT NOT NULL, path TEXT NOT NULL)";

pub(crate) async fn note(file: &Path, connection: &mut PgConnection) -> Result<()> {
    sqlx::query("INSERT INTO moved_to (host, path) VALUES ($1, $2)")
        .bind(Whereabouts::beside(file).host)
        .bind(file.display().to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// # Errors
/// When the hub of this schema left it.
pub(crate) async fn refuse(connection: &mut PgConnection) -> Result<()> {
    let gone = sqlx::query_as("SELECT host, path FROM moved_to").fetch_optional(connection).await?;
    gone.map_or(Ok(()), |(host, path)| Err(StoreError::MovedAway { host, path }))
}
