//! What a backup has in it, and what becomes of a hub when one is put back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::file::{BackupId, Quota};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Blobs, NewVersion, Store};

use crate::hub::{Hub, complaint, json, labkeeper, run};

/// Keeps a version of a file that had these bytes, as a write from here does.
async fn keep(store: &Store, before: &[u8], quota: Quota) -> BackupId {
    let new = NewVersion {
        at: Stamp(1),
        actor: "somebody".into(),
        via: "mcp".into(),
        session: None,
        op: "pct_write_file".into(),
        place: "pct:home/101".parse().unwrap(),
        asked: "/etc/x".parse().unwrap(),
        path: "/etc/x".parse().unwrap(),
        before: Some(before.to_vec()),
        after: None,
    };
    store.keep_version(new, quota).await.unwrap()
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
