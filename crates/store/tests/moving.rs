//! A hub that outgrows its file moves to a server, and back.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::audit::Phase;
use labkeeper_core::inventory::{Kind, Rel};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{
    ApprovalFilter, ApprovalRequest, AuditFilter, ItemFilter, Looked, NewItem, NewLink, Position, Store,
    StoreError, Token, Words, testing,
};
use serde_json::{Map, json};

fn named(name: &str) -> NewItem {
    let fields = Map::from_iter([("notes".into(), json!("Zürich \u{0} \\u0000"))]);
    NewItem { kind: Kind::Misc, name: name.into(), fields, created_at: Stamp(1), updated_at: Stamp(1) }
}

/// Something of most sorts.
async fn fill(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let lamp = tx.insert_item(named("lamp")).await.unwrap();
    let shelf = tx.insert_item(named("shelf")).await.unwrap();
    let gone = tx.insert_item(named("gone")).await.unwrap();
    tx.delete_item(&gone).await.unwrap();
    tx.insert_link(NewLink {
        from_id: lamp.id,
        rel: Rel::Parent,
        to_id: shelf.id,
        label: None,
        data: None,
        source: "manual".into(),
        created_at: Stamp(1),
        updated_at: Stamp(1),
    })
    .await
    .unwrap();
    tx.set_position(Position { item_id: lamp.id, x: 1.5, y: -0.1, pinned: true }).await.unwrap();
    let look = Looked { item_id: lamp.id, alive: true, method: "icmp".into(), latency_ms: Some(0.25) };
    tx.note_look(&look, Stamp(5), Stamp(0)).await.unwrap();
    tx.put_vectors("model", &[("B".into(), vec![0, 255, 7]), ("a".into(), Vec::new())]).await.unwrap();
    tx.park(&ApprovalRequest {
        at: Stamp(3),
        expires_at: Stamp(9),
        actor: "claude".into(),
        principal: labkeeper_core::principal::Principal::Token(1),
        via: "mcp".into(),
        session: None,
        tier: "companion".into(),
        may_write: true,
        op: "exec".into(),
        input: json!({"command": "reboot"}),
        digest: "d".into(),
        plan: json!({"summary": "Reboot"}),
    })
    .await
    .unwrap();
    tx.insert_token(&Token {
        id: 0,
        name: "claude".into(),
        scope: "read".into(),
        hash: "h".into(),
        created_at: Stamp(1),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
    })
    .await
    .unwrap();
    tx.journal(&testing::change_meta()).await.unwrap();
    tx.commit().await.unwrap();
    for path in ["/etc/hosts", "/srv/web-17.conf"] {
        let summary =
            json!({"text": format!("wrote {path} \u{0}"), "path": path, "vmid": 101, "large": true});
        store.note_audit(Stamp(7), "file_write", Phase::Done, summary).await.unwrap();
    }
}

async fn file(dir: &Path, name: &str) -> Store {
    Store::open(&dir.join(name).join("lab.db")).await.unwrap()
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn a_hub_moves_to_a_server_and_back_and_goes_on_there() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["old", "server", "new"] {
        std::fs::create_dir(dir.path().join(name)).unwrap();
    }
    let old = file(dir.path(), "old").await;
    fill(&old).await;
    let server = testing::open(&dir.path().join("server/lab.db")).await.unwrap();
    let moved = old.move_into(&server).await.unwrap();
    assert!(moved.contains(&("items", 2)) && moved.contains(&("audit", 2)), "{moved:?}");

    // It is all there, and what follows from it too.
    let mut view = server.read().await.unwrap();
    assert_eq!(
        view.items(ItemFilter::All).await.unwrap(),
        old.read().await.unwrap().items(ItemFilter::All).await.unwrap()
    );
    assert_eq!(view.approvals(&ApprovalFilter { limit: 9, ..Default::default() }).await.unwrap().len(), 1);
    let asked = [
        AuditFilter { words: Words::parse("WEB-17"), ..Default::default() },
        AuditFilter { path: Some("web".into()), large: true, vmid: Some(101), ..Default::default() },
    ];
    for filter in asked {
        assert_eq!(server.audit(&filter, None, 9).await.unwrap().summary.total, 1, "{filter:?}");
    }
    drop(view);
    assert_eq!(old.move_into(&server).await.unwrap(), moved, "it is there already");

    // A number that was given once is not given again.
    let new = file(dir.path(), "new").await;
    server.move_into(&new).await.unwrap();
    for store in [&server, &new] {
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.last_item_id().await.unwrap(), 3);
        assert_eq!(tx.insert_item(named("next")).await.unwrap().id, 4);
        tx.commit().await.unwrap();
    }
    // The server's hub went on.
    assert!(matches!(old.move_into(&server).await, Err(StoreError::Occupied { table: "items" })));
}
