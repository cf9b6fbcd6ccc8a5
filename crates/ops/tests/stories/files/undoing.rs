//! Undo of changes of files, of one and of a session's, and what it takes.

use labkeeper_core::actor::{Actor, Scope, Via};
use labkeeper_core::fault::Code;
use serde_json::{Value, json};

use super::surface::PATH;
use crate::lab::assistant;
use crate::shell_lab::{DEBIAN, reached};

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
