//! The hub itself: where it listens, who may come in, and what it says of itself.

use super::key::{Key, key, secret};

pub(super) const KEYS: &[Key] = &[
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
