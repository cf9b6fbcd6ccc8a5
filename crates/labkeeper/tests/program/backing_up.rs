//! What a backup has in it, and what becomes of a hub when one is put back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::file::{BackupId, Quota};
use labkeeper_store::testing::version;
use labkeeper_store::{Blobs, Store};

use crate::hub::{Hub, complaint, json, labkeeper, run};

/// Keeps a version of a file that had these bytes, as a write from here does.
async fn keep(store: &Store, before: &[u8], quota: Quota) -> BackupId {
    store.keep_version(version("/etc/x", Some(before), None), quota).await.unwrap()
}

/// A commit in the history, with that file in it.
fn commit(dir: &Path, text: &str) {
    let script = format!(
        "export GIT_DIR={}/config-history GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a\n\
         git init -q --bare --template= -b main \"$GIT_DIR\"\n\
         blob=$(echo {text} | git hash-object -w --stdin)\n\
         tree=$(printf '100644 blob %s\\tfile\\n' $blob | git mktree)\n\
         git update-ref refs/heads/main $(git commit-tree -m {text} $tree)\n",
        dir.display()
    );
    assert!(Command::new("sh").args(["-ec", &script]).status().unwrap().success());
}

/// What the newest commit has in that file, in a repository that is whole.
fn committed(dir: &Path) -> String {
    let git = |words: &[&str]| {
        let directory = dir.join("config-history");
        Command::new("git").arg("--git-dir").arg(directory).args(words).output().unwrap()
    };
    let whole = git(&["fsck", "--full", "--strict"]);
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    String::from_utf8(git(&["show", "main:file"]).stdout).unwrap().trim().to_owned()
}

/// A hub with an item, a kept file, a history and an audit log.
async fn full_hub(dir: &Path) -> BackupId {
    let hub = Hub::start(dir);
    run(dir, &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    hub.kill();
    commit(dir, "first");
    let store = Store::open(&dir.join("labkeeper.db")).await.unwrap();
    let id = keep(&store, b"as it was", Quota::default()).await;
    store.close().await;
    id
}

async fn kept(dir: &Path, id: BackupId) -> Vec<u8> {
    let store = Store::open(&dir.join("labkeeper.db")).await.unwrap();
    let version = store.read().await.unwrap().version(id).await.unwrap().unwrap();
    let bytes = store.content(&version.before).await.unwrap().unwrap();
    store.close().await;
    bytes
}

fn create(dir: &Path, target: &Path) {
    json(dir, &["backup", "create", target.to_str().unwrap()]);
}

fn restore(dir: &Path, backup: &Path) -> serde_json::Value {
    json(dir, &["backup", "restore", backup.to_str().unwrap(), "--yes"])
}

/// Every file below a directory and its hash.
fn tree(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), sha256_hex(&std::fs::read(path).unwrap()));
            }
        }
    }
    files
}

#[tokio::test]
async fn everything_comes_back_on_another_machine() {
    let (here, there, disk) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let id = full_hub(here.path()).await;
    let backup = disk.path().join("monday");
    create(here.path(), &backup);
    restore(there.path(), &backup);
    assert_eq!(json(there.path(), &["list", "misc"])["count"], 1);
    assert_eq!(kept(there.path(), id).await, b"as it was");
    assert_eq!(committed(there.path()), "first");
    let key = |dir: &Path| std::fs::read(dir.join("audit.key")).unwrap();
    assert_eq!(key(there.path()), key(here.path()));
    assert_eq!(json(there.path(), &["call", "audit_verify"])["ok"], true);
}

#[tokio::test]
async fn what_the_hub_had_is_a_backup_too() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let id = full_hub(dir.path()).await;
    let backup = disk.path().join("monday");
    create(dir.path(), &backup);
    commit(dir.path(), "second");
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"printer"}}"#]);
    let before = restore(dir.path(), &backup);
    assert_eq!(
        (committed(dir.path()).as_str(), json(dir.path(), &["list", "misc"])["count"].as_i64()),
        ("first", Some(1))
    );
    restore(dir.path(), Path::new(before["kept"].as_str().unwrap()));
    assert_eq!(
        (committed(dir.path()).as_str(), json(dir.path(), &["list", "misc"])["count"].as_i64()),
        ("second", Some(2))
    );
    assert_eq!(kept(dir.path(), id).await, b"as it was");
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_touched() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(dir.path()).await;
    let backup = disk.path().join("monday");
    create(dir.path(), &backup);
    run(dir.path(), &["list", "misc"]);
    let content = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "blobs");
    let object = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "objects");
    let files: Vec<PathBuf> = tree(&backup).into_keys().collect();
    let victims = [
        files.iter().find(|path| content(path)).unwrap(),
        files.iter().find(|path| object(path)).unwrap(),
        &backup.join("labkeeper.db"),
        &backup.join("audit/audit.key"),
        &backup.join("backup.json"),
    ];
    let before = tree(dir.path());
    for victim in victims {
        let good = std::fs::read(victim).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 0x55;
        for damage in [Some(bad), None] {
            match &damage {
                Some(bad) => std::fs::write(victim, bad).unwrap(),
                None => std::fs::remove_file(victim).unwrap(),
            }
            let (code, said) =
                complaint(dir.path(), &["backup", "restore", backup.to_str().unwrap(), "--yes"]);
            assert_eq!((code, said.contains("damaged")), (1, true), "{}: {said}", victim.display());
            assert_eq!(tree(dir.path()), before, "{}", victim.display());
        }
        std::fs::write(victim, good).unwrap();
    }
    restore(dir.path(), &backup);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_hub_at_work_names_nothing_that_it_lacks() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(&dir.path().join("labkeeper.db")).await.unwrap();
    for round in 0..3_u32 {
        let target = disk.path().join(round.to_string());
        let mut backup = labkeeper(dir.path()).args(["backup", "create"]).arg(&target).spawn().unwrap();
        let mut writes = 0_u32;
        // Old versions go all the time, and their contents with them.
        let quota = Quota { versions: 2, ..Quota::default() };
        let ended = loop {
            let id = keep(&store, format!("{round} {writes}").as_bytes(), quota).await;
            let mut tx = store.write().await.unwrap();
            tx.settle_version(id, labkeeper_core::file::Settlement::Applied).await.unwrap();
            tx.commit().await.unwrap();
            writes += 1;
            if let Some(ended) = backup.try_wait().unwrap() {
                break ended;
            }
        };
        assert!(ended.success() && writes > 1, "{ended} after {writes} writes");
        let copy = target.join("labkeeper.db");
        let named = Store::contents_named_in(&copy).await.unwrap();
        assert!(!named.is_empty());
        for sha256 in named {
            Blobs::beside(&copy).read(&sha256).unwrap();
        }
        let list: serde_json::Value =
            serde_json::from_slice(&std::fs::read(target.join("backup.json")).unwrap()).unwrap();
        assert_eq!(list["lacking"], serde_json::json!([]));
    }
}

#[tokio::test]
async fn what_is_gone_already_is_said_and_listed() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(dir.path()).await;
    let digest = sha256_hex(b"as it was");
    std::fs::remove_file(dir.path().join("blobs").join(&digest[..2]).join(format!("{digest}.zst"))).unwrap();
    let target = disk.path().join("monday");
    let made = json(dir.path(), &["backup", "create", target.to_str().unwrap()]);
    assert_eq!(made["lacking"], serde_json::json!([digest]));
    restore(dir.path(), &target);
}

/// Runs a command on a hub whose database is elsewhere than its data.
fn apart(data: &Path, database: &Path, arguments: &[&str]) {
    let url = format!("sqlite:///{}", database.display());
    let output = labkeeper(data).env("DATABASE_URL", url).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_audit_log_comes_back_where_it_belongs() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        let place = dir.path().join(name);
        std::fs::create_dir(&place).unwrap();
        place
    };
    let (data, base) = (place("data"), place("base"));
    let database = base.join("lab.db");
    let url = format!("sqlite:///{}", database.display());
    let hub = Hub::start_with(&data, &[("DATABASE_URL", &url)]);
    apart(&data, &database, &["call", "inventory_create", r#"{"type":"misc","data":{"name":"UPS"}}"#]);
    hub.kill();
    let backup = dir.path().join("monday");
    apart(&data, &database, &["backup", "create", backup.to_str().unwrap()]);

    let (other_data, other_base) = (place("other-data"), place("other-base"));
    let restored = other_base.join("lab.db");
    apart(&other_data, &restored, &["backup", "restore", backup.to_str().unwrap(), "--yes"]);
    let same = |one: PathBuf, other: PathBuf| {
        assert_eq!(std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap(), "{}", one.display());
    };
    same(base.join("audit.key"), other_base.join("audit.key"));
    same(data.join("audit.jsonl"), other_data.join("audit.jsonl"));
    assert!(!other_base.join("audit.jsonl").exists() && !other_data.join("audit.key").exists());
    apart(&other_data, &restored, &["call", "audit_verify"]);
}

#[tokio::test]
async fn a_list_that_names_what_is_no_part_of_a_backup_is_refused() {
    let (here, there, disk) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(here.path()).await;
    let backup = disk.path().join("monday");
    create(here.path(), &backup);
    let list = backup.join("backup.json");
    let good = std::fs::read_to_string(&list).unwrap();
    for name in ["audit/labkeeper.toml", "audit/deep/audit.key", "audit/audit.lock", "../audit.key"] {
        let mut bad: serde_json::Value = serde_json::from_str(&good).unwrap();
        let listed = bad["files"].as_array_mut().unwrap();
        let key = listed.iter_mut().find(|file| file["path"] == "audit/audit.key").unwrap();
        key["path"] = name.into();
        let target = backup.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(backup.join("audit/audit.key"), target).unwrap();
        std::fs::write(&list, bad.to_string()).unwrap();
        let (code, said) = complaint(there.path(), &["backup", "restore", backup.to_str().unwrap(), "--yes"]);
        assert_eq!((code, said.contains("is no part of a backup")), (1, true), "{name}: {said}");
        assert!(!there.path().join("labkeeper.db").exists());
    }
}

#[tokio::test]
async fn a_newer_list_is_known_as_one_whatever_is_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let backup = dir.path().join("tomorrow");
    std::fs::create_dir(&backup).unwrap();
    std::fs::write(backup.join("backup.json"), r#"{"format":2,"version":"9.0.0","parts":{}}"#).unwrap();
    let (code, said) = complaint(dir.path(), &["backup", "restore", backup.to_str().unwrap(), "--yes"]);
    assert_eq!((code, said.contains("made by a newer labkeeper (9.0.0)")), (1, true), "{said}");
}

#[tokio::test]
async fn a_history_that_cannot_be_copied_is_kept_by_another_name() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(dir.path()).await;
    let backup = disk.path().join("monday");
    create(dir.path(), &backup);
    commit(dir.path(), "second");
    // Where the lock should be that says who is at work on it.
    let history = dir.path().join("config-history");
    let _ = std::fs::remove_file(history.join("labkeeper.lock"));
    std::fs::create_dir(history.join("labkeeper.lock")).unwrap();
    let (code, _) = complaint(dir.path(), &["backup", "create", disk.path().join("x").to_str().unwrap()]);
    assert_eq!(code, 1, "a backup that is asked for is a whole one");
    let (code, said) = complaint(dir.path(), &["backup", "restore", backup.to_str().unwrap(), "--yes"]);
    assert_eq!((code, said.contains("config-history.before-restore-")), (0, true), "{said}");
    assert_eq!(committed(dir.path()), "first");
    let aside: Vec<PathBuf> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("config-history.before-restore-"))
        .collect();
    assert!(aside.len() == 1 && aside[0].join("labkeeper.lock").is_dir(), "{aside:?}");
}

#[tokio::test]
async fn what_passes_is_not_in_a_backup() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(dir.path()).await;
    for name in ["labkeeper.push", "labkeeper.draft", "labkeeper.salt"] {
        std::fs::write(dir.path().join("config-history").join(name), "text").unwrap();
    }
    let backup = disk.path().join("monday");
    create(dir.path(), &backup);
    let kept = |name: &str| backup.join("config-history").join(name).exists();
    assert_eq!(
        (kept("labkeeper.push"), kept("labkeeper.draft"), kept("labkeeper.salt")),
        (false, false, true)
    );
}

/// The drafts of backups that lie there.
fn drafts(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains("/.labkeeper-backup-draft-")).collect()
}

#[tokio::test]
async fn what_a_killed_backup_left_goes_with_the_next_one_and_what_is_being_made_stays() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(dir.path()).await;
    // As long as somebody is at the history, a backup waits for them, half made.
    let history = std::fs::File::create(dir.path().join("config-history/labkeeper.lock")).unwrap();
    history.lock().unwrap();
    let begin = |name: &str| {
        let mut command = labkeeper(dir.path());
        command.args(["backup", "create"]).arg(disk.path().join(name));
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    let half_made = async |many: usize| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while drafts(disk.path()).iter().filter(|draft| draft.join("labkeeper.db").exists()).count() < many {
            assert!(std::time::Instant::now() < deadline, "{:?}", drafts(disk.path()));
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let mut killed = begin("monday");
    half_made(1).await;
    let left = drafts(disk.path());
    let mut alive = begin("tuesday");
    half_made(2).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(left[0].exists(), "nobody has been there since");
    let mut third = begin("wednesday");
    while left[0].exists() {
        assert!(third.try_wait().unwrap().is_none(), "it has begun long ago");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    drop(history);
    assert!(alive.wait().unwrap().success() && third.wait().unwrap().success());
    assert_eq!(drafts(disk.path()), Vec::<PathBuf>::new());
    let whole = |name: &str| disk.path().join(name).join("backup.json").is_file();
    assert_eq!((whole("monday"), whole("tuesday"), whole("wednesday")), (false, true, true));
}

#[tokio::test]
async fn a_copy_from_before_a_migration_is_listed_and_found_by_its_name() {
    let (dir, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    full_hub(dir.path()).await;
    let backup = disk.path().join("monday");
    create(dir.path(), &backup);
    let name = "labkeeper.before-schema-9.db";
    std::fs::copy(backup.join("labkeeper.db"), dir.path().join(name)).unwrap();
    run(dir.path(), &["call", "inventory_create", r#"{"type":"misc","data":{"name":"printer"}}"#]);
    let left = dir.path().join(".restore-left");
    std::fs::create_dir(&left).unwrap();
    let listed = json(dir.path(), &["backup", "list"]);
    assert_eq!(listed[0]["backup"], name);
    json(dir.path(), &["backup", "restore", name, "--yes"]);
    assert_eq!(json(dir.path(), &["list", "misc"])["count"], 1);
    assert!(!left.exists(), "what a restore left that died");
}

#[test]
fn where_no_hub_is_no_backup_of_one_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said) = complaint(dir.path(), &["backup", "create"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("there is no hub in") && said.contains("--data-dir"), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}
