//! A hub that leaves a server for a file, while nobody else is at work on its rows.

use std::path::Path;

use sqlx::postgres::PgConnection;

use crate::Result;
use crate::moved_away;
use crate::open::Store;
use crate::sql::{Conn, MAY_BE_SILENT};
use crate::view::WriteTx;

/// The one writer that is left on a server. Dropped without [`Leaving::went_to`], nothing has changed there.
pub struct Leaving(WriteTx);

impl Store {
    /// Keeps everybody else out, those too that are the same hub.
    ///
    /// # Errors
    /// [`crate::StoreError::AtWork`] when a process is at work there; or the server fails.
    ///
    /// # Panics
    /// When the rows are in a file, which [`Store::reserve`] is for.
    pub async fn leave_server(&self) -> Result<Leaving> {
        let home = self.home().expect("a hub on a server leaves it");
        let mut held = self.write().await?;
        let connection = of_server(&mut held);
        // Nothing is asked of it while the rows are read on others.
        sqlx::query(MAY_BE_SILENT).execute(&mut *connection).await?;
        home.stay_alone(connection).await?;
        Ok(Leaving(held))
    }
}

impl Leaving {
    /// From now on the schema is refused, and that file named.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn went_to(mut self, file: &Path) -> Result<()> {
        moved_away::note(file, of_server(&mut self.0)).await?;
        self.0.commit().await
    }
}

fn of_server(held: &mut WriteTx) -> &mut PgConnection {
    match held.aside() {
        Conn::Postgres(connection) => connection,
        Conn::Lite(_) => unreachable!("its rows are on a server"),
    }
}
