//! Opening the database: where it is, how it is tuned, what happens first.

use std::path::{Path, PathBuf};
use std::time::Duration;

use labkeeper_core::fault::{Code, Fault};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::watch;

use crate::Result;
use crate::migrate;
use crate::presence::Presence;
use crate::view::{View, WriteTx};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database failed")]
    Sql(#[from] sqlx::Error),
    /// A stored value is not what we write.
    #[error("the database holds a value that labkeeper did not write: {0}")]
    Damaged(String),
    /// A file could not be created, copied or opened.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database was written by a newer labkeeper.
    #[error(
        "the database is at schema {found}, this labkeeper knows up to {known}: use the newer version that wrote it"
    )]
    TooNew {
        /// Schema found.
        found: i64,
        /// Newest schema known.
        known: i64,
    },
    /// A unique rule of the schema.
    #[error("that already exists")]
    Duplicate,
}

impl StoreError {
    /// Whether the engine refused because of a unique index.
    pub(crate) fn unique(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Duplicate,
            _ => Self::Sql(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Fault::new(Code::Conflict, "that already exists"),
            other => {
                let chain =
                    std::iter::successors(Some(&other as &dyn std::error::Error), |error| error.source());
                let text: Vec<String> = chain.map(ToString::to_string).collect();
                Fault::internal(&text.join(": "))
            }
        }
    }
}

/// The hub's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    committed: watch::Sender<i64>,
    path: PathBuf,
    presence: std::sync::Arc<Presence>,
}

impl Store {
    /// Opens the database file, creating it when absent, brings its schema up to date (copying the file
    /// first when there is something to migrate) and, when no other process has it open, marks intents
    /// without an outcome as interrupted.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged or is newer than this program.
    pub async fn open(path: &Path) -> Result<Self> {
        let presence = Presence::announce(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-8000");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        migrate::run(&writer, path).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .idle_timeout(Some(Duration::from_secs(60)))
            .connect_lazy_with(options.read_only(true));
        let store = Self {
            readers,
            writer,
            committed: watch::Sender::new(0),
            path: path.into(),
            presence: std::sync::Arc::new(presence),
        };
        if store.presence.alone() {
            store.close_interrupted_intents().await?;
        }
        store.presence.settle()?;
        let last = store.read().await?.last_event().await?;
        store.committed.send_replace(last);
        Ok(store)
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the engine has none to give.
    pub async fn read(&self) -> Result<View> {
        Ok(View::plain(self.readers.acquire().await?))
    }

    /// A connection that sees one moment, however many queries follow.
    ///
    /// # Errors
    /// When the engine has none to give.
    pub async fn snapshot(&self) -> Result<View> {
        Ok(View::snapshot(self.readers.begin().await?))
    }

    /// The one writing transaction; others wait. Dropped without commit it leaves nothing.
    ///
    /// # Errors
    /// When another process holds the database for longer than ten seconds.
    pub async fn write(&self) -> Result<WriteTx> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(WriteTx::new(transaction, self.committed.clone()))
    }

    /// Follows the number of the newest event committed by this process.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.committed.subscribe()
    }

    /// Tells followers about events that another process committed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn notice_foreign_writes(&self) -> Result<()> {
        let last = self.read().await?.last_event().await?;
        self.committed.send_if_modified(|known| {
            let newer = last > *known;
            *known = last.max(*known);
            newer
        });
        Ok(())
    }

    /// Closes all connections; the WAL is folded into the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A consistent copy of the whole database in a new file, while the hub runs.
    ///
    /// # Errors
    /// When the target exists or cannot be written.
    pub async fn copy_to(&self, target: &Path) -> Result<()> {
        let text = target.to_str().ok_or_else(|| StoreError::Damaged("a path that is not UTF-8".into()))?;
        sqlx::query("VACUUM INTO $1").bind(text).execute(&self.writer).await?;
        Ok(())
    }
}
