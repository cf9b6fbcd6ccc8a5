//! A node with its doors open, and the system's `ssh` at it.

use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use labkeeper_sim::Cluster;
use labkeeper_sim::access::Release;
use labkeeper_sim::door::{Lab, Ssh, now};
use labkeeper_sim::world::World;

/// A Debian, an Alpine, and a machine with an agent, all on the first node.
pub(crate) const GITEA: u32 = 108;
pub(crate) const REDIS: u32 = 105;
pub(crate) const DOCKER: u32 = 202;

pub(crate) struct Node {
    pub(crate) lab: Arc<Lab>,
    pub(crate) ssh: Ssh,
}

/// The first node's SSH door in the homelab; nothing where this machine cannot, which is said aloud.
pub(crate) async fn open(test: &str) -> Option<Node> {
    open_in(test, Cluster::new(World::homelab(Release::V9, now()))).await
}

/// The same in that lab.
pub(crate) async fn open_in(test: &str, mut cluster: Cluster) -> Option<Node> {
    if let Some(missing) = Ssh::missing() {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
        let must_run = std::env::var_os("LABKEEPER_TESTS_MAY_NOT_SKIP").is_some();
        assert!(!must_run, "{test} may not be skipped: {missing}");
        eprintln!("SKIPPED guests::{test}: {missing}");
        return None;
    }
    cluster.world.haste = 20;
    let lab = Arc::new(Lab::new(cluster));
    let ssh = Ssh::open(Arc::clone(&lab), "pve1").await.unwrap();
    Some(Node { lab, ssh })
}

impl Node {
    pub(crate) fn client(&self, command: &str) -> Command {
        let Ssh { address, client_key, known_hosts, .. } = &self.ssh;
        let mut ssh = Command::new("ssh");
        ssh.args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]);
        ssh.args(["-o", "IdentitiesOnly=yes", "-o", "GlobalKnownHostsFile=none"]);
        ssh.arg("-o").arg(format!("UserKnownHostsFile={}", known_hosts.display()));
        ssh.arg("-i").arg(client_key).args(["-p", &address.port().to_string()]);
        ssh.arg(format!("root@{}", address.ip())).arg(command).env_remove("SSH_AUTH_SOCK");
        ssh
    }

    pub(crate) fn begin(&self, command: &str) -> Child {
        let mut ssh = self.client(command);
        ssh.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs a command that reads that, beside the one who answers it.
    pub(crate) async fn feed(&self, command: &str, input: &[u8]) -> Output {
        let (mut child, input) = (self.begin(command), input.to_vec());
        let mut stdin = child.stdin.take().unwrap();
        let fed = tokio::task::spawn_blocking(move || {
            // Who does not read it to its end is right to hang up.
            let feeding = std::thread::spawn(move || _ = stdin.write_all(&input));
            let output = child.wait_with_output().unwrap();
            feeding.join().unwrap();
            output
        });
        fed.await.unwrap()
    }

    pub(crate) async fn enter(&self, command: &str) -> Output {
        self.feed(command, b"").await
    }

    /// What a command that works prints.
    pub(crate) async fn read(&self, command: &str) -> String {
        let output = self.enter(command).await;
        assert!(output.status.success(), "{command}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command that fails says, and its code.
    pub(crate) async fn refused(&self, command: &str) -> (i32, String) {
        let output = self.enter(command).await;
        assert!(output.stdout.is_empty(), "{command}: {output:?}");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

/// Waits until it is so, and fails when it does not come about.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} does not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
