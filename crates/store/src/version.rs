//! The number of the newest event, over a connection of its own. It is asked before every kept answer, and a
//! connection of the pool would be handed back by a task of its own each time: more work than the question.

use std::sync::Arc;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;

use crate::Result;
use crate::error::StoreError;
use crate::events::last_event;

/// The connection; none once the store is closed.
#[derive(Debug, Clone)]
pub(crate) struct Version(Arc<Mutex<Option<SqliteConnection>>>);

impl Version {
    pub(crate) async fn open(options: &SqliteConnectOptions) -> Result<Self> {
        Ok(Self(Arc::new(Mutex::new(Some(options.connect().await?)))))
    }

    pub(crate) async fn newest(&self) -> Result<i64> {
        match &mut *self.0.lock().await {
            Some(connection) => last_event(connection).await,
            None => Err(StoreError::Sql(sqlx::Error::PoolClosed)),
        }
    }

    pub(crate) async fn close(&self) {
        if let Some(connection) = self.0.lock().await.take()
            && let Err(error) = connection.close().await
        {
            tracing::debug!(%error, "the connection that asks for the version did not close in order");
        }
    }
}
