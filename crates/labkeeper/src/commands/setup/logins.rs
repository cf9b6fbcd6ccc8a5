//! Which nodes of the cluster can be logged in to at companion. Each is tried with the key that was just put there and with its own host
//! key, by the client that will use them, before anything is stored.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use futures::future::join_all;
use labkeeper_core::provision::{Peer, Provisioned, SshPublicKey};
use labkeeper_core::pve::NodeName;
use labkeeper_proxmox::PrivateKey;

use super::answers::Answers;
use crate::config::Shell;
use crate::pinned_ssh;

/// Whose authorized_keys the script writes to.
const ROOT: &str = "root";

/// The nodes that let labkeeper in.
#[derive(Debug)]
pub(super) struct Logins {
    /// That of the node that was set up first.
    pub(super) proved: Vec<Shell>,
    /// The others, with the reason, for people.
    pub(super) left_out: Vec<(NodeName, String)>,
}

/// Tries the node that was set up, and then the others of its cluster side by side.
///
/// # Errors
/// When the node that was set up does not let labkeeper in. Of the others each may be missing.
pub(super) async fn prove(answers: &Answers, found: &Provisioned) -> Result<Logins> {
    let path = std::path::absolute(answers.files.key())?;
    let key = PrivateKey::read(&path)?;
    let trial = Trial { answers, key, path };
    let host_key = found.host_key.as_ref().ok_or_else(|| {
        anyhow!(
            "{} has no Ed25519 host key, by which companion knows it: make it there with ssh-keygen -A",
            found.node
        )
    })?;
    let first = trial.way(&found.node, answers.login.host.clone(), host_key)?;
    if let Err(why) = trial.log_in(&first).await {
        bail!(
            "cannot log in on {} port {} with the key that was just put there: {why}\n  check that its SSH server lets root in with a key \
             (PermitRootLogin) and that --ssh-port is right",
            first.host,
            first.port
        );
    }
    let mut logins = Logins { proved: vec![first], left_out: Vec::new() };
    let others = found.peers.iter().map(|peer| async { (&peer.node, trial.log_in_on(peer).await) });
    for (node, tried) in join_all(others).await {
        match tried {
            Ok(shell) => logins.proved.push(shell),
            Err(why) => logins.left_out.push((node.clone(), why)),
        }
    }
    Ok(logins)
}

/// What every try has in common.
struct Trial<'a> {
    answers: &'a Answers,
    key: PrivateKey,
    path: PathBuf,
}

impl Trial<'_> {
    fn way(&self, node: &NodeName, host: String, host_key: &SshPublicKey) -> Result<Shell> {
        Ok(Shell {
            cluster: self.answers.name.clone(),
            node: node.clone(),
            host,
            port: self.answers.login.port,
            user: ROOT.into(),
            key: self.path.clone(),
            host_key: host_key.fingerprint().parse()?,
        })
    }

    async fn log_in_on(&self, peer: &Peer) -> Result<Shell, String> {
        let Some(address) = peer.address else {
            return Err("the cluster does not know where it is: is it off?".into());
        };
        let Some(host_key) = &peer.host_key else {
            return Err("the cluster does not know its Ed25519 host key, and could not ask it: see that `ssh` from node to node works".into());
        };
        let shell = self.way(&peer.node, address.to_string(), host_key).map_err(|error| error.to_string())?;
        self.log_in(&shell).await.map(|()| shell)
    }

    async fn log_in(&self, shell: &Shell) -> Result<(), String> {
        match pinned_ssh::log_in(shell, self.key.clone()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refused)) => Err(refused.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}
