//! Writes of which nobody said what became of them, and two at one file.

use labkeeper_core::fault::Code;
use labkeeper_core::file::Quota;
use labkeeper_core::shell::Ownership;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::testing::version;
use labkeeper_store::{Claimant, Claimed, NewVersion};
use serde_json::json;

use super::surface::{PATH, SURFACES};
use crate::shell_lab::{DEBIAN, ShellLab, reached};

/// What a process that ended in the middle left: the version is kept, and nobody said what became of the write.
async fn left_open(home: &ShellLab, before: Option<&[u8]>, after: Option<&[u8]>) {
    let new = NewVersion {
        at: home.lab.now(),
        place: format!("pct:home/{DEBIAN}").parse().unwrap(),
        ownership: before.map(|_| Ownership { mode: 0o600, uid: 0, gid: 0 }),
        ..version(PATH, before, after)
    };
    home.lab.keeper.store().keep_version(new, Quota::default()).await.unwrap();
}

#[tokio::test]
async fn a_write_whose_process_ended_is_found_out_from_the_file() {
    let Some(home) = reached("a_write_whose_process_ended_is_found_out_from_the_file").await else { return };
    let settled = async || {
        let listed = home.lab.ask("list_backups", json!({"path": PATH, "vmid": DEBIAN})).await;
        listed["versions"][0].clone()
    };
    // It ended before the file was written.
    home.put(Some(DEBIAN), PATH, b"one\n", 0o644);
    left_open(&home, Some(b"one\n"), Some(b"two\n")).await;
    home.lab
        .ask("pct_write_file", json!({"vmid": DEBIAN, "path": PATH, "content": "x", "dry_run": true}))
        .await;
    let version = settled().await;
    assert_eq!((&version["settlement"], &version["revertible"]), (&json!("not_applied"), &json!(false)));
    let fault = home.lab.refused("revert_file", json!({"backupPath": version["backupPath"]})).await;
    assert_eq!(fault.code, Code::Conflict, "{fault}");

    // It ended after the file was written, before that was noted: then it is a change like others.
    home.put(Some(DEBIAN), PATH, b"two\n", 0o644);
    left_open(&home, Some(b"one\n"), Some(b"two\n")).await;
    home.lab.ask("diff_config", json!({"path": PATH, "vmid": DEBIAN})).await;
    let version = settled().await;
    assert_eq!(version["settlement"], "applied");
    home.lab.ask("change_undo", json!({"id": version["changeId"]})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"one\n");

    // Something else is there: nobody knows, and what was there before is kept.
    home.put(Some(DEBIAN), PATH, b"half of tw", 0o644);
    left_open(&home, Some(b"one\n"), Some(b"two\n")).await;
    home.lab
        .ask("pct_write_file", json!({"vmid": DEBIAN, "path": PATH, "content": "x", "dry_run": true}))
        .await;
    let version = settled().await;
    assert_eq!(version["settlement"], "unknown");
    let fault = home.lab.refused("revert_file", json!({"backupPath": version["backupPath"]})).await;
    assert_eq!(fault.code, Code::Conflict);
    home.lab.ask("revert_file", json!({"backupPath": version["backupPath"], "overwrite": true})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"one\n");
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_the_old_file_or_the_new_one() {
    let Some(home) = reached("a_connection_that_is_cut_leaves_the_old_file_or_the_new_one").await else {
        return;
    };
    let (before, after) = (vec![b'a'; 1_000_000], vec![b'b'; 1_000_000]);
    let content = String::from_utf8(after.clone()).unwrap();
    for surface in SURFACES {
        home.put(surface.vmid, PATH, &before, 0o644);
        let input = surface.input(json!({"path": PATH, "content": content, "confirm": true}));
        let tool = format!("{}write_file", surface.tools);
        let kept = async || {
            let mut view = home.lab.keeper.store().read().await.unwrap();
            view.versions(&PATH.parse().unwrap()).await.unwrap().len()
        };
        let earlier = kept().await;
        let is_kept = async {
            while kept().await == earlier {
                tokio::task::yield_now().await;
            }
        };
        let mut call = std::pin::pin!(home.lab.call(&tool, input.clone()));
        let done = tokio::select! {
            done = &mut call => done,
            // From here on it is being written.
            () = is_kept => {
                home.ssh.cut().unwrap();
                call.await
            }
        };
        let found = home.get(surface.vmid, PATH).unwrap();
        assert!(found == before || found == after, "{surface:?}: {} bytes, {done:?}", found.len());
        if done.is_ok() {
            assert!(found == after, "{surface:?}: said to be written, and is not");
        }
        let mut dry = input;
        dry["dry_run"] = true.into();
        home.lab.ask(&tool, dry).await;
        let listed = home.lab.ask("list_backups", surface.input(json!({"path": PATH}))).await;
        let settled = if found == after { "applied" } else { "not_applied" };
        assert_eq!(listed["versions"][0]["settlement"], settled, "{surface:?}");
    }
}

#[tokio::test]
async fn two_processes_on_one_database_do_not_write_one_file_at_once() {
    let Some(home) = reached("two_processes_on_one_database_do_not_write_one_file_at_once").await else {
        return;
    };
    home.put(Some(DEBIAN), PATH, b"old", 0o644);
    let other = labkeeper_store::testing::open(home.lab.keeper.store().path()).await.unwrap();
    let claimant = Claimant { actor: "codex".into(), op: "pct_edit_file".into(), since: Stamp(0) };
    let Claimed::Ours(claim) = other.claim(&format!("pct:home/{DEBIAN} {PATH}"), &claimant).await.unwrap()
    else {
        panic!("nobody is at it")
    };
    let input = json!({"vmid": DEBIAN, "path": PATH, "content": "new"});
    let refused = home.lab.call("pct_write_file", input.clone()).await.unwrap_err();
    assert_eq!(refused.code, Code::Unavailable, "{refused}");
    assert!(refused.message.contains("by codex with pct_edit_file, since 1970-01-01"), "{refused}");
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"old");
    // What it began is its own to settle.
    left_open(&home, Some(b"old"), Some(b"newer")).await;
    let versions = json!({"path": PATH, "vmid": DEBIAN});
    home.lab
        .call("pct_write_file", json!({"vmid": DEBIAN, "path": PATH, "content": "new", "dry_run": true}))
        .await
        .unwrap();
    let newest = home.lab.ask("list_backups", versions.clone()).await["versions"][0].clone();
    assert_eq!(newest["settlement"], "saved", "{newest}");
    drop(claim);
    home.lab.ask("pct_write_file", input).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"new");
    let settled = home.lab.ask("list_backups", versions).await["versions"][1].clone();
    assert_eq!(settled["settlement"], "not_applied", "{settled}");
}
