//! Files of the lab, written and put back through a real SSH server: nothing that was there is ever lost.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::actor::{Actor, Scope, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::file::{FileRules, Quota};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Claimant, Claimed, NewVersion, Store};
use serde_json::{Value, json};

use crate::lab::assistant;
use crate::shell_lab::{ALPINE, DEBIAN, MACHINE, ShellLab, reached, reached_with};

/// A place whose files are written, and the tools for it.
#[derive(Debug, Clone, Copy)]
struct Surface {
    vmid: Option<u32>,
    tools: &'static str,
}

const SURFACES: [Surface; 4] = [
    Surface { vmid: None, tools: "" },
    Surface { vmid: Some(DEBIAN), tools: "pct_" },
    Surface { vmid: Some(ALPINE), tools: "pct_" },
    Surface { vmid: Some(MACHINE), tools: "qm_" },
];

impl Surface {
    fn input(self, more: Value) -> Value {
        let mut input = more;
        if let Some(vmid) = self.vmid {
            input["vmid"] = vmid.into();
        }
        input
    }

    async fn write(self, home: &ShellLab, path: &str, bytes: &[u8]) -> Value {
        let content = STANDARD.encode(bytes);
        let input = json!({"path": path, "content": content, "encoding": "base64", "confirm": true});
        home.lab.ask(&format!("{}write_file", self.tools), self.input(input)).await
    }

    async fn revert(self, home: &ShellLab, more: Value) -> Value {
        let mut input = self.input(more);
        input["confirm"] = true.into();
        input["overrideCircuitBreaker"] = true.into();
        home.lab.ask("revert_file", input).await
    }
}

const PATH: &str = "/srv/app/settings.conf";

#[tokio::test]
async fn whatever_was_there_comes_back_byte_for_byte() {
    let Some(home) = reached("whatever_was_there_comes_back_byte_for_byte").await else { return };
    for surface in SURFACES {
        // Writing something a second time, after something else: the something else is kept.
        home.put(surface.vmid, PATH, b"A\n", 0o640);
        surface.write(&home, PATH, b"B\n").await;
        surface.write(&home, PATH, b"C\n").await;
        surface.write(&home, PATH, b"B\n").await;
        surface.revert(&home, json!({"path": PATH})).await;
        assert_eq!(home.get(surface.vmid, PATH).unwrap(), b"C\n", "{surface:?}");
        let mode = fs::metadata(home.file(surface.vmid, PATH)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{surface:?}");

        // What somebody edited by hand is kept, also when what was there before is written again.
        home.put(surface.vmid, PATH, b"by hand\n", 0o640);
        let written = surface.write(&home, PATH, b"C\n").await;
        surface.revert(&home, json!({"backupPath": written["backupPath"]})).await;
        assert_eq!(home.get(surface.vmid, PATH).unwrap(), b"by hand\n", "{surface:?}");

        // Binary, and Latin-1.
        let all: Vec<u8> = (0..=255).collect();
        for before in [&all[..], b"caf\xe9 = cr\xe8me\r\n", b""] {
            home.put(surface.vmid, PATH, before, 0o600);
            surface.write(&home, PATH, b"\xff\0text").await;
            assert_eq!(home.get(surface.vmid, PATH).unwrap(), b"\xff\0text", "{surface:?}");
            surface.revert(&home, json!({"path": PATH})).await;
            assert_eq!(home.get(surface.vmid, PATH).unwrap(), before, "{surface:?}");
        }

        // What was created is removed, and what was removed comes back.
        let new = "/srv/app/new.conf";
        let created = surface.write(&home, new, b"new\n").await;
        assert_eq!((&created["newFile"], &created["revertible"]), (&json!(true), &json!(true)));
        let removed = surface.revert(&home, json!({"path": new})).await;
        assert_eq!((home.get(surface.vmid, new), &removed["removed"]), (None, &json!(true)), "{surface:?}");
        surface.revert(&home, json!({"path": new})).await;
        assert_eq!(home.get(surface.vmid, new).unwrap(), b"new\n", "{surface:?}");
    }
}

#[tokio::test]
async fn a_large_binary_comes_back_too() {
    let Some(home) = reached("a_large_binary_comes_back_too").await else { return };
    let before: Vec<u8> = (0..3_000_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .take(3_000_000)
        .collect();
    for surface in SURFACES {
        home.put(surface.vmid, PATH, &before, 0o644);
        surface.write(&home, PATH, b"small").await;
        surface.revert(&home, json!({"path": PATH})).await;
        assert!(home.get(surface.vmid, PATH).unwrap() == before, "{surface:?}");
    }
}

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

#[tokio::test]
async fn a_change_of_a_file_is_undone_like_any_other_change() {
    let Some(home) = reached("a_change_of_a_file_is_undone_like_any_other_change").await else { return };
    home.put(Some(DEBIAN), PATH, b"one\n", 0o644);
    let write = |content: &str| json!({"vmid": DEBIAN, "path": PATH, "content": content});
    let first = home.lab.call("pct_write_file", write("two\n")).await.unwrap();
    let change = first.change_id.unwrap();
    let listed = home.lab.ask("changes_list", json!({})).await;
    assert_eq!(listed["data"][0]["files"][0]["path"], PATH);
    assert_eq!(listed["data"][0]["files"][0]["place"], "pct:home/103");

    let undo = home.lab.call("change_undo", json!({"id": change})).await.unwrap();
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"one\n");
    assert_eq!(home.lab.refused("change_undo", json!({"id": change})).await.code, Code::Conflict);
    home.lab.ask("change_undo", json!({"id": undo.change_id})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"two\n");

    // Somebody else changed it since: refused with three contents compared, unless told to go on.
    home.put(Some(DEBIAN), PATH, b"two\nby hand\n", 0o644);
    let again = home.lab.call("pct_write_file", write("three\n")).await.unwrap();
    home.put(Some(DEBIAN), PATH, b"three\nby hand\n", 0o644);
    let fault = home.lab.refused("change_undo", json!({"id": again.change_id})).await;
    let details = fault.details.unwrap();
    assert_eq!(fault.code, Code::Conflict);
    assert_eq!(details["conflict"]["theirs"]["diff"], "@@ -1 +1,2 @@\n three\n+by hand\n");
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"three\nby hand\n");
    let forced =
        home.lab.call("change_undo", json!({"id": again.change_id, "overwrite": true})).await.unwrap();
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"two\nby hand\n");
    home.lab.ask("change_undo", json!({"id": forced.change_id})).await;
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"three\nby hand\n");
}

#[tokio::test]
async fn a_session_is_undone_in_the_inventory_and_in_files() {
    let Some(home) = reached("a_session_is_undone_in_the_inventory_and_in_files").await else { return };
    home.put(Some(DEBIAN), PATH, b"one\n", 0o644);
    let actor = || Actor { grant: Scope::Companion.grant(), ..assistant("s-7") };
    let call = |name: &'static str, input: Value| home.lab.call_as(actor(), name, input);
    let write = |path: &str, content: &str| json!({"vmid": DEBIAN, "path": path, "content": content});
    call("pct_write_file", write(PATH, "two\n")).await.unwrap();
    call("inventory_create", json!({"type": "hardware", "data": {"name": "rack"}})).await.unwrap();
    call("pct_write_file", write(PATH, "three\n")).await.unwrap();
    call("pct_write_file", write("/srv/app/new", "new\n")).await.unwrap();

    // One of the files was changed by hand: then nothing at all is taken back.
    home.put(Some(DEBIAN), "/srv/app/new", b"by hand\n", 0o644);
    let undo = json!({"session": "s-7", "confirm": true});
    assert_eq!(home.lab.refused("session_undo", undo.clone()).await.code, Code::Conflict);
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"three\n");
    home.put(Some(DEBIAN), "/srv/app/new", b"new\n", 0o644);

    let undone = home.lab.ask("session_undo", undo).await;
    assert_eq!(undone["undone"].as_array().unwrap().len(), 4);
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), b"one\n");
    assert_eq!(home.get(Some(DEBIAN), "/srv/app/new"), None);
    assert_eq!(home.lab.ask("inventory_list", json!({"type": "hardware"})).await["count"], 0);
}

#[tokio::test]
async fn a_file_of_the_node_takes_root_whichever_way_leads_there() {
    let Some(home) = reached("a_file_of_the_node_takes_root_whichever_way_leads_there").await else { return };
    home.put(None, "/etc/motd", b"hello\n", 0o644);
    let written = home
        .lab
        .call("write_file", json!({"path": "/etc/motd", "content": "bye\n", "confirm": true}))
        .await
        .unwrap();
    let companion = || Actor { grant: Scope::Companion.grant(), ..Actor::local(Via::Mcp) };
    let backup = &written.output["backupPath"];
    let ways = [
        ("revert_file", json!({"backupPath": backup, "confirm": true})),
        ("revert_file", json!({"path": "/etc/motd", "confirm": true})),
        ("diff_config", json!({"backupPath": backup})),
        ("change_undo", json!({"id": written.change_id, "confirm": true})),
        ("search_file_regex", json!({"path": "/etc/motd", "pattern": "b"})),
        ("tail_log", json!({"path": "/etc/motd"})),
    ];
    for (name, input) in ways {
        let fault = home.lab.call_as(companion(), name, input).await.unwrap_err();
        assert_eq!(fault.code, Code::Forbidden, "{name}: {fault}");
    }
    assert_eq!(home.get(None, "/etc/motd").unwrap(), b"bye\n");
    let reader = Actor { grant: Scope::Observe.grant(), ..Actor::local(Via::Mcp) };
    let versions =
        home.lab.call_as(reader, "list_backups", json!({"path": "/etc/motd"})).await.unwrap().output;
    assert_eq!((&versions["currentVerified"], &versions["total"]), (&json!(false), &json!(1)));
}

#[tokio::test]
async fn versions_are_listed_and_compared() {
    let Some(home) = reached("versions_are_listed_and_compared").await else { return };
    let ask = |name: &'static str, input: Value| home.lab.ask(name, input);
    home.put(Some(ALPINE), PATH, b"one\n", 0o644);
    for content in ["two\n", "three\n"] {
        ask("pct_write_file", json!({"vmid": ALPINE, "path": PATH, "content": content})).await;
    }
    let listed = ask("list_backups", json!({"path": PATH, "vmid": ALPINE})).await;
    assert_eq!(listed["currentVerified"], true);
    let kept = listed["versions"].as_array().unwrap();
    let shown: Vec<(&Value, &Value, &Value)> =
        kept.iter().map(|one| (&one["sizeBytes"], &one["revertible"], &one["current"])).collect();
    assert_eq!(shown, [(&json!(4), &json!(true), &json!(false)); 2]);
    let diff = ask("diff_config", json!({"backupPath": kept[1]["backupPath"]})).await;
    assert_eq!(diff["diff"], "@@ -1 +1 @@\n-three\n+one\n");
    assert_eq!(diff["vmid"], ALPINE);
    // The newest kept one of a path.
    assert_eq!(
        ask("diff_config", json!({"path": PATH, "vmid": ALPINE})).await["diff"],
        "@@ -1 +1 @@\n-three\n+two\n"
    );
    let fault = home.lab.refused("revert_file", json!({"path": PATH})).await;
    assert_eq!(fault.code, Code::NotFound, "without vmid it is a file of a node: {fault}");
    for wrong in ["/var/backups/x", "b999999"] {
        home.lab.refused("revert_file", json!({"backupPath": wrong})).await;
    }
}

#[tokio::test]
async fn the_breaker_stops_putting_back_the_same_file_again_and_again() {
    let Some(home) = reached("the_breaker_stops_putting_back_the_same_file_again_and_again").await else {
        return;
    };
    home.put(Some(DEBIAN), PATH, b"one\n", 0o644);
    home.lab.ask("pct_write_file", json!({"vmid": DEBIAN, "path": PATH, "content": "two\n"})).await;
    let revert = json!({"path": PATH, "vmid": DEBIAN});
    home.lab.ask("revert_file", revert.clone()).await;
    home.lab.ask("revert_file", revert.clone()).await;
    let fault = home.lab.refused("revert_file", revert.clone()).await;
    assert_eq!(fault.code, Code::Denied, "{fault}");
    home.lab.clock.advance(std::time::Duration::from_secs(601));
    home.lab.ask("revert_file", revert).await;
}

#[tokio::test]
async fn reading_cuts_where_the_file_is_and_says_what_it_knows() {
    let Some(home) = reached("reading_cuts_where_the_file_is_and_says_what_it_knows").await else { return };
    for surface in SURFACES {
        let tool = format!("{}read_file", surface.tools);
        let large = "0123456789abcde\n".repeat(200_000);
        home.put(surface.vmid, "/srv/large.log", large.as_bytes(), 0o600);
        let fault = home.lab.refused(&tool, surface.input(json!({"path": "/srv/large.log"}))).await;
        assert_eq!(fault.code, Code::TooLarge, "{surface:?} {fault}");
        let part = home
            .lab
            .ask(&tool, surface.input(json!({"path": "/srv/large.log", "offset": 16, "maxBytes": 16})))
            .await;
        assert_eq!(part["content"], "0123456789abcde\n", "{surface:?}");
        assert_eq!(
            (&part["size"], &part["nextOffset"], &part["mode"]),
            (&json!(3_200_000), &json!(32), &json!("0600"))
        );
        home.put(surface.vmid, "/srv/latin", b"caf\xe9", 0o644);
        let fault = home.lab.refused(&tool, surface.input(json!({"path": "/srv/latin"}))).await;
        assert_eq!(fault.field.as_deref(), Some("encoding"), "{fault}");
        let read =
            home.lab.ask(&tool, surface.input(json!({"path": "/srv/latin", "encoding": "base64"}))).await;
        assert_eq!(read["content"], STANDARD.encode(b"caf\xe9"));
        let fault = home.lab.refused(&tool, surface.input(json!({"path": "/srv/nothing"}))).await;
        assert_eq!(fault.code, Code::NotFound);
        assert_eq!(
            home.lab.refused(&tool, surface.input(json!({"path": "/proc/self/environ"}))).await.code,
            Code::Denied
        );
    }
    let listed = home.lab.ask("list_directory", json!({"path": "/srv"})).await;
    let names: Vec<&str> =
        listed["entries"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"large.log") && names.contains(&"latin"), "{names:?}");
    assert_eq!(listed["entries"][0]["permissions"].as_str().unwrap().len(), 10);
}

#[tokio::test]
async fn logs_are_tailed_and_searched() {
    let Some(home) = reached("logs_are_tailed_and_searched").await else { return };
    let log: String = (1..=1000).map(|n| format!("{n}: request\n")).collect();
    for vmid in [DEBIAN, ALPINE] {
        home.put(Some(vmid), "/var/log/app.log", log.as_bytes(), 0o644);
        let tail = home
            .lab
            .ask(
                "tail_log",
                json!({"target": {"kind": "pct", "vmid": vmid}, "path": "/var/log/app.log", "lines": 2}),
            )
            .await;
        assert_eq!((&tail["content"], &tail["lines"]), (&json!("999: request\n1000: request\n"), &json!(2)));
        let found = home
            .lab
            .ask(
                "search_file_regex",
                json!({"vmid": vmid, "path": "/var/log/app.log", "pattern": "^50[01]:", "context": 1}),
            )
            .await;
        assert_eq!((&found["matchCount"], &found["truncated"]), (&json!(2), &json!(false)), "{found}");
        assert_eq!(
            found["matches"][0],
            json!({"lineNo": 500, "matchLine": "500: request", "before": ["499: request"], "after": ["501: request"]})
        );
        let more = home
            .lab
            .ask(
                "search_file_regex",
                json!({"vmid": vmid, "path": "/var/log/app.log", "pattern": "request", "maxMatches": 3}),
            )
            .await;
        assert_eq!((&more["matchCount"], &more["truncated"]), (&json!(3), &json!(true)));
        let none = home
            .lab
            .ask(
                "search_file_regex",
                json!({"vmid": vmid, "path": "/var/log/app.log", "pattern": "nothing; rm -rf /"}),
            )
            .await;
        assert_eq!(none["matchCount"], 0);
    }
    let both = json!({"target": {"kind": "pct", "vmid": DEBIAN}, "path": "/x", "unit": "y"});
    assert_eq!(home.lab.refused("tail_log", both).await.code, Code::Invalid);
}

/// What a process that ended in the middle left: the version is kept, and nobody said what became of the write.
async fn left_open(home: &ShellLab, before: Option<&[u8]>, after: Option<&[u8]>) {
    let new = NewVersion {
        at: home.lab.now(),
        actor: "claude".into(),
        via: "mcp".into(),
        session: Some("s-dead".into()),
        op: "pct_write_file".into(),
        place: format!("pct:home/{DEBIAN}").parse().unwrap(),
        asked: PATH.parse().unwrap(),
        path: PATH.parse().unwrap(),
        before: before.map(<[u8]>::to_vec),
        after: after.map(<[u8]>::to_vec),
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
async fn without_room_for_what_is_there_nothing_is_written() {
    let quota = Quota { versions: 20, bytes: 40 };
    let rules = FileRules { quota, largest: 1_000, ..FileRules::default() };
    let opened = reached_with("without_room_for_what_is_there_nothing_is_written", rules).await;
    let Some(home) = opened else { return };
    let noise: Vec<u8> = (0..200_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    home.put(Some(DEBIAN), PATH, &noise, 0o644);
    let write = |size: usize| json!({"vmid": DEBIAN, "path": PATH, "content": "x".repeat(size)});
    let fault = home.lab.refused("pct_write_file", write(1)).await;
    assert!(fault.message.starts_with("the file was not written"), "{fault}");
    assert_eq!(home.lab.refused("pct_write_file", write(1_001)).await.code, Code::TooLarge);
    home.put(Some(DEBIAN), PATH, &[b'y'; 1_001], 0o644);
    assert_eq!(home.lab.refused("pct_write_file", write(1)).await.code, Code::TooLarge);
    assert_eq!(home.get(Some(DEBIAN), PATH).unwrap(), [b'y'; 1_001]);
}

#[tokio::test]
async fn services_are_looked_at_and_restarted() {
    let Some(home) = reached("services_are_looked_at_and_restarted").await else { return };
    let fault = home.lab.refused("service_status", json!({"vmid": DEBIAN, "unit": "no-such-thing"})).await;
    assert_eq!(fault.code, Code::NotFound, "{fault}");
    let fault = home.lab.refused("service_status", json!({"vmid": ALPINE, "unit": "cron"})).await;
    assert_eq!(fault.code, Code::Conflict, "{fault}");
    for unit in ["-x", "a b", "a;b"] {
        assert_eq!(
            home.lab.refused("service_status", json!({"vmid": DEBIAN, "unit": unit})).await.code,
            Code::Invalid
        );
    }
    let status = home.lab.ask("service_status", json!({"vmid": DEBIAN, "unit": "cron"})).await;
    assert_eq!((&status["active"], &status["vmid"]), (&json!("active"), &json!(DEBIAN)), "{status}");
    let restart = json!({"vmid": DEBIAN, "unit": "cron"});
    assert_eq!(home.lab.refused("service_restart", restart.clone()).await.code, Code::ConfirmRequired);
    let mut restart = restart;
    restart["confirm"] = true.into();
    assert_eq!(home.lab.ask("service_restart", restart).await["active"], "active");
    let logs = home.lab.ask("service_logs", json!({"vmid": DEBIAN, "unit": "cron", "lines": 5})).await;
    assert!(logs["lines"].as_u64().unwrap() <= 5, "{logs}");
}

#[tokio::test]
async fn two_processes_on_one_database_do_not_write_one_file_at_once() {
    let Some(home) = reached("two_processes_on_one_database_do_not_write_one_file_at_once").await else {
        return;
    };
    home.put(Some(DEBIAN), PATH, b"old", 0o644);
    let other = Store::open(home.lab.keeper.store().path()).await.unwrap();
    let claimant = Claimant { actor: "codex".into(), op: "pct_edit_file".into(), since: Stamp(0) };
    let Claimed::Ours(claim) = other.claim(&format!("pct:home/{DEBIAN} {PATH}"), &claimant).unwrap() else {
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

#[tokio::test]
async fn lines_of_a_private_key_are_hidden_from_models_where_its_beginning_is_not_shown() {
    let Some(home) = reached("lines_of_a_private_key_are_hidden_from_models").await else { return };
    // Nothing but where it is says that this is a key.
    let line = "abcdefghijklmnopqrstuvwxyz abcdefghijklmnop";
    let key = format!("{}\n", vec![line; 40].join("\n"));
    let file = format!(
        "first\n-----BEGIN OPENSSH PRIVATE KEY-----\n{key}-----END OPENSSH PRIVATE KEY-----\n{line} too\n"
    );
    home.put(Some(DEBIAN), PATH, file.as_bytes(), 0o600);
    let search = json!({"vmid": DEBIAN, "path": PATH, "pattern": "^abc", "context": 1, "maxMatches": 100});
    let tail = json!({"target": {"kind": "pct", "vmid": DEBIAN}, "path": PATH, "lines": 10});
    let as_model = async |name: &str, input: &Value| {
        let model = Actor { grant: Scope::Companion.grant(), ..assistant("s-1") };
        home.lab.call_as(model, name, input.clone()).await.unwrap().output.to_string()
    };
    let (found, tailed) = (as_model("search_file_regex", &search).await, as_model("tail_log", &tail).await);
    for shown in [&found, &tailed] {
        assert_eq!(
            shown.matches("abcdefghijklmnopqrstuvwxyz").count(),
            1,
            "only what is behind the key: {shown}"
        );
        assert!(
            shown.contains("(a line of a private key)") && shown.contains(&format!("{line} too")),
            "{shown}"
        );
    }
    let owner = home.lab.ask("search_file_regex", search).await;
    assert!(
        owner["matches"][0]["matchLine"].as_str().unwrap().starts_with("abc"),
        "a person reads files as they are"
    );
}
