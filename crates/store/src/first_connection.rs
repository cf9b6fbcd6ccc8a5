//! The first connection to a database server, which says what is the matter where nothing comes of it: the pool asks again and again until
//! its time is over, and then says no more than that.

use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::time::{sleep, timeout};

use crate::Result;
use crate::error::StoreError;
use crate::server_trouble::ServerTrouble;

/// The first version that is tested, as `server_version_num`.
const OLDEST: u32 = 150_000;
/// So long one attempt may take: whoever looks at the hub waits a little longer, and hears what came of it.
const PATIENCE: Duration = Duration::from_secs(3);
/// So long a server is waited for that is just being restarted, and so long it is left alone between two attempts.
const RESTART: Duration = Duration::from_secs(10);
const REST: Duration = Duration::from_millis(250);

/// What that address says.
pub(crate) fn options(url: &str) -> Result<PgConnectOptions> {
    url.parse().map_err(|error| StoreError::Server(ServerTrouble::of(&error)))
}

/// Connects to a server that is new enough, or says why not.
pub(crate) async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    let trouble = match timeout(PATIENCE, options.connect()).await {
        Ok(Ok(connection)) => match connection.server_version_num() {
            Some(version) if version < OLDEST => ServerTrouble::TooOld(written(version)),
            _ => return Ok(connection),
        },
        Ok(Err(error)) => ServerTrouble::of(&error),
        Err(_) => ServerTrouble::Silent(PATIENCE.as_secs()),
    };
    Err(StoreError::Server(trouble))
}

/// The version as it is spoken of: `9.6` until 10 came, `14.2` since.
fn written(version: u32) -> String {
    match version / 10_000 {
        major @ 10.. => format!("{major}.{}", version % 10_000),
        major => format!("{major}.{}", version / 100 % 100),
    }
}

/// Whether that server can be connected to at this moment.
///
/// # Errors
/// [`StoreError::Server`] says why not, within three seconds.
pub async fn reach(url: &str) -> Result<()> {
    try_out(&options(url)?).await
}

/// Waits for it, unless what is the matter will not pass by itself.
pub(crate) async fn wait_for(options: &PgConnectOptions) -> Result<()> {
    let begun = Instant::now();
    loop {
        match try_out(options).await {
            Err(StoreError::Server(trouble)) if trouble.may_pass() && begun.elapsed() < RESTART => {
                sleep(REST).await;
            }
            done => return done,
        }
    }
}

async fn try_out(options: &PgConnectOptions) -> Result<()> {
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
