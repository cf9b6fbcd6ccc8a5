//! Contents on the disk that no row names: a process ended between putting one there and noting it, or before it could remove it.
//!
//! Invariant: a content that a row names is never removed. Rows are looked at and files moved under the one writing transaction; a row
//! for a content that was there a moment ago is noted under it too, and looks again whether it still is.
//!
//! Another database may name what this one does not: one that was put aside and is repaired later, or one that this one replaced. So
//! what is found is put away first, and removed when it lay there for long; and a database that names nothing finds nothing.

use std::collections::HashSet;
use std::time::Duration;

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::backups::blocking;
use crate::blobs::{Blobs, Old, Trashed};
use crate::open::Store;
use crate::sql::sql;
use crate::view::View;

/// Younger than this, a content may belong to a write that has not noted it yet.
const UNDERWAY: Duration = Duration::from_secs(24 * 3600);
/// How long it is put away before it is removed.
const PUT_AWAY: Duration = Duration::from_secs(30 * 24 * 3600);

/// Files that no row names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unnamed {
    /// How many.
    pub files: usize,
    /// What they take on the disk.
    pub bytes: u64,
}

impl Unnamed {
    fn of(lengths: impl Iterator<Item = u64>) -> Self {
        let mut all = Self::default();
        lengths.for_each(|bytes| all.add(bytes));
        all
    }

    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// What becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The next sweep puts them away.
    PutAway,
    /// They stay: the database names no content at all, so it may not be the one that they belong to.
    Spared,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// What was put away.
    pub put_away: Unnamed,
    /// What was removed, after it had been put away for long.
    pub removed: Unnamed,
}

impl Store {
    /// Those that are in their place and old enough that no write can be underway with them, and what becomes of them.
    ///
    /// # Errors
    /// When the engine or the disk fails.
    pub async fn unnamed_contents(&self, now: Stamp) -> Result<(Unnamed, Fate)> {
        let old = self.old_contents(now).await?;
        let mut view = self.read().await?;
        let fate = if view.names_contents().await? { Fate::PutAway } else { Fate::Spared };
        let unused = unused(&mut view, old.iter().filter_map(|file| file.sha256.as_ref())).await?;
        let unnamed = old.iter().filter(|file| file.is_unnamed(&unused));
        Ok((Unnamed::of(unnamed.map(|file| file.bytes)), fate))
    }

    /// Puts them away, and removes those that were put away long ago. One that is named again, by this database, gets its place back.
    ///
    /// # Errors
    /// When the engine or the disk fails; what was not swept is found the next time.
    pub async fn sweep_contents(&self, now: Stamp) -> Result<Swept> {
        let (blobs, old) = (self.blobs(), self.old_contents(now).await?);
        let away = blocking(move || blobs.put_away()).await?;
        if old.is_empty() && away.is_empty() {
            return Ok(Swept::default());
        }
        // Nothing is written in it. It keeps everybody else from noting one meanwhile.
        let mut tx = self.write().await?;
        if !tx.names_contents().await? {
            return Ok(Swept::default());
        }
        let in_place = old.iter().filter_map(|file| file.sha256.as_ref());
        let unused = unused(&mut tx, in_place.chain(away.iter().map(|file| &file.sha256))).await?;
        let blobs = self.blobs();
        let swept = blocking(move || {
            let mut swept = Swept::default();
            away.iter().try_for_each(|file| swept.see_to_trashed(&blobs, file, &unused, now))?;
            old.iter()
                .filter(|file| file.is_unnamed(&unused))
                .try_for_each(|file| swept.see_to_old(&blobs, file, now))?;
            Ok(swept)
        })
        .await?;
        drop(tx);
        Ok(swept)
    }

    async fn old_contents(&self, now: Stamp) -> Result<Vec<Old>> {
        let blobs = self.blobs();
        blocking(move || blobs.untouched_since(before(now, UNDERWAY))).await
    }
}

fn before(now: Stamp, age: Duration) -> Stamp {
    Stamp(now.0.saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)))
}

impl Swept {
    fn see_to_trashed(
        &mut self,
        blobs: &Blobs,
        file: &Trashed,
        unused: &HashSet<String>,
        now: Stamp,
    ) -> Result<()> {
        if !unused.contains(&file.sha256) {
            return blobs.bring_back(&file.sha256);
        }
        if file.since < before(now, PUT_AWAY) {
            blobs.forget(&file.sha256)?;
            self.removed.add(file.bytes);
        }
        Ok(())
    }

    fn see_to_old(&mut self, blobs: &Blobs, file: &Old, now: Stamp) -> Result<()> {
        match &file.sha256 {
            Some(sha256) => {
                blobs.throw_away(sha256, now)?;
                self.put_away.add(file.bytes);
            }
            // A draft is no content yet, whichever database would have named it.
            None => {
                Blobs::remove_draft(&file.path)?;
                self.removed.add(file.bytes);
            }
        }
        Ok(())
    }
}

impl Old {
    fn is_unnamed(&self, unused: &HashSet<String>) -> bool {
        self.sha256.as_ref().is_none_or(|sha256| unused.contains(sha256))
    }
}

/// Those of the digests that no row names.
async fn unused(view: &mut View, digests: impl Iterator<Item = &String>) -> Result<HashSet<String>> {
    let digests: Vec<String> = digests.cloned().collect();
    Ok(view.unused_contents(&digests).await?.into_iter().collect())
}

impl View {
    async fn names_contents(&mut self) -> Result<bool> {
        let (any,): (bool,) = sql("SELECT EXISTS (SELECT 1 FROM blobs)").fetch_one(self.conn()).await?;
        Ok(any)
    }

    /// Those of the contents that are not noted.
    pub(crate) async fn unused_contents(&mut self, candidates: &[String]) -> Result<Vec<String>> {
        let rows: Vec<(String,)> =
            sql("SELECT value FROM json_each($1) WHERE value NOT IN (SELECT sha256 FROM blobs)")
                .bind(serde_json::to_string(candidates).expect("digests serialise"))
                .fetch_all(self.conn())
                .await?;
        Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
    }
}
