//! Disks that are full, connections that break and guests that are gone, in the middle of a write, an undo, or what a person allowed:
//! nothing is lost, and what is said of it is true.
//!
//! What the predecessor's data-loss paths and ranked defects (its reference, §5.6 and §13.1) are called, and which test shows that ours
//! are not so:
//!
//! | its defect | ours |
//! |---|---|
//! | 5.6 a, b: content that was written before, or edited by hand, is not kept | `files::whatever_was_there_comes_back_byte_for_byte` |
//! | 5.6 c, d: binary files and Latin-1 are not kept | the same, `files::a_large_binary_comes_back_too` |
//! | 5.6 e: a creation cannot be taken back | the same, `undo_all` |
//! | 5.6 f: what cannot be read counts as new | `files::what_cannot_be_read_first_is_not_written` |
//! | 5.6 g: what is too large is written over without its bytes | `files::without_room_for_what_is_there_nothing_is_written` |
//! | 5.6 h: a crash leaves a part of a file | the program's `kills`, `files::a_connection_that_is_cut_leaves_the_old_file_or_the_new_one` |
//! | 1: a name is read by a shell as root | `hostile`, and `ssh::hostile` of the port |
//! | 2: a revert reaches the host from a lower tier, and any file is taken for a backup | `files::a_file_of_the_node_takes_root_whichever_way_leads_there`, `files::versions_are_listed_and_compared` |
//! | 3: backups that do not back up | 5.6, and here: `a_hub_without_room_writes_nothing` |
//! | 4: the wrong versions are kept | the store's `backups` tests, `files::without_room_for_what_is_there_nothing_is_written` |
//! | 7: the log has only what ended well, and a torn line stops the start | `audit_mirror`, the program's `kills` and `killed` |
//! | 8: guards that a quote gets around | the corpus of `labkeeper-guard`, `exec::the_guard_stands_before_every_command` |
//! | 10: a dead connection takes half a minute | the port's `ssh::connection`, `a_connection_that_breaks_in_an_undo_leaves_it_to_be_done` |
//! | 12: secrets get through | the corpus of `labkeeper-redact`, `exec::a_secret_is_not_read_and_comes_back_unharmed` |
//! | 16: a long diff is cut at a line, and takes gigabytes | `core::file::lines`, `files::an_edit_changes_one_place_and_shows_it` |
//! | 17: whole files and endless outputs are carried here | `files::reading_cuts_where_the_file_is_and_says_what_it_knows` |
//! | 18: `//proc` and links get around the rules for paths | `files::protected_files_are_refused_whichever_way_they_are_named` |
//! | 19: files are written in place | the port's `ssh::writing`, the program's `kills` |
//! | 21: only guests with bash and GNU tools | every story here and in `files` on an Alpine, too |

use std::fs;
use std::os::unix::fs::symlink;

use labkeeper_core::actor::{Actor, Scope};
use labkeeper_core::fault::Code;
use labkeeper_sim::world::Status;
use serde_json::{Value, json};

use crate::lab::assistant;
use crate::shell_lab::{ALPINE, DEBIAN, MACHINE, ShellLab, reached};

const GUESTS: [(u32, &str); 3] = [(DEBIAN, "pct_"), (ALPINE, "pct_"), (MACHINE, "qm_")];
const PATH: &str = "/srv/app/settings.conf";

/// Bytes that no packing makes smaller.
fn noise(size: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..size).map(|_| next()).collect()
}

fn names(folder: &std::path::Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

async fn newest(home: &ShellLab, vmid: u32, path: &str) -> Value {
    home.lab.ask("list_backups", json!({"path": path, "vmid": vmid})).await["versions"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_in_a_guest_leaves_the_old_file_and_nothing_else() {
    let Some(home) = reached("a_full_disk_in_a_guest_leaves_the_old_file_and_nothing_else").await else {
        return;
    };
    for (vmid, tools) in GUESTS {
        let folder = home.ssh.inside(vmid).unwrap().live("/mnt/small").unwrap();
        fs::write(folder.join("kept.conf"), "kept\n").unwrap();
        let before = names(&folder);
        let tool = format!("{tools}write_file");
        let write =
            |content: String| json!({"vmid": vmid, "path": "/mnt/small/kept.conf", "content": content});
        // The second is more than one piece for an agent.
        for size in [200_000, 1_500_000] {
            let fault = home.lab.refused(&tool, write("x".repeat(size))).await;
            assert!(fault.to_string().contains("the file is as it was before"), "{vmid}: {fault}");
            assert_eq!(fs::read(folder.join("kept.conf")).unwrap(), b"kept\n");
            assert_eq!(names(&folder), before, "{vmid}");
            assert_eq!(newest(&home, vmid, "/mnt/small/kept.conf").await["settlement"], "not_applied");
        }
        home.lab.ask(&tool, write("new\n".into())).await;
        assert_eq!(fs::read(folder.join("kept.conf")).unwrap(), b"new\n");
        home.lab.ask("revert_file", json!({"vmid": vmid, "path": "/mnt/small/kept.conf"})).await;
        assert_eq!(fs::read(folder.join("kept.conf")).unwrap(), b"kept\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_without_room_writes_nothing() {
    let Some(home) = reached("a_hub_without_room_writes_nothing").await else { return };
    // What is kept goes to a disk of 64 KiB.
    let small = home.ssh.inside(ALPINE).unwrap().live("/mnt/small").unwrap();
    symlink(&small, home.lab.dir.path().join("blobs")).unwrap();
    let large = noise(100_000);
    home.put(Some(DEBIAN), PATH, &large, 0o640);
    let write = json!({"vmid": DEBIAN, "path": PATH, "content": "small\n"});
    let fault = home.lab.refused("pct_write_file", write.clone()).await;
    assert!(fault.message.starts_with("the file was not written"), "{fault}");
    assert!(home.get(Some(DEBIAN), PATH).unwrap() == large);
    let mut view = home.lab.keeper.store().read().await.unwrap();
    assert!(view.open_versions().await.unwrap().is_empty());
    assert!(view.versions(&PATH.parse().unwrap()).await.unwrap().is_empty());
    drop(view);
    // With room again it goes on, and what is kept is good.
    home.put(Some(DEBIAN), PATH, b"before\n", 0o640);
    home.lab.ask("pct_write_file", write).await;
    home.lab.ask("revert_file", json!({"vmid": DEBIAN, "path": PATH})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"before\n");
    // What is kept and cannot be read any more is not put back, and not said to be there.
    for name in names(&small) {
        fs::remove_dir_all(small.join(name)).unwrap();
    }
    let fault = home.lab.refused("revert_file", json!({"vmid": DEBIAN, "path": PATH})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"before\n", "{fault}");
    assert_eq!(newest(&home, DEBIAN, PATH).await["revertible"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_in_an_undo_leaves_it_to_be_done() {
    let Some(home) = reached("a_connection_that_breaks_in_an_undo_leaves_it_to_be_done").await else {
        return;
    };
    let paths = ["/srv/app/a", "/srv/app/b", "/srv/app/c"];
    let actor = || Actor { grant: Scope::Root.grant(), ..assistant("s-cut") };
    let (before, after) = ("before\n".repeat(100_000), "after\n".repeat(100_000));
    for path in paths {
        home.put(Some(DEBIAN), path, before.as_bytes(), 0o644);
        let input = json!({"vmid": DEBIAN, "path": path, "content": after});
        home.lab.call_as(actor(), "pct_write_file", input).await.unwrap();
    }
    let kept = async || {
        let mut view = home.lab.keeper.store().read().await.unwrap();
        let mut all = 0;
        for path in paths {
            all += view.versions(&path.parse().unwrap()).await.unwrap().len();
        }
        all
    };
    let input = json!({"session": "s-cut", "confirm": true});
    // Once for each file: from its bytes being kept on, it is being written.
    for number in 0..paths.len() {
        let earlier = kept().await;
        let begun = async {
            while kept().await <= earlier + number {
                tokio::task::yield_now().await;
            }
        };
        let mut call = std::pin::pin!(home.lab.call("session_undo", input.clone()));
        let done = tokio::select! {
            done = &mut call => done,
            () = begun => {
                home.ssh.cut().unwrap();
                call.await
            }
        };
        let found: Vec<Vec<u8>> = paths.iter().map(|path| home.get(Some(DEBIAN), path).unwrap()).collect();
        assert!(found.iter().all(|one| one == before.as_bytes() || one == after.as_bytes()));
        if done.is_ok() {
            break;
        }
    }
    // Whoever asks again gets the rest. It may be that all was put back before the answer was lost.
    let again = home.lab.call("session_undo", input).await;
    for path in paths {
        assert!(home.get(Some(DEBIAN), path).unwrap() == before.as_bytes(), "{path}: {again:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_is_gone_between_plan_and_deed_is_told() {
    let Some(home) = reached("a_guest_that_is_gone_between_plan_and_deed_is_told").await else { return };
    let claude = || Actor { grant: Scope::Root.grant(), ..assistant("s-gone") };
    home.put(Some(DEBIAN), PATH, b"before\n", 0o644);
    let write = json!({"vmid": DEBIAN, "path": PATH, "content": "after\n"});
    let written = home.lab.ask("pct_write_file", write.clone()).await;
    let command = json!({"vmid": DEBIAN, "command": "eval \"$(cat /srv/none)\"; echo done > /srv/app/done"});
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let fault = home.lab.call_as(claude(), "pct_exec", command.clone()).await.unwrap_err();
        waiting.push(fault.details.unwrap()["approval"]["id"].clone());
    }
    let digest =
        home.lab.ask("approval_status", json!({"id": waiting[0]})).await["data"][0]["digest"].clone();
    let mut dry = write.clone();
    dry["dry_run"] = true.into();
    home.lab.ask("pct_write_file", dry).await;

    // It is switched off.
    let set = |status: Status| {
        let mut cluster = home.cluster.cluster();
        let guest = cluster.world.guests.get_mut(&DEBIAN).unwrap();
        std::mem::replace(&mut guest.status, status)
    };
    let running = set(Status::Stopped);
    for (name, input) in [
        ("pct_write_file", write.clone()),
        ("revert_file", json!({"backupPath": written["backupPath"]})),
        ("diff_config", json!({"backupPath": written["backupPath"]})),
    ] {
        let fault = home.lab.refused(name, input).await;
        assert_eq!(fault.code, Code::Conflict, "{name}: {fault}");
        assert!(fault.to_string().contains("not running"), "{name}: {fault}");
    }
    let yes = json!({"id": waiting[0], "digest": digest});
    let state = match home.lab.call("approval_approve", yes).await {
        Ok(answer) => answer.output["data"]["state"].clone(),
        Err(fault) => panic!("{fault}"),
    };
    assert_eq!(state, "failed");
    assert_eq!(home.get(Some(DEBIAN), "/srv/app/done"), None);
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"after\n");

    // It is there again, and so is what was kept.
    set(running);
    home.lab.ask("revert_file", json!({"backupPath": written["backupPath"]})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"before\n");

    // It is destroyed.
    home.cluster.cluster().world.guests.remove(&DEBIAN);
    for (name, input) in
        [("pct_write_file", write), ("revert_file", json!({"backupPath": written["backupPath"]}))]
    {
        assert_eq!(home.lab.refused(name, input).await.code, Code::NotFound, "{name}");
    }
    let versions = home.lab.ask("list_backups", json!({"path": PATH, "vmid": DEBIAN})).await;
    assert_eq!(
        (&versions["currentVerified"], &versions["versions"][0]["revertible"]),
        (&json!(false), &json!(true))
    );
}
