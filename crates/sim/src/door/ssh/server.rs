//! The open door.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::UnixListener;
use tokio::task::AbortHandle;

use super::super::cluster_files::ClusterFiles;
use super::super::guest::Scratch;
use super::super::lab::Lab;
use super::answering::answer_all;
use super::files::{Facts, lay_out};
use super::inside::Inside;
use super::keys;
use super::place::{self, Place};
use super::processes;

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
    lab: Arc<Lab>,
    node: String,
    cluster_files: Arc<ClusterFiles>,
    answering: AbortHandle,
    // In this order: the processes end before their files go.
    place: Place,
    _folder: Scratch,
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
        let cluster_files = Arc::new(ClusterFiles::new(node, &root, folder.path()));
        lab.followers.add(&cluster_files);
        lab.followers.guests.attend(node, &place.processes());
        // From here on they are there.
        drop(lab.cluster());
        let answering = tokio::spawn(answer_all(listener, Arc::clone(&lab), node.to_owned())).abort_handle();
        Ok(Self {
            address,
            fingerprint: keys::fingerprint(&host_key)?,
            host_key,
            client_key: folder.path().join("administrator"),
            known_hosts: folder.path().join("known_hosts"),
            root,
            lab,
            node: node.to_owned(),
            cluster_files,
            answering,
            place,
            _folder: folder,
        })
    }

    /// The inside of a guest of this node. It is laid out now, and begins if it runs in the world.
    ///
    /// # Errors
    /// When there is no such guest on this node, or it cannot begin.
    pub fn inside(&self, vmid: u32) -> io::Result<Inside> {
        let cluster = self.lab.cluster();
        let guest = cluster.world.guests.get(&vmid).filter(|guest| guest.node == self.node);
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{vmid} is not on {}", self.node));
        Inside::of(&self.lab.followers.guests, guest.ok_or_else(missing)?)
    }

    /// Files below the node's `/etc/pve` that say something else than the world, because a client wrote or removed them.
    pub fn touched(&self) -> Vec<String> {
        self.cluster_files.touched()
    }

    /// Ends every connection that is open at once, as a network does: what it ran is not told.
    ///
    /// # Errors
    /// When a process cannot be ended.
    pub fn cut(&self) -> io::Result<()> {
        processes::cut(&self.place.processes())
    }
}

impl Drop for Ssh {
    fn drop(&mut self) {
        self.answering.abort();
        self.lab.followers.guests.leave(&self.node, &self.place.processes());
    }
}

struct Started {
    address: SocketAddr,
    host_key: String,
    place: Place,
    folder: Scratch,
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
    let folder = Scratch::new("labkeeper-node-")?;
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
