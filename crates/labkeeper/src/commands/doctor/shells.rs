//! Logging in to nodes: the key, and whether it opens the door.

use std::path::PathBuf;
use std::time::Duration;

use futures::future::join_all;
use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::provision::SshPublicKey;
use tokio::process::Command;

use super::check::Check;
use super::host_key::{self, WrittenDown};
use super::program::{Ran, run};
use crate::config::{Config, Connection, Shell};
use crate::pinned_ssh::Login;
use crate::secret_files;

const PATIENCE: Duration = Duration::from_secs(5);
/// How long a node may take to answer at all, so that ssh itself says so.
const CONNECT: Duration = Duration::from_secs(4);

/// Two findings for each cluster that has a login; none without. All of them side by side.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let each = config.shells.iter().map(|shell| async {
        let files = Files::of(config, shell);
        let found: [Finding; 2] = tokio::join!(key(shell, &files), login(shell, &files)).into();
        found.map(|finding| finding.in_cluster(shell.cluster.as_str()).on_node(shell.host.as_str()))
    });
    join_all(each).await.into_iter().flatten().collect()
}

/// What labkeeper has written down of a login.
struct Files {
    known_hosts: PathBuf,
    /// Whether setup wrote the settings: only then can setup mend them.
    by_setup: bool,
}

impl Files {
    fn of(config: &Config, shell: &Shell) -> Self {
        let connection = Connection::new(&config.data_dir, &shell.cluster);
        Self { known_hosts: connection.known_hosts(), by_setup: connection.settings().is_file() }
    }
}

fn setup(shell: &Shell) -> String {
    format!("`labkeeper setup --name {} --tier companion`", shell.cluster)
}

async fn key(shell: &Shell, files: &Files) -> Finding {
    let path = &shell.key;
    let shown = path.display();
    if !path.is_file() {
        let finding = Check::SshKey.finds(Level::Crit, format!("there is no private key {shown}"));
        return finding.with_remedy(if files.by_setup {
            format!("run {} again, which makes one", setup(shell))
        } else {
            "put it there, or name another file with proxmox.ssh_key_path".into()
        });
    }
    if let Err(error) = secret_files::refuse_wide_permissions(path) {
        let finding = Check::SshKey.finds(Level::Crit, error.to_string());
        return finding
            .with_remedy(format!("chmod 600 {shown}; a key that others could read should be made anew: labkeeper setup --new-secret, when setup made it"));
    }
    match run(Command::new("ssh-keygen").args(["-y", "-P", "", "-f"]).arg(path), PATIENCE).await {
        Ran::Well(_) => Check::SshKey.ok(format!("{shown} is a private key and its owner's alone")),
        Ran::Badly(complaint) => {
            let finding = Check::SshKey.finds(Level::Crit, format!("{shown} cannot be used: {complaint}"));
            finding.with_remedy(if files.by_setup {
                format!("remove {shown}, then run {} again, which makes a new one", setup(shell))
            } else {
                "name a private key without a passphrase with proxmox.ssh_key_path".into()
            })
        }
        Ran::Missing => no_client(Check::SshKey, "ssh-keygen"),
        Ran::TooSlow => Check::SshKey
            .finds(Level::Unknown, format!("ssh-keygen did not read {shown} within {} s", PATIENCE.as_secs()))
            .with_remedy("look at the disk that it lies on"),
    }
}

async fn login(shell: &Shell, files: &Files) -> Finding {
    let place = format!("{} port {}", shell.host, shell.port);
    // Without the file there is no key in it.
    let known_hosts = std::fs::read_to_string(&files.known_hosts).unwrap_or_default();
    match host_key::compare(&known_hosts, shell.host_key) {
        WrittenDown::Pinned => attempt(shell, files, &place).await,
        WrittenDown::Other(other) => another_host_key(shell, files, &place, &other),
        WrittenDown::None => Check::SshLogin
            .finds(
                Level::Unknown,
                format!(
                    "not tried on {place}: its host key is not written down in {}",
                    files.known_hosts.display()
                ),
            )
            .with_remedy(if files.by_setup {
                format!("run {} again, which writes it down", setup(shell))
            } else {
                let scan = format!("ssh-keyscan -t ed25519 -p {} {}", shell.port, shell.host);
                format!("write there what `{scan}` prints{}", or_let_setup(shell))
            }),
    }
}

/// It is not logged in with: ssh would take a host that the settings do not mean.
fn another_host_key(shell: &Shell, files: &Files, place: &str, other: &SshPublicKey) -> Finding {
    let known_hosts = files.known_hosts.display();
    let finding = Check::SshLogin.finds(
        Level::Crit,
        format!(
            "not tried on {place}: {known_hosts} holds the host key {}, which is not that of proxmox.ssh_host_key_fingerprint",
            other.fingerprint()
        ),
    );
    let compare =
        "find out why: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the node shows the true one";
    finding.with_remedy(if files.by_setup {
        format!("{compare}; then run {} again, which writes it down", setup(shell))
    } else {
        format!("{compare}; then correct whichever is wrong{}", or_let_setup(shell))
    })
}

/// Setup refuses a cluster that stands in the configuration file.
fn or_let_setup(shell: &Shell) -> String {
    format!(", or take the cluster out of the configuration file and let {} connect it", setup(shell))
}

async fn attempt(shell: &Shell, files: &Files, place: &str) -> Finding {
    let login = Login {
        host: &shell.host,
        port: shell.port,
        user: &shell.user,
        key: &shell.key,
        known_hosts: &files.known_hosts,
    };
    match run(&mut login.attempt(CONNECT), PATIENCE).await {
        Ran::Well(_) => Check::SshLogin
            .ok(format!("{} can log in on {place}, whose host key is the pinned one", shell.user)),
        Ran::Badly(complaint) => {
            let again =
                if files.by_setup { format!("run {} again", setup(shell)) } else { "pin another".into() };
            let remedy = format!(
                "if the host key changed, find out why before you {again}; else see that the node's SSH server runs and lets that \
                 user in with a key"
            );
            Check::SshLogin
                .finds(Level::Crit, format!("{} cannot log in on {place}: {complaint}", shell.user))
                .with_remedy(remedy)
        }
        Ran::Missing => no_client(Check::SshLogin, "ssh"),
        Ran::TooSlow => Check::SshLogin
            .finds(Level::Crit, format!("{place} did not let anybody in within {} s", PATIENCE.as_secs()))
            .with_remedy("see that the node is up and its SSH server runs on that port"),
    }
}

fn no_client(check: Check, program: &str) -> Finding {
    check
        .finds(Level::Warn, format!("there is no {program} on this machine"))
        .with_remedy("install OpenSSH's client, which companion needs")
}
