//! Puts the hub together from its configuration.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use labkeeper_core::audit::hex;
use labkeeper_core::discovery::Territory;
use labkeeper_core::ports::{self, Anchor, Clock, Embedder, Pve};
use labkeeper_core::stamp::Stamp;
use labkeeper_lan::{Lan, LeaseFiles};
use labkeeper_ops::journal::audit_notes::AnchorDirectory;
use labkeeper_ops::journal::audit_settings::AuditSettings;
use labkeeper_ops::keeper::{Clusters, EmbedderSource, Keeper, OwnSecret, Parts, Safety, Settings, Shells};
use labkeeper_proxmox::{PrivateKey, Ssh, SshLimits, SshSettings};
use labkeeper_store::{Bucket, Shelf, Store};

use crate::anchor::AnchorAddress;
use crate::config::{AnchorPlace, Audit, Config, Server, Shell, Traces};
use crate::late_relay::LateRelay;
use crate::notify::{Channel, Herald};
use crate::{exchange, forwarding, pinned_ssh, secret_files};

/// The system's clock, never running backwards within a process.
#[derive(Default)]
pub(crate) struct SystemClock(std::sync::atomic::AtomicI64);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time is read")]
    fn now(&self) -> Stamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        let last = self.0.fetch_max(micros, std::sync::atomic::Ordering::Relaxed);
        Stamp(micros.max(last))
    }
}

/// Opens the model when search first needs it, and looks again later when it was not there.
struct ModelOnDemand {
    models_dir: PathBuf,
    loaded: Mutex<Option<Arc<dyn Embedder>>>,
}

impl EmbedderSource for ModelOnDemand {
    fn get(&self) -> Result<Arc<dyn Embedder>, String> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = &*loaded {
            return Ok(model.clone());
        }
        let model: Arc<dyn Embedder> =
            Arc::new(labkeeper_embed::MiniLm::open(&self.models_dir).map_err(|error| error.to_string())?);
        *loaded = Some(model.clone());
        Ok(model)
    }
}

/// Opens the database and builds the hub.
///
/// # Errors
/// When the data directory or the database cannot be used.
pub(crate) async fn keeper(config: &Config, demo: bool) -> Result<Keeper> {
    keeper_with(config, demo, Arc::new(SystemClock::default())).await
}

/// As [`keeper`], with another clock.
///
/// # Errors
/// When the data directory or the database cannot be used.
pub(crate) async fn keeper_with(config: &Config, demo: bool, clock: Arc<dyn Clock>) -> Result<Keeper> {
    config.prepare_data_dir()?;
    let store = open_store(config).await?;
    let relay = relay(config, &store).await?;
    let parts = Parts {
        store,
        clock: Arc::clone(&clock),
        embedder: Arc::new(ModelOnDemand { models_dir: config.models_dir.clone(), loaded: Mutex::new(None) }),
        vectors: vectors(config)?,
        relay,
        scout: Arc::new(eyes(config, &clock)),
        clusters: clusters(&config.clusters)?,
        shells: shells(&config.shells)?,
        notifier: config
            .notify
            .as_ref()
            .map(|notify| Arc::new(Herald::new(notify)) as Arc<dyn ports::Notifier>),
        history: config
            .history
            .repository()
            .map(|repository| Arc::new(repository) as Arc<dyn ports::History>),
        settings: Settings {
            version: env!("CARGO_PKG_VERSION").into(),
            demo,
            data_dir: config.data_dir.clone(),
            toolsets: config.toolsets.clone(),
            api_token: config.api_token.clone(),
            health: config.health.clone(),
            snapshots_kept: config.snapshots_kept,
            snapshot_memory: config.snapshot_memory,
            backups: config.backups.clone(),
            history: config.history.settings.clone(),
            files: config.files.clone(),
            ceiling: config.ceiling(),
            safety: Safety {
                own_secrets: own_secrets(config),
                public_url: config.public_url.clone(),
                ..config.safety.clone()
            },
            audit: audit(&config.audit),
            reconcile_every: config.reconcile_every,
            watch: config.watch.clone(),
        },
    };
    Ok(Keeper::new(parts, Vec::new()))
}

/// A client for the server of vectors; nothing is asked yet.
fn vectors(config: &Config) -> Result<Option<Arc<dyn ports::VectorServer>>> {
    let client = config.vectors.as_ref().map(labkeeper_qdrant::Qdrant::new).transpose()?;
    Ok(client.map(|client| Arc::new(client) as Arc<dyn ports::VectorServer>))
}

/// A client for the server through which processes of this hub pass word; nothing is asked yet.
async fn relay(config: &Config, store: &Store) -> Result<Option<Arc<dyn ports::Relay>>> {
    let Some(settings) = &config.relay else { return Ok(None) };
    Ok(Some(match labkeeper_ops::relay::secret_of(store).await {
        Ok(secret) => Arc::new(labkeeper_redis::Redis::new(settings, secret)?),
        Err(fault) => {
            tracing::warn!(error = %fault, "redis.url is left alone until the hub's secret for it can be kept");
            LateRelay::begin(settings.clone(), store.clone(), fault.message)
        }
    }))
}

/// The network as this machine sees it; nothing is opened yet.
fn eyes(config: &Config, clock: &Arc<dyn Clock>) -> Lan {
    let files = &config.lease_files;
    Lan::new(labkeeper_lan::Settings {
        territory: Territory::with(config.discovery_ranges.clone()),
        name_servers: None,
        leases: (!files.is_empty()).then(|| LeaseFiles::new(files.clone(), Arc::clone(clock))),
    })
}

fn audit(settings: &Audit) -> AuditSettings {
    let anchor = |place: &AnchorPlace| -> Arc<dyn Anchor> {
        match place {
            AnchorPlace::Directory(path) => Arc::new(AnchorDirectory::new(path.clone())),
            AnchorPlace::Url(url) => Arc::new(AnchorAddress::new(url.clone())),
        }
    };
    AuditSettings {
        anchors: settings.anchors.iter().map(anchor).collect(),
        segment_bytes: settings.segment_bytes,
        keep_days: settings.keep_days,
    }
}

/// A client for each cluster; nothing is asked yet.
fn clusters(settings: &[labkeeper_proxmox::Settings]) -> Result<Clusters> {
    let clusters = settings.iter().map(|settings| {
        let api = labkeeper_proxmox::Api::new(settings)?;
        Ok(Arc::new(api) as Arc<dyn Pve>)
    });
    Ok(Clusters::new(clusters.collect::<Result<_>>()?))
}

/// What opens this hub and its clusters. No model reads it, wherever it turns up.
fn own_secrets(config: &Config) -> Vec<OwnSecret> {
    let token = config.api_token.iter().map(|token| ("labkeeper_api_token".to_owned(), token.clone()));
    let clusters = config
        .clusters
        .iter()
        .map(|cluster| (format!("proxmox_token_{}", cluster.cluster), cluster.secret.reveal().to_owned()));
    // Who knows the address may often write there, or read.
    let notify = config.notify.iter().flat_map(|notify| {
        let token = notify.token.clone().map(|token| ("notify_token".to_owned(), token));
        let addresses = notify.channels.iter().chain(&notify.fallback).flat_map(Channel::secrets);
        addresses.map(|secret| ("notify_url".to_owned(), secret)).chain(token)
    });
    let bucket = config.bucket.iter().flat_map(|bucket| {
        let key = bucket.key.map(|key| ("s3_encryption_key".to_owned(), hex(&key)));
        key.into_iter().chain([("s3_secret_access_key".to_owned(), bucket.secret_access_key.clone())])
    });
    let vectors = config.vectors.iter().flat_map(|vectors| {
        let key = vectors.key.clone().map(|key| ("qdrant_api_key".to_owned(), key));
        let password =
            vectors.url.password().map(|password| ("qdrant_password".to_owned(), password.to_owned()));
        key.into_iter().chain(password)
    });
    let database = config.server.iter().flat_map(Server::passwords);
    let database = database.map(|password| ("database_password".to_owned(), password));
    let redis = config.relay.iter().filter_map(|relay| relay.password());
    let redis = redis.map(|password| ("redis_password".to_owned(), password.to_owned()));
    let traces = config.traces.iter().flat_map(Traces::secrets);
    let traces = traces.map(|secret| ("traces_key".to_owned(), secret));
    token
        .chain(clusters)
        .chain(database)
        .chain(vectors)
        .chain(redis)
        .chain(traces)
        .chain(notify)
        .chain(bucket)
        .map(|(name, value)| OwnSecret { name, value })
        .collect()
}

/// A way into the nodes of each cluster that has a key; nothing is connected yet. Without its key a node is not there, and what needs it
/// says so.
fn shells(logins: &[Shell]) -> Result<Shells> {
    let mut clusters: Vec<SshSettings> = Vec::new();
    for login in logins {
        let key = match PrivateKey::read(&login.key) {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(node = %login.node, %error, "a node cannot be logged in to");
                continue;
            }
        };
        let node = pinned_ssh::node(login, key)?;
        match clusters.iter_mut().find(|known| known.cluster == login.cluster) {
            Some(known) => known.nodes.push(node),
            None => clusters.push(SshSettings {
                cluster: login.cluster.clone(),
                nodes: vec![node],
                limits: SshLimits::default(),
            }),
        }
    }
    let shells = clusters.into_iter().map(|settings| Arc::new(Ssh::new(settings)) as Arc<dyn ports::Shell>);
    Ok(Shells::new(shells.collect()))
}

async fn open_store(config: &Config) -> Result<Store> {
    let bucket = bucket(config)?;
    match &config.server {
        None => Ok(open_file(&config.database).await?.with_bucket(bucket)),
        Some(server) => connect(server, &config.database, bucket).await,
    }
}

/// Where contents of files are kept; nobody is asked yet.
///
/// # Errors
/// When the settings of the bucket make no address.
pub(crate) fn shelf(config: &Config) -> Result<Shelf> {
    Ok(Shelf::of(&config.database, bucket(config)?))
}

/// The bucket for contents of files, if there is one; nobody is asked yet.
///
/// # Errors
/// When its settings make no address.
pub(crate) fn bucket(config: &Config) -> Result<Option<Bucket>> {
    let bucket = config.bucket.clone().map(|settings| Bucket::new(settings, &config.database));
    Ok(bucket.transpose()?)
}

/// Refuses a database on a server that has anything in it, and does nothing to it.
///
/// # Errors
/// When it has, or cannot be reached.
pub(crate) async fn ensure_new(server: &Server) -> Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    labkeeper_store::ensure_new(server.url())
        .await
        .with_context(|| format!("no demo in the database at {server}"))
}

/// A database on a server; what belongs to it and is not in it lies beside `beside`.
///
/// # Errors
/// When it cannot be reached, or is not ours.
pub(crate) async fn connect(server: &Server, beside: &Path, bucket: Option<Bucket>) -> Result<Store> {
    // As for every other connection: installed once, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = Store::connect(server.url(), beside, bucket)
        .await
        .with_context(|| format!("cannot open the database at {server}"))?;
    secret_files::make_private(&beside.with_extension("lock"))?;
    Ok(store)
}

async fn open_file(path: &Path) -> Result<Store> {
    if let Some(parent) = path.parent() {
        secret_files::private_dir(parent)?;
    }
    forwarding::refuse(path)?;
    exchange::finish(path)?;
    if !path.exists() {
        std::fs::File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    }
    secret_files::make_private(path)?;
    let store =
        Store::open(path).await.with_context(|| format!("cannot open the database {}", path.display()))?;
    secret_files::make_private(&path.with_extension("lock"))?;
    // It left between our look and the opening.
    forwarding::refuse(path)?;
    // Begun, and left by a process that died, between our look and the opening.
    if exchange::is_open(path) {
        bail!("a restore was interrupted at this moment: run this again, and it is finished first");
    }
    Ok(store)
}

/// A client for other hubs; trusts what the system's resolver and the given URL say, waits ten seconds.
///
/// # Errors
/// When TLS cannot be set up.
pub(crate) fn http_client() -> Result<reqwest::Client> {
    // A second call finds the provider installed, which is all that is wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let timeout = std::time::Duration::from_secs(10);
    reqwest::Client::builder().timeout(timeout).build().context("cannot set up a client")
}
