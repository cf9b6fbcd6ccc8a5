//! The store over a real file: migrations, the one writer, events, and dying at any moment.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use labkeeper_core::audit::{Phase, Verifier};
use labkeeper_core::inventory::{Kind, Rel};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::testing::change_meta;
use labkeeper_store::{
    AuditFilter, Intent, ItemFilter, NewItem, NewLink, Outcome, Store, StoreError, WriteTx,
};
use serde_json::{Map, Value};

fn new(kind: Kind, name: &str) -> NewItem {
    NewItem { kind, name: name.into(), fields: Map::new(), created_at: Stamp(1), updated_at: Stamp(1) }
}

fn intent() -> Intent {
    Intent {
        at: Stamp(1),
        actor: "anna".into(),
        via: "cli".into(),
        session: None,
        op: "inventory_create".into(),
        summary: Value::Null,
        grounds: Default::default(),
    }
}

async fn keep(mut tx: WriteTx) -> Option<i64> {
    let change = tx.journal(&change_meta()).await.unwrap();
    tx.commit().await.unwrap();
    change
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_a_committed_one_survives_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let store = labkeeper_store::testing::open(&path).await.unwrap();
    let mut dropped = store.write().await.unwrap();
    dropped.insert_item(new(Kind::Misc, "lost")).await.unwrap();
    drop(dropped);
    let mut kept = store.write().await.unwrap();
    kept.insert_item(new(Kind::Misc, "kept")).await.unwrap();
    keep(kept).await;
    store.close().await;
    let store = labkeeper_store::testing::open(&path).await.unwrap();
    let items = store.read().await.unwrap().items(ItemFilter::All).await.unwrap();
    assert_eq!(items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["kept"]);
}

#[tokio::test]
async fn a_link_to_nothing_cannot_be_committed() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    let mut tx = store.write().await.unwrap();
    let item = tx.insert_item(new(Kind::Vms, "docker-01")).await.unwrap();
    tx.insert_link(NewLink {
        from_id: item.id,
        rel: Rel::Parent,
        to_id: 4242,
        label: None,
        data: None,
        source: "asserted".into(),
        created_at: Stamp(1),
        updated_at: Stamp(1),
    })
    .await
    .unwrap();
    tx.journal(&change_meta()).await.unwrap();
    assert!(matches!(tx.commit().await, Err(StoreError::Sql(_))));
    assert_eq!(store.read().await.unwrap().items(ItemFilter::All).await.unwrap(), []);
}

/// The calls that are said to be interrupted, newest first.
async fn interrupted(store: &Store) -> Vec<Option<i64>> {
    let which = AuditFilter { phase: Some(Phase::Interrupted), ..AuditFilter::default() };
    let page = store.audit(&which, None, 10).await.unwrap();
    page.records.iter().map(|(record, _)| record.intent).collect()
}

#[tokio::test]
async fn an_intent_without_outcome_is_closed_when_its_process_ended_but_not_while_it_lives() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let first = labkeeper_store::testing::open(&path).await.unwrap();
    let done = first.intend(&intent()).await.unwrap();
    let outcome = Outcome { phase: Phase::Done, summary: Value::Null, change_id: None };
    first.conclude(Stamp(2), &intent(), Some(done), &outcome).await.unwrap();
    let open = first.intend(&intent()).await.unwrap();

    let beside = labkeeper_store::testing::open(&path).await.unwrap();
    let theirs = beside.intend(&intent()).await.unwrap();
    assert_eq!(interrupted(&beside).await, [], "they all live");
    first.close().await;
    drop(first);
    beside.notice_foreign_writes().await.unwrap();
    assert_eq!(interrupted(&beside).await, [Some(open)], "the other still is at work");
    beside.close().await;
    drop(beside);

    let next = labkeeper_store::testing::open(&path).await.unwrap();
    assert_eq!(interrupted(&next).await, [Some(theirs), Some(open)]);
    assert_eq!(std::fs::read_dir(path.with_extension("alive")).unwrap().count(), 0);
    let mut verifier = Verifier::default();
    for (record, hash) in next.read().await.unwrap().audit_after(0, 100).await.unwrap() {
        verifier.step(&record, &hash).unwrap();
    }
    assert_eq!(verifier.checked(), 6);
}

#[tokio::test]
async fn writers_queue_up_and_the_chain_has_no_gap() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    let writers = (0..20).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            let asked = store.intend(&intent()).await.unwrap();
            let mut tx = store.write().await.unwrap();
            tx.insert_item(new(Kind::Misc, &format!("thing {n}"))).await.unwrap();
            let change_id = tx.journal(&change_meta()).await.unwrap();
            let outcome = Outcome { phase: Phase::Done, summary: Value::Null, change_id };
            tx.outcome(Stamp(3), &intent(), asked, &outcome).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut verifier = Verifier::default();
    for (record, hash) in store.read().await.unwrap().audit_after(0, 100).await.unwrap() {
        verifier.step(&record, &hash).unwrap();
    }
    assert_eq!(verifier.checked(), 40);
}

#[tokio::test]
async fn a_follower_is_woken_and_finds_the_events_in_order_with_their_change() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    let mut followed = store.watch();
    let mut tx = store.write().await.unwrap();
    let item = tx.insert_item(new(Kind::Vms, "docker-01")).await.unwrap();
    tx.update_item(&item, "docker-02", Map::new(), Stamp(2)).await.unwrap();
    let change = keep(tx).await;
    followed.changed().await.unwrap();
    let events = store.read().await.unwrap().events_after(0, 10).await.unwrap();
    let told: Vec<_> =
        events.iter().map(|event| (event.action.as_str(), event.rev, event.change_id)).collect();
    assert_eq!(told, [("created", Some(1), change), ("updated", Some(2), change)]);
}

#[tokio::test]
async fn the_version_tells_every_write_whoever_made_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let store = labkeeper_store::testing::open(&path).await.unwrap();
    let insert = async |store: &Store| {
        let mut tx = store.write().await.unwrap();
        tx.insert_item(new(Kind::Misc, "thing")).await.unwrap();
        keep(tx).await;
    };
    let mut known = vec![store.version().await.unwrap()];
    insert(&store).await;
    known.push(store.version().await.unwrap());
    let other = labkeeper_store::testing::open(&path).await.unwrap();
    insert(&other).await;
    known.push(store.version().await.unwrap());
    assert_eq!(store.version().await.unwrap(), other.version().await.unwrap());
    insert(&store).await;
    known.push(other.version().await.unwrap());
    other.close().await;
    drop(other);
    insert(&store).await;
    known.push(store.version().await.unwrap());
    assert!(known.is_sorted_by(|earlier, later| earlier < later), "{known:?}");
}

#[tokio::test]
async fn a_commit_that_nobody_waits_for_is_told_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    let mut given_up_in_time = false;
    // How often it must be asked is the scheduler's choice.
    for patience in (1..6).cycle().take(100) {
        let before = store.version().await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.insert_item(new(Kind::Misc, "thing")).await.unwrap();
        tx.journal(&change_meta()).await.unwrap();
        let done = {
            let mut commit = pin!(tx.commit());
            let mut asked = 0;
            poll_fn(|cx| {
                asked += 1;
                let done = commit.as_mut().poll(cx).is_ready();
                if done || asked == patience { Poll::Ready(done) } else { Poll::Pending }
            })
            .await
        };
        // The one writer is free again only when the commit has ended, one way or the other.
        drop(store.write().await.unwrap());
        let told = store.version().await.unwrap();
        assert_eq!(told, store.read().await.unwrap().last_event().await.unwrap(), "after {patience} polls");
        given_up_in_time |= !done && told > before;
    }
    assert!(given_up_in_time, "nobody gave up between the commit and the telling");
}

#[tokio::test]
async fn who_is_alone_need_not_ask_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let store = Store::open(&path).await.unwrap();
    let version = store.version().await.unwrap();
    store.close().await;
    assert_eq!(store.version().await.unwrap(), version, "there is no connection left to ask over");
    let other = Store::open(&path).await.unwrap();
    assert!(store.version().await.is_err(), "the other may have written");
    other.close().await;
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    Store::open(&path).await.unwrap().close().await;
    let newer = std::process::Command::new("python3")
        .args([
            "-c",
            "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version = 9999')",
        ])
        .arg(&path)
        .status()
        .unwrap();
    assert!(newer.success());
    let refused = Store::open(&path).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 9999, .. }));
    assert!(refused.to_string().contains("newer version"));
}

#[tokio::test]
async fn a_copy_is_a_whole_database() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let mut tx = store.write().await.unwrap();
    tx.insert_item(new(Kind::Misc, "UPS")).await.unwrap();
    keep(tx).await;
    let copy = dir.path().join("copy.db");
    store.copy_to(&copy).await.unwrap();
    let opened = Store::open(&copy).await.unwrap();
    assert_eq!(opened.read().await.unwrap().items(ItemFilter::All).await.unwrap()[0].name, "UPS");
}

#[tokio::test]
async fn who_did_not_hear_of_the_commit_learns_that_it_came_about() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    let asked = store.intend(&intent()).await.unwrap();
    let done = Outcome { phase: Phase::Done, summary: Value::Null, change_id: Some(7) };
    store.conclude(Stamp(2), &intent(), Some(asked), &done).await.unwrap();
    let failed = Outcome { phase: Phase::Failed, summary: Value::Null, change_id: None };
    let fault = store.conclude(Stamp(3), &intent(), Some(asked), &failed).await.unwrap_err();
    let StoreError::Settled { is_own: true, found: Phase::Done, change_id: Some(7), .. } = &fault else {
        panic!("{fault:?}")
    };
    assert!(!fault.to_string().contains("interrupted"), "{fault}");
}
