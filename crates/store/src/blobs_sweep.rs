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
use crate::blobs::{Blobs, Lying, Old, Trashed};
use crate::blocking::blocking;
use crate::open::Store;
use crate::shelf::Shelf;
use crate::sql::{Conn, MAY_BE_SILENT, sql};
use crate::view::{View, WriteTx};

/// Younger than this, a content may belong to a write that has not noted it yet.
const UNDERWAY: Duration = Duration::from_secs(24 * 3600);
/// How long it is put away before it is removed.
const PUT_AWAY: Duration = Duration::from_secs(30 * 24 * 3600);

/// How many are seen to in one transaction.
pub(crate) const AT_ONCE: usize = 50;

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
        let named = self.read().await?.named_contents().await?;
        let fate = if named.is_empty() { Fate::Spared } else { Fate::PutAway };
        let names = self.shelf().names_of(named).await?;
        let unnamed = old.iter().filter(|file| file.is_unnamed(&names));
        Ok((Unnamed::of(unnamed.map(|file| file.bytes)), fate))
    }

    /// Puts them away, and removes those that were put away long ago. One that is named again, by this database, gets its place back.
    ///
    /// # Errors
    /// When the engine, the disk or the bucket fails; what was not swept is found the next time.
    pub async fn sweep_contents(&self, now: Stamp) -> Result<Swept> {
        let (shelf, mut old) = (self.shelf(), self.old_contents(now).await?);
        let away = shelf.put_away().await?;
        // Nearly all are named: who is not is asked once more, when nobody can name it any longer.
        let named = self.read().await?.named_contents().await?;
        let names = shelf.names_of(named).await?;
        old.retain(|file| file.is_unnamed(&names));
        let mut swept = Swept::default();
        // A few at a time: nobody else writes meanwhile, and a bucket may be far away.
        for some in away.chunks(AT_ONCE) {
            let Some((tx, named)) = self.held(&shelf).await? else { return Ok(swept) };
            for file in some {
                swept.see_to_trashed(&shelf, file, &named, now).await?;
            }
            drop(tx);
        }
        for some in old.chunks(AT_ONCE) {
            let Some((tx, named)) = self.held(&shelf).await? else { return Ok(swept) };
            for file in some.iter().filter(|file| file.is_unnamed(&named)) {
                swept.see_to_old(&shelf, file, now).await?;
            }
            drop(tx);
        }
        Ok(swept)
    }

    /// What is named, and stays so until the transaction is dropped: nothing is written in it, and it keeps everybody else from noting
    /// one meanwhile. Nothing when no content is named at all.
    async fn held(&self, shelf: &Shelf) -> Result<Option<(WriteTx, HashSet<String>)>> {
        let mut tx = self.write().await?;
        if let Conn::Postgres(connection) = tx.aside() {
            // A bucket may be slow, and without the lock of writers what is put away may have been named meanwhile.
            sqlx::query(MAY_BE_SILENT).execute(connection).await?;
        }
        let named = tx.named_contents().await?;
        if named.is_empty() {
            return Ok(None);
        }
        let names = shelf.names_of(named).await?;
        Ok(Some((tx, names)))
    }

    async fn old_contents(&self, now: Stamp) -> Result<Vec<Old>> {
        self.shelf().untouched_since(before(now, UNDERWAY)).await
    }
}

fn before(now: Stamp, age: Duration) -> Stamp {
    Stamp(now.0.saturating_sub(i64::try_from(age.as_micros()).unwrap_or(i64::MAX)))
}

impl Swept {
    async fn see_to_trashed(
        &mut self,
        shelf: &Shelf,
        file: &Trashed,
        named: &HashSet<String>,
        now: Stamp,
    ) -> Result<()> {
        if named.contains(&file.name) {
            return shelf.bring_back(&file.name).await;
        }
        if file.since < before(now, PUT_AWAY) {
            shelf.forget(&file.name).await?;
            self.removed.add(file.bytes);
        }
        Ok(())
    }

    async fn see_to_old(&mut self, shelf: &Shelf, file: &Old, now: Stamp) -> Result<()> {
        match &file.what {
            Lying::Content(name) => {
                shelf.throw_away(name, now).await?;
                self.put_away.add(file.bytes);
            }
            // A draft is no content yet, whichever database would have named it.
            Lying::Draft(path) => {
                let path = path.clone();
                blocking(move || Blobs::remove_draft(&path)).await?;
                self.removed.add(file.bytes);
            }
        }
        Ok(())
    }
}

impl Old {
    fn is_unnamed(&self, named: &HashSet<String>) -> bool {
        match &self.what {
            Lying::Content(name) => !named.contains(name),
            Lying::Draft(_) => true,
        }
    }
}

impl View {
    /// The digests of all contents that are noted.
    pub(crate) async fn named_contents(&mut self) -> Result<Vec<String>> {
        let rows: Vec<(String,)> = sql("SELECT sha256 FROM blobs").fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
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
