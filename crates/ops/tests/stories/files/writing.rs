//! What a write refuses, and an edit that shows what it changes.

use std::fs;
use std::os::unix::fs::symlink;

use labkeeper_core::fault::Code;
use serde_json::json;

use super::surface::{PATH, SURFACES};
use crate::shell_lab::{DEBIAN, reached};

#[tokio::test]
async fn what_cannot_be_read_first_is_not_written() {
    let Some(home) = reached("what_cannot_be_read_first_is_not_written").await else { return };
    let write = |path: &str| json!({"vmid": DEBIAN, "path": path, "content": "x"});
    fs::create_dir_all(home.file(Some(DEBIAN), "/srv/directory")).unwrap();
    let fault = home.lab.refused("pct_write_file", write("/srv/directory")).await;
    assert_eq!(fault.code, Code::Invalid, "{fault}");
    let fault = home.lab.refused("pct_write_file", write("/srv/nowhere/x")).await;
    assert!(fault.message.contains("there is no directory /srv/nowhere"), "{fault}");
    symlink("/srv/loop", home.file(Some(DEBIAN), "/srv/loop")).unwrap();
    home.lab.refused("pct_write_file", write("/srv/loop")).await;
    // A guest that is off is no guest without files.
    let fault =
        home.lab.refused("pct_write_file", json!({"vmid": 115, "path": "/etc/hosts", "content": "x"})).await;
    assert_ne!(fault.code, Code::Internal, "{fault}");
    let mut view = home.lab.keeper.store().read().await.unwrap();
    assert!(view.open_versions().await.unwrap().is_empty());
    for path in ["/srv/directory", "/srv/loop", "/etc/hosts"] {
        assert!(view.versions(&path.parse().unwrap()).await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_edit_changes_one_place_and_shows_it() {
    let Some(home) = reached("an_edit_changes_one_place_and_shows_it").await else { return };
    let text: String = (1..=500).map(|n| format!("line {n}\n")).collect();
    for surface in SURFACES {
        home.put(surface.vmid, PATH, text.as_bytes(), 0o644);
        let edit = surface.input(
            json!({"path": PATH, "oldString": "line 400\n", "newString": "changed\n", "confirm": true}),
        );
        let tool = format!("{}edit_file", surface.tools);
        let mut dry = edit.clone();
        dry["dry_run"] = true.into();
        let plan = home.lab.ask(&tool, dry).await["plan"].clone();
        let diff = "@@ -397,7 +397,7 @@\n line 397\n line 398\n line 399\n-line 400\n+changed\n line 401\n line 402\n line 403\n";
        assert_eq!(plan["details"]["diff"], diff);
        assert_eq!(plan["verdict"], if surface.vmid.is_none() { "confirm" } else { "allow" });
        assert_eq!(home.get(surface.vmid, PATH).unwrap(), text.as_bytes(), "a dry run changes nothing");
        let done = home.lab.ask(&tool, edit.clone()).await;
        assert_eq!((&done["diff"], &done["newFile"]), (&json!(diff), &json!(false)));
        let edited = text.replace("line 400\n", "changed\n");
        assert_eq!(home.get(surface.vmid, PATH).unwrap(), edited.as_bytes());
        let fault = home.lab.refused(&tool, edit).await;
        assert!(fault.message.contains("not in the file"), "{fault}");
        surface.revert(&home, json!({"backupPath": done["backupPath"]})).await;
        assert_eq!(home.get(surface.vmid, PATH).unwrap(), text.as_bytes());
    }
}

#[tokio::test]
async fn protected_files_are_refused_whichever_way_they_are_named() {
    let Some(home) = reached("protected_files_are_refused_whichever_way_they_are_named").await else {
        return;
    };
    let inside = |path: &str| home.file(Some(DEBIAN), path);
    symlink("/etc/shadow", inside("/srv/innocent")).unwrap();
    symlink("/etc/sudoers.d", inside("/srv/drop")).unwrap();
    fs::create_dir_all(inside("/etc/sudoers.d")).unwrap();
    let shadow = home.get(Some(DEBIAN), "/etc/shadow");
    let guest = [
        "/etc/shadow",
        "/srv/innocent",
        "/srv/drop/all",
        "//etc/./shadow",
        "/root/.ssh/authorized_keys",
        "/proc/sys/vm/swappiness",
        "/dev/sda",
    ];
    for path in guest {
        let fault = home
            .lab
            .refused("pct_write_file", json!({"vmid": DEBIAN, "path": path, "content": "x", "confirm": true}))
            .await;
        assert_eq!(fault.code, Code::Denied, "{path}: {fault}");
    }
    for path in ["/etc/pve/storage.cfg", "/etc/pve/lxc/103.conf", "/etc/passwd", "/etc/hostname"] {
        let fault =
            home.lab.refused("write_file", json!({"path": path, "content": "x", "confirm": true})).await;
        assert_eq!(fault.code, Code::Denied, "{path}: {fault}");
    }
    assert_eq!(home.get(Some(DEBIAN), "/etc/shadow"), shadow);
    assert!(home.ssh.touched().is_empty());
    let fault = home
        .lab
        .refused("pct_write_file", json!({"vmid": DEBIAN, "path": "/etc/../etc/x", "content": ""}))
        .await;
    assert_eq!(fault.code, Code::Invalid, "{fault}");
}
