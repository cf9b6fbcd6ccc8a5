//! Checkpoints: when there is one, what it covers, and that nothing about it stops a record from being written.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::audit::{Phase, PublicKey};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Intent, NEW_KEY, Outcome, Store};
use serde_json::{Value, json};

const SECOND: i64 = 1_000_000;

fn intent(at: i64) -> Intent {
    Intent {
        at: Stamp(at),
        actor: "claude".into(),
        via: "mcp".into(),
        session: None,
        op: "guest_stop".into(),
        summary: Value::Null,
        grounds: Default::default(),
    }
}

async fn open(dir: &Path) -> Store {
    labkeeper_store::testing::open(&dir.join("lab.db")).await.unwrap()
}

async fn sizes(store: &Store) -> Vec<i64> {
    let kept = store.read().await.unwrap().audit_checkpoints(0, 1_000).await.unwrap();
    kept.iter().map(|kept| kept.size).collect()
}

#[tokio::test]
async fn there_is_one_for_a_refusal_a_hundred_records_and_a_minute() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let begin = 1_800_000_000 * SECOND;
    for n in 0..3 {
        store.intend(&intent(begin + n)).await.unwrap();
    }
    assert_eq!(sizes(&store).await, [1], "the first is due at once");
    let refused = Outcome { phase: Phase::Refused, summary: json!({}), change_id: None };
    store.conclude(Stamp(begin + 4), &intent(begin), None, &refused).await.unwrap();
    assert_eq!(sizes(&store).await, [1, 4]);
    for n in 0..100 {
        store.intend(&intent(begin + 5 + n)).await.unwrap();
    }
    assert_eq!(sizes(&store).await, [1, 4, 104]);
    store.intend(&intent(begin + 90 * SECOND)).await.unwrap();
    store.intend(&intent(begin + 120 * SECOND)).await.unwrap();
    store.sign_audit(Stamp(begin + 149 * SECOND), false).await.unwrap();
    assert_eq!(sizes(&store).await, [1, 4, 104]);
    store.sign_audit(Stamp(begin + 150 * SECOND), false).await.unwrap();
    assert_eq!(sizes(&store).await, [1, 4, 104, 106], "what nobody follows is signed after a minute");
    store.sign_audit(Stamp(begin + 900 * SECOND), true).await.unwrap();
    assert_eq!(sizes(&store).await, [1, 4, 104, 106], "nothing new, nothing to sign");
    store.intend(&intent(begin + 901 * SECOND)).await.unwrap();
    store.intend(&intent(begin - 3_600 * SECOND)).await.unwrap();
    assert_eq!(sizes(&store).await.last(), Some(&108), "a clock that was set back measures nothing");
    let newest = store.read().await.unwrap().audit_after(107, 1).await.unwrap().pop().unwrap().0;
    assert_eq!(newest.circumstances.behind, 4_501 * SECOND, "and the record says so");
}

#[tokio::test]
async fn a_lost_key_is_replaced_and_the_log_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.intend(&intent(SECOND * 100)).await.unwrap();
    let before = store.audit_signer().unwrap().public().to_string();
    store.close().await;
    drop(store);
    std::fs::remove_file(dir.path().join("audit.key")).unwrap();

    let store = open(dir.path()).await;
    store.intend(&intent(SECOND * 200)).await.unwrap();
    store.sign_audit(Stamp(SECOND * 300), false).await.unwrap();
    let after = store.audit_signer().unwrap().public().to_string();
    assert_ne!(before, after);
    let mut view = store.read().await.unwrap();
    let said = view.audit_after(0, 100).await.unwrap().pop().unwrap().0;
    assert_eq!((said.op.as_str(), said.phase), (NEW_KEY, Phase::Alarmed));
    assert_eq!((&said.summary["before"], &said.summary["now"]), (&json!(before), &json!(after)));
    let newest = view.newest_audit_checkpoint().await.unwrap().unwrap();
    assert_eq!(newest.size, said.seq, "the new key signs for having come");
    newest.key.parse::<PublicKey>().unwrap().open(&newest.note).unwrap();
}

#[tokio::test]
async fn without_a_key_records_are_written_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("audit.key")).unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.intend(&intent(SECOND)).await.unwrap(), 1);
    assert!(sizes(&store).await.is_empty());
    std::fs::remove_dir(dir.path().join("audit.key")).unwrap();
    assert_eq!(store.intend(&intent(SECOND * 2)).await.unwrap(), 2);
    assert_eq!(sizes(&store).await, [2], "the next one covers what was not signed");
}

#[tokio::test]
async fn two_processes_write_one_chain_under_one_tree() {
    let dir = tempfile::tempdir().unwrap();
    let stores = [open(dir.path()).await, open(dir.path()).await];
    let writers = stores.clone().map(|store| {
        tokio::spawn(async move {
            for n in 0..150 {
                store.intend(&intent(SECOND * 100 + n)).await.unwrap();
            }
        })
    });
    for writer in writers {
        writer.await.unwrap();
    }
    stores[0].sign_audit(Stamp(SECOND * 900), true).await.unwrap();
    let mut view = stores[0].snapshot().await.unwrap();
    let mut verifier = labkeeper_core::audit::Verifier::default();
    let mut runs = std::collections::BTreeSet::new();
    for (record, hash) in view.audit_after(0, 1_000).await.unwrap() {
        verifier.step(&record, &hash).unwrap();
        runs.insert(record.circumstances.boot);
    }
    assert_eq!((verifier.checked(), runs.len()), (300, 2));
    let newest = view.newest_audit_checkpoint().await.unwrap().unwrap();
    let mut frontier = labkeeper_core::audit::Frontier::default();
    view.audit_leaves(300).await.unwrap().into_iter().for_each(|leaf| frontier.push(leaf));
    let signed = stores[1].audit_signer().unwrap().public().open(&newest.note).unwrap();
    assert_eq!((signed.size, signed.root), (300, frontier.root()));
}
