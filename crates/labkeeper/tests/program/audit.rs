//! `labkeeper audit`: what a keeper checks by hand, and what scripts go by.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::hub::{Hub, json as ask, labkeeper, run};

fn create(dir: &Path, name: &str) {
    let input = json!({"type": "misc", "data": {"name": name}}).to_string();
    assert!(run(dir, &["call", "inventory_create", &input]).status.success());
}

/// Exit code and answer of `audit verify` with those arguments.
fn verify(dir: &Path, arguments: &[&str]) -> (i32, Value) {
    let output = labkeeper(dir).args(["--json", "audit", "verify"]).args(arguments).output().unwrap();
    let answer = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| String::from_utf8_lossy(&output.stderr).into_owned().into());
    (output.status.code().unwrap(), answer)
}

fn tamper(dir: &Path, sql: &str) {
    let program =
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
    let sql = format!("DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks; {sql}");
    let database = dir.join("labkeeper.db");
    let done = Command::new("python3").args(["-c", program]).arg(database).arg(sql).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn what_is_exported_is_checked_with_sha256sum_as_the_page_says() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["UPS", "a \"quoted\" \\ name, }", "Zürich"] {
        create(dir.path(), name);
    }
    let page = include_str!("../../../../docs/audit.md");
    let script = page.split("```sh run\n").nth(1).unwrap().split("```").next().unwrap();
    let program = format!(
        "labkeeper() {{ {} --data-dir {} \"$@\"; }}\n{script}\necho \"$hash\"",
        env!("CARGO_BIN_EXE_labkeeper"),
        dir.path().display()
    );
    let check = || {
        // dash, as Debian's sh.
        let piped = program.replace("done\n", "done; echo end\n");
        let done = Command::new("sh").args(["-c", &piped]).env("HOME", dir.path()).output().unwrap();
        String::from_utf8(done.stdout).unwrap() + &String::from_utf8_lossy(&done.stderr)
    };
    let said = check();
    assert!(said.contains("end") && !said.contains("not as written"), "{said}");
    tamper(dir.path(), "UPDATE audit SET actor = 'mallory' WHERE seq = 3");
    assert!(check().contains("not as written: {\"seq\":3,"), "{}", check());
}

#[test]
fn exit_codes_tell_anchored_tampered_torn_and_unanchored_apart() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let anchor = outside.path().to_str().unwrap();
    create(dir.path(), "UPS");
    assert_eq!(verify(dir.path(), &[]).0, 3);

    let hub = Hub::start_with(dir.path(), &[("LABKEEPER_AUDIT_ANCHOR", anchor)]);
    let begun = Instant::now();
    let refused = json!({"type": "misc", "id": 1}).to_string();
    run(dir.path(), &["call", "inventory_delete", &refused]);
    let (code, answer) = loop {
        let (code, answer) = match std::fs::read_dir(outside.path()).unwrap().next() {
            Some(_) => verify(dir.path(), &["--anchor", anchor, "--mirror"]),
            None => (3, Value::Null),
        };
        if (code == 0 && answer["anchors"] == json!([]) && answer["unsigned"] == 0)
            || begun.elapsed() > Duration::from_secs(20)
        {
            break (code, answer);
        }
        std::thread::park_timeout(Duration::from_millis(100));
    };
    assert_eq!((code, &answer["standing"]), (0, &json!("anchored")), "{answer}");
    drop(hub);

    let key = answer["key"].as_str().unwrap();
    assert_eq!(verify(dir.path(), &["--anchor", anchor, "--pubkey", key]).0, 0);
    let beside = dir.path().join("audit.checkpoints");
    assert_eq!(verify(dir.path(), &["--checkpoint", beside.to_str().unwrap()]).0, 0);
    assert!(verify(dir.path(), &["--checkpoint", "/dev/null"]).1.as_str().unwrap().contains("no checkpoint"));
    assert_eq!(verify(dir.path(), &["--pubkey", "nonsense"]).0, 2, "clap's own");

    let mirror = dir.path().join("audit.jsonl");
    let whole = std::fs::read_to_string(&mirror).unwrap();
    std::fs::write(&mirror, &whole[..whole.len() - 9]).unwrap();
    assert_eq!(verify(dir.path(), &["--mirror"]).0, 2);
    std::fs::write(&mirror, whole.replacen("local", "mallory", 1)).unwrap();
    let (code, answer) = verify(dir.path(), &["--mirror"]);
    assert_eq!((code, &answer["kind"], &answer["seq"]), (1, &json!("edit"), &json!(1)), "{answer}");

    tamper(dir.path(), "DELETE FROM audit WHERE seq = 2");
    let (code, answer) = verify(dir.path(), &[]);
    assert_eq!((code, &answer["kind"], &answer["seq"]), (1, &json!("gap"), &json!(2)), "{answer}");
}

#[test]
fn a_proof_is_checked_far_from_the_log() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    create(dir.path(), "UPS");
    create(dir.path(), "shelf");
    let proof = elsewhere.path().join("proof.json");
    std::fs::write(&proof, run(dir.path(), &["audit", "prove", "3"]).stdout).unwrap();
    let key = verify(dir.path(), &[]).1["key"].as_str().unwrap().to_string();
    let file = proof.to_str().unwrap();
    let (code, answer) = verify(elsewhere.path(), &["--proof", file, "--pubkey", &key]);
    assert_eq!((code, &answer["ok"], &answer["record"]["seq"]), (0, &json!(true), &json!(3)), "{answer}");
    assert!(!elsewhere.path().join("labkeeper.db").exists(), "no log is made for it");
    let forged = std::fs::read_to_string(&proof).unwrap().replace("local", "mallory");
    std::fs::write(&proof, forged).unwrap();
    assert_eq!(verify(elsewhere.path(), &["--proof", file]).0, 1);
    assert!(!run(dir.path(), &["audit", "prove", "99"]).status.success());
}

#[test]
fn an_export_is_a_part_of_the_log_in_a_file_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), "UPS");
    create(dir.path(), "shelf");
    let out = dir.path().join("out.jsonl");
    let arguments = ["audit", "export", "--from", "2", "--to", "3", "--out", out.to_str().unwrap()];
    assert!(run(dir.path(), &arguments).status.success());
    let text = std::fs::read_to_string(&out).unwrap();
    let all = String::from_utf8(run(dir.path(), &["audit", "export"]).stdout).unwrap();
    assert_eq!(text.lines().collect::<Vec<_>>(), all.lines().skip(1).take(2).collect::<Vec<_>>());
    assert!(!run(dir.path(), &arguments).status.success(), "nothing is written over");
}

#[test]
fn doctor_says_what_the_log_has_to_say() {
    let dir = tempfile::tempdir().unwrap();
    create(dir.path(), "UPS");
    let findings = |dir: &Path| -> Vec<Value> {
        let all = ask(dir, &["doctor"]);
        all.as_array().unwrap().iter().filter(|finding| finding["check"] == "audit").cloned().collect()
    };
    let fresh = findings(dir.path());
    assert_eq!((fresh.len(), &fresh[0]["status"]), (1, &json!("ok")), "{fresh:?}");
    // The power went between an intent and its outcome.
    tamper(dir.path(), "DELETE FROM audit WHERE phase = 'done'; DELETE FROM audit_index WHERE seq = 2");
    std::fs::remove_file(dir.path().join("audit.key")).unwrap();
    run(dir.path(), &["audit", "prove", "1"]);
    let found = findings(dir.path());
    let said: Vec<&str> = found.iter().filter_map(|finding| finding["finding"].as_str()).collect();
    assert!(
        said.iter().any(|said| said.contains("ended in the middle") && said.contains("inventory_create")),
        "{said:?}"
    );
    assert!(said.iter().any(|said| said.contains("alarms") && said.contains("another key")), "{said:?}");
}
