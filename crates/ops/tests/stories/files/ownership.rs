//! Whose a file is that was removed and comes back.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

use labkeeper_core::file::Quota;
use labkeeper_store::NewVersion;
use labkeeper_store::testing::version;
use serde_json::{Value, json};

use super::surface::{PATH, SURFACES};
use crate::shell_lab::{DEBIAN, ShellLab, reached};

const NEW: &str = "/srv/app/run.sh";

/// Mode, owner and group as this machine sees them: the same before and after, whichever users the guest has.
fn owned(home: &ShellLab, vmid: Option<u32>, path: &str) -> (u32, u32, u32) {
    let facts = fs::metadata(home.file(vmid, path)).unwrap();
    (facts.permissions().mode() & 0o7777, facts.uid(), facts.gid())
}

/// Somebody there gives the file to others.
fn give(home: &ShellLab, vmid: Option<u32>, path: &str, mode: u32, uid: u32) -> (u32, u32, u32) {
    let file = home.file(vmid, path);
    chown(&file, Some(uid), Some(uid + 1)).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
    owned(home, vmid, path)
}

#[tokio::test]
async fn a_file_that_was_removed_comes_back_with_its_owner_and_mode() {
    let Some(home) = reached("a_file_that_was_removed_comes_back_with_its_owner_and_mode").await else {
        return;
    };
    for surface in SURFACES {
        let vmid = surface.vmid;
        home.put(vmid, PATH, b"beside\n", 0o644);
        let created = surface.write(&home, NEW, b"#!/bin/sh\n").await;
        let ours = give(&home, vmid, NEW, 0o750, 33);
        assert_ne!(ours, (0o644, 0, 0));

        // By putting the file back, twice.
        let removed = surface.revert(&home, json!({"backupPath": created["backupPath"]})).await;
        assert_eq!(removed["removed"], true, "{surface:?}");
        let back = json!({"backupPath": removed["backupPath"]});
        let dry = home.lab.ask("diff_config", back.clone()).await;
        assert!(dry["note"].as_str().unwrap().contains("mode 0750, owner 33, group 34"), "{dry}");
        let restored = surface.revert(&home, back).await;
        assert_eq!(owned(&home, vmid, NEW), ours, "{surface:?}");
        assert_eq!(home.get(vmid, NEW).unwrap(), b"#!/bin/sh\n");
        assert_eq!(restored["note"], "it comes back as it was: mode 0750, owner 33, group 34", "{restored}");

        // By undoing the change that removed it.
        let ours = give(&home, vmid, NEW, 0o4711, 44);
        let undo = |id: Value| json!({"id": id, "confirm": true});
        let listed = home.lab.ask("changes_list", json!({"limit": 1})).await;
        let removal = home.lab.call("change_undo", undo(listed["data"][0]["id"].clone())).await.unwrap();
        assert_eq!(home.get(vmid, NEW), None, "{surface:?}");
        let undone = home.lab.ask("change_undo", undo(json!(removal.change_id))).await;
        assert_eq!(owned(&home, vmid, NEW), ours, "{surface:?}");
        assert!(undone["notes"][0].as_str().unwrap().contains("mode 4711, owner 44"), "{undone}");
    }
}

#[tokio::test]
async fn a_file_that_somebody_removed_by_hand_comes_back_with_its_owner_and_mode() {
    let Some(home) = reached("a_file_that_somebody_removed_by_hand_comes_back").await else { return };
    for surface in SURFACES {
        let vmid = surface.vmid;
        home.put(vmid, PATH, b"one\n", 0o600);
        let ours = give(&home, vmid, PATH, 0o640, 33);
        let written = surface.write(&home, PATH, b"two\n").await;
        fs::remove_file(home.file(vmid, PATH)).unwrap();
        let back = json!({"backupPath": written["backupPath"], "overwrite": true});
        surface.revert(&home, back).await;
        assert_eq!((home.get(vmid, PATH).unwrap(), owned(&home, vmid, PATH)), (b"one\n".to_vec(), ours));
    }
}

#[tokio::test]
async fn of_an_old_version_nobody_knows_whose_it_was_and_that_is_said() {
    let Some(home) = reached("of_an_old_version_nobody_knows_whose_it_was").await else { return };
    home.put(Some(DEBIAN), "/srv/app/beside", b"", 0o644);
    // As it was kept before owners were noted: the removal came about.
    let new = NewVersion {
        op: "revert_file".into(),
        place: format!("pct:home/{DEBIAN}").parse().unwrap(),
        ownership: None,
        ..version(PATH, Some(b"one\n"), None)
    };
    let id = home.lab.keeper.store().keep_version(new, Quota::default()).await.unwrap();
    let restored = home.lab.ask("revert_file", json!({"backupPath": id})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"one\n");
    assert_eq!(owned(&home, Some(DEBIAN), PATH).0, 0o644);
    let note = restored["note"].as_str().unwrap();
    assert!(note.contains("not noted") && note.contains("root, mode 0644"), "{note}");
}
