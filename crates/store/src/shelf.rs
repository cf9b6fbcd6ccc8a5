//! Where contents of files are kept: in the folder beside the database, or in a bucket. With a bucket the folder is still looked into:
//! what was kept before there was one is read from there until it was moved.

use std::collections::HashSet;
use std::path::Path;

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::blobs::{Blobs, Old, Stored, Trashed};
use crate::blocking::blocking;
use crate::bucket::Bucket;

/// One of the two.
#[derive(Debug, Clone)]
pub enum Shelf {
    /// The folder.
    Folder(Blobs),
    /// The bucket, and the folder from before.
    Bucket(Bucket, Blobs),
}

impl Shelf {
    /// Those of that database: in the bucket if there is one, else in the folder beside it.
    pub fn of(database: &Path, bucket: Option<Bucket>) -> Self {
        let folder = Blobs::beside(database);
        match bucket {
            Some(bucket) => Self::Bucket(bucket, folder),
            None => Self::Folder(folder),
        }
    }

    /// The bucket.
    pub fn bucket(&self) -> Option<&Bucket> {
        match self {
            Self::Folder(_) => None,
            Self::Bucket(bucket, _) => Some(bucket),
        }
    }

    fn folder(&self) -> Blobs {
        match self {
            Self::Folder(folder) | Self::Bucket(_, folder) => folder.clone(),
        }
    }

    /// Keeps a content, unless a good one is kept already.
    pub(crate) async fn keep(&self, bytes: Vec<u8>) -> Result<Stored> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.keep(&bytes)).await
            }
            Self::Bucket(bucket, _) => bucket.keep(&bytes).await,
        }
    }

    /// The content of that digest.
    ///
    /// # Errors
    /// When there is anything else than exactly that.
    pub async fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        if let Self::Bucket(bucket, _) = self {
            match bucket.read(sha256).await {
                Err(error) if error.is_loss() => {
                    // What the bucket says is told, when the folder has none either.
                    return self
                        .in_folder(sha256)
                        .await
                        .map_err(|other| if other.is_loss() { error } else { other });
                }
                read => return read,
            }
        }
        self.in_folder(sha256).await
    }

    async fn in_folder(&self, sha256: &str) -> Result<Vec<u8>> {
        let (folder, sha256) = (self.folder(), sha256.to_owned());
        blocking(move || folder.read(&sha256)).await
    }

    /// Whether something is there for it, which may be damaged.
    ///
    /// # Errors
    /// When the bucket cannot be asked.
    pub async fn is_there(&self, sha256: &str) -> Result<bool> {
        let (folder, digest) = (self.folder(), sha256.to_owned());
        if blocking(move || Ok(folder.is_there(&digest))).await? {
            return Ok(true);
        }
        match self {
            Self::Folder(_) => Ok(false),
            Self::Bucket(bucket, _) => bucket.is_there(sha256).await,
        }
    }

    /// Whether something is there for it where new ones are kept.
    pub(crate) async fn is_kept(&self, sha256: &str) -> Result<bool> {
        match self {
            Self::Folder(_) => self.is_there(sha256).await,
            Self::Bucket(bucket, _) => bucket.is_there(sha256).await,
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
        if let Self::Bucket(bucket, _) = self {
            bucket.remove(sha256).await?;
        }
        let (folder, sha256) = (self.folder(), sha256.to_owned());
        blocking(move || folder.remove(&sha256)).await
    }

    /// What contents are called here, as in [`Old`] and [`Trashed`].
    pub(crate) async fn names_of(&self, digests: Vec<String>) -> Result<HashSet<String>> {
        match self {
            Self::Folder(_) => Ok(digests.into_iter().collect()),
            Self::Bucket(bucket, _) => Ok(bucket.names_of(&digests).await?.into_iter().collect()),
        }
    }

    /// Everything in its place that was last touched before that.
    pub(crate) async fn untouched_since(&self, then: Stamp) -> Result<Vec<Old>> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.untouched_since(then)).await
            }
            Self::Bucket(bucket, _) => bucket.untouched_since(then).await,
        }
    }

    /// Everything that was put away, whenever that was.
    pub(crate) async fn put_away(&self) -> Result<Vec<Trashed>> {
        match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.put_away()).await
            }
            Self::Bucket(bucket, _) => bucket.put_away().await,
        }
    }

    /// Puts a content away without removing it.
    pub(crate) async fn throw_away(&self, name: &str, now: Stamp) -> Result<()> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                blocking(move || folder.throw_away(&name, now)).await
            }
            Self::Bucket(bucket, _) => bucket.throw_away(name).await,
        }
    }

    /// Puts one back that was put away.
    pub(crate) async fn bring_back(&self, name: &str) -> Result<()> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                blocking(move || folder.bring_back(&name)).await
            }
            Self::Bucket(bucket, _) => bucket.bring_back(name).await,
        }
    }

    /// Removes what was put away, for good.
    pub(crate) async fn forget(&self, name: &str) -> Result<()> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                blocking(move || folder.forget(&name)).await
            }
            Self::Bucket(bucket, _) => bucket.forget(name).await,
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
