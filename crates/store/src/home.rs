//! Whose a schema on a server is: one data directory's at a time, because the key of the audit log, old contents of files and what
//! locks the one against the other lie there. Another directory takes over when no process of the one before is left; whoever was
//! cut off meanwhile and comes back writes nothing more.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::Mutex;

use crate::Result;
use crate::audit_key::Scribe;
use crate::error::StoreError;
use crate::sql::LOCK_WRITERS;

/// Every process of the directory holds this lock of its schema for as long as it lives.
const LIVES: &str = "1818323814, hashtext(current_schema())";

/// The claim of this process's data directory on a schema.
#[derive(Debug)]
pub(crate) struct Home {
    /// The key of the audit log, which no other directory has, and the machine, for a directory that was copied to another.
    id: String,
    host: String,
    path: PathBuf,
    options: PgConnectOptions,
    /// What holds the lock: the server releases it when the connection ends, however it ends.
    session: Mutex<PgConnection>,
}

impl Home {
    /// Moves in, if nobody of another directory is at home.
    pub(crate) async fn move_in(options: PgConnectOptions, beside: &Path, scribe: &Scribe) -> Result<Self> {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
        let path = beside.canonicalize().unwrap_or_else(|_| beside.into());
        let path = path.parent().unwrap_or(&path).to_owned();
        // Without a key there are no checkpoints, and everything else goes on.
        let key =
            scribe.signer().map_or_else(|_| path.display().to_string(), |signer| signer.public().to_string());
        let id = format!("{key}@{host}");
        let session = Mutex::new(options.connect().await?);
        let home = Self { id, host, path, options, session };
        home.settle(&mut *home.session.lock().await).await?;
        Ok(home)
    }

    /// The lock is gone when the server was restarted: takes it again.
    pub(crate) async fn stay(&self) -> Result<()> {
        let mut session = self.session.lock().await;
        if session.ping().await.is_err() {
            *session = self.options.connect().await?;
            self.settle(&mut session).await?;
        }
        Ok(())
    }

    /// Leaves the schema to whoever comes.
    pub(crate) async fn move_out(&self) {
        let unlock = format!("SELECT pg_advisory_unlock_shared({LIVES})");
        if let Err(error) = sqlx::query(AssertSqlSafe(unlock)).execute(&mut *self.session.lock().await).await
        {
            tracing::debug!(%error, "the lock ends with the connection instead");
        }
    }

    /// Asked under the lock of writers: whether it still is ours.
    pub(crate) async fn check(&self, connection: &mut PgConnection) -> Result<()> {
        match resident(connection).await? {
            Some(resident) if resident.0 != self.id => Err(taken(resident)),
            _ => Ok(()),
        }
    }

    async fn settle(&self, session: &mut PgConnection) -> Result<()> {
        let mut alone = session.begin().await?;
        sqlx::query(LOCK_WRITERS).execute(&mut *alone).await?;
        match resident(&mut alone).await? {
            Some(resident) if resident.0 == self.id => {}
            Some(resident) if !try_alone(&mut alone).await? => {
                // Not left to the drop: this connection may not be used again, and every writer would wait for it.
                alone.rollback().await?;
                return Err(taken(resident));
            }
            _ => self.note(&mut alone).await?,
        }
        sqlx::query(AssertSqlSafe(format!("SELECT pg_advisory_lock_shared({LIVES})")))
            .execute(&mut *alone)
            .await?;
        alone.commit().await?;
        Ok(())
    }

    async fn note(&self, connection: &mut PgConnection) -> Result<()> {
        sqlx::query("DELETE FROM home").execute(&mut *connection).await?;
        sqlx::query("INSERT INTO home (id, host, path) VALUES ($1, $2, $3)")
            .bind(&self.id)
            .bind(&self.host)
            .bind(self.path.to_string_lossy())
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// Its identity, its machine and its directory.
type Resident = (String, String, String);

async fn resident(connection: &mut PgConnection) -> Result<Option<Resident>> {
    Ok(sqlx::query_as("SELECT id, host, path FROM home").fetch_optional(connection).await?)
}

/// Whether no process lives in the schema. The lock for it ends with the transaction.
async fn try_alone(connection: &mut PgConnection) -> Result<bool> {
    let ask = format!("SELECT pg_try_advisory_xact_lock({LIVES})");
    let (alone,): (bool,) = sqlx::query_as(AssertSqlSafe(ask)).fetch_one(connection).await?;
    Ok(alone)
}

fn taken((_, host, path): Resident) -> StoreError {
    StoreError::Taken { host, path }
}
