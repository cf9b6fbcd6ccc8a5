//! Commands, their answers and their exit codes.

use std::io::Write;
use std::process::Stdio;

use crate::hub::{Hub, complaint, json, labkeeper, run};

#[test]
fn call_list_show_and_undo_work_on_the_data_directory() {
    let dir = tempfile::tempdir().unwrap();
    let made = json(
        dir.path(),
        &["call", "inventory_create", r#"{"type":"vms","data":{"name":"docker-01","os":"Debian 13"}}"#],
    );
    let id = made["data"]["id"].to_string();
    assert_eq!(json(dir.path(), &["list", "vm"])["data"][0]["name"], "docker-01");
    let table = String::from_utf8(run(dir.path(), &["list", "vms"]).stdout).unwrap();
    assert!(table.contains("docker-01") && table.contains("hardware_id"), "{table}");
    assert_eq!(json(dir.path(), &["show", "vms", &id])["data"]["row"]["os"], "Debian 13");
    let change = json(dir.path(), &["changes"])["data"][0]["id"].to_string();
    assert!(run(dir.path(), &["undo", &change, "--yes"]).status.success());
    assert_eq!(json(dir.path(), &["list", "vms"])["count"], 0);
}

#[test]
fn refusals_exit_with_three_and_say_how_to_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let made = json(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    let delete = format!(r#"{{"type":"misc","id":{}}}"#, made["data"]["id"]);
    let (code, said) = complaint(dir.path(), &["call", "inventory_delete", &delete]);
    assert_eq!(code, 3);
    assert!(said.contains("confirm: true") && said.contains("UPS"), "{said}");
    assert!(run(dir.path(), &["call", "inventory_delete", &delete, "--confirm"]).status.success());
    let (code, said) = complaint(dir.path(), &["undo", "2"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("--yes"));
}

#[test]
fn an_answer_that_misses_something_exits_with_four_and_is_still_an_answer() {
    let dir = tempfile::tempdir().unwrap();
    // Nobody listens on that port.
    let done = labkeeper(dir.path())
        .args(["call", "pct_list"])
        .env("PVE_API_BASE_URL", "https://127.0.0.1:1")
        .env("PVE_API_TLS_FINGERPRINT", "AB:".repeat(31) + "AB")
        .env("PVE_API_TOKEN_ID", "labkeeper@pve!observe")
        .env("PVE_API_TOKEN_SECRET", "secret")
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(4));
    let answer: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(answer["guests"], serde_json::json!([]));
    assert!(answer["gaps"][0]["problem"].as_str().unwrap().contains("127.0.0.1:1"), "{answer}");
}

#[test]
fn usage_exits_with_two_and_mistakes_with_one_naming_the_nearest() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(complaint(dir.path(), &["lst"]).0, 2);
    let (code, said) = complaint(dir.path(), &["list", "hardwar"]);
    assert_eq!(code, 1);
    assert!(said.contains("hardware"), "{said}");
    let (code, said) = complaint(dir.path(), &["call", "inventory_lst"]);
    assert_eq!(code, 1);
    assert!(said.contains("inventory_list"), "{said}");
    let (code, said) = complaint(dir.path(), &["call", "inventory_list", "{type"]);
    assert_eq!(code, 1);
    assert!(said.contains("not valid JSON"), "{said}");
}

#[test]
fn call_reads_its_input_from_stdin_and_a_dry_run_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = labkeeper(dir.path())
        .args(["--json", "call", "inventory_create", "-", "--dry-run"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(br#"{"type":"apps","data":{"name":"Immich"}}"#).unwrap();
    let output = child.wait_with_output().unwrap();
    let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(plan["plan"]["verdict"], "allow");
    assert_eq!(json(dir.path(), &["list", "apps"])["count"], 0);
}

#[test]
fn the_audit_log_verifies_exports_and_the_registry_is_listed() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    let said = String::from_utf8(run(dir.path(), &["audit", "verify"]).stdout).unwrap();
    assert!(said.contains("2 records"), "{said}");
    let lines = String::from_utf8(run(dir.path(), &["audit", "export"]).stdout).unwrap();
    assert_eq!(lines.lines().filter(|line| line.contains("\"hash\"")).count(), 2);
    let tools = json(dir.path(), &["tools", "--tier", "observe"]);
    assert!(tools.as_array().unwrap().iter().any(|tool| tool["name"] == "inventory_search"));
}

#[test]
fn completions_and_the_manual_come_from_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let bash = run(dir.path(), &["completions", "bash"]).stdout;
    assert!(String::from_utf8(bash).unwrap().contains("complete -F _labkeeper"));
    assert!(String::from_utf8(run(dir.path(), &["man"]).stdout).unwrap().starts_with(".ie"));
}

#[test]
fn what_is_asked_for_by_kind_is_of_that_kind() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    assert_eq!(json(dir.path(), &["show", "misc", "1"])["data"]["row"]["name"], "UPS");
    let (code, said) = complaint(dir.path(), &["show", "vms", "1"]);
    assert_eq!(
        (code, said.contains("there is no vm 1") && said.contains("show misc 1")),
        (1, true),
        "{said}"
    );
    let (_, said) = complaint(dir.path(), &["list", "misc", "--q", "printer"]);
    assert!(said.contains("with \"printer\""), "{said}");
    let (code, said) = complaint(dir.path(), &["audit", "query", "--phase", "dnoe"]);
    assert_eq!((code, said.contains("asked, done, failed")), (1, true), "{said}");
}

#[tokio::test]
async fn the_audit_log_is_asked_with_filters_and_goes_on_beyond_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::Store::open(&dir.path().join("labkeeper.db")).await.unwrap();
    for n in 0..250 {
        let intent = labkeeper_store::Intent {
            at: labkeeper_core::stamp::Stamp(n),
            actor: "claude".into(),
            via: "mcp".into(),
            session: None,
            op: "guest_start".into(),
            summary: serde_json::json!({"plan": format!("start CT {n}"), "vmid": 100 + n % 5}),
            grounds: Default::default(),
        };
        store.intend(&intent).await.unwrap();
    }
    store.close().await;
    drop(store);
    let asked = |more: &[&str]| json(dir.path(), &[&["audit", "query"], more].concat());
    // The start of the first command finds them without an outcome.
    let all = asked(&["--phase", "asked", "--limit", "300"]);
    assert_eq!((all["data"].as_array().unwrap().len(), &all["summary"]["total"]), (250, &250.into()));
    assert_eq!((&all["data"][0]["seq"], &all["data"][249]["seq"]), (&250.into(), &1.into()));
    let some = asked(&["--op", "guest_start", "--vmid", "102", "--limit", "3", "--text", "ct start"]);
    assert_eq!((&some["count"], &some["summary"]["total"]), (&3.into(), &50.into()), "{some}");
    assert_eq!(asked(&["--vmid", "102"])["summary"]["total"], 100, "the interrupted ones too");
    let shown = run(dir.path(), &["audit", "query", "--limit", "2", "--large-only", "--until", "2090-01-01"]);
    assert!(String::from_utf8_lossy(&shown.stderr).contains("no record matches"));
    let (code, said) = complaint(dir.path(), &["audit", "query", "--since", "yesterday"]);
    assert_eq!((code, said.contains("since wants a time")), (1, true), "{said}");
}

#[test]
fn a_clients_configuration_works_from_wherever_the_client_starts_it() {
    let dir = tempfile::tempdir().unwrap();
    let with_blank = dir.path().join("my lab");
    let printed = |client: &str| {
        let mut command = labkeeper(std::path::Path::new("my lab"));
        let output =
            command.current_dir(dir.path()).args(["mcp", "--print-config", client]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let cursor: serde_json::Value = serde_json::from_str(&printed("cursor")).unwrap();
    let arguments = &cursor["mcpServers"]["labkeeper"]["args"];
    assert_eq!(*arguments, serde_json::json!(["--data-dir", with_blank, "mcp"]));
    assert!(cursor["mcpServers"]["labkeeper"]["env"].is_null(), "{cursor}");
    assert!(printed("claude-code").ends_with(&format!("--data-dir '{}' mcp\n", with_blank.display())));
    // A client does not have what this shell was told.
    let root = "I-understand-Claude-gets-root-and-can-break-this-node";
    for (tier, host_root, handed_on) in [("operate", "", "operate"), ("companion", root, "companion")] {
        let mut told = labkeeper(dir.path());
        told.env("MCP_TIER", tier).env("MCP_HOST_ROOT_ENABLED", host_root);
        let told = told.args(["mcp", "--print-config", "cursor"]).output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
        assert_eq!(told["mcpServers"]["labkeeper"]["env"]["MCP_TIER"], handed_on);
    }
}

#[test]
fn a_hub_leaves_no_core_dump() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(dir.path());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", hub.child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
}

#[test]
fn a_health_check_needs_no_credential_no_proxy_and_no_certificates_and_tells_when_nobody_answers() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start_with(dir.path(), &[("API_TOKEN", "0123456789abcdef0123456789abcdef")]);
    let address = hub.url.trim_start_matches("http://").to_owned();
    let ask = || {
        let mut ask = labkeeper(dir.path());
        ask.arg("ready").env("LABKEEPER_BIND", &address).env("HTTP_PROXY", "http://127.0.0.1:1");
        ask.env("SSL_CERT_FILE", "/dev/null");
        ask.output().unwrap()
    };
    let answer = ask();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    // Without the model search goes by words, and the hub works all the same.
    assert!(["ready\n", "degraded\n"].contains(&String::from_utf8(answer.stdout).unwrap().as_str()));
    drop(hub);
    let answer = ask();
    assert_eq!(answer.status.code(), Some(1));
    let complaint = String::from_utf8(answer.stderr).unwrap();
    assert!(complaint.contains("nothing answers") && complaint.contains(&address), "{complaint}");
}

#[test]
fn show_wants_a_number_and_says_where_one_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said) = complaint(dir.path(), &["show", "docker-01"]);
    assert!(code == 1 && said.contains("no id") && said.contains("labkeeper search docker-01"), "{said}");
    let (code, said) = complaint(dir.path(), &["show", "vms"]);
    assert!(code == 1 && said.contains("labkeeper show vms 12"), "{said}");
}
