//! A bucket of S3 as bytes under names: what goes over the wire, how long it is waited for, and what is said when it fails.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, ObjectMeta, ObjectStore as _, ObjectStoreExt as _, PutMode, PutPayload,
    RetryConfig,
};
use tokio::time::timeout;

use crate::Result;
use crate::error::StoreError;
use crate::trouble::Trouble;

/// A server that is there answers a connection sooner.
const CONNECT: Duration = Duration::from_secs(5);

/// Where a bucket is and how to get in.
#[derive(Clone)]
pub struct BucketSettings {
    /// Its name.
    pub bucket: String,
    /// What the names of all objects begin with; may be empty.
    pub prefix: String,
    /// The server; `None` for Amazon's of the region.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Who we are there.
    pub access_key_id: String,
    /// What shows it.
    pub secret_access_key: String,
    /// New contents are sealed.
    pub encrypt: bool,
    /// The key to seal with; `None` for the one in the file beside the database.
    pub key: Option<[u8; 32]>,
    /// How long keeping or reading a content is waited for.
    pub patience: Duration,
}

/// It is shown without its secrets.
impl fmt::Debug for BucketSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

/// What is below the prefix of the settings; nobody is asked before something is wanted of it.
pub(crate) struct Objects {
    server: AmazonS3,
    place: String,
    address: String,
    prefix: Path,
    patience: Duration,
    is_away: AtomicBool,
    /// Until a write works again.
    takes_nothing: AtomicBool,
}

impl Objects {
    /// # Errors
    /// When the settings make no address.
    pub(crate) fn of(settings: BucketSettings) -> Result<Self> {
        // As for every other connection: installed once, which is all that is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let patience = settings.patience;
        let place = format!("{settings:?}");
        let address = format!("{place} at {}", settings.endpoint.as_ref().unwrap_or(&settings.region));
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: Duration::from_millis(100),
                max_backoff: Duration::from_secs(2),
                ..BackoffConfig::default()
            },
            max_retries: 4,
            retry_timeout: patience,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key)
            .with_checksum_algorithm(Checksum::SHA256)
            // Not every server has it, and what it refuses is told otherwise.
            .with_config(AmazonS3ConfigKey::DisableBulkDelete, "true")
            // Whoever may say so is the caller.
            .with_allow_http(true)
            .with_client_options(
                ClientOptions::new()
                    .with_allow_http(true)
                    .with_timeout(patience)
                    .with_connect_timeout(patience.min(CONNECT)),
            )
            .with_retry(retry);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let built = builder.build().map_err(|error| StoreError::Bucket {
            place: place.clone(),
            trouble: Trouble::of(&error, patience.as_secs()),
        });
        Ok(Self {
            server: built?,
            prefix: Path::from(settings.prefix),
            place,
            address,
            patience,
            is_away: AtomicBool::new(false),
            takes_nothing: AtomicBool::new(false),
        })
    }

    /// What people call it, without secrets.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Where it is in the world, without secrets: the same for all that keep something there.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn has(&self, name: &str) -> Result<bool> {
        match self.server.head(&self.path(name)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(self.failed(&error)),
        }
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let got = match self.server.get(&self.path(name)).await {
            Ok(got) => got.bytes().await,
            Err(error) => Err(error),
        };
        match got {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) => match (self.failed(&error), error) {
                // That the bucket is gone is no loss of what is in it.
                (failed @ StoreError::Bucket { trouble: Trouble::NoBucket, .. }, _) => Err(failed),
                (_, object_store::Error::NotFound { .. }) => Ok(None),
                (failed, _) => Err(failed),
            },
        }
    }

    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let put = self.server.put(&self.path(name), PutPayload::from(bytes)).await;
        self.takes_nothing.store(put.is_err(), Ordering::Relaxed);
        put.map(drop).map_err(|error| self.failed(&error))
    }

    /// Puts it there unless something of that name is there already; a server that knows no conditions puts it there in any case.
    pub(crate) async fn put_first(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let path = self.path(name);
        let first = PutMode::Create.into();
        match self.server.put_opts(&path, PutPayload::from(bytes.clone()), first).await {
            Ok(_)
            | Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(())
            }
            Err(error) => match self.failed(&error) {
                StoreError::Bucket { trouble: Trouble::Refused(code), .. } if code == "NotImplemented" => {
                    self.put(name, bytes).await
                }
                failed => Err(failed),
            },
        }
    }

    /// What is not there is no trouble.
    pub(crate) async fn delete(&self, name: &str) -> Result<()> {
        match self.server.delete(&self.path(name)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            deleted => deleted.map_err(|error| self.failed(&error)),
        }
    }

    /// The objects below that, by their names below the prefix. However many there are, none is waited for longer than one may be.
    pub(crate) async fn list(&self, below: &str) -> Result<HashMap<String, ObjectMeta>> {
        let mut found = HashMap::new();
        let place = self.path(below);
        let mut listed = self.server.list(Some(&place));
        loop {
            let next = timeout(self.patience, listed.next()).await.map_err(|_| self.too_slow())?;
            let Some(facts) = next else { return Ok(found) };
            let facts = facts.map_err(|error| self.failed(&error))?;
            let parts: Vec<_> = facts.location.prefix_match(&self.prefix).into_iter().flatten().collect();
            let name = parts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("/");
            found.insert(name, facts);
        }
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), Path::join)
    }

    /// Waits no longer for it than for one content.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let done = timeout(self.patience, work).await.unwrap_or_else(|_| Err(self.too_slow()));
        self.is_away.store(matches!(done, Err(StoreError::Bucket { .. })), Ordering::Relaxed);
        done
    }

    /// Whether the last write was refused.
    pub(crate) fn takes_nothing(&self) -> bool {
        self.takes_nothing.load(Ordering::Relaxed)
    }

    /// Whether all went well when it was last asked for something, and last written; of one that nobody asked yet that is assumed.
    pub(crate) fn is_of_use(&self) -> bool {
        !self.takes_nothing() && !self.is_away.load(Ordering::Relaxed)
    }

    fn too_slow(&self) -> StoreError {
        self.trouble(Trouble::TooSlow(self.patience.as_secs()))
    }

    fn failed(&self, error: &object_store::Error) -> StoreError {
        self.trouble(Trouble::of(error, self.patience.as_secs()))
    }

    pub(crate) fn trouble(&self, trouble: Trouble) -> StoreError {
        StoreError::Bucket { place: self.place.clone(), trouble }
    }
}
