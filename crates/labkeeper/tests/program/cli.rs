//! Commands, their answers and their exit codes.

use std::io::Write;
use std::process::Stdio;

use crate::hub::{complaint, json, labkeeper, run};

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
fn a_backup_can_be_put_back_and_nothing_else_can() {
    let dir = tempfile::tempdir().unwrap();
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    let copy = json(dir.path(), &["backup", "create"])["file"].as_str().unwrap().to_string();
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"printer"}}"#]);
    let alien = dir.path().join("alien.db");
    std::fs::write(&alien, "not a database").unwrap();
    let (code, said) = complaint(dir.path(), &["backup", "restore", alien.to_str().unwrap(), "--yes"]);
    assert_eq!(code, 1);
    assert!(said.contains("not a copy that labkeeper made"), "{said}");
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 2);
    let restored = run(dir.path(), &["backup", "restore", &copy, "--yes"]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 1);
}

#[test]
fn completions_and_the_manual_come_from_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let bash = run(dir.path(), &["completions", "bash"]).stdout;
    assert!(String::from_utf8(bash).unwrap().contains("complete -F _labkeeper"));
    assert!(String::from_utf8(run(dir.path(), &["man"]).stdout).unwrap().starts_with(".ie"));
}
