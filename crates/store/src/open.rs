//! Opening the database: where it is, how it is tuned, what happens first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Postgres, SqlSafeStr as _, Sqlite, Transaction};
use tokio::sync::watch;

use crate::Result;
use crate::audit_columns::AuditColumns;
use crate::audit_found::AuditFound;
use crate::audit_key::Scribe;
use crate::bucket::Bucket;
use crate::claim_rows::ClaimRows;
use crate::edition::Edition;
use crate::first_connection::{self, told_apart, wait_for};
use crate::home::Home;
use crate::migrate;
use crate::owed::Owed;
use crate::presence::Presence;
use crate::session::notice_an_end;
use crate::sql::LOCK_WRITERS;
use crate::staying;
use crate::view::{Handle, Held, View, WriteTx};

#[derive(Debug, Clone)]
enum Pools {
    Lite { readers: SqlitePool, writer: SqlitePool },
    Postgres { pool: PgPool, home: Arc<Home>, claims: Arc<ClaimRows> },
}

/// The hub's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    committed: watch::Sender<Edition>,
    path: PathBuf,
    presence: Arc<Presence>,
    scribe: Arc<Scribe>,
    bucket: Option<Bucket>,
    audit_columns: Arc<AuditColumns>,
    audit_found: Arc<AuditFound>,
    owed: Arc<Owed>,
}

impl Store {
    /// Opens the database file, creating it when absent, brings its schema up to date (copying the file
    /// first when there is something to migrate) and says of calls whose process ended before their outcome that
    /// they were interrupted.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged, is something else's, is newer than this program, or is older and other processes have it
    /// open.
    pub async fn open(path: &Path) -> Result<Self> {
        migrate::refuse_foreign(path).await?;
        let presence = Presence::announce(path).await?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-8000");
        // A connection to a file does not go stale; asking it first would cost as much as the question itself.
        let writer = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        migrate::run(&writer, path, &presence).await?;
        let readers = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .max_connections(4)
            .idle_timeout(Some(Duration::from_secs(60)))
            .connect_lazy_with(options.read_only(true));
        let scribe = Arc::new(Scribe::of(path)?);
        Self::begun(Pools::Lite { readers, writer }, path, presence, scribe, None).await
    }

    /// As [`Store::open`] for a database on a PostgreSQL server, in the first schema of its search path. What belongs to it and is
    /// not in it (the key of the audit log, contents of files unless a bucket has them) lies beside `beside`; so does the copy that is made
    /// when there is something to migrate.
    ///
    /// # Errors
    /// When the server cannot be reached, or the schema is something else's, is newer than this program, is older and processes of
    /// that version are at work on it, or is at work for another hub.
    pub async fn connect(url: &str, beside: &Path, bucket: Option<Bucket>) -> Result<Self> {
        let presence = Presence::announce(beside).await?;
        let options = first_connection::options(url)?.application_name("labkeeper");
        wait_for(&options).await?;
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(|connection, _| Box::pin(notice_an_end(connection)))
            .connect_with(options.clone())
            .await?;
        migrate::run_on_server(&pool, beside).await.map_err(told_apart)?;
        let scribe = Arc::new(Scribe::of(beside)?);
        let home = Arc::new(Home::move_in(options, scribe.clone(), bucket.as_ref()).await?);
        let claims = Arc::new(ClaimRows::of(pool.clone(), scribe.clone()));
        staying::begin(&home, &claims);
        Self::begun(Pools::Postgres { pool, home, claims }, beside, presence, scribe, bucket).await
    }

    async fn begun(
        pools: Pools,
        path: &Path,
        presence: Presence,
        scribe: Arc<Scribe>,
        bucket: Option<Bucket>,
    ) -> Result<Self> {
        let store = Self {
            pools,
            committed: watch::Sender::new(Edition::default()),
            path: path.into(),
            presence: Arc::new(presence),
            scribe,
            bucket,
            audit_columns: Arc::default(),
            audit_found: Arc::default(),
            owed: Arc::default(),
        };
        if store.is_alone() {
            store.close_all_that_is_open().await?;
        } else {
            store.close_what_the_dead_left().await?;
        }
        store.presence.settle()?;
        let last = store.read().await?.edition().await?;
        store.committed.send_replace(last);
        Ok(store)
    }

    /// The same, with the contents of files in a bucket from now on.
    #[must_use]
    pub fn with_bucket(self, bucket: Option<Bucket>) -> Self {
        Self { bucket, ..self }
    }

    pub(crate) fn bucket(&self) -> Option<&Bucket> {
        self.bucket.as_ref()
    }

    /// That database for this process alone until the answer is dropped: whoever opens it meanwhile waits. Nothing
    /// when another process has it open.
    ///
    /// # Errors
    /// When the lock beside it cannot be opened.
    pub fn reserve(path: &Path) -> Result<Option<Presence>> {
        Presence::reserve(path)
    }

    /// Whether its rows are on a server, and only what belongs to them lies here.
    pub fn is_on_server(&self) -> bool {
        matches!(self.pools, Pools::Postgres { .. })
    }

    /// The database file; with a server, what belongs to it lies beside this.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of the newest event, whichever process wrote it, 0 when there is none: the version of everything
    /// that can be read. The database is asked only when another process has opened it since this one did.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn version(&self) -> Result<i64> {
        Ok(self.edition().await?.seq)
    }

    /// What can be read, whichever process wrote it. The database is asked as for [`Store::version`].
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn edition(&self) -> Result<Edition> {
        if !self.is_on_server() && self.presence.undisturbed() {
            return Ok(*self.committed.borrow());
        }
        self.read().await?.edition().await
    }

    /// Whether no other process had the database open. Of a server nobody knows.
    fn is_alone(&self) -> bool {
        !self.is_on_server() && self.presence.alone()
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the engine has none to give.
    pub async fn read(&self) -> Result<View> {
        Ok(View::of(match &self.pools {
            Pools::Lite { readers, .. } => Held::Lite(Handle::Plain(readers.acquire().await?)),
            Pools::Postgres { pool, .. } => Held::Postgres(Handle::Plain(pool.acquire().await?)),
        }))
    }

    /// A connection that sees one moment, however many queries follow.
    ///
    /// # Errors
    /// When the engine has none to give.
    pub async fn snapshot(&self) -> Result<View> {
        Ok(View::of(match &self.pools {
            Pools::Lite { readers, .. } => Held::Lite(Handle::Transaction(readers.begin().await?)),
            Pools::Postgres { pool, .. } => {
                let how = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Held::Postgres(Handle::Transaction(begin_whole(pool, how).await?))
            }
        }))
    }

    /// The one writing transaction; others wait. Dropped without commit it leaves nothing. Once committed it survives whatever happens to
    /// this process; the loss of power may take the newest ones, together and from the end (ADR 0003).
    ///
    /// # Errors
    /// When another process holds the database for longer than ten seconds.
    pub async fn write(&self) -> Result<WriteTx> {
        self.begin("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE").await
    }

    /// As [`Store::write`], and once committed it and all before it survive the loss of power too.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_durably(&self) -> Result<WriteTx> {
        self.begin("PRAGMA synchronous = FULL; BEGIN IMMEDIATE").await
    }

    async fn begin(&self, how: &'static str) -> Result<WriteTx> {
        let held = match &self.pools {
            Pools::Lite { writer, .. } => Held::Lite(Handle::Transaction(begin_alone(writer, how).await?)),
            Pools::Postgres { pool, home, .. } => {
                home.stay_visible().await?;
                let mut begun = begin_whole(pool, "BEGIN").await?;
                sqlx::query(LOCK_WRITERS).execute(&mut *begun).await?;
                home.check(&mut begun).await?;
                Held::Postgres(Handle::Transaction(begun))
            }
        };
        Ok(WriteTx::new(held, self.committed.clone(), self.presence.clone(), self.scribe.clone()))
    }

    pub(crate) fn audit_columns(&self) -> &AuditColumns {
        &self.audit_columns
    }

    pub(crate) fn audit_found(&self) -> &AuditFound {
        &self.audit_found
    }

    pub(crate) fn owed(&self) -> &Owed {
        &self.owed
    }

    pub(crate) fn scribe(&self) -> &Scribe {
        &self.scribe
    }

    /// Where claims are rows. Whoever makes one is seen by others from then on.
    pub(crate) async fn claim_rows(&self) -> Result<Option<&Arc<ClaimRows>>> {
        match &self.pools {
            Pools::Lite { .. } => Ok(None),
            Pools::Postgres { home, claims, .. } => {
                home.stay_visible().await?;
                Ok(Some(claims))
            }
        }
    }

    /// Of a hub on a server.
    pub(crate) fn home(&self) -> Option<&Home> {
        match &self.pools {
            Pools::Lite { .. } => None,
            Pools::Postgres { home, .. } => Some(home),
        }
    }

    /// A connection to the server, if it is one, for what no engine but that knows.
    pub(crate) async fn on_server(&self) -> Result<Option<PoolConnection<Postgres>>> {
        match &self.pools {
            Pools::Lite { .. } => Ok(None),
            Pools::Postgres { pool, .. } => Ok(Some(pool.acquire().await?)),
        }
    }

    /// Follows the newest event committed by this process.
    pub fn watch(&self) -> watch::Receiver<Edition> {
        self.committed.subscribe()
    }

    /// Tells followers about events that another process committed, and clears up after processes that ended.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn notice_foreign_writes(&self) -> Result<()> {
        if let Err(error) = self.close_what_the_dead_left().await {
            tracing::warn!(%error, "what a process that ended left open could not be closed");
        }
        let last = self.edition().await?;
        self.committed.send_if_modified(|known| {
            let newer = last.seq > known.seq;
            if newer {
                *known = last;
            }
            newer
        });
        Ok(())
    }

    /// Closes all connections; the WAL is folded into the file.
    pub async fn close(&self) {
        self.pay_at_last().await;
        match &self.pools {
            Pools::Lite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, home, .. } => {
                pool.close().await;
                home.move_out().await;
            }
        }
    }
}

/// Begins in a task of its own, which nobody cuts short. Whoever hangs up between the word and the server's answer would leave the
/// connection to the next one with a transaction open that the driver does not count: one that sees the past, and may not write.
async fn begin_whole(pool: &PgPool, how: &'static str) -> Result<Transaction<'static, Postgres>> {
    // Whoever hangs up while waiting for a connection is in nobody's way.
    let connection = pool.acquire().await?;
    let begun = tokio::spawn(Transaction::begin(connection, Some(how.into_sql_str()))).await;
    Ok(begun.unwrap_or(Err(sqlx::Error::WorkerCrashed))?)
}

async fn begin_alone(writer: &SqlitePool, how: &'static str) -> Result<Transaction<'static, Sqlite>> {
    match writer.begin_with(how).await {
        // SQLite took a transaction back by itself, as it does when the disk is full, and the driver counts it as open for ever.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            Ok(writer.begin_with(how).await?)
        }
        begun => Ok(begun?),
    }
}
