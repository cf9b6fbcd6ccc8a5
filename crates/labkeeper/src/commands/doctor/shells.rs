//! Logging in to nodes: the key of each cluster, whether it opens every node that the settings name, and whether the way from there into
//! containers is open.

use std::path::Path;
use std::time::Duration;

use futures::future::join_all;
use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::ports::Shell as _;
use labkeeper_core::pve::ClusterName;
use labkeeper_core::shell::{Command, End, ShellError, Spot};
use labkeeper_proxmox::{KeyError, PrivateKey, Ssh};

use super::check::Check;
use crate::config::{Config, Connection, Shell};
use crate::pinned_ssh;

/// For one look there.
const PATIENCE: Duration = Duration::from_secs(5);

/// For each cluster with logins a finding about its key, and two for each node: none without. All of them side by side.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let clusters = config.shells.chunk_by(|one, next| one.cluster == next.cluster);
    let each = clusters.map(|logins| of_cluster(logins, Author::of(config, logins)));
    join_all(each).await.into_iter().flatten().collect()
}

/// Who wrote the settings: only what setup wrote can setup mend.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Author {
    Setup,
    Owner,
}

impl Author {
    fn of(config: &Config, logins: &[Shell]) -> Self {
        let by_setup = logins
            .first()
            .is_some_and(|login| Connection::new(&config.data_dir, &login.cluster).settings().is_file());
        if by_setup { Self::Setup } else { Self::Owner }
    }
}

fn setup(cluster: &ClusterName) -> String {
    format!("`labkeeper setup --name {cluster} --tier companion`")
}

/// They have their key in common.
async fn of_cluster(logins: &[Shell], author: Author) -> Vec<Finding> {
    let Some(first) = logins.first() else { return Vec::new() };
    let (key, mut findings) = match PrivateKey::read(&first.key) {
        Ok(key) => (key, vec![good_key(&first.key)]),
        Err(error) => return vec![bad_key(first, &error, author).in_cluster(first.cluster.as_str())],
    };
    let nodes = join_all(logins.iter().map(|login| of_node(login, key.clone(), author))).await;
    findings.extend(nodes.into_iter().flatten());
    findings.into_iter().map(|finding| finding.in_cluster(first.cluster.as_str())).collect()
}

fn good_key(path: &Path) -> Finding {
    Check::SshKey.ok(format!("{} is a private key and its owner's alone", path.display()))
}

fn bad_key(login: &Shell, error: &KeyError, author: Author) -> Finding {
    let shown = login.key.display();
    let finding = Check::SshKey.finds(Level::Crit, error.to_string());
    finding.with_remedy(match (error, author) {
        (KeyError::Unreadable(..), Author::Setup) => format!("run {} again, which makes one", setup(&login.cluster)),
        (KeyError::Loose(_), Author::Setup) => {
            format!("chmod 600 {shown}; if others could have read it, `labkeeper setup --name {} --new-secret` makes it anew", login.cluster)
        }
        (KeyError::Loose(_), Author::Owner) => format!("chmod 600 {shown}; if others could have read it, make another"),
        (_, Author::Setup) => format!("remove {shown}, then run {} again, which makes a new one", setup(&login.cluster)),
        (_, Author::Owner) => "name a private key (Ed25519 or ECDSA) without a passphrase with proxmox.ssh_key_path".into(),
    })
}

async fn of_node(login: &Shell, key: PrivateKey, author: Author) -> Vec<Finding> {
    let findings = match pinned_ssh::alone(login, key) {
        Ok(ssh) => match ssh.knock(&login.node).await {
            Ok(()) => vec![let_in(login), way_into_containers(&ssh, login).await],
            Err(error) => vec![kept_out(login, &error, author)],
        },
        Err(error) => vec![
            Check::SshLogin
                .finds(Level::Crit, format!("not tried on {}: {error}", login.node))
                .with_remedy("correct proxmox.ssh_host"),
        ],
    };
    findings.into_iter().map(|finding| finding.on_node(login.node.as_str())).collect()
}

fn place(login: &Shell) -> String {
    format!("{} ({} port {})", login.node, login.host, login.port)
}

fn let_in(login: &Shell) -> Finding {
    Check::SshLogin.ok(format!(
        "{} can log in on {}, whose host key is the pinned one",
        login.user,
        place(login)
    ))
}

fn kept_out(login: &Shell, error: &ShellError, author: Author) -> Finding {
    let finding = Check::SshLogin
        .finds(Level::Crit, format!("{} cannot log in on {}: {error}", login.user, place(login)));
    let (again, key_there) = match author {
        Author::Setup => (
            format!("run {} again, which pins the new one", setup(&login.cluster)),
            format!("run {} again, which puts its key there", setup(&login.cluster)),
        ),
        Author::Owner => (
            "write the new one into proxmox.ssh_host_key_fingerprint".into(),
            format!(
                "put the public half of {} into authorized_keys of {} there",
                login.key.display(),
                login.user
            ),
        ),
    };
    finding.with_remedy(match error {
        ShellError::WrongHostKey { .. } => format!(
            "find out why: `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the node's console shows the true one; only if it is the \
             same, {again}"
        ),
        ShellError::NotLetIn { .. } => format!("see that PermitRootLogin allows a key there, then {key_there}"),
        _ => "see that the node is up and its SSH server runs on that port".into(),
    })
}

/// Commands and files of containers go through one program there.
async fn way_into_containers(ssh: &Ssh, login: &Shell) -> Finding {
    let spot = Spot::Host(login.node.clone());
    let look = Command::argv(["sh", "-c", "command -v lxc-attach"], PATIENCE);
    let node = &login.node;
    match ssh.run(&spot, &look).await {
        Ok(finished) if finished.end == End::Code(0) => {
            Check::LxcAttach.ok(format!("{node} has lxc-attach, the way into its containers"))
        }
        Ok(finished) if matches!(finished.end, End::Code(_)) => Check::LxcAttach
            .finds(Level::Crit, format!("{node} has no lxc-attach, so nothing can be done in its containers"))
            .with_remedy("see that the package lxc-pve, which every Proxmox VE has, is whole there: apt install --reinstall lxc-pve"),
        Ok(_) => unseen(format!("{node} did not say whether it has lxc-attach")),
        Err(error) => unseen(format!("{node} did not run a command after the login: {error}")),
    }
}

fn unseen(finding: String) -> Finding {
    Check::LxcAttach
        .finds(Level::Unknown, finding)
        .with_remedy("log in there by hand with that key, and see whether a command such as `true` runs")
}
