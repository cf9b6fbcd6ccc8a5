//! The one connection on which a process holds its locks on a server. The server releases them when the connection ends, however it ends.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

use crate::Result;
use crate::error::StoreError;

/// A server that is there answers sooner.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server shall not hold a lock for hours for somebody whose machine is gone. Where it is reached without TCP it ignores that.
const NOTICES_AN_END: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; \
     SET tcp_user_timeout = 11000";

#[derive(Debug)]
pub(crate) struct Session {
    options: PgConnectOptions,
    connection: Mutex<PgConnection>,
}

impl Session {
    pub(crate) async fn open(options: PgConnectOptions) -> Result<Self> {
        let connection = Mutex::new(connect(&options).await?);
        Ok(Self { options, connection })
    }

    pub(crate) async fn lock(&self) -> MutexGuard<'_, PgConnection> {
        self.connection.lock().await
    }

    /// Connects anew when the connection ended; says whether it did. Then no lock is held.
    pub(crate) async fn mend(&self, session: &mut PgConnection) -> Result<bool> {
        if matches!(timeout(PATIENCE, session.ping()).await, Ok(Ok(()))) {
            return Ok(false);
        }
        *session = connect(&self.options).await?;
        Ok(true)
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    let connecting = async {
        let mut connection = options.connect().await?;
        sqlx::raw_sql(NOTICES_AN_END).execute(&mut connection).await?;
        Ok(connection)
    };
    let late = || std::io::Error::new(std::io::ErrorKind::TimedOut, "the server does not answer");
    timeout(PATIENCE, connecting).await.unwrap_or_else(|_| Err(StoreError::Sql(sqlx::Error::Io(late()))))
}
