//! Contents on the disk that no row names: a process ended between putting one there and noting it, or before it could remove it.
//!
//! Invariant: a content that a row names is never removed. Rows are looked at and files removed under the one writing transaction; a row
//! for a content that was there a moment ago is noted under it too, and looks again whether it still is.

use std::fs;

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::backups::blocking;
use crate::blobs::Old;
use crate::error::StoreError;
use crate::open::Store;
use crate::view::View;

/// Files that no row names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unnamed {
    /// How many.
    pub files: usize,
    /// What they take on the disk.
    pub bytes: u64,
}

impl Unnamed {
    fn of(files: &[Old]) -> Self {
        Self { files: files.len(), bytes: files.iter().map(|file| file.bytes).sum() }
    }
}

impl Store {
    /// Those that were last touched before that. Younger ones may belong to a write that is underway.
    ///
    /// # Errors
    /// When the engine or the disk fails.
    pub async fn unnamed_contents(&self, before: Stamp) -> Result<Unnamed> {
        let old = self.old_contents(before).await?;
        Ok(Unnamed::of(&unnamed(&mut self.read().await?, old).await?))
    }

    /// Removes those that were last touched before that.
    ///
    /// # Errors
    /// When the engine or the disk fails; what was not removed is found the next time.
    pub async fn sweep_contents(&self, before: Stamp) -> Result<Unnamed> {
        let old = self.old_contents(before).await?;
        if old.is_empty() {
            return Ok(Unnamed::default());
        }
        // Nothing is written in it. It keeps everybody else from noting one meanwhile.
        let mut tx = self.write().await?;
        let swept = unnamed(&mut tx, old).await?;
        let swept = blocking(move || {
            for Old { path, .. } in &swept {
                match fs::remove_file(path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(StoreError::File { path: path.clone(), source: error });
                    }
                    _ => {}
                }
            }
            Ok(swept)
        })
        .await?;
        drop(tx);
        Ok(Unnamed::of(&swept))
    }

    async fn old_contents(&self, before: Stamp) -> Result<Vec<Old>> {
        let blobs = self.blobs();
        blocking(move || blobs.untouched_since(before)).await
    }
}

/// Those of them that no row names.
async fn unnamed(view: &mut View, mut old: Vec<Old>) -> Result<Vec<Old>> {
    let digests: Vec<String> = old.iter().filter_map(|file| file.sha256.clone()).collect();
    let unused: std::collections::HashSet<String> =
        view.unused_contents(&digests).await?.into_iter().collect();
    old.retain(|file| file.sha256.as_ref().is_none_or(|sha256| unused.contains(sha256)));
    Ok(old)
}

impl View {
    /// Those of the contents that are not noted.
    pub(crate) async fn unused_contents(&mut self, candidates: &[String]) -> Result<Vec<String>> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT value FROM json_each($1) WHERE value NOT IN (SELECT sha256 FROM blobs)")
                .bind(serde_json::to_string(candidates).expect("digests serialise"))
                .fetch_all(self.conn())
                .await?;
        Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
    }
}
