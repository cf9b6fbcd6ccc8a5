//! The open door.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::task::AbortHandle;

use super::super::lab::Lab;
use super::answering::answer_all;
use super::files::{Facts, lay_out};
use super::keys;
use super::place::{self, Place};

/// How often another port is tried when somebody was quicker.
const ATTEMPTS: usize = 5;

/// A node's SSH server on loopback. Closed, with all that runs on the node, when dropped.
pub struct Ssh {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its public host key: `ssh-ed25519 AAAA…`.
    pub host_key: String,
    /// Fingerprint of the host key, `SHA256:…`.
    pub fingerprint: String,
    /// Private key of an administrator who may log in as root.
    pub client_key: PathBuf,
    /// A file of known hosts that has this one, and no other.
    pub known_hosts: PathBuf,
    /// The node's `/` as it lies on this machine.
    pub root: PathBuf,
    answering: AbortHandle,
    // In this order: the processes end before their files go.
    _place: Place,
    _folder: TempDir,
}

impl Ssh {
    /// What keeps this machine from opening such a door, to be said by whoever skips a test for it; `None` when it can.
    pub fn missing() -> Option<String> {
        place::missing()
    }

    /// Opens the door of a node. The node's files have the certificates of the HTTPS doors that are open by then.
    ///
    /// # Errors
    /// When there is no such node, or this machine cannot: see [`Ssh::missing`].
    pub async fn open(lab: Arc<Lab>, node: &str) -> io::Result<Self> {
        let facts = Facts::of(&lab.cluster().world, node)?;
        let started = tokio::task::spawn_blocking(move || start(&facts));
        let Started { address, host_key, place, folder } = started.await.map_err(io::Error::other)??;
        let root = folder.path().join("node");
        let listener = UnixListener::bind(root.join("run/cluster.sock"))?;
        let answering = tokio::spawn(answer_all(listener, lab, node.to_owned())).abort_handle();
        Ok(Self {
            address,
            fingerprint: keys::fingerprint(&host_key)?,
            host_key,
            client_key: folder.path().join("administrator"),
            known_hosts: folder.path().join("known_hosts"),
            root,
            answering,
            _place: place,
            _folder: folder,
        })
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

struct Started {
    address: SocketAddr,
    host_key: String,
    place: Place,
    folder: TempDir,
}

fn start(facts: &Facts) -> io::Result<Started> {
    let mut attempts = (0..ATTEMPTS).map(|_| attempt(facts));
    let taken = |attempt: &io::Result<_>| {
        attempt.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
    };
    attempts.find(|attempt| !taken(attempt)).unwrap_or_else(|| Err(io::ErrorKind::AddrInUse.into()))
}

fn attempt(facts: &Facts) -> io::Result<Started> {
    // Only its owner can look into such a folder.
    let folder = tempfile::Builder::new().prefix("labkeeper-node-").tempdir()?;
    let root = folder.path().join("node");
    lay_out(&root, facts)?;
    let host_key = keys::make(&root.join("etc/ssh/ssh_host_ed25519_key"), &format!("root@{}", facts.node))?;
    let client_key = keys::make(&folder.path().join("administrator"), "administrator")?;
    fs::write(root.join("root/.ssh/authorized_keys"), format!("{client_key} administrator\n"))?;
    // The server cannot be told to take any port that is free.
    let address = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    let known = format!("[{}]:{} {host_key}\n", address.ip(), address.port());
    fs::write(folder.path().join("known_hosts"), known)?;
    let place = Place::start(&root, &facts.node, address.port())?;
    Ok(Started { address, host_key, place, folder })
}
