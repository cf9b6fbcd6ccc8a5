//! Logging in to nodes: the key, and whether it opens the door.

use std::path::Path;
use std::time::Duration;

use labkeeper_core::checkup::{Finding, Level};
use tokio::process::Command;

use super::check::Check;
use super::program::{Ran, run};
use crate::config::{Config, Connection, Shell};
use crate::pinned_ssh::Login;
use crate::secret_files;

const PATIENCE: Duration = Duration::from_secs(5);
/// How long a node may take to answer at all, so that ssh itself says so.
const CONNECT: Duration = Duration::from_secs(4);

/// Two findings for each cluster that has a login; none without.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for shell in &config.shells {
        let (key, login) = tokio::join!(key(&shell.key), login(config, shell));
        findings.extend(
            [key, login]
                .map(|finding| finding.in_cluster(shell.cluster.as_str()).on_node(shell.host.as_str())),
        );
    }
    findings
}

async fn key(path: &Path) -> Finding {
    let shown = path.display();
    if !path.is_file() {
        let finding = Check::SshKey.finds(Level::Crit, format!("there is no private key {shown}"));
        return finding.with_remedy(
            "run `labkeeper setup --tier companion` again, or name another file with proxmox.ssh_key_path",
        );
    }
    if let Err(error) = secret_files::refuse_wide_permissions(path) {
        let finding = Check::SshKey.finds(Level::Crit, error.to_string());
        return finding
            .with_remedy(format!("chmod 600 {shown}; a key that others could read should be made anew"));
    }
    match run(Command::new("ssh-keygen").args(["-y", "-P", "", "-f"]).arg(path), PATIENCE).await {
        Ran::Well(_) => Check::SshKey.ok(format!("{shown} is a private key and its owner's alone")),
        Ran::Badly(complaint) => {
            Check::SshKey.finds(Level::Crit, format!("{shown} cannot be used: {complaint}")).with_remedy(
                "it must be a private key without a passphrase: run `labkeeper setup --tier companion` again",
            )
        }
        Ran::Missing => no_client(Check::SshKey, "ssh-keygen"),
        Ran::TooSlow => Check::SshKey
            .finds(Level::Unknown, format!("ssh-keygen did not read {shown} within {} s", PATIENCE.as_secs()))
            .with_remedy("look at the disk that it lies on"),
    }
}

async fn login(config: &Config, shell: &Shell) -> Finding {
    let place = format!("{} port {}", shell.host, shell.port);
    let known_hosts =
        shell.cluster.parse().map(|name| Connection::new(&config.data_dir, &name).known_hosts());
    let Some(known_hosts) = known_hosts.ok().filter(|path| path.is_file()) else {
        return Check::SshLogin
            .finds(Level::Unknown, format!("not tried on {place}: its host key is not written down here"))
            .with_remedy("run `labkeeper setup --tier companion`, which pins it");
    };
    let login = Login {
        host: &shell.host,
        port: shell.port,
        user: &shell.user,
        key: &shell.key,
        known_hosts: &known_hosts,
    };
    match run(&mut login.attempt(CONNECT), PATIENCE).await {
        Ran::Well(_) => Check::SshLogin.ok(format!("{} can log in on {place}, whose host key is the pinned one", shell.user)),
        Ran::Badly(complaint) => Check::SshLogin
            .finds(Level::Crit, format!("{} cannot log in on {place}: {complaint}", shell.user))
            .with_remedy(
                "if the host key changed, find out why before you run `labkeeper setup` again; else see that the node's SSH server runs and lets that \
                 user in with a key",
            ),
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
