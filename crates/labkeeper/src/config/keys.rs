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
    key(
        "database.url",
        &["DATABASE_URL"],
        "",
        "`sqlite:////path/to/file`; `labkeeper.db` in the data directory when empty.",
    ),
    key(
        "search.models_dir",
        &["LABKEEPER_MODELS"],
        "",
        "Where the model for search by meaning lies; `models/` in the data directory when empty.",
    ),
    key(
        "mcp.tier",
        &["MCP_TIER"],
        "observe",
        "Highest tier offered over `labkeeper mcp`: observe, operate, companion or root.",
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
        "discovery.ranges",
        &["LABKEEPER_DISCOVERY_RANGES"],
        "",
        "Ranges that may be scanned and checked beside the private ones, separated by commas: public networks of yours, or `127.0.0.0/8`.",
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
