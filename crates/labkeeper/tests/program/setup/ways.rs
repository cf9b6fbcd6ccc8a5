//! The ways onto the node, and what is told to whom.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use labkeeper_sim::door::{Mishap, What};

use super::stored::secret;
use crate::hub::{json, labkeeper};
use crate::node::{Node, said};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_whose_secret_is_lost_is_made_anew_and_the_old_one_ends() {
    let Some(node) = Node::open("a_token_whose_secret_is_lost_is_made_anew_and_the_old_one_ends").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    node.set_up(dir.path(), &["--register", "none"]);
    let lost = secret(dir.path());
    // As when the process died after the node was changed and before the file was written.
    std::fs::remove_file(dir.path().join("proxmox/home.toml")).unwrap();
    let done = node.set_up(dir.path(), &["--register", "none"]);
    assert_eq!(done["token_made"], true);
    assert_ne!(secret(dir.path()), lost);
    json(dir.path(), &["call", "pct_list"]);

    // And one that the node no longer takes, although it is stored.
    node.lab
        .cluster()
        .access
        .set_secret("labkeeper@pve!observe", "11111111-2222-3333-4444-555555555555")
        .unwrap();
    assert_eq!(node.set_up(dir.path(), &["--register", "none"])["token_made"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn token_and_key_that_others_may_have_read_are_made_anew() {
    let Some(node) = Node::open("token_and_key_that_others_may_have_read_are_made_anew").await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let companion = ["--tier", "companion", "--register", "none"];
    node.set_up(dir.path(), &companion);
    let key = || std::fs::read_to_string(dir.path().join("proxmox/home.key")).unwrap();
    let (secret_before, key_before, keys_before) = (secret(dir.path()), key(), node.authorized_keys());
    let done = node.set_up(dir.path(), &["--new-secret", "--register", "none"]);
    assert_eq!((&done["tier"], &done["token_made"]), (&"companion".into(), &true.into()));
    assert_ne!(secret(dir.path()), secret_before);
    assert_ne!(key(), key_before);
    let keys = node.authorized_keys();
    assert_eq!(keys.lines().count(), keys_before.lines().count(), "{keys}");
    assert_ne!(keys, keys_before);
    assert!(done["next"].as_str().unwrap().contains("restart it"), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_fails_for_a_moment_loses_no_token() {
    let Some(node) = Node::open("a_node_that_fails_for_a_moment_loses_no_token").await else { return };
    let dir = tempfile::tempdir().unwrap();
    node.set_up(dir.path(), &["--register", "none"]);
    let before = secret(dir.path());
    node.lab.let_happen(Mishap { below: "/version".into(), what: What::Garbage, times: Some(1) });
    let done = node.set_up(dir.path(), &["--register", "none"]);
    assert_eq!((&done["token_made"], secret(dir.path())), (&false.into(), before));
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand_the_script_is_pasted_and_its_answer_read_back() {
    let Some(node) = Node::open("by_hand_the_script_is_pasted_and_its_answer_read_back").await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let mut child = labkeeper(dir.path())
        .args([
            "setup",
            "--yes",
            "--tier",
            "operate",
            "--bootstrap-mode",
            "paste",
            "--register",
            "none",
            "--node-host",
        ])
        .arg(node.https.address.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let (mut script, mut line) = (String::new(), String::new());
    while line != "LABKEEPER_SETUP\n" {
        line.clear();
        assert_ne!(printed.read_line(&mut line).unwrap(), 0, "{script}");
        if !script.is_empty() || line.starts_with("bash <<") {
            script.push_str(&line);
        }
    }
    // With its prompts, the echo of the script, escapes and carriage returns.
    let shown = node.paste(&script);
    assert!(shown.contains("main </dev/null"), "{shown}");
    child.stdin.take().unwrap().write_all(shown.as_bytes()).unwrap();
    let mut rest = String::new();
    printed.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(rest.contains("home is connected at operate"), "{rest}");
    assert_eq!(node.tokens(), ["operate"]);
    json(dir.path(), &["call", "pct_list"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_is_told_without_the_secret_and_its_failure_is_named() {
    let Some(node) = Node::open("claude_code_is_told_without_the_secret_and_its_failure_is_named").await
    else {
        return;
    };
    let (dir, bin) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (claude, log) = (bin.path().join("claude"), bin.path().join("log"));
    let write = |last: &str| {
        std::fs::write(&claude, format!("#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{}'\n{last}\n", log.display()))
            .unwrap();
        std::fs::set_permissions(&claude, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.path().display());
    write("[ \"$2\" = add ]");
    let output = node.setup(dir.path(), &["--tier", "operate"]).env("PATH", &path).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["claude_code"], true);
    let told = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "mcp remove labkeeper --scope user");
    assert!(lines[1].starts_with("mcp add labkeeper --scope user -e MCP_TIER=operate -- "), "{told}");
    assert!(lines[1].ends_with(&format!("--data-dir {} mcp", dir.path().display())), "{told}");
    assert!(!told.contains(&secret(dir.path())));

    // Going down is told too; and one that fails is a problem, not a failure.
    write("echo 'no such scope' >&2; exit 1");
    let output = node.setup(dir.path(), &["--tier", "observe"]).env("PATH", &path).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("no such scope"), "{}", said(&output));
    assert!(std::fs::read_to_string(&log).unwrap().contains("MCP_TIER=observe"));
    let wanted = node.setup(dir.path(), &["--register", "claude-code"]).output().unwrap();
    assert_eq!(wanted.status.code(), Some(4));
    assert!(said(&wanted).contains("Claude Code is not on PATH"), "{}", said(&wanted));
}

#[test]
fn a_dry_run_shows_plan_and_script_and_touches_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // Nothing answers there, and there is no ssh to ask with.
    let dry = |more: &[&str]| {
        let mut command = labkeeper(dir.path());
        command
            .args(["setup", "--dry-run", "--node-host", "192.0.2.1"])
            .args(more)
            .env("PATH", "/nonexistent");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    for (tier, word) in
        [("observe", "PVEAuditor"), ("operate", "LabkeeperOperate"), ("companion", "authorized_keys")]
    {
        let shown = dry(&["--tier", tier]);
        assert!(shown.contains(word) && shown.contains(&format!("TIER='{tier}'")), "{shown}");
        let script = &shown[shown.find("# labkeeper setup").unwrap()..];
        let mut bash = std::process::Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
        bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(bash.wait().unwrap().success(), "{script}");
    }
    let shown: serde_json::Value = serde_json::from_str(&dry(&["--json"])).unwrap();
    assert!(shown["node"].as_array().unwrap().len() > 3 && shown["script"].is_string(), "{shown}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
