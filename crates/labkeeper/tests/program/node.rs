//! A simulated Proxmox VE node with both its doors, for what is set up over them.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use labkeeper_sim::Cluster;
use labkeeper_sim::access::{Access, Release};
use labkeeper_sim::door::{Https, Lab, Options, Ssh, now};
use labkeeper_sim::world::World;
use serde_json::Value;

use crate::hub::labkeeper;

pub(crate) const USER: &str = "labkeeper@pve";

/// The first node of the simulated homelab.
pub(crate) struct Node {
    pub(crate) lab: Arc<Lab>,
    pub(crate) https: Https,
    pub(crate) ssh: Ssh,
}

/// Says aloud that a test is skipped; where nothing may be, that is a failure.
#[allow(clippy::print_stderr, reason = "a skipped test must say so")]
fn skip(test: &str, missing: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let must_run = std::env::var_os("LABKEEPER_TESTS_MAY_NOT_SKIP").is_some();
    assert!(!must_run, "{test} may not be skipped: {missing}");
    eprintln!("SKIPPED {test}: {missing}");
}

impl Node {
    /// Of the newest release. `None`, said aloud, where this machine cannot have one.
    pub(crate) async fn open(test: &str) -> Option<Self> {
        Self::of_release(Release::V9, test).await
    }

    /// The same of another release.
    pub(crate) async fn of_release(release: Release, test: &str) -> Option<Self> {
        if let Some(missing) = Ssh::missing() {
            skip(&format!("setup::{test}"), &missing);
            return None;
        }
        let lab = Arc::new(Lab::new(Cluster::new(World::homelab(release, now()))));
        let https = door(&lab, "pve1").await;
        let ssh = Ssh::open(Arc::clone(&lab), "pve1").await.unwrap();
        Some(Self { lab, https, ssh })
    }

    /// `labkeeper setup` of this node over ssh, with nobody at the terminal.
    pub(crate) fn setup(&self, dir: &Path, more: &[&str]) -> Command {
        self.setup_at(dir, &self.https.address.to_string(), more)
    }

    /// The same with the API at another place.
    pub(crate) fn setup_at(&self, dir: &Path, api: &str, more: &[&str]) -> Command {
        let mut command = labkeeper(dir);
        command.args(["--json", "setup", "--yes", "--node-host", api]);
        command.args(["--ssh-port", &self.ssh.address.port().to_string()]);
        command.args(["--ssh-option", &format!("UserKnownHostsFile={}", self.ssh.known_hosts.display())]);
        command.args(["--ssh-option", "IdentityAgent=none", "--ssh-option", "BatchMode=yes"]);
        command.arg("--ssh-identity").arg(&self.ssh.client_key).args(more).stdin(Stdio::null());
        command
    }

    /// Its result, of one that must be done.
    pub(crate) fn set_up(&self, dir: &Path, more: &[&str]) -> Value {
        let output = self.setup(dir, more).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{more:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Runs a script as root on the node.
    pub(crate) fn enter(&self, script: &str) -> Output {
        session(&self.ssh, &["root@127.0.0.1", "bash"], script)
    }

    /// What is to be seen in a terminal of root's on the node after that was pasted into its shell.
    pub(crate) fn paste(&self, text: &str) -> String {
        let output =
            session(&self.ssh, &["-tt", "root@127.0.0.1", "bash --norc -i"], &format!("{text}exit\n"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The cluster's users, tokens, roles and grants, as text: equal when nothing changed.
    pub(crate) fn access(&self) -> String {
        facts(&self.lab.cluster().access)
    }

    /// What labkeeper's user is granted: path, holder, role.
    pub(crate) fn grants(&self) -> Vec<String> {
        let cluster = self.lab.cluster();
        let ours = cluster.access.acl().iter().filter(|grant| grant.holder.name().starts_with("labkeeper"));
        ours.map(|grant| format!("{} {} {}", grant.path, grant.holder.name(), grant.role)).collect()
    }

    /// Names of labkeeper's tokens there.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let cluster = self.lab.cluster();
        cluster.access.user(USER).map(|user| user.tokens.keys().cloned().collect()).unwrap_or_default()
    }

    /// Roles of labkeeper's there.
    pub(crate) fn roles(&self) -> Vec<String> {
        let cluster = self.lab.cluster();
        cluster.access.roles().keys().filter(|role| role.starts_with("Labkeeper")).cloned().collect()
    }

    /// Whether a role of labkeeper's there has that privilege.
    pub(crate) fn may(&self, privilege: &str) -> bool {
        let cluster = self.lab.cluster();
        let ours = cluster.access.roles().iter().filter(|(role, _)| role.starts_with("Labkeeper"));
        ours.into_iter().any(|(_, role)| role.privileges.contains(privilege))
    }

    /// Root's authorized_keys there.
    pub(crate) fn authorized_keys(&self) -> String {
        std::fs::read_to_string(self.ssh.root.join("etc/pve/priv/authorized_keys")).unwrap()
    }
}

/// Lets ssh log in there as the administrator.
pub(crate) fn session(door: &Ssh, command: &[&str], input: &str) -> Output {
    let mut ssh = Command::new("ssh");
    ssh.args(["-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"]);
    ssh.arg("-o").arg(format!("UserKnownHostsFile={}", door.known_hosts.display()));
    ssh.arg("-i").arg(&door.client_key).args(["-p", &door.address.port().to_string()]);
    let mut child = ssh
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn facts(access: &Access) -> String {
    let grants: Vec<String> = access
        .acl()
        .iter()
        .map(|grant| format!("{} {} {}", grant.path, grant.holder.name(), grant.role))
        .collect();
    format!("{:?}\n{:?}\n{grants:?}", access.users(), access.roles())
}

/// A door to the API of a node.
pub(crate) async fn door(lab: &Arc<Lab>, node: &str) -> Https {
    let options = Options { refusal_takes: std::time::Duration::from_millis(1), ..Options::default() };
    Https::open(Arc::clone(lab), node, options).await.unwrap()
}

/// What a program complained about.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Somebody in between: speaks TLS with a certificate of its own, and keeps what it is told.
pub(crate) struct Impostor {
    pub(crate) address: String,
    pub(crate) heard: Receiver<Vec<u8>>,
}

impl Impostor {
    pub(crate) fn listen() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![made.cert.into()], key)
                .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let _ = tell.send(words_in_confidence(stream, Arc::new(config.clone())));
            }
        });
        Self { address, heard }
    }
}

/// Everything that comes after the handshake.
fn words_in_confidence(mut stream: std::net::TcpStream, config: Arc<rustls::ServerConfig>) -> Vec<u8> {
    let mut session = rustls::ServerConnection::new(config).unwrap();
    let mut words = Vec::new();
    let mut confided = rustls::Stream::new(&mut session, &mut stream);
    // A client that hangs up ends it in one way or another.
    let _ = std::io::Read::read_to_end(&mut confided, &mut words);
    words
}
