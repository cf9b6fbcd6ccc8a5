//! Disks that are full, connections that break and guests that are gone, in the middle of a write, an undo, or what a person allowed:
//! nothing is lost, and what is said of it is true.
//!
//! What the predecessor's data-loss paths and ranked defects (its reference, §5.6 and §13.1) are called, and which test shows that ours
//! are not so:
//!
//! | its defect | ours |
//! |---|---|
//! | 5.6 a, b: content that was written before, or edited by hand, is not kept | `files::coming_back::whatever_was_there_comes_back_byte_for_byte` |
//! | 5.6 c, d: binary files and Latin-1 are not kept | the same, `files::coming_back::a_large_binary_comes_back_too` |
//! | 5.6 e: a creation cannot be taken back | the same, `undo_all` |
//! | 5.6 f: what cannot be read counts as new | `files::writing::what_cannot_be_read_first_is_not_written` |
//! | 5.6 g: what is too large is written over without its bytes | `files::coming_back::without_room_for_what_is_there_nothing_is_written` |
//! | 5.6 h: a crash leaves a part of a file | the program's `kills`, `files::left_open::a_connection_that_is_cut_leaves_the_old_file_or_the_new_one` |
//! | 1: a name is read by a shell as root | `hostile`, and `ssh::hostile` of the port |
//! | 2: a revert reaches the host from a lower tier, and any file is taken for a backup | `files::undoing::a_file_of_the_node_takes_root_whichever_way_leads_there`, `files::coming_back::versions_are_listed_and_compared` |
//! | 3: backups that do not back up | 5.6, and here: `a_hub_without_room_writes_nothing` |
//! | 4: the wrong versions are kept | the store's `backups` tests, `files::coming_back::without_room_for_what_is_there_nothing_is_written` |
//! | 7: the log has only what ended well, and a torn line stops the start | `audit_mirror`, the program's `kills` and `killed` |
//! | 8: guards that a quote gets around | the corpus of `labkeeper-guard`, `exec::the_guard_stands_before_every_command` |
//! | 10: a dead connection takes half a minute | the port's `ssh::connection`, `a_connection_that_breaks_in_an_undo_leaves_it_to_be_done` |
//! | 12: secrets get through | the corpus of `labkeeper-redact`, `exec::a_secret_is_not_read_and_comes_back_unharmed` |
//! | 16: a long diff is cut at a line, and takes gigabytes | `core::file::lines`, `files::writing::an_edit_changes_one_place_and_shows_it` |
//! | 17: whole files and endless outputs are carried here | `files::reading::reading_cuts_where_the_file_is_and_says_what_it_knows` |
//! | 18: `//proc` and links get around the rules for paths | `files::writing::protected_files_are_refused_whichever_way_they_are_named` |
//! | 19: files are written in place | the port's `ssh::writing`, the program's `kills` |
//! | 21: only guests with bash and GNU tools | every story here and in `files` on an Alpine, too |

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::time::Duration;

use labkeeper_core::actor::{Actor, Scope};
use labkeeper_core::audit::sha256_hex;
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

/// Leaves no room on the disk of that folder until it is removed.
fn fill(folder: &std::path::Path) -> std::path::PathBuf {
    let filler = folder.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while file.write_all(&[b'x'; 512]).is_ok() {}
    filler
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_in_a_guest_a_file_is_put_back_whole_or_not_at_all() {
    let Some(home) = reached("without_room_in_a_guest_a_file_is_put_back_whole").await else { return };
    let large = noise(30_000);
    for (vmid, tools) in GUESTS {
        let folder = home.ssh.inside(vmid).unwrap().live("/mnt/small").unwrap();
        fs::write(folder.join("kept.conf"), &large).unwrap();
        let path = "/mnt/small/kept.conf";
        let write = json!({"vmid": vmid, "path": path, "content": "small\n"});
        home.lab.ask(&format!("{tools}write_file"), write).await;
        let filler = fill(&folder);
        let before = names(&folder);
        let revert = json!({"vmid": vmid, "path": path});
        let fault = home.lab.refused("revert_file", revert.clone()).await;
        assert!(fault.to_string().contains("the file is as it was before"), "{vmid}: {fault}");
        assert_eq!(fs::read(folder.join("kept.conf")).unwrap(), b"small\n", "{vmid}");
        assert_eq!(names(&folder), before, "{vmid}");
        // What was decided by a person fails aloud, too.
        let command = "eval \"$(cat /srv/none 2>/dev/null)\"; cat /mnt/small/filler > /mnt/small/more";
        if tools == "pct_" {
            let yes = parked(&home, vmid, command).await;
            home.lab.ask("approval_approve", yes.clone()).await;
            let row = said_of(&home, &yes).await;
            let answer = &row["outcome"]["answer"];
            assert_eq!((&row["state"], &answer["exitCode"]), (&json!("done"), &json!(1)), "{row}");
            assert!(answer.to_string().contains("No space left on device"), "{row}");
        }
        fs::remove_file(filler).unwrap();
        home.lab.ask("revert_file", revert).await;
        assert!(fs::read(folder.join("kept.conf")).unwrap() == large, "{vmid}");
    }
}

/// What an assistant wants to run, until a person has to say yes to it: number and digest of the question.
async fn parked(home: &ShellLab, vmid: u32, command: &str) -> Value {
    let claude = Actor { grant: Scope::Root.grant(), ..assistant("s-asks") };
    let input = json!({"vmid": vmid, "command": command});
    let fault = home.lab.call_as(claude, "pct_exec", input).await.unwrap_err();
    let id = fault.details.unwrap()["approval"]["id"].clone();
    let digest = home.lab.ask("approval_status", json!({"id": id})).await["data"][0]["digest"].clone();
    json!({"id": id, "digest": digest})
}

/// What is known of a question now.
async fn said_of(home: &ShellLab, question: &Value) -> Value {
    home.lab.ask("approval_status", json!({"id": question["id"]})).await["data"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_in_what_a_person_allowed_is_no_reason_to_do_it_twice() {
    let Some(home) = reached("a_connection_that_breaks_in_what_a_person_allowed").await else { return };
    home.put(Some(DEBIAN), PATH, b"", 0o644);
    let command = "eval \"$(cat /srv/none 2>/dev/null)\"; echo once >> /srv/app/done; sleep 600";
    let yes = parked(&home, DEBIAN, command).await;
    let mut call = std::pin::pin!(home.lab.call("approval_approve", yes.clone()));
    tokio::select! {
        done = &mut call => panic!("{done:?}"),
        () = until("it is at work", || home.get(Some(DEBIAN), "/srv/app/done").is_some()) => home.ssh.cut().unwrap(),
    }
    let said = call.await;
    let row = said_of(&home, &yes).await;
    assert_eq!(row["state"], "failed", "{said:?}: {row}");
    assert!(row.to_string().contains("whether it was done is not known"), "{row}");
    let again = home.lab.refused("approval_approve", yes).await;
    assert_eq!(again.code, Code::Conflict, "{again}");
    assert_eq!(home.get(Some(DEBIAN), "/srv/app/done").unwrap(), b"once\n");
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

/// Stands before a program of a guest: a write that calls it waits until `/srv/open` is there.
const GATE: &str = "#!/bin/sh
if tr '\\000' '\\n' </proc/$PPID/cmdline | grep -qx labkeeper-write; then
touch /srv/reached; while ! [ -e /srv/open ]; do sleep 0.05; done
fi
PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec ${0##*/} \"$@\"
";

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_goes_on_without_its_connection_is_waited_for_and_told() {
    let Some(home) = reached("a_write_that_goes_on_without_its_connection").await else { return };
    // In a machine nobody ends what the agent began; in a container not what is about to be done.
    for (vmid, tools, step) in [(MACHINE, "qm_", "sha256sum"), (DEBIAN, "pct_", "mv")] {
        home.put(Some(vmid), PATH, b"before\n", 0o644);
        home.put(Some(vmid), &format!("/usr/local/bin/{step}"), GATE.as_bytes(), 0o755);
        let write = json!({"vmid": vmid, "path": PATH, "content": "after\n"});
        let tool = format!("{tools}write_file");
        let mut call = std::pin::pin!(home.lab.call(&tool, write));
        let is_there = |path: &str| home.file(Some(vmid), path).exists();
        tokio::select! {
            done = &mut call => panic!("{vmid}: {done:?}"),
            () = until("the write is at that step", || is_there("/srv/reached")) => home.ssh.cut().unwrap(),
        }
        // On the node or in the guest.
        let is_asked_about = || {
            let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path().join("cmdline"));
            let mut lines = processes.filter_map(|file| fs::read_to_string(file).ok());
            lines.any(|line| line.contains(&format!("\0labkeeper-look\0{PATH}\0")))
        };
        tokio::select! {
            done = &mut call => panic!("{vmid}: it is not known yet: {done:?}"),
            () = until("somebody asks what becomes of it", is_asked_about) => {}
        }
        home.put(Some(vmid), "/srv/open", b"", 0o644);
        let done = call.await.unwrap();
        assert_eq!(done.output["sha256"], sha256_hex(b"after\n"), "{vmid}");
        assert_eq!(home.get(Some(vmid), PATH).unwrap(), b"after\n", "{vmid}");
        assert_eq!(names(home.file(Some(vmid), PATH).parent().unwrap()), ["settings.conf"], "{vmid}");
        assert_eq!(newest(&home, vmid, PATH).await["settlement"], "applied", "{vmid}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_file_that_is_being_written_does_not_disturb_that() {
    let Some(home) = reached("who_looks_at_a_file_that_is_being_written").await else { return };
    home.put(Some(DEBIAN), PATH, b"before\n", 0o644);
    home.put(Some(DEBIAN), "/usr/local/bin/mv", GATE.as_bytes(), 0o755);
    let write = |content: &str| json!({"vmid": DEBIAN, "path": PATH, "content": content});
    let mut call = std::pin::pin!(home.lab.call("pct_write_file", write("after\n")));
    tokio::select! {
        done = &mut call => panic!("{done:?}"),
        () = until("it is about to be done", || home.get(Some(DEBIAN), "/srv/reached").is_some()) => {}
    }
    let mut dry = write("other\n");
    dry["dry_run"] = true.into();
    let plan = home.lab.ask("pct_write_file", dry).await["plan"].clone();
    assert_eq!(plan["details"]["sha256Before"], sha256_hex(b"before\n"));
    assert_eq!(newest(&home, DEBIAN, PATH).await["settlement"], "saved", "nobody knows yet");
    home.put(Some(DEBIAN), "/srv/open", b"", 0o644);
    call.await.unwrap();
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"after\n");
    assert_eq!(newest(&home, DEBIAN, PATH).await["settlement"], "applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_is_gone_between_plan_and_deed_is_told() {
    let Some(home) = reached("a_guest_that_is_gone_between_plan_and_deed_is_told").await else { return };
    home.put(Some(DEBIAN), PATH, b"before\n", 0o644);
    let write = json!({"vmid": DEBIAN, "path": PATH, "content": "after\n"});
    let written = home.lab.ask("pct_write_file", write.clone()).await;
    let command = "eval \"$(cat /srv/none)\"; echo done > /srv/app/done";
    let waiting = [parked(&home, DEBIAN, command).await, parked(&home, DEBIAN, command).await];
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
    home.lab.ask("approval_approve", waiting[0].clone()).await;
    assert_eq!(said_of(&home, &waiting[0]).await["state"], "failed");
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
    let said = home.lab.call("approval_approve", waiting[1].clone()).await;
    let row = said_of(&home, &waiting[1]).await;
    assert_eq!(row["state"], "failed", "{said:?}: {row}");
    let versions = home.lab.ask("list_backups", json!({"path": PATH, "vmid": DEBIAN})).await;
    assert_eq!(
        (&versions["currentVerified"], &versions["versions"][0]["revertible"]),
        (&json!(false), &json!(true))
    );
}
