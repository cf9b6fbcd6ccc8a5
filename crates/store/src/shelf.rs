//! Where contents of files are kept: in the folder beside the database, or in a bucket. With a bucket the folder is still looked into:
//! what was kept before there was one is read from there until it was moved.

use std::collections::HashSet;
use std::path::Path;

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::blobs::{Blobs, Old, Stored, Trashed};
use crate::blocking::blocking;
use crate::bucket::Bucket;

/// The bucket, if there is one, and the folder.
#[derive(Debug, Clone)]
pub struct Shelf {
    bucket: Option<Bucket>,
    folder: Blobs,
}

impl Shelf {
    /// Those of that database: in the bucket if there is one, else in the folder beside it.
    pub fn of(database: &Path, bucket: Option<Bucket>) -> Self {
        Self { bucket, folder: Blobs::beside(database) }
    }

    /// The bucket.
    pub fn bucket(&self) -> Option<&Bucket> {
        self.bucket.as_ref()
    }

    /// Does that in the folder, whether there is a bucket or not.
    async fn in_folder<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Blobs) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = self.folder.clone();
        blocking(move || work(&folder)).await
    }

    /// Does that with one of the folder's contents.
    async fn with_content<T: Send + 'static>(
        &self,
        sha256: &str,
        work: impl FnOnce(&Blobs, &str) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let sha256 = sha256.to_owned();
        self.in_folder(move |folder| work(folder, &sha256)).await
    }

    /// Keeps a content, unless a good one is kept already.
    pub(crate) async fn keep(&self, bytes: Vec<u8>) -> Result<Stored> {
        match &self.bucket {
            Some(bucket) => bucket.keep(&bytes).await,
            None => self.in_folder(move |folder| folder.keep(&bytes)).await,
        }
    }

    /// The content of that digest.
    ///
    /// # Errors
    /// When there is anything else than exactly that.
    pub async fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        let in_folder = self.with_content(sha256, Blobs::read);
        let Some(bucket) = &self.bucket else { return in_folder.await };
        match bucket.read(sha256).await {
            // What the bucket says is told, when the folder has none either.
            Err(error) if error.is_loss() => {
                in_folder.await.map_err(|other| if other.is_loss() { error } else { other })
            }
            read => read,
        }
    }

    /// Whether something is there for it, which may be damaged.
    ///
    /// # Errors
    /// When the bucket cannot be asked.
    pub async fn is_there(&self, sha256: &str) -> Result<bool> {
        let in_folder = self.with_content(sha256, |folder, sha256| Ok(folder.is_there(sha256))).await?;
        match &self.bucket {
            Some(bucket) if !in_folder => bucket.is_there(sha256).await,
            _ => Ok(in_folder),
        }
    }

    /// Whether something is there for it where new ones are kept.
    pub(crate) async fn is_kept(&self, sha256: &str) -> Result<bool> {
        match &self.bucket {
            Some(bucket) => bucket.is_there(sha256).await,
            None => self.is_there(sha256).await,
        }
    }

    /// Puts a content of these among others, read whole and kept there. Answers whether it is there: `false` when it is gone or
    /// damaged here, and was not carried before.
    ///
    /// # Errors
    /// When it cannot be read for another reason, or cannot be kept there.
    pub async fn carry(&self, sha256: &str, to: &Self) -> Result<bool> {
        match self.read(sha256).await {
            Ok(bytes) => to.keep(bytes).await.map(|_| true),
            Err(error) if error.is_loss() => match to.read(sha256).await {
                Ok(_) => Ok(true),
                Err(error) if error.is_loss() => Ok(false),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// Removes a content that nothing stands on from the folder, and puts it away in the bucket.
    pub(crate) async fn remove(&self, sha256: &str) -> Result<()> {
        if let Some(bucket) = &self.bucket {
            bucket.remove(sha256).await?;
        }
        self.with_content(sha256, Blobs::remove).await
    }

    /// What contents are called here, as in [`Old`] and [`Trashed`].
    pub(crate) async fn names_of(&self, digests: Vec<String>) -> Result<HashSet<String>> {
        let names = match &self.bucket {
            Some(bucket) => bucket.names_of(&digests).await?,
            None => digests,
        };
        Ok(names.into_iter().collect())
    }

    /// Everything in its place that was last touched before that.
    pub(crate) async fn untouched_since(&self, then: Stamp) -> Result<Vec<Old>> {
        match &self.bucket {
            Some(bucket) => bucket.untouched_since(then).await,
            None => self.in_folder(move |folder| folder.untouched_since(then)).await,
        }
    }

    /// Everything that was put away, whenever that was.
    pub(crate) async fn put_away(&self) -> Result<Vec<Trashed>> {
        match &self.bucket {
            Some(bucket) => bucket.put_away().await,
            None => self.in_folder(Blobs::put_away).await,
        }
    }

    /// Puts a content away without removing it.
    pub(crate) async fn throw_away(&self, name: &str, now: Stamp) -> Result<()> {
        match &self.bucket {
            Some(bucket) => bucket.throw_away(name).await,
            None => self.with_content(name, move |folder, sha256| folder.throw_away(sha256, now)).await,
        }
    }

    /// Puts one back that was put away.
    pub(crate) async fn bring_back(&self, name: &str) -> Result<()> {
        match &self.bucket {
            Some(bucket) => bucket.bring_back(name).await,
            None => self.with_content(name, Blobs::bring_back).await,
        }
    }

    /// Removes what was put away, for good.
    pub(crate) async fn forget(&self, name: &str) -> Result<()> {
        match &self.bucket {
            Some(bucket) => bucket.forget(name).await,
            None => self.with_content(name, Blobs::forget).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::StoreError;

    #[tokio::test]
    async fn what_is_lost_here_and_what_cannot_be_kept_there_are_told_apart() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let shelf = |dir: &tempfile::TempDir| Shelf::of(&dir.path().join("lab.db"), None);
        let (from, to) = (shelf(&here), shelf(&there));
        let stored = from.keep(b"before".to_vec()).await.unwrap();
        let target = there.path().join("blobs");
        fs::write(&target, "in the way").unwrap();
        assert!(matches!(from.carry(&stored.sha256, &to).await, Err(StoreError::File { .. })));
        fs::remove_file(target).unwrap();
        assert!(from.carry(&stored.sha256, &to).await.unwrap());
        let name = format!("blobs/{}/{}.zst", &stored.sha256[..2], stored.sha256);
        fs::write(here.path().join(name), "rubbish").unwrap();
        assert!(from.carry(&stored.sha256, &to).await.unwrap(), "it was carried before");
        to.remove(&stored.sha256).await.unwrap();
        assert!(!from.carry(&stored.sha256, &to).await.unwrap());
        from.remove(&stored.sha256).await.unwrap();
        assert!(!from.carry(&stored.sha256, &to).await.unwrap());
    }
}
