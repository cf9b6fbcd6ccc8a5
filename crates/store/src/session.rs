//! The one connection on which a process holds its locks on a server. The server releases them when the connection ends, however it ends.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

use crate::Result;
use crate::error::StoreError;

/// A server that is there answers sooner. Asking it and connecting anew together take less than the grace of a run.
const PATIENCE: Duration = Duration::from_secs(3);

/// The server shall not hold a lock for hours for somebody whose machine is gone. Where it is reached without TCP it ignores that.
const NOTICES_AN_END: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; \
     SET tcp_user_timeout = 11000";

/// Said once connected, and not while connecting: poolers refuse what they do not know then.
pub(crate) async fn notice_an_end(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute(sqlx::raw_sql(NOTICES_AN_END)).await?;
    Ok(())
}

/// Invariant: a connection that is kept here holds all locks. One on which they are yet to be taken is its maker's, and ends with the
/// attempt when that fails or is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    options: PgConnectOptions,
    holding: Mutex<Option<PgConnection>>,
}

impl Session {
    /// Not connected yet.
    pub(crate) fn to(options: PgConnectOptions) -> Self {
        Self { options, holding: Mutex::new(None) }
    }

    pub(crate) async fn lock(&self) -> MutexGuard<'_, Option<PgConnection>> {
        self.holding.lock().await
    }

    /// One without locks. Whoever waits for a lock on it longer than `wait` is refused by the server, which so forgets them too.
    pub(crate) async fn connect(&self, wait: Duration) -> Result<PgConnection> {
        let connecting = async {
            let mut connection = self.options.connect().await?;
            notice_an_end(&mut connection).await?;
            let limit = "SELECT set_config('lock_timeout', $1, FALSE)";
            sqlx::query(limit).bind(wait.as_millis().to_string()).execute(&mut connection).await?;
            Ok(connection)
        };
        answered(PATIENCE, connecting).await
    }
}

/// Whether the server is at its other end still.
pub(crate) async fn is_alive(connection: &mut PgConnection) -> bool {
    matches!(timeout(PATIENCE, connection.ping()).await, Ok(Ok(())))
}

/// What the server answers within that time.
pub(crate) async fn answered<T>(within: Duration, asking: impl Future<Output = Result<T>>) -> Result<T> {
    let late = || std::io::Error::new(std::io::ErrorKind::TimedOut, "the server does not answer");
    timeout(within, asking).await.unwrap_or_else(|_| Err(StoreError::Sql(sqlx::Error::Io(late()))))
}
