//! Configuration: read once, here. A value comes from a flag, else the environment, else the file, else its
//! default; each keeps its source, so that messages and `doctor --config` can name it.

mod audit;
mod backups;
mod blobs;
mod clusters;
mod connections;
mod database;
mod demo;
mod files;
mod health;
mod history;
mod keys;
mod notify;
mod relay;
mod safety;
mod shells;
mod sources;
mod toml_file;
mod traces;
mod vectors;
mod watch;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use ipnet::IpNet;
use labkeeper_core::tier::Tier;
use labkeeper_ops::keeper::Safety;
use labkeeper_ops::operation::Toolset;
use reqwest::Url;

use crate::cli::Global;
pub(crate) use audit::{Audit, Place as AnchorPlace};
pub(crate) use connections::Connection;
pub(crate) use database::{Database, FORMS as DATABASE_FORMS, Server};
pub(crate) use history::History;
pub(crate) use keys::keys;
pub(crate) use notify::Notify;
pub(crate) use shells::Shell;
pub(crate) use sources::Value;
use sources::Values;
pub(crate) use traces::Traces;

/// What `MCP_HOST_ROOT_ENABLED` has to say for an assistant to have root on the hosts.
pub(crate) const ROOT_ACKNOWLEDGEMENT: &str = "I-understand-Claude-gets-root-and-can-break-this-node";

/// Everything the program is told, in its own types.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    /// Its file; or, with a server, what lies beside the database lies beside this.
    pub(crate) database: PathBuf,
    /// The PostgreSQL server that has the rows.
    pub(crate) server: Option<Server>,
    /// The bucket that has the contents of files; without one they lie beside the database.
    pub(crate) bucket: Option<labkeeper_store::BucketSettings>,
    pub(crate) models_dir: PathBuf,
    /// The server that vectors are kept on.
    pub(crate) vectors: Option<labkeeper_qdrant::Settings>,
    /// The server through which processes of the hub pass word.
    pub(crate) relay: Option<labkeeper_redis::Settings>,
    pub(crate) bind: SocketAddr,
    pub(crate) hosts: Vec<String>,
    /// Without a slash at its end.
    pub(crate) public_url: Option<String>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) discovery_ranges: Vec<IpNet>,
    pub(crate) lease_files: Vec<PathBuf>,
    pub(crate) api_token: Option<String>,
    pub(crate) require_login: bool,
    pub(crate) toolsets: Vec<Toolset>,
    pub(crate) mcp_tier: Tier,
    pub(crate) mcp_write: bool,
    pub(crate) clusters: Vec<labkeeper_proxmox::Settings>,
    pub(crate) shells: Vec<Shell>,
    /// From where on the health of a lab is worth a word.
    pub(crate) health: labkeeper_core::health::Thresholds,
    /// Snapshots of ours that a guest keeps.
    pub(crate) snapshots_kept: usize,
    /// Snapshots of running machines have their memory.
    pub(crate) snapshot_memory: bool,
    /// How guests are backed up.
    pub(crate) backups: labkeeper_ops::proxmox::guest_backup_settings::BackupSettings,
    /// The history of configurations.
    pub(crate) history: History,
    /// Where files of the lab are not touched, and how much of their old versions is kept.
    pub(crate) files: labkeeper_core::file::FileRules,
    /// What of the network is watched while serving.
    pub(crate) watch: labkeeper_ops::discovery::watch_settings::WatchSettings,
    /// How often the clusters are looked at while serving.
    pub(crate) reconcile_every: Option<Duration>,
    pub(crate) safety: Safety,
    pub(crate) notify: Option<Notify>,
    /// The collector that spans are sent to.
    pub(crate) traces: Option<Traces>,
    /// Why there is none although an address was given: what a variable of OpenTelemetry wants.
    pub(crate) traces_wrong: Option<String>,
    /// How the audit log is kept.
    pub(crate) audit: Audit,
    pub(crate) remote_url: Option<String>,
    pub(crate) remote_token: Option<String>,
    /// What `MCP_HOST_ROOT_ENABLED` says. Only the environment does: a file is too easily forgotten.
    pub(crate) host_root: Option<String>,
    /// The sections `[proxmox.<name>]`, and what `setup` wrote, by name.
    pub(crate) sections: BTreeMap<String, Values>,
    /// Each key's effective text and where it came from.
    pub(crate) effective: BTreeMap<&'static str, Value>,
}

impl Config {
    /// Reads flags, environment and file.
    ///
    /// # Errors
    /// Names the variable or key and what it wants.
    pub(crate) fn read(global: &Global) -> Result<Self> {
        let environment = sources::environment();
        let data_dir = match &global.data_dir {
            Some(dir) => dir.clone(),
            None => default_data_dir(&environment)?,
        };
        let mut file =
            sources::config_file(global.config.as_ref().and_then(|given| given.as_deref()), &data_dir)?;
        connections::add(&mut file.clusters, &data_dir)?;
        let effective = sources::effective(&environment, &file.values)?;
        let config = Self::interpret(data_dir, effective, &file.clusters)?;
        let host_root = environment.get("MCP_HOST_ROOT_ENABLED").cloned();
        Ok(Self { mcp_tier: highest_tier(config.mcp_tier, host_root.as_deref())?, host_root, ..config })
    }

    /// Whether that key has its value from a variable of this environment.
    pub(crate) fn is_from_environment(&self, key: &str) -> bool {
        self.effective.get(key).is_some_and(|value| matches!(value.source, sources::Source::Environment(_)))
    }

    fn interpret(data_dir: PathBuf, effective: Values, sections: &BTreeMap<String, Values>) -> Result<Self> {
        let text =
            |key: &str| effective.get(key).map(|value| value.text.as_str()).filter(|text| !text.is_empty());
        let list = |key: &str| -> Vec<String> {
            text(key)
                .unwrap_or_default()
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(Into::into)
                .collect()
        };
        let wrong = |key: &str, wants: &str| {
            let value = &effective[key];
            anyhow::anyhow!("{} wants {wants}, not \"{}\"", value.source.name(key), value.text)
        };
        let switch = |key: &str| match text(key) {
            Some("true" | "1" | "yes") => Ok(true),
            Some("false" | "0" | "no") | None => Ok(false),
            Some(_) => Err(wrong(key, "true or false")),
        };
        let bind = text("server.bind").unwrap_or_default();
        let bind =
            bind.parse().map_err(|_| wrong("server.bind", "an address and port such as 127.0.0.1:8000"))?;
        let toolsets = list("mcp.toolsets")
            .iter()
            .map(|name| serde_json::from_value(serde_json::Value::String(name.clone())))
            .collect::<Result<Vec<Toolset>, _>>()
            .map_err(|_| {
                wrong("mcp.toolsets", "a list of inventory, discovery, proxmox, memory, safety, hub")
            })?;
        let networks = |key: &str| {
            let parse = |text: &String| {
                text.parse::<IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
            };
            let all = list(key).iter().map(parse).collect::<Result<Vec<_>, _>>();
            all.map_err(|_| wrong(key, "addresses or networks such as 10.0.0.2, 172.18.0.0/16"))
        };
        let mcp_tier = serde_json::from_value(text("mcp.tier").unwrap_or_default().into())
            .map_err(|_| wrong("mcp.tier", "observe, operate, companion or root"))?;
        let (database, server) = match text("database.url").map(Database::parse) {
            None => (beside_server(&data_dir), None),
            Some(Some(Database::File(file))) => (file, None),
            Some(Some(Database::Server(server))) => (beside_server(&data_dir), Some(server)),
            // What goes wrong most is a password with a character that ends it.
            Some(None) => anyhow::bail!(
                "{} wants {DATABASE_FORMS}, with %40, %2F, %3F and %23 for @, /, ? and # in a password. What it is now may have a password in it, and is not repeated",
                effective["database.url"].source.name("database.url")
            ),
        };
        let (traces, traces_wrong) = traces::traces(&effective)?;
        let mut hosts = list("server.hosts");
        let public_url = match text("server.public_url") {
            None => None,
            Some(url) => {
                let host = host_of(url).ok_or_else(|| {
                    wrong("server.public_url", "scheme, name and port only, such as https://lab.example.net")
                })?;
                hosts.push(host);
                Some(url.trim_end_matches('/').to_string())
            }
        };
        Ok(Self {
            database,
            server,
            bucket: blobs::bucket(&effective)?,
            models_dir: text("search.models_dir").map_or_else(|| data_dir.join("models"), PathBuf::from),
            vectors: vectors::vectors(&effective)?,
            relay: relay::relay(&effective)?,
            bind,
            hosts,
            public_url,
            trusted_proxies: networks("server.trusted_proxies")?,
            discovery_ranges: networks("discovery.ranges")?,
            lease_files: list("discovery.lease_files").into_iter().map(PathBuf::from).collect(),
            api_token: text("auth.api_token").map(Into::into),
            require_login: switch("auth.require_login")?,
            toolsets,
            mcp_tier,
            mcp_write: switch("mcp.write")?,
            clusters: clusters::clusters(&effective, sections)?,
            shells: shells::shells(&effective, sections)?,
            health: health::thresholds(&effective)?,
            snapshots_kept: match health::whole(&effective, "snapshots.per_guest")? {
                0 => {
                    return Err(wrong(
                        "snapshots.per_guest",
                        "a whole number from 1 on: the one just made is always kept",
                    ));
                }
                kept => kept as usize,
            },
            snapshot_memory: switch("snapshots.vmstate")?,
            backups: backups::backups(&effective)?,
            history: history::history(&effective, &data_dir)?,
            files: files::rules(&effective)?,
            reconcile_every: match health::whole(&effective, "proxmox.reconcile_minutes")? {
                0 => None,
                minutes => Some(Duration::from_secs(u64::from(minutes) * 60)),
            },
            safety: safety::safety(&effective)?,
            notify: notify::notify(&effective)?,
            traces,
            traces_wrong,
            audit: audit::audit(&effective)?,
            watch: watch::watch(&effective)?,
            remote_url: text("remote.url").map(Into::into),
            remote_token: text("remote.token").map(Into::into),
            data_dir,
            host_root: None,
            sections: sections.clone(),
            effective,
        })
    }

    /// The highest tier that this installation has. A key for a node makes companion; only the exact words make root of that.
    pub(crate) fn ceiling(&self) -> Tier {
        let acknowledged = self.host_root.as_deref() == Some(ROOT_ACKNOWLEDGEMENT);
        match (self.shells.is_empty(), acknowledged) {
            (true, _) => Tier::Operate,
            (false, false) => Tier::Companion,
            (false, true) => Tier::Root,
        }
    }

    /// What belongs to a database on a server lies beside this.
    pub(crate) fn beside_server(&self) -> PathBuf {
        beside_server(&self.data_dir)
    }

    /// Creates the data directory, private to its owner, when it is not there.
    ///
    /// # Errors
    /// When it cannot be created, or others may read it.
    pub(crate) fn prepare_data_dir(&self) -> Result<()> {
        crate::secret_files::private_dir(&self.data_dir)
    }
}

/// Root is a companion installation whose owner said the exact words, and nothing else is.
fn highest_tier(set: Tier, acknowledgement: Option<&str>) -> Result<Tier> {
    match (set, acknowledgement == Some(ROOT_ACKNOWLEDGEMENT)) {
        (Tier::Companion | Tier::Root, true) => Ok(Tier::Root),
        (Tier::Root, false) => bail!(
            "mcp.tier (MCP_TIER) may not be root by itself: set it to companion, and MCP_HOST_ROOT_ENABLED to the words that docs/setup.md gives"
        ),
        (set, _) => Ok(set),
    }
}

/// The name in `scheme://name[:port]`; `None` when there is more or less than that.
fn host_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let host = url.host_str().filter(|_| bare && matches!(url.scheme(), "http" | "https"))?;
    Some(host.trim_matches(['[', ']']).to_string())
}

fn beside_server(data_dir: &Path) -> PathBuf {
    data_dir.join("labkeeper.db")
}

fn default_data_dir(environment: &BTreeMap<String, String>) -> Result<PathBuf> {
    let data = Path::new("/data");
    if data.is_dir() && crate::secret_files::is_writable(data) {
        return Ok(data.into());
    }
    if let Some(dir) = environment.get("XDG_DATA_HOME").filter(|dir| !dir.is_empty()) {
        return Ok(Path::new(dir).join("labkeeper"));
    }
    match environment.get("HOME").filter(|home| !home.is_empty()) {
        Some(home) => Ok(Path::new(home).join(".local/share/labkeeper")),
        None => bail!("there is no HOME to keep data under: give --data-dir or LABKEEPER_DATA_DIR"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config> {
        let environment =
            pairs.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        let effective = sources::effective(&environment, &BTreeMap::new())?;
        Config::interpret("/tmp/lab".into(), effective, &BTreeMap::new())
    }

    #[test]
    fn the_seeds_variables_work() {
        let config = with(&[("API_TOKEN", "s3cret"), ("DATABASE_URL", "sqlite:////data/hub.db")]).unwrap();
        assert_eq!(config.api_token.as_deref(), Some("s3cret"));
        assert_eq!(config.database, Path::new("/data/hub.db"));
        assert_eq!(config.bind.to_string(), "127.0.0.1:8000");
    }

    #[test]
    fn the_public_url_is_one_of_the_names_of_the_hub() {
        let config = with(&[
            ("LABKEEPER_HOSTS", "hub.lan"),
            ("LABKEEPER_PUBLIC_URL", "https://lab.example.net:8443/"),
        ])
        .unwrap();
        assert_eq!(config.hosts, ["hub.lan", "lab.example.net"]);
        assert_eq!(config.public_url.as_deref(), Some("https://lab.example.net:8443"));
        for wrong in
            ["lab.example.net", "ftp://lab.example.net", "https://lab.example.net/hub", "https://a:b@lab"]
        {
            let error = with(&[("LABKEEPER_PUBLIC_URL", wrong)]).unwrap_err().to_string();
            assert!(error.contains("LABKEEPER_PUBLIC_URL") && error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn a_relay_is_named_by_an_address_that_is_never_repeated() {
        assert!(with(&[]).unwrap().relay.is_none());
        let settings = with(&[("REDIS_URL", "redis://:s3cret@redis:6379")]).unwrap().relay.unwrap();
        assert_eq!(settings.password(), Some("s3cret"));
        let error = with(&[("REDIS_URL", ":s3cret@redis:6379")]).unwrap_err().to_string();
        assert!(error.contains("REDIS_URL") && !error.contains("s3cret"), "{error}");
    }

    #[test]
    fn a_database_is_named_by_an_address_that_is_never_repeated() {
        for wrong in [
            "postgres://anna:s3cret@db.lan",
            "postgresql+psycopg2://anna:s3cret@db.lan/lab",
            "postgres://anna:s3cret/more@db.lan/lab",
            "postgres://anna:s3cret#more@db.lan/lab",
            "anna:s3cret@db.lan/lab",
        ] {
            let error = with(&[("DATABASE_URL", wrong)]).unwrap_err().to_string();
            assert!(error.contains("DATABASE_URL") && error.contains("%2F"), "{error}");
            assert!(!error.contains("s3cret") && !error.contains("anna"), "{error}");
        }
    }

    #[test]
    fn vectors_are_in_memory_unless_a_server_is_named() {
        assert!(with(&[("QDRANT_COLLECTION", "lab")]).unwrap().vectors.is_none());
        let set = [("QDRANT_URL", "http://qdrant:6333"), ("QDRANT_API_KEY", "s3cret")];
        let settings = with(&set).unwrap().vectors.unwrap();
        assert_eq!((settings.collection.as_str(), settings.key.as_deref()), ("labkeeper", Some("s3cret")));
        for (variable, value) in [("QDRANT_URL", "qdrant:6333"), ("QDRANT_COLLECTION", "a/b")] {
            let error = with(&[("QDRANT_URL", "http://qdrant:6333"), (variable, value)]).unwrap_err();
            assert!(error.to_string().contains(variable), "{error}");
        }
    }

    #[test]
    fn root_takes_the_exact_words_on_a_companion_installation() {
        let words = Some(ROOT_ACKNOWLEDGEMENT);
        assert_eq!(highest_tier(Tier::Companion, words).unwrap(), Tier::Root);
        assert_eq!(highest_tier(Tier::Companion, Some("true")).unwrap(), Tier::Companion);
        for below in [Tier::Observe, Tier::Operate] {
            assert_eq!(highest_tier(below, words).unwrap(), below, "it raises nothing else");
        }
        let refused = highest_tier(Tier::Root, Some("yes")).unwrap_err().to_string();
        assert!(refused.contains("MCP_HOST_ROOT_ENABLED"), "{refused}");
    }

    #[test]
    fn a_bad_value_names_its_variable_and_what_it_wants() {
        let error = with(&[("LABKEEPER_BIND", "everywhere")]).unwrap_err().to_string();
        assert!(error.contains("LABKEEPER_BIND") && error.contains("everywhere"), "{error}");
        for (variable, value) in
            [("SNAPSHOT_PER_GUEST_CAP", "0"), ("HEALTH_MEM_WARN_PCT", "much"), ("HEALTH_FS_WARN_PCT", "99")]
        {
            let error = with(&[(variable, value)]).unwrap_err().to_string();
            assert!(error.contains(variable) && error.contains(value), "{error}");
        }
        let error = with(&[("MCP_TIER", "admin")]).unwrap_err().to_string();
        assert!(error.contains("MCP_TIER") && error.contains("observe"), "{error}");
    }
}
