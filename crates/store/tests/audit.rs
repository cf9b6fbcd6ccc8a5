//! The audit log by what it is asked: from a long log, and from one of before there was an index.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::audit::{Phase, Verifier};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{AuditFilter, AuditSummary, Intent, Outcome, Store, Words};
use serde_json::json;

fn intent(op: &str, seconds: i64) -> Intent {
    Intent {
        at: Stamp(seconds),
        actor: "claude".into(),
        via: "mcp".into(),
        session: None,
        op: op.into(),
        input_sha256: String::new(),
        summary: json!({}),
    }
}

/// Ten thousand records: every second one is a `read`, every thousandth one failed.
async fn long_log(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for seq in 1..=10_000 {
        let op = if seq % 2 == 0 { "read" } else { "write" };
        let phase = if seq % 1_000 == 0 { Phase::Failed } else { Phase::Done };
        let said = if seq == 77 { "nginx on web-17" } else { "something else" };
        let outcome = Outcome { phase, summary: json!({"did": said}), change_id: None };
        tx.outcome(Stamp(seq), &intent(op, seq), 0, &outcome).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn answer(store: &Store, filter: &AuditFilter, before: Option<i64>) -> (Vec<i64>, AuditSummary) {
    let page = store.read().await.unwrap().audit(filter, before, 3).await.unwrap();
    (page.records.iter().map(|(record, _)| record.seq).collect(), page.summary)
}

async fn ask_everything(store: &Store) {
    let all = AuditFilter::default;
    let op = |name: &str| Some(name.to_string());
    let words = |text: &str| Words::parse(text);
    for (filter, before, newest, total) in [
        (all(), None, vec![10_000, 9_999, 9_998], 10_000),
        (AuditFilter { op: op("write"), ..all() }, None, vec![9_999, 9_997, 9_995], 5_000),
        (AuditFilter { op: op("write"), ..all() }, Some(5), vec![3, 1], 5_000),
        (AuditFilter { phase: Some(Phase::Failed), ..all() }, Some(2_500), vec![2_000, 1_000], 10),
        (AuditFilter { op: op("write"), phase: Some(Phase::Failed), ..all() }, None, vec![], 0),
        (
            AuditFilter { since: Some(Stamp(9_000)), op: op("read"), ..all() },
            Some(9_003),
            vec![9_002, 9_000],
            501,
        ),
        (AuditFilter { until: Some(Stamp(4)), ..all() }, None, vec![4, 3, 2], 4),
        (AuditFilter { words: words("WEB-17"), ..all() }, None, vec![77], 1),
        (AuditFilter { words: words("else"), op: op("write"), ..all() }, Some(80), vec![79, 75, 73], 4_999),
        (AuditFilter { words: words("17-web"), ..all() }, None, vec![], 0),
    ] {
        let (page, summary) = answer(store, &filter, before).await;
        assert_eq!((page, summary.total), (newest, total), "{filter:?}");
    }
}

#[tokio::test]
async fn a_long_log_is_answered_from_both_ends_of_its_index() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    long_log(&store).await;
    ask_everything(&store).await;
}

#[tokio::test]
async fn a_log_of_before_the_index_is_indexed_and_still_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let store = Store::open(&path).await.unwrap();
    long_log(&store).await;
    store.close().await;
    drop(store);
    take_the_index_away(&path);

    let store = Store::open(&path).await.unwrap();
    ask_everything(&store).await;
    store.intend(&intent("read", 20_000)).await.unwrap();
    let (newest, summary) = answer(&store, &AuditFilter::default(), None).await;
    assert_eq!((newest[0], summary.total, summary.last), (10_001, 10_001, Some(Stamp(20_000))));
    let mut verifier = Verifier::default();
    for (record, hash) in store.read().await.unwrap().audit_after(0, 20_000).await.unwrap() {
        verifier.step(&record, &hash).unwrap();
    }
    assert_eq!(verifier.checked(), 10_001);
}

/// The database as schema 4 left it.
fn take_the_index_away(path: &Path) {
    let sql = "DROP TRIGGER audit_is_indexed; DROP TABLE audit_tallies; DROP TABLE audit_index; DROP TABLE audit_paths; \
               DROP TABLE audit_words; PRAGMA user_version = 4";
    let program = "import sqlite3,sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
    let done =
        std::process::Command::new("python3").args(["-c", program]).arg(path).arg(sql).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
