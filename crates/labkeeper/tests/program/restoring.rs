//! Putting copies back, and databases that are not ours.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::hub::{Hub, complaint, json, labkeeper, run};

fn predecessors_database(dir: &Path) -> PathBuf {
    let target = dir.join("predecessor.db");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/hub-plus/hub.db"), &target).unwrap();
    target
}

fn a_hub_with_a_copy(dir: &Path) -> String {
    run(dir, &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    json(dir, &["backup", "create"])["backup"].as_str().unwrap().to_string()
}

/// What a process that ended left beside the database.
fn remove_logs(dir: &Path) {
    for log in ["labkeeper.db-wal", "labkeeper.db-shm"] {
        let _ = std::fs::remove_file(dir.join(log));
    }
}

#[test]
fn a_copy_can_be_put_back_and_nothing_else_can() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"printer"}}"#]);
    let (text, empty) = (dir.path().join("text.db"), dir.path().join("empty.db"));
    std::fs::write(&text, "not a database").unwrap();
    std::fs::write(&empty, "").unwrap();
    for other in [text, empty, predecessors_database(dir.path())] {
        let (code, said) = complaint(dir.path(), &["backup", "restore", other.to_str().unwrap(), "--yes"]);
        assert_eq!(code, 1, "{}", other.display());
        assert!(said.contains("not a copy that labkeeper made"), "{said}");
    }
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 2);
    let kept = json(dir.path(), &["backup", "restore", &copy, "--yes"])["kept"].as_str().unwrap().to_string();
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 1);
    assert_eq!(json(dir.path(), &["backup", "list"]).as_array().unwrap().len(), 2);
    json(dir.path(), &["backup", "restore", &kept, "--yes"]);
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 2);
}

#[test]
fn a_copy_is_not_put_back_under_a_running_hub() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    let hub = Hub::start(dir.path());
    for _ in 0..2 {
        let (code, said) = complaint(dir.path(), &["backup", "restore", &copy, "--yes"]);
        assert_eq!((code, said.contains("stop it first")), (1, true), "{said}");
    }
    hub.kill();
    json(dir.path(), &["backup", "restore", &copy, "--yes"]);
}

#[test]
fn a_damaged_database_is_put_aside_for_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    // The write-ahead log alone would heal it.
    let _ = std::fs::remove_file(dir.path().join("labkeeper.db-wal"));
    std::fs::write(dir.path().join("labkeeper.db"), "ruined").unwrap();
    let kept = json(dir.path(), &["backup", "restore", &copy, "--yes"])["kept"].as_str().unwrap().to_string();
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "ruined");
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 1);
}

#[test]
fn what_a_lost_database_left_in_its_log_is_kept_aside_and_not_played_into_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    let hub = Hub::start(dir.path());
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"printer"}}"#]);
    hub.kill();
    let log = dir.path().join("labkeeper.db-wal");
    assert!(log.metadata().unwrap().len() > 0, "a killed hub leaves its log");
    std::fs::remove_file(dir.path().join("labkeeper.db")).unwrap();
    let kept = json(dir.path(), &["backup", "restore", &copy, "--yes"])["kept"].as_str().unwrap().to_string();
    assert!(kept.ends_with("-wal"), "{kept}");
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 1);
    assert_eq!(json(dir.path(), &["call", "audit_verify"])["ok"], true);
    let left: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".restore-") || name.contains("before-schema"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn only_a_database_that_cannot_be_read_is_put_aside_and_the_reason_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    let database = dir.path().join("labkeeper.db");
    let restore = ["backup", "restore", &copy, "--yes"];
    // Written by a newer labkeeper: nothing is wrong with the file.
    let mut newer = std::fs::read(Path::new(&copy).join("labkeeper.db")).unwrap();
    newer[60..64].copy_from_slice(&999_u32.to_be_bytes());
    remove_logs(dir.path());
    std::fs::write(&database, newer).unwrap();
    let kept = json(dir.path(), &restore)["kept"].as_str().unwrap().to_string();
    assert!(Path::new(&kept).starts_with(dir.path().join("backups")), "{kept}");
    assert_eq!(std::fs::read(Path::new(&kept).join("labkeeper.db")).unwrap()[60..64], 999_u32.to_be_bytes());

    std::fs::write(&database, "ruined").unwrap();
    let (code, said) = complaint(dir.path(), &restore);
    assert_eq!((code, said.contains("file is not a database")), (0, true), "{said}");

    std::fs::remove_file(&database).unwrap();
    std::fs::create_dir(&database).unwrap();
    let (code, said) = complaint(dir.path(), &restore);
    assert_eq!((code, said.contains("nothing was changed")), (1, true), "{said}");
    assert!(said.contains("disk I/O error"), "{said}");
    assert!(database.is_dir());
}

#[test]
fn who_comes_while_a_copy_is_put_back_waits_and_finds_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"printer"}}"#]);
    let lock = std::fs::File::open(dir.path().join("labkeeper.lock")).unwrap();
    lock.lock().unwrap();
    let mut child = labkeeper(dir.path())
        .args(["--json", "list", "misc"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stderr.take().unwrap()).lines().next();
    let said = said.expect("it says that it waits").unwrap();
    assert!(said.contains("waiting until it is done"), "{said}");
    remove_logs(dir.path());
    std::fs::rename(Path::new(&copy).join("labkeeper.db"), dir.path().join("labkeeper.db")).unwrap();
    drop(lock);
    let output = child.wait_with_output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["count"], 1);
}

#[test]
fn looking_at_a_copy_leaves_nothing_beside_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let copy = a_hub_with_a_copy(dir.path());
    let text = dir.path().join("text.db");
    std::fs::write(&text, "not a database").unwrap();
    let names = || {
        let entries = std::fs::read_dir(dir.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        // The database's own, there or folded into it.
        names.retain(|name| !["labkeeper.db-wal", "labkeeper.db-shm"].contains(&name.as_str()));
        names.sort();
        names
    };
    let before = names();
    assert_eq!(complaint(dir.path(), &["backup", "restore", text.to_str().unwrap(), "--yes"]).0, 1);
    json(dir.path(), &["backup", "restore", &copy, "--yes"]);
    assert_eq!(names(), before);
}

#[test]
fn a_database_of_something_else_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let other = predecessors_database(dir.path());
    let before = std::fs::read(&other).unwrap();
    let output = labkeeper(dir.path())
        .env("DATABASE_URL", format!("sqlite:///{}", other.display()))
        .args(["list", "vms"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("the database of something else") && said.contains("labkeeper import"), "{said}");
    assert_eq!(std::fs::read(&other).unwrap(), before);
}
