//! The first connection to a database server, with a short patience of its own, which says what is the matter: the pool asks again and
//! again until its time is over, and then says no more than that.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::timeout;

use crate::Result;
use crate::error::StoreError;
use crate::server_trouble::ServerTrouble;

/// Whoever looks at the hub waits a little longer, and hears this.
const PATIENCE: Duration = Duration::from_secs(3);

/// Connects, or says why not.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    let trouble = match timeout(PATIENCE, options.connect()).await {
        Ok(Ok(connection)) => return Ok(connection),
        Ok(Err(error)) => ServerTrouble::of(&error),
        Err(_) => ServerTrouble::Silent(PATIENCE.as_secs()),
    };
    Err(StoreError::Server(trouble))
}

/// Whether it can be connected to.
pub(crate) async fn try_out(options: &PgConnectOptions) -> Result<()> {
    // That it could is all that matters.
    if let Err(error) = connect(options).await?.close().await {
        tracing::debug!(%error, "a connection that was tried out did not end well");
    }
    Ok(())
}

/// The same for what the server says of the first statements: whether the role may do them.
pub(crate) fn told_apart(error: StoreError) -> StoreError {
    let known = match &error {
        StoreError::Sql(sqlx::Error::Database(error)) => {
            ServerTrouble::of_the_server(error.code().as_deref(), error.message().to_owned())
        }
        _ => None,
    };
    known.map_or(error, StoreError::Server)
}
