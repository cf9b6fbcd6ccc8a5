//! `redact` as a filter: what comes from stdin, and what is let through.

use std::io::Write;
use std::process::{Output, Stdio};

use crate::hub::labkeeper;

/// The program with these words and that input.
fn filtered(arguments: &[&str], input: &[u8]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let mut child = labkeeper(dir.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn secrets_do_not_get_through_the_filter_and_the_rest_does() {
    let done = filtered(&["redact"], "host=db\npassword=kettle_31\nümlaut".as_bytes());
    assert!(done.status.success());
    let out = String::from_utf8(done.stdout).unwrap();
    assert!(out.starts_with("host=db\npassword=[[secret:password#") && out.ends_with("]]\nümlaut"), "{out}");
    assert!(String::from_utf8(done.stderr).unwrap().contains("redactions: 1"));
    let done = filtered(&["redact", "--path", "/etc/pve/priv/storage/nas.pw"], b"kettle31\n");
    assert!(
        !String::from_utf8(done.stdout).unwrap().contains("kettle31"),
        "a file that is secret as a whole"
    );
}

#[test]
fn of_lines_of_json_each_is_answered_and_what_cannot_be_read_is_left_out() {
    let input = "{\"id\":1,\"text\":\"token: kX93hfA82bQ1zzT5\"}\n{\"id\":\"b\",\"text\":\"plain\"}\npassword=kettle_31\n";
    let done = filtered(&["redact", "--jsonl"], input.as_bytes());
    assert_eq!(done.status.code(), Some(1));
    let out = String::from_utf8(done.stdout).unwrap();
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["redactions"], 1);
    assert_eq!(lines[1], serde_json::json!({"id": "b", "out": "plain", "redactions": 0}));
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(said.contains("line 3") && !said.contains("kettle_31"), "{said}");
}

#[test]
fn what_is_no_text_ends_the_filter() {
    let done = filtered(&["redact"], b"password=\xff\xfekettle_31\n");
    assert_eq!(done.status.code(), Some(1));
    assert!(done.stdout.is_empty());
    assert!(String::from_utf8(done.stderr).unwrap().contains("not UTF-8"));
}
