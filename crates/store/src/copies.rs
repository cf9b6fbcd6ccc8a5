//! Copies of a whole database, and what they need beside them.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::Result;
use crate::error::StoreError;
use crate::migrate;
use crate::open::Store;
use crate::sql::sql;

impl Store {
    /// A consistent copy of the whole database in a new file, while the hub runs, and while its writing transaction is held.
    ///
    /// # Errors
    /// When the target exists or cannot be written.
    pub async fn copy_to(&self, target: &Path) -> Result<()> {
        let text = target.to_str().ok_or_else(|| StoreError::Damaged("a path that is not UTF-8".into()))?;
        sql("VACUUM INTO $1").bind(text).execute(self.read().await?.conn()).await?;
        Ok(())
    }

    /// A copy of a database that is reserved, as it is: nothing is migrated, whichever version wrote it.
    ///
    /// # Errors
    /// When the target exists or cannot be written, or the database cannot be read ([`StoreError::is_unreadable`]).
    pub async fn copy_reserved(path: &Path, target: &Path) -> Result<()> {
        migrate::refuse_foreign(path).await?;
        let mut connection = SqliteConnectOptions::new().filename(path).connect().await?;
        let text = target.to_str().ok_or_else(|| StoreError::Damaged("a path that is not UTF-8".into()))?;
        let done = sqlx::query("VACUUM INTO $1").bind(text).execute(&mut connection).await;
        // The log beside the file is folded into it.
        connection.close().await?;
        done?;
        Ok(())
    }

    /// The digests of the contents of files that a copy names. One of a labkeeper that kept no files names none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn contents_named_in(copy: &Path) -> Result<Vec<String>> {
        // It is nobody else's, so nothing has to be left beside it.
        let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
        let mut connection = options.connect().await?;
        let named = contents_in(&mut connection).await;
        connection.close().await?;
        named
    }
}

async fn contents_in(connection: &mut sqlx::SqliteConnection) -> Result<Vec<String>> {
    let table: Option<(i64,)> =
        sqlx::query_as("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'blobs'")
            .fetch_optional(&mut *connection)
            .await?;
    if table.is_none() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT sha256 FROM blobs ORDER BY sha256").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
}
