//! A node to log in to.

use std::fs;
use std::path::PathBuf;
use std::process::Command as Program;
use std::sync::Arc;
use std::time::{Duration, Instant};

use labkeeper_core::ports::Shell as _;
use labkeeper_core::pve::{Address, NodeName};
use labkeeper_core::shell::{Command, End, FilePath, Finished, ShellError, Spot};
use labkeeper_proxmox::{HostKey, PrivateKey, Ssh, SshLimits, SshNode, SshSettings};
use labkeeper_sim::Cluster;
use labkeeper_sim::access::Release;
use labkeeper_sim::door::{self, Lab, now};
use labkeeper_sim::world::World;

/// What a test may take for a command.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A node, and the port to it.
pub(crate) struct Door {
    pub(crate) ssh: Ssh,
    pub(crate) server: door::Ssh,
    pub(crate) lab: Arc<Lab>,
    pub(crate) host: Spot,
}

/// Opens the first node's; nothing where this machine cannot, which is said aloud.
pub(crate) async fn open(test: &str) -> Option<Door> {
    if let Some(missing) = door::Ssh::missing() {
        skip(&format!("ssh::{test}"), &missing);
        return None;
    }
    let lab = Arc::new(Lab::new(Cluster::new(World::homelab(Release::V9, now()))));
    let server = door::Ssh::open(Arc::clone(&lab), "pve1").await.unwrap();
    fs::create_dir_all(server.root.join("srv")).unwrap();
    let ssh = Ssh::new(settings(&server, |_| ()));
    Some(Door { ssh, server, lab, host: Spot::Host(name()) })
}

/// Says aloud that a test is skipped; where nothing may be, that is a failure.
pub(crate) fn skip(test: &str, missing: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let must_run = std::env::var_os("LABKEEPER_TESTS_MAY_NOT_SKIP").is_some();
    assert!(!must_run, "{test} may not be skipped: {missing}");
    eprintln!("SKIPPED {test}: {missing}");
}

pub(crate) fn name() -> NodeName {
    "pve1".parse().unwrap()
}

/// What is needed to log in there, but for what `change` changes.
pub(crate) fn settings(server: &door::Ssh, change: impl FnOnce(&mut SshNode)) -> SshSettings {
    let mut node = SshNode {
        node: name(),
        addresses: vec![address(server.address.port())],
        user: "root".to_owned(),
        host_key: HostKey::Pin(server.fingerprint.parse().unwrap()),
        key: PrivateKey::read(&server.client_key).unwrap(),
    };
    change(&mut node);
    SshSettings { cluster: "home".parse().unwrap(), nodes: vec![node], limits: SshLimits::default() }
}

pub(crate) fn address(port: u16) -> Address {
    format!("127.0.0.1:{port}").parse().unwrap()
}

pub(crate) fn path(text: &str) -> FilePath {
    text.parse().unwrap()
}

/// A command for the node's own shell.
pub(crate) fn script(text: &str) -> Command {
    Command::argv(["sh", "-c", text], PATIENCE)
}

/// Waits until it is so; an hour's wait is a failure long before.
pub(crate) async fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited for too long until {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

impl Door {
    /// What comes of a script on the node.
    pub(crate) async fn enter(&self, text: &str) -> Result<Finished, ShellError> {
        self.ssh.run(&self.host, &script(text)).await
    }

    /// What a script that works prints.
    pub(crate) async fn told(&self, text: &str) -> String {
        let finished = self.enter(text).await.unwrap();
        assert_eq!(finished.end, End::Code(0), "{text}: {finished:?}");
        String::from_utf8(finished.stdout.head).unwrap()
    }

    /// Where a file of the node lies on this machine.
    pub(crate) fn outside(&self, path: &str) -> PathBuf {
        self.server.root.join(path.trim_start_matches('/'))
    }

    /// Does something in the node that its root cannot: mounts, mostly.
    pub(crate) fn intervene(&self, text: &str) {
        let listens = format!("-p {}", self.server.address.port());
        let servers = pids(&|words| {
            let line = words.join(" ");
            line.contains("sshd") && line.contains(&listens)
        });
        let server = servers.first().expect("the node's server runs").to_string();
        let done =
            Program::new("nsenter").args(["-t", &server, "-m", "--", "sh", "-ec", text]).output().unwrap();
        assert!(done.status.success(), "{text}: {done:?}");
    }
}

/// Processes of this machine, and of nodes on it, whose command line is so.
pub(crate) fn pids(is_so: &dyn Fn(&[String]) -> bool) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let folder = entry.ok()?.path();
        let pid = folder.file_name()?.to_str()?.parse().ok()?;
        let command = fs::read(folder.join("cmdline")).ok()?;
        let words: Vec<String> = command
            .split(|byte| *byte == 0)
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .filter(|word| !word.is_empty())
            .collect();
        is_so(&words).then_some(pid)
    });
    all.collect()
}

/// Those that sleep for exactly so long, which is how a test knows its own.
pub(crate) fn sleepers(seconds: &str) -> Vec<u32> {
    pids(&|words| words.len() == 2 && words[0].ends_with("sleep") && words[1] == seconds)
}
