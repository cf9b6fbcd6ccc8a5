//! What files in the lab were before they were written from here: kept first, then written, then settled.
//!
//! Invariant: a version that [`Store::keep_version`] answered is on the disk with its contents, and a content is removed only when
//! no version stands on it any more, after that was committed.

use std::collections::HashMap;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::{BackupId, Content, Incoming, Kept, Quota, QuotaError, Settlement, room_for};
use labkeeper_core::shell::{FilePath, Ownership, Place};
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::blobs::Stored;
use crate::blobs_sweep::AT_ONCE;
use crate::error::StoreError;
use crate::event::Event;
use crate::journal::ChangeMeta;
use crate::open::Store;
use crate::shelf::Shelf;
use crate::sql::sql;
use crate::versions::Version;
use crate::view::WriteTx;

/// A file that is about to be written.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// Through which face.
    pub via: String,
    /// In which session.
    pub session: Option<String>,
    /// Operation.
    pub op: String,
    /// Where.
    pub place: Place,
    /// The path that was asked for.
    pub asked: FilePath,
    /// The path it is, links followed.
    pub path: FilePath,
    /// The bytes it has; `None` when there is no file.
    pub before: Option<Vec<u8>>,
    /// Whose it is.
    pub ownership: Option<Ownership>,
    /// The bytes it is to have; `None` when it is to be removed.
    pub after: Option<Vec<u8>>,
}

/// Why the bytes from before could not be kept. The file is not written then.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// No room within the quota.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// The disk or the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeepError> for Fault {
    fn from(error: KeepError) -> Self {
        let refused = |why: String| {
            Self::new(
                Code::Unavailable,
                format!("the file was not written, because what is there could not be kept first: {why}"),
            )
        };
        match error {
            KeepError::Quota(error) => {
                refused(error.to_string()).with_hint("raise GLOBAL_SIZE_CAP_BYTES, or write a smaller file")
            }
            KeepError::Store(StoreError::File { source, .. }) => refused(source.to_string())
                .with_hint("make room on the disk that has labkeeper's data directory"),
            KeepError::Store(StoreError::Key { path, source }) => {
                refused(format!("the key of old contents, {}: {source}", path.display()))
                    .with_hint("put that file back as it was, readable for labkeeper alone")
            }
            KeepError::Store(StoreError::Bucket { place, trouble }) => {
                refused(format!("the bucket {place}: {trouble}"))
                    .with_hint("`labkeeper doctor` tries the bucket out")
            }
            KeepError::Store(error) => error.into(),
        }
    }
}

impl Store {
    /// Where contents of files are kept.
    pub fn shelf(&self) -> Shelf {
        Shelf::of(self.path(), self.bucket().cloned())
    }

    /// Keeps what a file is, and what it is to become, on the disk. Only then may it be written. Old versions that are beyond the
    /// quota go.
    ///
    /// # Errors
    /// When it is not kept for certain; then nothing may be written.
    pub async fn keep_version(&self, new: NewVersion, quota: Quota) -> Result<BackupId, KeepError> {
        let before = self.keep_bytes(new.before.as_ref()).await?;
        let after = self.keep_bytes(new.after.as_ref()).await?;
        let contents: Vec<Stored> = before.iter().chain(&after).cloned().collect();
        let kept = self.insert_version(&new, before.as_ref(), after.as_ref(), quota).await;
        if kept.is_err() {
            let ours = contents.into_iter().map(|content| content.sha256).collect();
            self.remove_blobs(ours)
                .await
                .unwrap_or_else(|error| tracing::warn!(%error, "a content that is not needed stays"));
        }
        kept
    }

    async fn keep_bytes(&self, bytes: Option<&Vec<u8>>) -> Result<Option<Stored>> {
        match bytes {
            Some(bytes) => self.shelf().keep(bytes.clone()).await.map(Some),
            None => Ok(None),
        }
    }

    async fn insert_version(
        &self,
        new: &NewVersion,
        before: Option<&Stored>,
        after: Option<&Stored>,
        quota: Quota,
    ) -> Result<BackupId, KeepError> {
        let mut tx = self.write().await?;
        for (content, bytes) in [(before, &new.before), (after, &new.after)] {
            if let (Some(content), Some(bytes)) = (content, bytes) {
                self.keep_content(&mut tx, content, bytes).await?;
            }
        }
        let incoming = Incoming {
            file: (new.place.to_string(), new.path.to_string()),
            blobs: before.iter().chain(&after).map(|content| content.sha256.clone()).collect(),
        };
        let gone = tx.surplus(&incoming, quota).await??;
        tx.forget_versions(&gone).await?;
        let id = tx.insert_backup(new, before, after).await?;
        let orphans = tx.forget_contents().await?;
        tx.commit().await?;
        self.settle_on_disk().await?;
        self.remove_blobs(orphans)
            .await
            .unwrap_or_else(|error| tracing::warn!(%error, "a content that is not needed any more stays"));
        Ok(id)
    }

    /// Notes a content. Nobody can remove it from now on, but somebody may have a moment ago: then it is stored again.
    async fn keep_content(&self, tx: &mut WriteTx, content: &Stored, bytes: &[u8]) -> Result<()> {
        let shelf = self.shelf();
        if !shelf.is_kept(&content.sha256).await? {
            shelf.keep(bytes.to_vec()).await?;
        }
        tx.insert_content(content).await
    }

    /// Removes contents that no version stands on. Under the writing transaction, so that nobody takes one up meanwhile.
    async fn remove_blobs(&self, candidates: Vec<String>) -> Result<()> {
        let shelf = self.shelf();
        // A few at a time: nobody else writes meanwhile, and a bucket may be far away.
        for some in candidates.chunks(AT_ONCE) {
            let mut tx = self.write().await?;
            for sha256 in tx.unused_contents(some).await? {
                shelf.remove(&sha256).await?;
            }
            drop(tx);
        }
        Ok(())
    }

    /// The digests of all contents that versions name.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn named_contents(&self) -> Result<Vec<String>> {
        self.read().await?.named_contents().await
    }

    /// The bytes of a content; `None` when there is no file.
    ///
    /// # Errors
    /// When they are not there any more, or not as they were.
    pub async fn content(&self, content: &Content) -> Result<Option<Vec<u8>>> {
        match content.sha256() {
            Some(sha256) => self.shelf().read(sha256).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether the bytes of a content are there, as far as one sees without reading them.
    ///
    /// # Errors
    /// When the bucket cannot be asked.
    pub async fn has_content(&self, content: &Content) -> Result<bool> {
        match content.sha256() {
            Some(sha256) => self.shelf().is_there(sha256).await,
            None => Ok(true),
        }
    }
}

impl WriteTx {
    /// Says what became of a write. That it came about is noted for the journal entry of this transaction, once; the answer says
    /// whether it was just now.
    ///
    /// # Errors
    /// When the engine fails, or there is no such version.
    pub async fn settle_version(&mut self, id: BackupId, settlement: Settlement) -> Result<bool> {
        let version = self
            .version(id)
            .await?
            .ok_or_else(|| StoreError::Damaged(format!("backup {id} of a write went before its outcome")))?;
        if version.settlement == Settlement::Applied {
            return Ok(false);
        }
        sql("UPDATE backups SET settlement = $1 WHERE id = $2")
            .bind(settlement.as_str())
            .bind(id.0)
            .execute(self.aside())
            .await?;
        let is_applied = settlement == Settlement::Applied;
        if is_applied {
            self.files.push(version.change());
            self.announce(Event::about("file", "written", id.0));
        }
        Ok(is_applied)
    }

    /// Says what became of a write whose process did not live to say it, as the file shows; one that came about gets its journal
    /// entry, if it has none.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn settle_left(&mut self, version: &Version, settlement: Settlement) -> Result<()> {
        // Somebody else may have said it meanwhile, or its time was over.
        let known = self.version(version.id).await?;
        if known.is_none_or(|known| known.settlement != Settlement::Saved) {
            return Ok(());
        }
        if self.settle_version(version.id, settlement).await? {
            let meta = ChangeMeta {
                at: version.at,
                actor: version.actor.clone(),
                via: version.via.clone(),
                session: version.session.clone(),
                op: version.op.clone(),
                summary: format!("wrote {} in {}; found out later", version.path, version.place),
                reverts: None,
            };
            self.journal(&meta).await?;
        }
        Ok(())
    }

    async fn surplus(
        &mut self,
        incoming: &Incoming,
        quota: Quota,
    ) -> Result<std::result::Result<Vec<BackupId>, QuotaError>> {
        let sizes: HashMap<String, u64> = sql("SELECT sha256, stored FROM blobs")
            .fetch_all(self.aside())
            .await?
            .into_iter()
            .map(|(sha256, stored): (String, i64)| (sha256, stored.unsigned_abs()))
            .collect();
        type Row = (i64, String, String, Option<String>, Option<String>, String);
        let rows: Vec<Row> =
            sql("SELECT id, place, path, before_sha256, after_sha256, settlement FROM backups ORDER BY id")
                .fetch_all(self.aside())
                .await?;
        let kept: Vec<Kept> = rows
            .into_iter()
            .map(|(id, place, path, before, after, settlement)| Kept {
                id: BackupId(id),
                file: (place, path),
                blobs: before.into_iter().chain(after).collect(),
                open: settlement == Settlement::Saved.as_str(),
            })
            .collect();
        Ok(room_for(incoming, &kept, &sizes, quota))
    }

    async fn forget_versions(&mut self, gone: &[BackupId]) -> Result<()> {
        let ids: Vec<i64> = gone.iter().map(|id| id.0).collect();
        sql("DELETE FROM backups WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))")
            .bind(serde_json::to_string(&ids).expect("ids serialise"))
            .execute(self.aside())
            .await?;
        Ok(())
    }

    async fn insert_backup(
        &mut self,
        new: &NewVersion,
        before: Option<&Stored>,
        after: Option<&Stored>,
    ) -> Result<BackupId> {
        let (id,): (i64,) = sql(
            "INSERT INTO backups (at, actor, via, session, op, place, asked, path, before_sha256, after_sha256, before_mode, \
             before_uid, before_gid, settlement) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'saved') RETURNING id",
        )
        .bind(new.at.0)
        .bind(&new.actor)
        .bind(&new.via)
        .bind(&new.session)
        .bind(&new.op)
        .bind(new.place.to_string())
        .bind(new.asked.as_str())
        .bind(new.path.as_str())
        .bind(before.map(|content| &content.sha256))
        .bind(after.map(|content| &content.sha256))
        .bind(new.ownership.map(|known| known.mode))
        .bind(new.ownership.map(|known| known.uid))
        .bind(new.ownership.map(|known| known.gid))
        .fetch_one(self.aside())
        .await?;
        Ok(BackupId(id))
    }

    async fn insert_content(&mut self, content: &Stored) -> Result<()> {
        let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        sql("INSERT INTO blobs (sha256, size, stored) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(&content.sha256)
            .bind(number(content.size))
            .bind(number(content.stored))
            .execute(self.aside())
            .await?;
        Ok(())
    }

    /// Forgets the contents that no version stands on, and names them.
    async fn forget_contents(&mut self) -> Result<Vec<String>> {
        let rows: Vec<(String,)> =
            sql("DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM backups WHERE before_sha256 = sha256) \
             AND NOT EXISTS (SELECT 1 FROM backups WHERE after_sha256 = sha256) RETURNING sha256")
            .fetch_all(self.aside())
            .await?;
        Ok(rows.into_iter().map(|(sha256,)| sha256).collect())
    }
}
