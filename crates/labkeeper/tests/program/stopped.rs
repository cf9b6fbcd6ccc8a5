//! A process that is told to end while it is at work: it ends in order and in time, and what it was doing has an outcome.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::hub::{Hub, json as ask, labkeeper};

const LOOPBACK: (&str, &str) = ("LABKEEPER_DISCOVERY_RANGES", "127.0.0.0/8");
/// After so long systemd and Docker kill.
const KILLED_AFTER: Duration = Duration::from_secs(30);
/// How long a step of a story may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A scan that takes a quarter of an hour.
fn long_scan(block: &str) -> Value {
    json!({"cidr": block, "ports": [9], "rate": 64})
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

fn tell(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

async fn scans(hub: &Hub) -> Vec<Value> {
    let answer = client().get(format!("{}/api/discovery/jobs", hub.url)).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    answer["data"].as_array().unwrap().clone()
}

/// Waits until so many scans have found somebody, and are at work still.
async fn at_work(hub: &Hub, many: usize) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let scans = scans(hub).await;
        let found = |scan: &&Value| scan["alive"].as_i64() > Some(0) && scan["state"] == "running";
        if scans.iter().filter(found).count() == many {
            return;
        }
        assert!(Instant::now() < deadline, "{scans:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The records of an operation in the audit log, the newest first.
fn audit(dir: &Path, op: &str) -> Vec<Value> {
    let answer = ask(dir, &["call", "query_audit", &json!({"tool": op}).to_string()]);
    answer["data"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_that_are_at_work_when_the_hub_is_stopped_say_so_and_so_does_the_audit_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut hub = Hub::start_with(dir.path(), &[LOOPBACK]);
    let begun = client().post(format!("{}/api/discovery/jobs", hub.url)).json(&long_scan("127.9.0.0/16"));
    assert!(begun.send().await.unwrap().status().is_success());
    let waiting = client().post(format!("{}/api/discovery/scan", hub.url)).json(&long_scan("127.10.0.0/16"));
    let waiting = tokio::spawn(waiting.send());
    at_work(&hub, 2).await;

    let told = Instant::now();
    tell(&hub.child, Signal::TERM);
    let ended = hub.child.wait().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(told.elapsed() < KILLED_AFTER, "it took {:?}", told.elapsed());

    let answer = waiting.await.unwrap().expect("who waits is answered before the connection is closed");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["code"], "cancelled", "{answer}");
    assert!(answer.to_string().contains("labkeeper is shutting down"), "{answer}");

    let hub = Hub::start(dir.path());
    let records = audit(dir.path(), "discover_subnet");
    assert_eq!(records[0]["phase"], "failed", "{records:#?}");
    assert!(records[0].to_string().contains("labkeeper is shutting down"), "{records:#?}");
    let scans = scans(&hub).await;
    assert_eq!(scans.len(), 2);
    for scan in scans {
        assert_eq!(scan["state"], "cancelled", "{scan}");
        assert!(scan["problems"].to_string().contains("labkeeper was shut down"), "{scan}");
    }
}

/// A hub with a git that never says anything, after it was asked for what git has to answer.
fn hub_with_a_deaf_git(dir: &Path) -> Hub {
    let programs = dir.join("programs");
    std::fs::create_dir(&programs).unwrap();
    let git = programs.join("git");
    std::fs::write(&git, "#!/bin/sh\nexec sleep 60\n").unwrap();
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display());
    let hub = Hub::start_with(&dir.join("lab"), &[("PATH", &path)]);
    let url = format!("{}/api/history", hub.url);
    tokio::spawn(client().get(url).send());
    hub
}

#[tokio::test(flavor = "multi_thread")]
async fn what_listens_to_nobody_is_named_and_the_hub_ends_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut hub = hub_with_a_deaf_git(dir.path());
    // Nothing tells from outside that a call waits for a git that is at work for others already.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let told = Instant::now();
    tell(&hub.child, Signal::TERM);
    let ended = hub.child.wait().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(told.elapsed() < KILLED_AFTER, "it took {:?}", told.elapsed());
    let said = hub.says_until("config_history did not end in time");
    assert!(said.contains("since"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_it_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut hub = hub_with_a_deaf_git(dir.path());
    tell(&hub.child, Signal::TERM);
    // Until it has heard the first: two at the same time are one.
    let deadline = Instant::now() + PATIENCE;
    while client().get(format!("{}/livez", hub.url)).send().await.is_ok() {
        assert!(Instant::now() < deadline, "it goes on answering");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(hub.child.try_wait().unwrap().is_none(), "it waits for what is at work");
    tell(&hub.child, Signal::TERM);
    assert_eq!(hub.child.wait().unwrap().code(), Some(143));
}

#[tokio::test]
async fn a_command_that_is_told_to_end_says_what_became_of_its_call() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(dir.path());
    let child = labkeeper(dir.path())
        .args(["call", "discover_subnet", &long_scan("127.11.0.0/16").to_string()])
        .envs([LOOPBACK])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    at_work(&hub, 1).await;
    tell(&child, Signal::TERM);
    let ended = child.wait_with_output().unwrap();
    let notes = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{notes}");
    assert!(notes.contains("labkeeper is shutting down"), "{notes}");
    assert_eq!(scans(&hub).await[0]["state"], "cancelled");
}

/// An assistant's process over stdio, which was asked for a scan of that block.
fn asked_over_stdio(dir: &Path, block: &str, stdout: Stdio) -> (Child, ChildStdin) {
    let mut command = labkeeper(dir);
    let command = command.arg("mcp").envs([LOOPBACK, ("LABKEEPER_MCP_WRITE", "true")]);
    let mut child = command.stdin(Stdio::piped()).stdout(stdout).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let client = json!({"name": "a test", "version": "1"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    let call = json!({"name": "discover_subnet", "arguments": long_scan(block)});
    for message in [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}),
    ] {
        writeln!(stdin, "{message}").unwrap();
    }
    (child, stdin)
}

#[tokio::test]
async fn an_assistant_beside_the_hub_is_answered_before_its_process_ends() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(dir.path());
    let (mut child, _stdin) = asked_over_stdio(dir.path(), "127.12.0.0/16", Stdio::piped());
    at_work(&hub, 1).await;
    tell(&child, Signal::TERM);
    let answers = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let answers: Vec<String> = answers.collect();
    assert!(child.wait().unwrap().success());
    assert!(answers.last().unwrap().contains("labkeeper is shutting down"), "{answers:#?}");
    assert_eq!(scans(&hub).await[0]["state"], "cancelled");
}

#[tokio::test]
async fn what_an_assistant_asked_for_ends_when_its_client_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(dir.path());
    let (mut child, stdin) = asked_over_stdio(dir.path(), "127.13.0.0/16", Stdio::null());
    at_work(&hub, 1).await;
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(scans(&hub).await[0]["state"], "cancelled");
}
