//! What the server is that has the hub's rows.

use crate::Result;
use crate::open::Store;

/// What the hub's rows are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// The version of PostgreSQL.
    pub version: String,
    /// Whether what goes there and back is encrypted.
    pub has_tls: bool,
}

impl Store {
    /// The server that has the rows, if one has them.
    ///
    /// # Errors
    /// When it fails.
    pub async fn server_facts(&self) -> Result<Option<ServerFacts>> {
        let Some(mut connection) = self.on_server().await? else { return Ok(None) };
        let ask = "SELECT current_setting('server_version'), \
                   COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE)";
        let (version, has_tls): (String, bool) = sqlx::query_as(ask).fetch_one(&mut *connection).await?;
        Ok(Some(ServerFacts { version, has_tls }))
    }
}
