//! What was there before a write comes back, and which versions there are to have.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use labkeeper_core::fault::Code;
use labkeeper_core::file::{FileRules, Quota};
use serde_json::{Value, json};

use super::surface::{PATH, SURFACES};
use crate::shell_lab::{ALPINE, DEBIAN, reached, reached_with};

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
