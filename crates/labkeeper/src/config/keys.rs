//! Every configuration key, documented once; `docs/configuration.md` is generated from here.

/// A configuration key.
#[derive(Debug)]
pub(crate) struct Key {
    /// `section.name` in the file.
    pub(crate) path: &'static str,
    /// Environment variables, the first that is set wins.
    pub(crate) env: &'static [&'static str],
    /// Value when nothing says otherwise; empty for none.
    pub(crate) default: &'static str,
    /// Masked when shown; also read from the file that `<VARIABLE>_FILE` names.
    pub(crate) secret: bool,
    /// One sentence.
    pub(crate) help: &'static str,
}

const fn key(
    path: &'static str,
    env: &'static [&'static str],
    default: &'static str,
    help: &'static str,
) -> Key {
    Key { path, env, default, secret: false, help }
}

const fn secret(path: &'static str, env: &'static [&'static str], help: &'static str) -> Key {
    Key { path, env, default: "", secret: true, help }
}

/// Every key, in the order of the documentation.
pub(crate) const KEYS: &[Key] = &[
    key(
        "server.bind",
        &["LABKEEPER_BIND"],
        "127.0.0.1:8000",
        "Address and port of `labkeeper serve`. Anything but loopback needs a credential first.",
    ),
    key(
        "server.hosts",
        &["LABKEEPER_HOSTS"],
        "",
        "Host names under which the hub is reached, separated by commas; loopback names are always accepted.",
    ),
    key(
        "server.trusted_proxies",
        &["LABKEEPER_TRUSTED_PROXIES"],
        "",
        "Addresses or networks of reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, separated by commas.",
    ),
    key(
        "server.public_url",
        &["LABKEEPER_PUBLIC_URL"],
        "",
        "Where browsers and assistants reach the hub when that is not the address it listens on, such as `https://lab.example.net` behind a proxy. Its name counts as one of `server.hosts`.",
    ),
    secret(
        "auth.api_token",
        &["API_TOKEN"],
        "One token that opens everything, as the predecessor had. Named tokens with scopes are better.",
    ),
    key(
        "auth.require_login",
        &["LABKEEPER_REQUIRE_LOGIN"],
        "false",
        "Ask for a login even on loopback with nobody to log in yet: the first start prints a one-time code with which the browser sets up the first person.",
    ),
    secret(
        "database.url",
        &["DATABASE_URL"],
        "`sqlite:////path/to/file`, or `postgres://user:password@host:5432/database` for a PostgreSQL server; `labkeeper.db` in the data directory when empty.",
    ),
    key(
        "search.models_dir",
        &["LABKEEPER_MODELS"],
        "",
        "Where the model for search by meaning lies; `models/` in the data directory when empty.",
    ),
    secret(
        "redis.url",
        &["REDIS_URL"],
        "Redis server through which the processes of one hub tell each other of writes and count failed logins together, such as `redis://redis:6379`; each by itself when empty.",
    ),
    secret(
        "search.qdrant_url",
        &["QDRANT_URL"],
        "Qdrant server that keeps the vectors of search by meaning, such as `http://qdrant:6333`; in memory when empty.",
    ),
    key(
        "search.qdrant_collection",
        &["QDRANT_COLLECTION"],
        "labkeeper",
        "Its collection for this lab. It is made when it is not there; one that labkeeper did not make for this lab is left alone.",
    ),
    secret("search.qdrant_api_key", &["QDRANT_API_KEY"], "Key for that server."),
    key(
        "mcp.tier",
        &["MCP_TIER"],
        "observe",
        "Highest tier offered over `labkeeper mcp`: observe, operate or companion. Root is companion with the acknowledgement in `MCP_HOST_ROOT_ENABLED`.",
    ),
    key(
        "mcp.write",
        &["LABKEEPER_MCP_WRITE"],
        "true",
        "Whether `labkeeper mcp` may change the inventory. Every change can be undone.",
    ),
    key(
        "mcp.toolsets",
        &["LABKEEPER_TOOLSETS"],
        "inventory,discovery,proxmox,memory,safety,hub",
        "Groups of tools offered to models, separated by commas.",
    ),
    key(
        "safety.approvals",
        &["LABKEEPER_APPROVALS"],
        "human",
        "Who decides about what is not plainly harmless: `agent` (the assistant confirms by itself whatever may be confirmed), `human` (what cannot be known, and commands on a node, wait for a person), `strict` (whatever has to be confirmed waits for a person). What is denied stays denied.",
    ),
    key(
        "safety.approval_minutes",
        &["LABKEEPER_APPROVAL_MINUTES"],
        "5",
        "How long a call waits for a person; then the answer is no.",
    ),
    key(
        "safety.ask_people",
        &["LABKEEPER_ASK_PEOPLE"],
        "true",
        "Whether there is a person to ask, in the web app or with `labkeeper approve`. If not, what needs one is refused.",
    ),
    key(
        "safety.elicitation",
        &["LABKEEPER_ELICITATION"],
        "false",
        "Whether the client of an assistant may put a parked call before its person, whose answer there counts like one in the web app. A client that answers by itself would speak for them.",
    ),
    key(
        "safety.denylist",
        &["COMMAND_DENYLIST"],
        "",
        "Commands to refuse beside what the guard knows, separated by commas, as they begin: `apt full-upgrade`; with `confirm:` before it, to ask about.",
    ),
    secret(
        "audit.anchor",
        &["LABKEEPER_AUDIT_ANCHOR"],
        "Where signed checkpoints of the audit log are kept out of this machine's reach, separated by commas: directories (a mount of another machine, best one that can only grow) and `https://` addresses (a webhook, a topic of ntfy).",
    ),
    key(
        "audit.segment_mb",
        &["LABKEEPER_AUDIT_SEGMENT_MB"],
        "16",
        "Megabytes from which on `audit.jsonl` is complete and a new one is begun; a new day begins a new one too.",
    ),
    key(
        "audit.keep_days",
        &["LABKEEPER_AUDIT_KEEP_DAYS"],
        "0",
        "Days after which complete files of that mirror are deleted; 0 for never. The database and the checkpoints keep everything.",
    ),
    secret(
        "notify.url",
        &["LABKEEPER_NOTIFY_URL"],
        "Where to tell people that a call waits for them, and what does not answer: a topic of ntfy such as `https://ntfy.sh/my-topic`, a webhook, or addresses as Apprise writes them (`ntfys://`, `jsons://`, `gotifys://`, `discord://`, `slack://`, `tgram://`, `pover://`), separated by commas. Whoever knows a topic reads it: what is told has no command, file or secret in it.",
    ),
    secret(
        "notify.fallback",
        &["LABKEEPER_NOTIFY_FALLBACK"],
        "Where to tell people when none of `notify.url` takes it, written in the same way.",
    ),
    key(
        "notify.quiet",
        &["LABKEEPER_NOTIFY_QUIET"],
        "",
        "Hours in which people are told nothing that can wait, such as `22:00-07:00` in UTC or `22:00-07:00+02:00`. Calls that wait for a person cannot.",
    ),
    key(
        "notify.format",
        &["LABKEEPER_NOTIFY_FORMAT"],
        "ntfy",
        "`ntfy`, or `json` for a webhook that takes `{title, text, link}`.",
    ),
    secret("notify.token", &["LABKEEPER_NOTIFY_TOKEN"], "Sent there as `Authorization: Bearer …`."),
    key(
        "safety.secret_keys",
        &["REDACTION_EXTRA_KEYS"],
        "",
        "Names beside the usual ones (password, token, …) whose values no model reads, separated by commas.",
    ),
    key(
        "watch.minutes",
        &["LABKEEPER_WATCH_MINUTES"],
        "0",
        "How often a serving hub asks whether the items of the inventory answer, in minutes; 0 is never. `is:down`, the history of each item and messages come of it.",
    ),
    key(
        "watch.here",
        &["LABKEEPER_WATCH_HERE"],
        "",
        "Addresses and names of the machine that labkeeper runs on, separated by commas, where it cannot tell by itself because it runs in a container: that this one answers says nothing about the network.",
    ),
    key(
        "discovery.schedule",
        &["LABKEEPER_DISCOVERY_SCHEDULE"],
        "",
        "Blocks that a serving hub scans by the clock, such as `192.168.1.0/24`, separated by commas. People are told of hosts that were not there before.",
    ),
    key(
        "discovery.schedule_hours",
        &["LABKEEPER_DISCOVERY_SCHEDULE_HOURS"],
        "24",
        "How often it does, in hours; 0 is never.",
    ),
    key(
        "discovery.ranges",
        &["LABKEEPER_DISCOVERY_RANGES"],
        "",
        "Ranges that may be scanned and checked beside the private ones, separated by commas: public networks of yours, or `127.0.0.0/8`.",
    ),
    key(
        "discovery.lease_files",
        &["LABKEEPER_DISCOVERY_LEASE_FILES"],
        "",
        "Lease files of DHCP servers that can be read on this machine, of dnsmasq, ISC dhcpd or Kea (`/var/lib/misc/dnsmasq.leases`, `/var/lib/dhcp/dhcpd.leases`, `/var/lib/kea/kea-leases4.csv`), separated by commas: a scan takes hardware addresses and names from them.",
    ),
    key(
        "proxmox.name",
        &["LABKEEPER_PROXMOX_NAME"],
        "proxmox",
        "What the Proxmox cluster is called here. More clusters: a section `[proxmox.<name>]` in the file for each, with the keys below.",
    ),
    key(
        "proxmox.url",
        &["PVE_API_BASE_URL"],
        "",
        "Where its API answers, such as `https://192.168.1.11:8006`; several nodes of one cluster separated by commas, asked in this order.",
    ),
    key("proxmox.token_id", &["PVE_API_TOKEN_ID"], "", "API token, `user@realm!name`."),
    secret("proxmox.token_secret", &["PVE_API_TOKEN_SECRET"], "Its secret."),
    key(
        "proxmox.fingerprint",
        &["PVE_API_TLS_FINGERPRINT"],
        "",
        "SHA-256 of the certificate that is shown there, as the node's System → Certificates has it; one for each address, separated by commas. `system` trusts what this machine trusts instead.",
    ),
    key(
        "proxmox.tier",
        &["LABKEEPER_PROXMOX_TIER"],
        "",
        "Tier that the token was made for: observe, operate or companion; `labkeeper doctor` compares it with what the token may. Empty: not said.",
    ),
    key(
        "proxmox.backups",
        &["LABKEEPER_PROXMOX_BACKUPS"],
        "false",
        "The token was made for backups of guests too, as `labkeeper setup --with-backups` does; `labkeeper doctor` compares it with what the token may.",
    ),
    key(
        "proxmox.ssh_host",
        &["SSH_HOST"],
        "",
        "Node to log in to for what only a shell can do, at companion and above; several nodes of one cluster separated by commas.",
    ),
    key(
        "proxmox.node",
        &["PVE_API_NODE"],
        "",
        "What the nodes of proxmox.ssh_host are called in their cluster, one for each, in the same order.",
    ),
    key("proxmox.ssh_port", &["SSH_PORT"], "22", "Port of its SSH server."),
    key("proxmox.ssh_user", &["SSH_USER"], "root", "Who logs in there."),
    key(
        "proxmox.ssh_key_path",
        &["SSH_KEY_PATH"],
        "",
        "File with the private key for it, without a passphrase.",
    ),
    key(
        "proxmox.ssh_host_key_fingerprint",
        &["SSH_HOST_KEY_FINGERPRINT"],
        "",
        "SHA-256 of the host key that is shown there, as `ssh-keygen -lf` prints it; one for each node, in the same order.",
    ),
    key(
        "proxmox.reconcile_minutes",
        &["LABKEEPER_RECONCILE_MINUTES"],
        "60",
        "How often `labkeeper serve` looks at the connected clusters and notes what it sees in the inventory; 0 for never.",
    ),
    key(
        "snapshots.per_guest",
        &["SNAPSHOT_PER_GUEST_CAP"],
        "3",
        "How many snapshots made by `snapshot_create` a guest keeps; the oldest of them are deleted once a new one is there.",
    ),
    key(
        "snapshots.vmstate",
        &["SNAPSHOT_VMSTATE"],
        "false",
        "Whether snapshots of running virtual machines have their memory in them.",
    ),
    key(
        "backups.storage",
        &["NODE_BACKUP_STORAGE"],
        "",
        "Storage that `guest_backup` takes when a call names none; empty takes the only one that takes backups.",
    ),
    key(
        "backups.per_guest",
        &["GUEST_ARCHIVE_PER_GUEST_CAP"],
        "2",
        "How many archives made by `guest_backup` a guest keeps on a storage; the oldest of them are deleted once a new one is there.",
    ),
    key(
        "backups.timeout_ms",
        &["BACKUP_TASK_TIMEOUT_MS"],
        "14400000",
        "How long a backup or a restore is waited for, in milliseconds; after that it goes on by itself.",
    ),
    key(
        "history.enabled",
        &["LABKEEPER_HISTORY"],
        "true",
        "Keep a history of configurations, where git is installed: what is written from here, and what `config_sweep` finds.",
    ),
    key(
        "history.dir",
        &["CONFIG_HISTORY_DIR"],
        "",
        "Where it is kept, a bare git repository; `config-history` in the data directory when empty.",
    ),
    key(
        "history.sweep_minutes",
        &["LABKEEPER_HISTORY_SWEEP_MINUTES"],
        "0",
        "How often `labkeeper serve` sweeps the lab for it; 0 for never.",
    ),
    key(
        "history.host_paths",
        &["HISTORY_HOST_WATCH_PATHS"],
        "/etc",
        "What is watched on nodes, separated by commas: directories, or patterns with `*`, `**` and `?`.",
    ),
    key("history.guest_paths", &["HISTORY_CONTAINER_WATCH_PATHS"], "/etc", "What is watched in containers."),
    key(
        "history.exclude",
        &["HISTORY_EXCLUDE_PATTERNS"],
        labkeeper_core::history::USUAL_EXCEPTIONS,
        "What is left out everywhere.",
    ),
    key(
        "history.largest",
        &["HISTORY_SWEEP_FILE_SIZE_CAP_BYTES"],
        "1048576",
        "The largest file that is kept in it, in bytes.",
    ),
    key(
        "history.push_mode",
        &["GIT_HISTORY_PUSH_MODE"],
        "local-only",
        "`local-only`, or `push` to copy it to history.remote after each commit.",
    ),
    secret(
        "history.remote",
        &["GIT_HISTORY_REMOTE"],
        "Where it is pushed to, as `git push` takes it. Secrets are not in it, but everything else that is watched is.",
    ),
    key(
        "files.deny",
        &["PATH_DENYLIST"],
        "/proc,/sys,/dev",
        "Directories on nodes and in guests that the file tools neither read nor write, separated by commas.",
    ),
    key(
        "files.allow",
        &["PATH_ALLOWLIST"],
        "",
        "When given, the only directories that the file tools read and write, separated by commas.",
    ),
    key(
        "files.read_max_bytes",
        &["READ_FILE_MAX_BYTES"],
        "2097152",
        "How much of a file is read at once; larger files are read in parts.",
    ),
    key(
        "files.write_max_bytes",
        &["WRITE_FILE_MAX_BYTES"],
        "16777216",
        "The largest file that is written, or written over.",
    ),
    key(
        "files.versions",
        &["PER_FILE_VERSION_CAP"],
        "20",
        "How many old versions of a file are kept; the oldest go first.",
    ),
    key(
        "files.versions_max_bytes",
        &["GLOBAL_SIZE_CAP_BYTES"],
        "1073741824",
        "How much room the old versions of all files may take together, compressed. The newest of a file never goes.",
    ),
    key(
        "files.breaker",
        &["ROLLBACK_BREAKER_ENABLED"],
        "true",
        "Stop putting the same file back again and again.",
    ),
    key(
        "files.breaker_limit",
        &["ROLLBACK_BREAKER_LIMIT"],
        "3",
        "The how-manieth time within the window is refused.",
    ),
    key(
        "files.breaker_window_ms",
        &["ROLLBACK_BREAKER_WINDOW_MS"],
        "600000",
        "The window of the breaker, in milliseconds.",
    ),
    key(
        "health.load_warn_ratio",
        &["HEALTH_LOAD_WARN_RATIO"],
        "0.8",
        "Load over one minute per CPU from which on a node is worth a warning.",
    ),
    key("health.load_crit_ratio", &["HEALTH_LOAD_CRIT_RATIO"], "1.5", "And from which on it is critical."),
    key(
        "health.mem_warn_pct",
        &["HEALTH_MEM_WARN_PCT"],
        "85",
        "Per cent of a node's memory in use from which on it is worth a warning.",
    ),
    key("health.mem_crit_pct", &["HEALTH_MEM_CRIT_PCT"], "95", "And from which on it is critical."),
    key(
        "health.fs_warn_pct",
        &["HEALTH_FS_WARN_PCT"],
        "80",
        "Per cent of a file system or storage in use from which on it is worth a warning.",
    ),
    key("health.fs_crit_pct", &["HEALTH_FS_CRIT_PCT"], "90", "And from which on it is critical."),
    key(
        "health.pending_updates_warn",
        &["HEALTH_PENDING_UPDATES_WARN"],
        "50",
        "More pending updates of a node than that are worth a warning.",
    ),
    key(
        "health.failed_units_crit",
        &["HEALTH_FAILED_UNITS_CRIT"],
        "",
        "Units whose failure is critical, separated by commas; that of any other is a warning.",
    ),
    key(
        "health.backup_days",
        &["LABKEEPER_BACKUP_DAYS"],
        "7",
        "Days after which the newest backup of a guest is too old.",
    ),
    key(
        "health.certificate_warn_days",
        &["LABKEEPER_CERTIFICATE_WARN_DAYS"],
        "30",
        "Days that a node's certificate must still be good for.",
    ),
    key(
        "health.certificate_crit_days",
        &["LABKEEPER_CERTIFICATE_CRIT_DAYS"],
        "7",
        "Days below which that is critical.",
    ),
    key(
        "blobs.url",
        &["S3_URL"],
        "",
        "Bucket for what files in the lab were before they were written, `s3://bucket/prefix`; the folder `blobs` beside the database when empty.",
    ),
    key(
        "blobs.endpoint",
        &["S3_ENDPOINT"],
        "",
        "Server of that bucket, such as `https://s3.example.net`; Amazon's of the region when empty.",
    ),
    key("blobs.region", &["S3_REGION"], "us-east-1", "Its region."),
    key(
        "blobs.access_key_id",
        &["S3_ACCESS_KEY_ID"],
        "",
        "Access key that may list, read, write and delete there.",
    ),
    secret("blobs.secret_access_key", &["S3_SECRET_ACCESS_KEY"], "Its secret."),
    key(
        "blobs.allow_http",
        &["S3_ALLOW_HTTP"],
        "false",
        "Whether a server that is not on this machine may be spoken to without TLS.",
    ),
    key(
        "blobs.encrypt",
        &["S3_ENCRYPT"],
        "false",
        "Whether contents are encrypted before they are put into the bucket. Who loses the key loses them.",
    ),
    secret(
        "blobs.key",
        &["S3_ENCRYPTION_KEY"],
        "The key for that, 64 hexadecimal digits; the file `blobs.key` beside the database, which is made once, when empty.",
    ),
    key(
        "blobs.timeout_seconds",
        &["S3_TIMEOUT_SECONDS"],
        "30",
        "How long it is waited for until a content is kept there or read; then the file is not written.",
    ),
    key(
        "remote.url",
        &["LABKEEPER_URL", "HOMELAB_URL"],
        "",
        "Hub that `labkeeper mcp` and `labkeeper status` speak for instead of the data directory.",
    ),
    secret("remote.token", &["LABKEEPER_TOKEN", "HOMELAB_TOKEN"], "Token for that hub."),
    key(
        "log.level",
        &["LABKEEPER_LOG", "RUST_LOG"],
        "",
        "Diagnostics on stderr, info while serving and warn otherwise: error, warn, info, debug, trace, or a filter such as `labkeeper_ops=debug`.",
    ),
    key("log.format", &["LABKEEPER_LOG_FORMAT"], "text", "`text` or `json`."),
];
