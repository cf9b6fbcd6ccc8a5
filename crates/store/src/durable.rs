//! Making sure that what was committed outlives a power cut, before something is done that the database must know of
//! ([ADR 0003](../../docs/adr/0003-sqlite-now.md)).

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;

use crate::Result;
use crate::error::StoreError;
use crate::open::Store;

impl Store {
    /// Waits until everything that was committed is on the disk.
    ///
    /// # Errors
    /// When the disk does not say so.
    pub async fn settle_on_disk(&self) -> Result<()> {
        let mut name: OsString = self.path().into();
        name.push("-wal");
        let log = PathBuf::from(name);
        let synced = tokio::task::spawn_blocking(move || match File::open(&log) {
            Ok(file) => file.sync_data().map_err(|source| StoreError::File { path: log, source }),
            // Folded into the database, which is synced when that happens.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(StoreError::File { path: log, source }),
        });
        synced.await.map_err(|stopped| StoreError::Damaged(stopped.to_string()))?
    }
}
