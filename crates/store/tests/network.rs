//! Scans and stretches of reachability, in a database that has them since schema 9.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Looked, NewScan, Noted, ScanState, ShownCertificate, Store, Stretch};
use serde_json::{Value, json};

async fn store(dir: &Path) -> Store {
    labkeeper_store::testing::open(&dir.join("lab.db")).await.unwrap()
}

fn look(item_id: i64, alive: bool) -> Looked {
    Looked {
        item_id,
        alive,
        method: if alive { "icmp" } else { "none" }.into(),
        latency_ms: alive.then_some(0.5),
    }
}

#[tokio::test]
async fn a_database_of_the_schema_before_keeps_its_items_and_gets_the_tables() {
    let dir = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let program = "import sqlite3, sys, glob; db = sqlite3.connect(sys.argv[1]); \
                   [db.executescript(open(f).read()) for f in sorted(glob.glob(sys.argv[2] + '/000[1-8]_*.sql'))]; \
                   db.execute(\"INSERT INTO items VALUES (7, 'misc', 'lamp', '{}', 1, 1, 1)\"); \
                   db.execute('PRAGMA user_version = 8'); db.commit()";
    let mut python = std::process::Command::new("python3");
    let done = python.args(["-c", program]).arg(dir.path().join("lab.db")).arg(migrations).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let mut tx = store.write().await.unwrap();
    assert_eq!(tx.item(7).await.unwrap().unwrap().name, "lamp");
    assert_eq!(tx.note_look(&look(7, true), Stamp(5), Stamp(0)).await.unwrap(), Noted::First);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_stretch_lasts_until_a_look_finds_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let mut tx = store.write().await.unwrap();
    let looks = [(10, true), (20, true), (30, false), (40, false), (50, true)];
    let mut noted = Vec::new();
    for (at, alive) in looks {
        noted.push(tx.note_look(&look(1, alive), Stamp(at), Stamp(at - 15)).await.unwrap());
    }
    assert_eq!(noted, [Noted::First, Noted::Same, Noted::Turned, Noted::Same, Noted::Turned]);
    tx.note_look(&look(2, false), Stamp(50), Stamp(0)).await.unwrap();
    let past = tx.reachability_of(1, 10).await.unwrap();
    let past: Vec<(bool, i64, Option<i64>, i64)> = past
        .iter()
        .map(|stretch| (stretch.alive, stretch.since.0, stretch.until.map(|at| at.0), stretch.seen_at.0))
        .collect();
    assert_eq!(past, [(true, 50, None, 50), (false, 30, Some(50), 40), (true, 10, Some(30), 20)]);
    assert_eq!(tx.reachability_now().await.unwrap().len(), 2);
    let items = |outages: Vec<Stretch>| outages.iter().map(|one| one.item_id).collect::<Vec<_>>();
    assert_eq!(items(tx.outages(Stamp(49), 10).await.unwrap()), [2, 1], "newest first");
    assert_eq!(items(tx.outages(Stamp(50), 10).await.unwrap()), [2], "what was over by then is past");
    assert_eq!(items(tx.outages(Stamp(0), 1).await.unwrap()), [2]);
    assert!(tx.end_stretch(2, Stamp(60)).await.unwrap() && !tx.end_stretch(2, Stamp(70)).await.unwrap());
    tx.forget_reachability(Stamp(40)).await.unwrap();
    assert_eq!(tx.reachability_of(1, 10).await.unwrap().len(), 2, "what ended before is forgotten");

    // Nobody looked for a while: of that time nothing is claimed.
    assert_eq!(tx.note_look(&look(1, true), Stamp(200), Stamp(100)).await.unwrap(), Noted::Same);
    assert_eq!(tx.note_look(&look(1, false), Stamp(400), Stamp(300)).await.unwrap(), Noted::Turned);
    let past = tx.reachability_of(1, 3).await.unwrap();
    let past: Vec<_> = past.iter().map(|one| (one.alive, one.since.0, one.until.map(|at| at.0))).collect();
    assert_eq!(past, [(false, 400, None), (true, 200, Some(200)), (true, 50, Some(50))]);
    assert_eq!((tx.end_stretches().await.unwrap(), tx.end_stretches().await.unwrap()), (1, 0));
}

#[tokio::test]
async fn a_port_has_the_certificate_that_it_showed_last() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let mut tx = store.write().await.unwrap();
    let shown = |port, not_after, seen_at| ShownCertificate {
        item_id: 1,
        port,
        subject: "/CN=a".into(),
        issuer: "/CN=b".into(),
        names: vec!["a.lan".into()],
        not_after,
        seen_at: Stamp(seen_at),
    };
    for certificate in [shown(443, 100, 1), shown(8443, 50, 1), shown(443, 900, 2)] {
        tx.note_certificate(&certificate).await.unwrap();
    }
    assert_eq!(tx.certificates(Some(1)).await.unwrap(), [shown(8443, 50, 1), shown(443, 900, 2)]);
    assert_eq!(tx.certificates(Some(2)).await.unwrap(), []);
}

#[tokio::test]
async fn a_scan_is_kept_on_its_way_and_compared_with_one_of_its_kind() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let mut tx = store.write().await.unwrap();
    let mut ids = Vec::new();
    for ports in ["standard", "quick", "standard"] {
        let scan = NewScan {
            cidr: "10.0.0.0/29".into(),
            wish: json!({"ports": ports}),
            actor: "me".into(),
            total: 6,
        };
        let id = tx.begin_scan(&scan, Stamp(1)).await.unwrap();
        assert!(tx.scan_went_on(id, 3, &[(1, json!({"ip": "10.0.0.1"}))], Stamp(2)).await.unwrap());
        ids.push(id);
    }
    let numbers = |hosts: Vec<(i64, Value)>| hosts.into_iter().map(|(number, _)| number).collect::<Vec<_>>();
    let hosts = [json!({"ip": "10.0.0.1"}), json!({"ip": "10.0.0.2"})];
    tx.end_scan(ids[0], ScanState::Done, &hosts, 6, &["slow".into()], Stamp(3)).await.unwrap();
    assert_eq!(
        numbers(tx.scan_hosts(ids[0], 0).await.unwrap()),
        [1, 2],
        "the end is whole, and nothing is there twice"
    );
    let first = tx.scan(ids[0]).await.unwrap().unwrap();
    assert_eq!((first.state, first.alive, first.checked), (ScanState::Done, 2, 6));
    assert_eq!(first.problems, ["slow"]);
    assert!(tx.stop_scan(ids[2]).await.unwrap());
    assert!(!tx.scan_went_on(ids[2], 4, &[], Stamp(4)).await.unwrap(), "it was told to stop");
    let last = tx.scan(ids[2]).await.unwrap().unwrap();
    assert_eq!(tx.scan_before(&last).await.unwrap().unwrap().id, ids[0], "the one between looked otherwise");
    tx.trim_scans("10.0.0.0/29", 2, Stamp(100_000_000)).await.unwrap();
    assert_eq!(tx.scan(ids[0]).await.unwrap(), None);
    assert_eq!(tx.scan_hosts(ids[0], 0).await.unwrap(), []);
}
