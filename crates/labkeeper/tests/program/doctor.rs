//! `labkeeper doctor` against a simulated cluster: what it finds, what it says to do, and the exit code for scripts.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use labkeeper_sim::Cluster;
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::door::{Https, Lab, now};
use labkeeper_sim::world::World;
use serde_json::Value;

use crate::hub::labkeeper;
use crate::node::{Node, door};

/// The print of a host key that is not the node's.
const OTHER_PRINT: &str = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

/// A hub that is set up for observe on a cluster of three nodes.
struct Installation {
    dir: tempfile::TempDir,
    lab: Arc<Lab>,
    doors: Vec<Https>,
}

impl Installation {
    async fn new() -> Self {
        let world = World::homelab(Release::V9, now());
        let mut cluster = Cluster::new(world);
        let access = &mut cluster.access;
        access
            .add_user("labkeeper@pve", UserChange { enabled: Some(true), ..UserChange::default() })
            .unwrap();
        access.add_token("labkeeper@pve", "observe", TokenChange::default()).unwrap();
        access.set_secret("labkeeper@pve!observe", "top-secret").unwrap();
        let lab = Arc::new(Lab::new(cluster));
        let mut doors = Vec::new();
        for node in ["pve1", "pve2", "pve3"] {
            doors.push(door(&lab, node).await);
        }
        let this = Self { dir: tempfile::tempdir().unwrap(), lab, doors };
        set_mode(this.dir.path(), 0o700);
        this.grant("PVEAuditor");
        this.configure(&this.doors[0].fingerprint);
        this
    }

    fn grant(&self, role: &str) {
        let access = &mut self.lab.cluster().access;
        access.grant("/", Holder::User("labkeeper@pve".into()), role, true).unwrap();
        access.grant("/", Holder::Token("labkeeper@pve!observe".into()), role, true).unwrap();
    }

    /// Writes the settings, with that print for the first node.
    fn configure(&self, first: &str) {
        let addresses: Vec<String> =
            self.doors.iter().map(|door| format!("https://{}", door.address)).collect();
        let prints = [first, &self.doors[1].fingerprint, &self.doors[2].fingerprint];
        let text = format!(
            "[proxmox.home]\nurl = {addresses:?}\nfingerprint = {prints:?}\ntoken_id = \"labkeeper@pve!observe\"\ntoken_secret = \"top-secret\"\ntier = \"observe\"\n"
        );
        let file = self.dir.path().join("labkeeper.toml");
        std::fs::write(&file, text).unwrap();
        set_mode(&file, 0o600);
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// With the model of this repository, where it is installed.
fn doctor(dir: &Path) -> Command {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut command = labkeeper(dir);
    if models.is_dir() {
        command.env("LABKEEPER_MODELS", models);
    }
    command
}

/// Runs it, as people see it.
fn told(dir: &Path) -> Output {
    doctor(dir).arg("doctor").output().unwrap()
}

/// The findings as scripts see them.
fn findings(command: &mut Command) -> Vec<Value> {
    let output = command.args(["--json", "doctor"]).output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn about<'a>(findings: &'a [Value], check: &str) -> &'a Value {
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("nothing is said about {check}: {findings:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_installation_exits_with_zero_and_every_finding_has_its_form() {
    let home = Installation::new().await;
    let found = findings(&mut doctor(home.dir.path()));
    for finding in &found {
        let text = |key: &str| finding[key].as_str().unwrap_or_default();
        assert!(
            ["section", "check", "status", "finding"].iter().all(|key| !text(key).is_empty()),
            "{finding}"
        );
        // Only the model may be missing where tests run without.
        assert!(text("status") == "ok" || text("check") == "model", "{finding}");
    }
    let without_model = about(&found, "model")["status"] != "ok";
    let expected = if without_model { 4 } else { 0 };
    assert_eq!(told(home.dir.path()).status.code(), Some(expected));
    assert_eq!(found.iter().filter(|finding| finding["check"] == "endpoint").count(), 3);
    assert!(!home.dir.path().join("labkeeper.db").exists(), "the clusters are looked at without a database");
    let switch = about(&found, "mcp_tier")["finding"].as_str().unwrap();
    assert!(switch.contains("mcp.tier is observe (default)") && switch.contains("safe value"), "{switch}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_with_too_much_degrades_and_the_text_says_what_to_do() {
    let home = Installation::new().await;
    home.grant("PVEVMAdmin");
    let output = told(home.dir.path());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{text}");
    let words = text.replace(['│', '\n'], " ");
    assert!(words.contains("VM.Allocate on /"), "{text}");
    assert!(words.contains("→ take it away in Datacenter → Permissions, or raise the tier"), "{text}");
    assert!(!text.contains("top-secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_is_critical_and_shown() {
    let home = Installation::new().await;
    home.configure(&"AB".repeat(32));
    let found = findings(&mut doctor(home.dir.path()));
    let endpoint = about(&found, "endpoint");
    assert_eq!((&endpoint["status"], &endpoint["cluster"]), (&"crit".into(), &"home".into()));
    assert!(endpoint["finding"].as_str().unwrap().contains(&home.doors[0].fingerprint), "{endpoint}");
    assert_eq!(told(home.dir.path()).status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_clusters_are_shown_with_their_source_and_without_the_secret() {
    let home = Installation::new().await;
    let output = labkeeper(home.dir.path()).args(["--json", "doctor", "--config"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("top-secret"));
    let values: Vec<Value> = serde_json::from_str(&text).unwrap();
    let value = |key: &str| values.iter().find(|value| value["key"] == key).unwrap();
    assert_eq!(value("proxmox.home.tier")["value"], "observe");
    assert_eq!(value("proxmox.home.token_secret")["value"], "(set)");
    assert!(value("proxmox.home.url")["source"].as_str().unwrap().ends_with("labkeeper.toml"));
}

#[test]
fn a_configuration_that_is_not_understood_is_a_finding_too() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("labkeeper.toml"), "[server]\nbnid = \"127.0.0.1:9001\"\n").unwrap();
    let output = labkeeper(dir.path()).args(["--json", "doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let configuration = about(&found, "configuration");
    assert_eq!(configuration["status"], "crit");
    assert!(
        configuration["finding"].as_str().unwrap().contains("did you mean server.bind?"),
        "{configuration}"
    );
    assert!(!dir.path().join("labkeeper.db").exists(), "nothing else was begun");
}

#[test]
fn looking_at_a_directory_that_is_not_there_makes_none() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("mistyped");
    let found = findings(&mut doctor(&data));
    for check in ["data_directory", "database"] {
        let text = about(&found, check)["finding"].as_str().unwrap();
        assert!(text.contains("mistyped") && text.contains("is not there yet"), "{text}");
    }
    for check in ["access", "clusters"] {
        assert_eq!(about(&found, check)["status"], "ok");
    }
    assert!(!data.exists());
    let kept = dir.path().join("kept/labkeeper.db");
    assert!(labkeeper(kept.parent().unwrap()).arg("status").output().unwrap().status.success());
    let found = findings(doctor(&data).env("DATABASE_URL", format!("sqlite:///{}", kept.display())));
    assert_eq!(about(&found, "database")["status"], "unknown", "whose it is nobody knows");
    assert!(!data.exists());
}

#[test]
fn files_that_others_may_read_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("hub");
    assert!(labkeeper(&data).arg("status").output().unwrap().status.success());
    set_mode(&data, 0o750);
    set_mode(&data.join("labkeeper.db"), 0o644);
    let found = findings(&mut doctor(&data));
    let (directory, files) = (about(&found, "data_directory"), about(&found, "files"));
    assert_eq!((&directory["status"], &files["status"]), (&"warn".into(), &"warn".into()));
    assert!(directory["remedy"].as_str().unwrap().starts_with("chmod 700"));
    assert!(files["finding"].as_str().unwrap().contains("labkeeper.db"), "{files}");
    set_mode(&data, 0o770);
    assert_eq!(about(&findings(&mut doctor(&data)), "data_directory")["status"], "crit");
    assert_eq!(told(&data).status.code(), Some(1));
}

#[test]
fn the_switches_in_force_are_told_with_their_source() {
    let dir = tempfile::tempdir().unwrap();
    let root = "I-understand-Claude-gets-root-and-can-break-this-node";
    let found = findings(doctor(dir.path()).envs([("MCP_TIER", "operate"), ("MCP_HOST_ROOT_ENABLED", root)]));
    let tier = about(&found, "mcp_tier");
    assert_eq!(tier["status"], "ok", "what the owner decided is no fault");
    assert!(tier["finding"].as_str().unwrap().contains("operate (environment MCP_TIER)"), "{tier}");
    let finding = tier["finding"].as_str().unwrap();
    assert!(finding.contains("safe would be observe (here;") && finding.contains("registration"), "{tier}");
    assert_eq!(about(&found, "host_root")["status"], "warn");
    let careless = [
        ("LABKEEPER_APPROVALS", "agent"),
        ("COMMAND_DENYLIST", "apt full-upgrade"),
        ("LABKEEPER_ASK_PEOPLE", "false"),
        ("LABKEEPER_ELICITATION", "true"),
    ];
    let found = findings(doctor(dir.path()).envs(careless));
    for (check, words) in [
        ("approvals", "agent (environment LABKEEPER_APPROVALS): an assistant confirms by itself"),
        ("approvals", "safe would be human"),
        ("denylist", "apt full-upgrade"),
        ("ask_people", "is refused"),
        ("elicitation", "true (environment LABKEEPER_ELICITATION): what the client"),
        ("elicitation", "safe would be false"),
        ("ceiling", "beyond operate"),
    ] {
        let said = about(&found, check)["finding"].as_str().unwrap();
        assert!(said.contains(words), "{check}: {said}");
    }
    let found = findings(doctor(dir.path()).env("MCP_HOST_ROOT_ENABLED", "true"));
    assert!(about(&found, "host_root")["finding"].as_str().unwrap().ends_with("so to nothing"));
}

#[test]
fn whether_claude_code_knows_labkeeper_is_told_and_that_it_is_not_here_is_no_fault() {
    let dir = tempfile::tempdir().unwrap();
    let programs = dir.path().join("bin");
    std::fs::create_dir(&programs).unwrap();
    let said = |exit: Option<u8>| {
        if let Some(code) = exit {
            let script = format!("#!/bin/sh\ntest \"$*\" = \"mcp get labkeeper\" && exit {code}\n");
            std::fs::write(programs.join("claude"), script).unwrap();
            set_mode(&programs.join("claude"), 0o755);
        }
        let path = format!("{}:/usr/bin:/bin", programs.display());
        let found = findings(doctor(&dir.path().join("hub")).env("PATH", path));
        let claude = about(&found, "claude_code");
        assert_eq!(claude["status"], "ok");
        claude["finding"].as_str().unwrap().to_string()
    };
    assert_eq!(said(None), "Claude Code is not on this machine");
    assert_eq!(said(Some(0)), "labkeeper is registered with Claude Code");
    assert_eq!(said(Some(1)), "Claude Code is there and does not know labkeeper");
}

#[test]
fn a_login_that_is_written_by_hand_is_not_sent_to_setup() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("labkeeper.toml");
    let key = dir.path().join("mine");
    let text = format!(
        "[proxmox.home]\nurl = \"127.0.0.1:1\"\nfingerprint = \"{print}\"\ntoken_id = \"labkeeper@pve!companion\"\ntoken_secret = \"top-secret\"\n\
         node = \"pve1\"\nssh_host = \"127.0.0.1\"\nssh_port = 1\nssh_key_path = \"{}\"\nssh_host_key_fingerprint = \"{print}\"\n",
        key.display(),
        print = "AB".repeat(32)
    );
    std::fs::write(&file, text).unwrap();
    std::fs::write(&key, "no key\n").unwrap();
    for path in [&file, &key] {
        set_mode(path, 0o600);
    }
    let remedy = |check: &str| {
        let found = findings(&mut doctor(dir.path()));
        about(&found, check)["remedy"].as_str().unwrap().to_owned()
    };
    assert!(remedy("ssh_key").ends_with("with proxmox.ssh_key_path"), "{}", remedy("ssh_key"));
    set_mode(&key, 0o640);
    assert!(remedy("ssh_key").starts_with("chmod 600"), "{}", remedy("ssh_key"));
    std::fs::remove_file(&key).unwrap();
    make_key(&key);
    assert!(remedy("ssh_login").contains("its SSH server runs"), "{}", remedy("ssh_login"));
}

fn make_key(path: &Path) {
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(path);
    assert!(keygen.status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_at_companion_is_tried_with_the_pinned_host_key() {
    let Some(node) = Node::open("the_login_at_companion_is_tried_with_the_pinned_host_key").await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("hub");
    node.set_up(&data, &["--tier", "companion", "--name", "home", "--register", "none"]);
    let found = findings(&mut doctor(&data));
    for check in ["ssh_key", "ssh_login", "lxc_attach", "privileges", "surplus", "ceiling"] {
        assert_eq!(about(&found, check)["status"], "ok", "{}", about(&found, check));
    }
    assert_eq!(about(&found, "ssh_login")["node"], "pve1");
    assert!(about(&found, "ceiling")["finding"].as_str().unwrap().contains("beyond companion"));
    // Another host answers there, or the same one made anew.
    let settings = data.join("proxmox/home.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace(&node.ssh.fingerprint, OTHER_PRINT)).unwrap();
    let found = findings(&mut doctor(&data));
    let login = about(&found, "ssh_login");
    assert_eq!(login["status"], "crit");
    let finding = login["finding"].as_str().unwrap();
    assert!(finding.contains(&node.ssh.fingerprint) && finding.contains("nothing was sent"), "{login}");
    assert!(login["remedy"].as_str().unwrap().contains("setup --name home --tier companion"), "{login}");
    // The right host, which does not know the key.
    std::fs::write(&settings, &text).unwrap();
    let keys = node.ssh.root.join("etc/pve/priv/authorized_keys");
    let known = std::fs::read_to_string(&keys).unwrap();
    std::fs::write(&keys, known.lines().next().unwrap()).unwrap();
    let found = findings(&mut doctor(&data));
    let login = about(&found, "ssh_login");
    assert!(login["finding"].as_str().unwrap().contains("does not let labkeeper's key in"), "{login}");
    // It is let in, and cannot go on from there.
    std::fs::write(&keys, &known).unwrap();
    std::fs::remove_file(node.ssh.root.join("local/sbin/lxc-attach")).unwrap();
    let found = findings(&mut doctor(&data));
    assert_eq!(about(&found, "ssh_login")["status"], "ok");
    assert_eq!(about(&found, "lxc_attach")["status"], "crit", "{}", about(&found, "lxc_attach"));
    set_mode(&data.join("proxmox/home.key"), 0o644);
    let key = about(&findings(&mut doctor(&data)), "ssh_key").clone();
    assert_eq!(
        (&key["status"], key["remedy"].as_str().unwrap().contains("chmod 600")),
        (&"crit".into(), true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_of_vectors_is_looked_at_and_left_as_it_is() {
    let home = Installation::new().await;
    let double = labkeeper_qdrant::double::Double::new().await.unwrap();
    let look = || {
        let mut command = doctor(home.dir.path());
        command.env("QDRANT_URL", double.url());
        about(&findings(&mut command), "vectors").clone()
    };
    let found = look();
    assert_eq!(found["status"], "ok", "{found}");
    double.lock("s3cret");
    let found = look();
    assert_eq!(found["status"], "crit", "{found}");
    assert!(found["finding"].as_str().unwrap().contains("QDRANT_API_KEY"), "{found}");
    double.stop().await;
    let found = look();
    assert_eq!(found["status"], "warn", "{found}");
    assert!(found["finding"].as_str().unwrap().contains("cannot be reached"), "{found}");
}
