//! A simulated node over SSH: the system's `ssh` at a real server, which shows the same world as the other doors and
//! nothing of this machine.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::print_stderr, reason = "a skipped test must say so")]

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use labkeeper_sim::Cluster;
use labkeeper_sim::access::Release;
use labkeeper_sim::door::{Https, Lab, Options, Ssh, now};
use labkeeper_sim::world::World;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

struct Opened {
    lab: Arc<Lab>,
    https: Https,
    ssh: Ssh,
}

/// Says aloud that a test is skipped; where nothing may be, that is a failure.
fn skip(test: &str, missing: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let must_run = std::env::var_os("LABKEEPER_TESTS_MAY_NOT_SKIP").is_some();
    assert!(!must_run, "{test} may not be skipped: {missing}");
    eprintln!("SKIPPED {test}: {missing}");
}

/// Both doors of the first node; nothing where this machine cannot, which is said aloud.
async fn open(test: &str) -> Option<Opened> {
    if let Some(missing) = Ssh::missing() {
        skip(&format!("ssh::{test}"), &missing);
        return None;
    }
    let mut world = World::homelab(Release::V9, now());
    world.haste = 20;
    let lab = Arc::new(Lab::new(Cluster::new(world)));
    let options = Options { refusal_takes: Duration::from_millis(1), ..Options::default() };
    let https = Https::open(Arc::clone(&lab), "pve1", options).await.unwrap();
    let ssh = Ssh::open(Arc::clone(&lab), "pve1").await.unwrap();
    Some(Opened { lab, https, ssh })
}

/// `ssh` to that door, with that key and those known hosts, and nothing that the user of this machine has.
fn client(ssh: &Ssh, key: &Path, known_hosts: &Path) -> Command {
    let mut command = Command::new("ssh");
    command.args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"]);
    command.args(["-o", "IdentitiesOnly=yes", "-o", "GlobalKnownHostsFile=none"]);
    command.arg("-o").arg(format!("UserKnownHostsFile={}", known_hosts.display()));
    command.arg("-i").arg(key).args(["-p", &ssh.address.port().to_string()]);
    command.arg(format!("root@{}", ssh.address.ip())).env_remove("SSH_AUTH_SOCK").kill_on_drop(true);
    command
}

impl Opened {
    fn administrator(&self) -> Command {
        client(&self.ssh, &self.ssh.client_key, &self.ssh.known_hosts)
    }

    async fn enter(&self, script: &str) -> Output {
        self.administrator().arg(script).stdin(Stdio::null()).output().await.unwrap()
    }

    /// What a script that works prints.
    async fn read(&self, script: &str) -> String {
        let output = self.enter(script).await;
        assert!(output.status.success(), "{script}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[tokio::test]
async fn the_programs_of_the_node_act_on_the_world() {
    let Some(opened) = open("the_programs_of_the_node_act_on_the_world").await else { return };
    let list = opened.read("pct list").await;
    let names = list.lines().skip(1).filter_map(|line| line.split_whitespace().last());
    assert_eq!(names.collect::<Vec<_>>(), ["paperless", "postgres", "redis", "gitea", "jellyfin"]);
    assert_eq!(opened.read("pct stop 108; pct status 108").await, "status: stopped\n");
    assert!(!opened.lab.cluster().world.guests[&108].is_running());
    let missing = opened.enter("pct status 999").await;
    assert_eq!(missing.status.code(), Some(2));
    let why = "Configuration file 'nodes/pve1/lxc/999.conf' does not exist\n";
    assert_eq!((missing.stdout.len(), String::from_utf8(missing.stderr).unwrap().as_str()), (0, why));

    // Whatever an argument has in it arrives as it was.
    let odd = "a; touch /tmp/x $(reboot) \"b\"\nc' --comment";
    let quoted = odd.replace('\'', "'\\''");
    opened.read(&format!("pveum user add odd@pve --comment '{quoted}'")).await;
    assert_eq!(opened.lab.cluster().access.user("odd@pve").unwrap().comment, odd);
}

#[tokio::test]
async fn a_script_on_standard_input_stays_whole() {
    let Some(opened) = open("a_script_on_standard_input_stays_whole").await else { return };
    let mut bash = opened
        .administrator()
        .args(["bash", "-s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let script = "set -e\npveum user add one@pve\npct list >/dev/null\nqm list >/dev/null\nhostname\n";
    bash.stdin.take().unwrap().write_all(script.as_bytes()).await.unwrap();
    let done = bash.wait_with_output().await.unwrap();
    assert_eq!((done.status.code(), String::from_utf8(done.stdout).unwrap().as_str()), (Some(0), "pve1\n"));
}

#[tokio::test]
async fn a_token_made_here_is_good_at_the_other_door_at_once_and_one_removed_is_not() {
    let test = "a_token_made_here_is_good_at_the_other_door_at_once_and_one_removed_is_not";
    let Some(opened) = open(test).await else { return };
    _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).build().unwrap();
    let made = opened
        .read(
            "pveum user add keeper@pve && pveum acl modify / --users keeper@pve --roles PVEAuditor &&
             pveum user token add keeper@pve one --privsep 0 --output-format json",
        )
        .await;
    let made: Value = serde_json::from_str(&made).unwrap();
    let credential = format!("PVEAPIToken=keeper@pve!one={}", made["value"].as_str().unwrap());
    let status = async || {
        let url = format!("https://{}/api2/json/nodes/pve1/status", opened.https.address);
        client.get(url).header("authorization", &credential).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status().await, 200);
    opened.read("pveum user token remove keeper@pve one").await;
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn a_key_that_a_script_adds_logs_in_and_one_that_it_takes_away_does_not() {
    let test = "a_key_that_a_script_adds_logs_in_and_one_that_it_takes_away_does_not";
    let Some(opened) = open(test).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "added", "-f"]).arg(&key);
    assert!(keygen.status().await.unwrap().success());
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let log_in = async || {
        let mut ssh = client(&opened.ssh, &key, &opened.ssh.known_hosts);
        ssh.arg("whoami").stdin(Stdio::null()).output().await.unwrap().status.code()
    };
    assert_eq!(log_in().await, Some(255));
    opened.read(&format!("echo '{}' >>/root/.ssh/authorized_keys", public.trim())).await;
    assert_eq!(log_in().await, Some(0));
    opened.read("sed -i '/ added$/d' /root/.ssh/authorized_keys").await;
    assert_eq!(log_in().await, Some(255));
    assert_eq!(opened.read("whoami").await, "root\n", "the administrator still can");
}

#[tokio::test]
async fn the_node_shows_its_own_certificate_and_host_key() {
    let Some(opened) = open("the_node_shows_its_own_certificate_and_host_key").await else { return };
    for folder in ["local", "nodes/pve1"] {
        let shown = opened
            .read(&format!("openssl x509 -noout -fingerprint -sha256 -in /etc/pve/{folder}/pve-ssl.pem"))
            .await;
        assert!(shown.trim_end().ends_with(&opened.https.fingerprint), "{shown}");
    }
    let key = opened.read("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub").await;
    assert_eq!(key.trim_end(), opened.ssh.host_key);
    let printed = opened.read("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub").await;
    assert_eq!(printed.split(' ').nth(1), Some(opened.ssh.fingerprint.as_str()));

    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("known_hosts");
    let other = fs::read_to_string(opened.ssh.client_key.with_extension("pub")).unwrap();
    fs::write(&known, format!("[127.0.0.1]:{} {other}", opened.ssh.address.port())).unwrap();
    let mut ssh = client(&opened.ssh, &opened.ssh.client_key, &known);
    let refused = ssh.arg("whoami").stdin(Stdio::null()).output().await.unwrap();
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(255), 0));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("Host key verification failed"));
}

#[tokio::test]
async fn what_root_does_there_does_not_reach_this_machine() {
    let Some(opened) = open("what_root_does_there_does_not_reach_this_machine").await else { return };
    let mark = format!("labkeeper-mark-{}", std::process::id());
    let keys = "/root/.ssh/authorized_keys";
    let before = (fs::read(keys).ok(), fs::read("/etc/passwd").unwrap(), Path::new("/etc/pve").exists());
    let script = format!(
        "echo {mark} >>{keys}; echo {mark} >>/etc/passwd; echo {mark} >/etc/pve/{mark}
         for folder in / /etc /root /tmp /run /var /usr /usr/local /dev; do echo >$folder/{mark}; done
         hostname {mark}; cat {keys}"
    );
    let seen = opened.enter(&script).await;
    let seen = String::from_utf8(seen.stdout).unwrap();
    assert_eq!(seen.lines().last(), Some(mark.as_str()), "it was written there: {seen}");
    let after = (fs::read(keys).ok(), fs::read("/etc/passwd").unwrap(), Path::new("/etc/pve").exists());
    assert_eq!(before, after);
    for folder in ["/", "/etc", "/root", "/tmp", "/run", "/var", "/usr", "/usr/local", "/dev"] {
        assert!(!Path::new(folder).join(&mark).exists(), "{folder}");
    }
    assert_ne!(fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim_end(), mark);
    let only_the_nodes = format!(".ssh\n{mark}\n{mark}\n");
    assert_eq!(opened.read("ls -A /root; ls -A /tmp").await, only_the_nodes);
}

#[tokio::test]
async fn everything_on_the_node_ends_with_the_door() {
    let Some(opened) = open("everything_on_the_node_ends_with_the_door").await else { return };
    let sleeps = format!("1000{}", std::process::id());
    // Detached as far as one can be, and said to be there only once it is.
    let script = format!(
        "nohup setsid sleep {sleeps} >/dev/null 2>&1 & until grep -q sleep /proc/$!/comm; do :; done; echo on; wait"
    );
    let mut ssh =
        opened.administrator().arg(script).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = tokio::io::BufReader::new(ssh.stdout.take().unwrap());
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut said, &mut line).await.unwrap();
    assert_eq!((line.as_str(), asleep(&sleeps)), ("on\n", true));
    let (address, root) = (opened.ssh.address, opened.ssh.root.clone());
    drop(opened.ssh);
    assert!(!asleep(&sleeps), "nobody outlives the node");
    assert!(std::net::TcpStream::connect(address).is_err());
    assert!(!root.exists(), "its files are gone");
    assert_eq!(ssh.wait().await.unwrap().code(), Some(255), "who was logged in is not any more");
}

/// Whether a `sleep` of so many seconds runs on this machine.
fn asleep(seconds: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.into_iter().any(|line| line == format!("sleep\0{seconds}\0").as_bytes())
}
