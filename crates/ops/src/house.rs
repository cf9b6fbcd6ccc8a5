//! What every operation finds in place: the database, the clock, the eyes and the settings. It knows no operation, so
//! that operations may know it.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::file::FileRules;
use labkeeper_core::health::Thresholds;
use labkeeper_core::ports::{Clock, Embedder, History, Notifier, Relay, Scout, VectorServer};
use labkeeper_core::tier::Tier;
use labkeeper_redact::Redactor;
use labkeeper_store::Store;

use crate::access::Access;
use crate::at_work::AtWork;
use crate::clusters::Clusters;
use crate::discovery::watch_settings::WatchSettings;
use crate::history::settings::HistorySettings;
use crate::jobs::kept::Jobs;
use crate::journal::audit_settings::AuditSettings;
use crate::meta::Toolset;
use crate::outputs::kept::Outputs;
use crate::proxmox::guest_backup_settings::BackupSettings;
use crate::safety::Safety;
use crate::search::catalogue::Catalogue;
use crate::sessions::Sessions;
use crate::shells::Shells;

/// What the hub is told once, at start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Version of the program.
    pub version: String,
    /// A throw-away hub with invented data.
    pub demo: bool,
    /// Where files beside the database go.
    pub data_dir: std::path::PathBuf,
    /// Operation groups offered to models.
    pub toolsets: Vec<Toolset>,
    /// `API_TOKEN`: opens everything, when set.
    pub api_token: Option<String>,
    /// From where on the health of a lab is worth a word.
    pub health: Thresholds,
    /// Snapshots of ours that a guest keeps; at least one.
    pub snapshots_kept: usize,
    /// Snapshots of running virtual machines have their memory too.
    pub snapshot_memory: bool,
    /// How guests are backed up.
    pub backups: BackupSettings,
    /// What of the lab's configuration is kept, and how.
    pub history: HistorySettings,
    /// The highest tier that this installation has: companion with a key for a node, root where the owner acknowledged it too.
    pub ceiling: Tier,
    /// How careful the hub is.
    pub safety: Safety,
    /// Where files are not touched, and how much of their old versions is kept.
    pub files: FileRules,
    /// How the audit log is kept beside the database.
    pub audit: AuditSettings,
    /// How often the lab is looked at and noted while serving; never when `None`.
    pub reconcile_every: Option<Duration>,
    /// What of the network is watched while serving.
    pub watch: WatchSettings,
}

/// What the hub is made of.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Text to vector; opened on first use, the error says why there is none.
    pub embedder: Arc<dyn EmbedderSource>,
    /// The server that vectors are kept on; without, they are kept in memory.
    pub vectors: Option<Arc<dyn VectorServer>>,
    /// Where the processes of the hub pass word; without, each looks by itself.
    pub relay: Option<Arc<dyn Relay>>,
    /// Eyes on the network.
    pub scout: Arc<dyn Scout>,
    /// The Proxmox clusters that are connected.
    pub clusters: Clusters,
    /// The ways into their nodes and guests.
    pub shells: Shells,
    /// How people are told that something waits for them, where the owner wants that.
    pub notifier: Option<Arc<dyn Notifier>>,
    /// Where the history of configurations is kept; without, there is none.
    pub history: Option<Arc<dyn History>>,
    /// Settings.
    pub settings: Settings,
}

/// Gives the embedder when search first needs it, so that a start does not wait for a model.
pub trait EmbedderSource: Send + Sync {
    /// The embedder, or why meaning is not searched. Blocks while loading.
    ///
    /// # Errors
    /// One sentence with the way out.
    fn get(&self) -> Result<Arc<dyn Embedder>, String>;
}

impl<F: Fn() -> Result<Arc<dyn Embedder>, String> + Send + Sync> EmbedderSource for F {
    fn get(&self) -> Result<Arc<dyn Embedder>, String> {
        self()
    }
}

/// Fields of our own answers that sound like secrets: names of sessions, never what opens one.
const PLAIN: &[&str] = &["session"];

struct Inner {
    parts: Parts,
    access: Access,
    search: Catalogue,
    sessions: Sessions,
    redactor: Redactor,
    jobs: Jobs,
    outputs: Outputs,
    at_work: AtWork,
}

/// The parts in place. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Inner>);

impl House {
    pub(crate) fn new(parts: Parts) -> Self {
        let safety = &parts.settings.safety;
        let sessions = Sessions::new(safety.own_secrets.clone());
        let redactor = Redactor::new(&safety.secret_keys).with_plain_names(PLAIN);
        Self(Arc::new(Inner {
            parts,
            access: Access::default(),
            search: Catalogue::default(),
            sessions,
            redactor,
            jobs: Jobs::default(),
            outputs: Outputs::default(),
            at_work: AtWork::default(),
        }))
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// Settings given at start.
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.parts.clock
    }

    /// Eyes on the network.
    pub fn scout(&self) -> &Arc<dyn Scout> {
        &self.0.parts.scout
    }

    /// The Proxmox clusters that are connected.
    pub fn clusters(&self) -> &Clusters {
        &self.0.parts.clusters
    }

    /// The ways into nodes and guests.
    pub fn shells(&self) -> &Shells {
        &self.0.parts.shells
    }

    /// Text to vector, when there is a model.
    pub fn embedder(&self) -> &Arc<dyn EmbedderSource> {
        &self.0.parts.embedder
    }

    /// The server that vectors are kept on.
    pub fn vectors(&self) -> Option<&Arc<dyn VectorServer>> {
        self.0.parts.vectors.as_ref()
    }

    /// Where the processes of the hub pass word and count together.
    pub(crate) fn relay(&self) -> Option<&Arc<dyn Relay>> {
        self.0.parts.relay.as_ref()
    }

    pub(crate) fn access(&self) -> &Access {
        &self.0.access
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub(crate) fn notifier(&self) -> Option<&Arc<dyn Notifier>> {
        self.0.parts.notifier.as_ref()
    }

    /// Where the history of configurations is kept.
    pub(crate) fn history(&self) -> Option<&Arc<dyn History>> {
        self.0.parts.history.as_ref()
    }

    pub(crate) fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    pub(crate) fn outputs(&self) -> &Outputs {
        &self.0.outputs
    }

    /// What is at work in this process, and whether it is to end.
    pub(crate) fn at_work(&self) -> &AtWork {
        &self.0.at_work
    }

    pub(crate) fn redactor(&self) -> &Redactor {
        &self.0.redactor
    }

    pub(crate) fn search(&self) -> &Catalogue {
        &self.0.search
    }
}
