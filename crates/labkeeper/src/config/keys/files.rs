//! Files of the lab: reading, writing, and their history.

use super::key::{Key, key, secret};

pub(super) const KEYS: &[Key] = &[
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
        "From this many times within the window on, it is refused.",
    ),
    key(
        "files.breaker_window_ms",
        &["ROLLBACK_BREAKER_WINDOW_MS"],
        "600000",
        "The window of the breaker, in milliseconds.",
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
];
