//! Root on a companion installation: only the exact words open it, every start says so, and so do the records.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::hub::{Hub, json as answer, labkeeper};
use crate::node::{Node, said};

const WORDS: (&str, &str) =
    ("MCP_HOST_ROOT_ENABLED", "I-understand-Claude-gets-root-and-can-break-this-node");
const BANNER: &str = "ROOT: an assistant may act on the hosts";

fn call(dir: &Path, operation: &str, input: &Value) -> Command {
    let mut command = labkeeper(dir);
    command.args(["--json", "call", operation, &input.to_string(), "--confirm"]);
    command
}

/// The records of an operation, as they were written.
fn records(dir: &Path, operation: &str) -> Vec<Value> {
    let found = answer(dir, &["audit", "query", "--tool", operation]);
    found["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn root_takes_the_words_and_is_said_at_every_start_and_in_the_records() {
    let Some(node) = Node::open("root_takes_the_words_and_is_said_at_every_start_and_in_the_records").await
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    node.set_up(dir.path(), &["--tier", "companion", "--register", "none"]);
    let command = json!({"command": "hostname"});

    let closed = call(dir.path(), "execute", &command).env(WORDS.0, "true").output().unwrap();
    assert!(!closed.status.success(), "only the exact words open it");
    let inside = call(dir.path(), "pct_exec", &json!({"vmid": 112, "command": "hostname"})).output().unwrap();
    assert!(inside.status.success(), "{}", said(&inside));
    let inside = records(dir.path(), "pct_exec");
    assert!(!inside.is_empty() && inside.iter().all(|record| record.get("rootTier").is_none()), "{inside:?}");
    assert!(!Hub::start(dir.path()).said.contains("ROOT"), "nothing is said where it is closed");

    let open = call(dir.path(), "execute", &command).env(WORDS.0, WORDS.1).output().unwrap();
    assert!(open.status.success(), "{}", said(&open));
    let ran: Value = serde_json::from_slice(&open.stdout).unwrap();
    assert!(ran.to_string().contains("pve1"), "{ran}");
    let host = records(dir.path(), "execute");
    let done: Vec<_> = host.iter().filter(|record| record["phase"] == "done").collect();
    assert!(!done.is_empty() && done.iter().all(|record| record["rootTier"] == true), "{host:?}");

    let hub = Hub::start_with(dir.path(), &[WORDS]);
    assert!(hub.said.contains(BANNER), "{}", hub.said);
    drop(hub);
    let doctor = labkeeper(dir.path()).args(["--json", "doctor"]).env(WORDS.0, WORDS.1).output().unwrap();
    assert!(said(&doctor).contains(BANNER), "{}", said(&doctor));
    let found: Vec<Value> = serde_json::from_slice(&doctor.stdout).unwrap();
    let ceiling = found.iter().find(|finding| finding["check"] == "ceiling").unwrap();
    assert_eq!(ceiling["status"], "warn", "{ceiling}");
    let mcp = labkeeper(dir.path())
        .arg("mcp")
        .envs([WORDS, ("MCP_TIER", "companion")])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(said(&mcp).contains(BANNER), "{}", said(&mcp));
}
