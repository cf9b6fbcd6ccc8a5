//! Running git: words and bytes, never a shell, and none of the surroundings that would change what it does.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use labkeeper_core::history::HistoryError;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

/// What would lead git elsewhere.
const NOT_OURS: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_TRACE",
    "GIT_WORK_TREE",
];
/// What a repository or a user may have set otherwise.
const SETTINGS: &[&str] = &[
    "core.autocrlf=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=true",
    "gc.autoDetach=false",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
];

/// How long a run may take, and whose settings hold in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Here, by itself.
    Alone,
    /// With the user's own settings and credentials, over the network.
    AsTheUser,
}

impl Manner {
    fn patience(self) -> Duration {
        match self {
            Self::Alone => Duration::from_secs(120),
            Self::AsTheUser => Duration::from_secs(180),
        }
    }
}

/// What git said.
pub(crate) struct Said {
    pub(crate) is_well: bool,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// Runs it on the repository in that directory.
pub(crate) async fn git(
    directory: &Path,
    words: &[&str],
    stdin: Option<Vec<u8>>,
    manner: Manner,
) -> Result<Said, HistoryError> {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(directory);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    // Ctrl-C at the hub's terminal is for the hub, which ends git when nobody waits for it.
    command.process_group(0);
    command.args(words).kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if stdin.is_some() { Stdio::piped() } else { Stdio::null() });
    for name in NOT_OURS {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_PAGER", "cat");
    if manner == Manner::Alone {
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    }
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => HistoryError::NoGit,
        _ => HistoryError::Git { what: "be run", why: error.to_string() },
    };
    let mut child = command.spawn().map_err(failed)?;
    let pipe = child.stdin.take();
    let feed = async move {
        if let (Some(mut pipe), Some(bytes)) = (pipe, stdin) {
            // One that ended early says why itself.
            let _ = pipe.write_all(&bytes).await;
            let _ = pipe.shutdown().await;
        }
    };
    let run = async { tokio::join!(feed, child.wait_with_output()).1 };
    match timeout(manner.patience(), run).await {
        Ok(Ok(output)) => Ok(Said {
            is_well: output.status.success(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        }),
        Ok(Err(error)) => Err(failed(error)),
        Err(_) => {
            let why = format!("it took longer than {} s", manner.patience().as_secs());
            Err(HistoryError::Git { what: "finish", why })
        }
    }
}
