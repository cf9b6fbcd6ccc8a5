//! The audit log by what it is asked: from a long log, and from one of before there was an index.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::audit::{
    Circumstances, FORM, Frontier, GENESIS, Phase, Record, Verifier, hash_of_hex, leaf_hash,
};
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
        summary: json!({}),
        grounds: Default::default(),
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
        tx.outcome(Stamp(seq), &intent(op, seq), -seq, &outcome).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn answer(store: &Store, filter: &AuditFilter, before: Option<i64>) -> (Vec<i64>, AuditSummary) {
    let page = store.audit(filter, before, 3).await.unwrap();
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
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    long_log(&store).await;
    ask_everything(&store).await;
}

#[tokio::test]
async fn any_span_of_time_is_counted_record_by_record_also_when_the_clock_was_set_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    // Three blocks and a rest. Within each the clock runs, and is set back by three thousand between them.
    let time = |seq: i64| seq - seq / 4_096 * 3_000;
    let op = |seq: i64| if seq % 3 == 0 { "read" } else { "write" };
    let mut tx = store.write().await.unwrap();
    for seq in 1..=13_000 {
        let outcome =
            Outcome { phase: Phase::Done, summary: json!({"vmid": 100 + seq % 7}), change_id: None };
        tx.outcome(Stamp(time(seq)), &intent(op(seq), seq), -seq, &outcome).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (since, until) in [
        (None, Some(4_000)),
        (Some(1_000), None),
        (Some(1_000), Some(1_200)),
        (Some(1_096), Some(4_095)),
        (Some(5_000), Some(100)),
        (Some(0), Some(90_000)),
        (Some(7_000), None),
    ] {
        let within =
            |seq: &i64| since.is_none_or(|at| time(*seq) >= at) && until.is_none_or(|at| time(*seq) <= at);
        let truth: Vec<i64> = (1..=13_000).filter(within).collect();
        let count = |of: &dyn Fn(i64) -> bool| truth.iter().filter(|seq| of(**seq)).count() as i64;
        let filter =
            AuditFilter { since: since.map(Stamp), until: until.map(Stamp), ..AuditFilter::default() };
        let (_, summary) = answer(&store, &filter, None).await;
        assert_eq!(summary.total, truth.len() as i64, "{filter:?}");
        for name in ["read", "write"] {
            let found = summary.by_op.get(name).copied().unwrap_or_default();
            assert_eq!(found, count(&|seq| op(seq) == name), "{name} of {filter:?}");
        }
        assert_eq!(summary.by_vmid.get(&103).copied().unwrap_or_default(), count(&|seq| seq % 7 == 3));
        let times = || truth.iter().map(|seq| Stamp(time(*seq)));
        assert_eq!((summary.first, summary.last), (times().min(), times().max()), "{filter:?}");
    }
}

#[tokio::test]
async fn a_log_of_before_the_index_and_the_tree_is_indexed_signed_and_still_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let newest = first_form(&path);

    let store = Store::open(&path).await.unwrap();
    ask_everything(&store).await;
    store.intend(&intent("read", 20_000)).await.unwrap();
    let (page, summary) = answer(&store, &AuditFilter::default(), None).await;
    assert_eq!((page[0], summary.total, summary.last), (10_001, 10_001, Some(Stamp(20_000))));
    let mut verifier = Verifier::default();
    let mut frontier = Frontier::default();
    let mut view = store.read().await.unwrap();
    for (record, hash) in view.audit_after(0, 20_000).await.unwrap() {
        verifier.step(&record, &hash).unwrap();
        frontier.push(leaf_hash(&hash_of_hex(&hash).unwrap()));
        assert_eq!(record.circumstances.v, if record.seq == 10_001 { FORM } else { 0 });
        assert!(record.seq != 10_000 || hash == newest, "an old record got another hash");
    }
    assert_eq!(verifier.checked(), 10_001);
    let signed = view.newest_audit_checkpoint().await.unwrap().unwrap();
    let checkpoint = store.audit_signer().unwrap().public().open(&signed.note).unwrap();
    assert_eq!(
        (checkpoint.size, checkpoint.root),
        (10_001, frontier.root()),
        "the first covers what was there"
    );
}

/// The long log in records of the first form, a list of values each; and the newest one's hash.
fn records_of_the_first_form() -> (Vec<serde_json::Value>, String) {
    let mut prev = GENESIS.to_string();
    let mut rows = Vec::new();
    for seq in 1..=10_000 {
        let said = if seq == 77 { "nginx on web-17" } else { "something else" };
        let record = Record {
            seq,
            at: seq,
            actor: "claude".into(),
            via: "mcp".into(),
            session: None,
            op: if seq % 2 == 0 { "read".into() } else { "write".into() },
            phase: if seq % 1_000 == 0 { Phase::Failed } else { Phase::Done },
            intent: Some(0),
            input_sha256: String::new(),
            summary: json!({"did": said}),
            change_id: None,
            circumstances: Circumstances::default(),
            prev: prev.clone(),
        };
        prev = record.hash();
        let summary = record.summary.to_string();
        let r = &record;
        let phase = r.phase.as_str();
        rows.push(json!([seq, r.at, r.actor, r.via, null, r.op, phase, 0, "", summary, null, r.prev, prev]));
    }
    (rows, prev)
}

/// The database as schema 4 had it, with that log. Answers the newest record's hash.
fn first_form(path: &Path) -> String {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let (rows, newest) = records_of_the_first_form();
    let input = path.with_extension("json");
    std::fs::write(&input, serde_json::to_vec(&rows).unwrap()).unwrap();
    let program = "import sqlite3, sys, json, glob; db = sqlite3.connect(sys.argv[1]); \
                   [db.executescript(open(f).read()) for f in sorted(glob.glob(sys.argv[2] + '/000[1-4]_*.sql'))]; \
                   db.executemany('INSERT INTO audit VALUES (' + ', '.join('?' * 13) + ')', json.load(open(sys.argv[3]))); \
                   db.execute('PRAGMA user_version = 4'); db.commit()";
    let mut python = std::process::Command::new("python3");
    let done = python.args(["-c", program]).arg(path).arg(migrations).arg(input).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    newest
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn a_log_that_a_server_had_before_its_columns_is_answered_as_ever() {
    const BEFORE: &[&str] = &[
        include_str!("../migrations/postgres/0013_schema.sql"),
        include_str!("../migrations/0014_ownership.sql"),
        include_str!("../migrations/0015_views_of_principals.sql"),
        include_str!("../migrations/postgres/0016_approvals_of_principals.sql"),
    ];
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let (rows, _) = records_of_the_first_form();
    // None of these values has a quote in it.
    let rows = serde_json::to_string(&rows).unwrap();
    let fill = format!(
        "CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES (16);
         INSERT INTO audit (seq, at, actor, via, op, phase, intent, input_sha256, summary, prev, hash)
         SELECT CAST(r ->> 0 AS BIGINT), CAST(r ->> 1 AS BIGINT), r ->> 2, r ->> 3, r ->> 5, r ->> 6, 0, '', r ->> 9, r ->> 11, r ->> 12
         FROM json_array_elements('{rows}'::json) AS r"
    );
    labkeeper_store::testing::meddle(&path, &BEFORE.join("\n")).await.unwrap();
    labkeeper_store::testing::meddle(&path, &fill).await.unwrap();
    let store = labkeeper_store::testing::open(&path).await.unwrap();
    ask_everything(&store).await;
    say(&store, 10_001).await;
    assert_eq!(answer(&store, &AuditFilter::default(), None).await.1.total, 10_001);
}

async fn say(store: &Store, seq: i64) {
    note(store, seq, json!({"vmid": 100 + seq})).await;
}

async fn note(store: &Store, seq: i64, summary: serde_json::Value) {
    let outcome = Outcome { phase: Phase::Done, summary, change_id: None };
    let mut tx = store.write().await.unwrap();
    tx.outcome(Stamp(seq), &intent("read", seq), -seq, &outcome).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_another_process_wrote_since_the_last_question_is_in_the_answer() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let ours = labkeeper_store::testing::open(&path).await.unwrap();
    let theirs = labkeeper_store::testing::open(&path).await.unwrap();
    for seq in 1..=4 {
        say(if seq % 2 == 0 { &ours } else { &theirs }, seq).await;
        for store in [&ours, &theirs] {
            let (page, summary) = answer(store, &AuditFilter::default(), None).await;
            assert_eq!((page[0], summary.total, summary.by_vmid[&(100 + seq)]), (seq, seq, 1));
        }
    }
}

#[tokio::test]
async fn many_questions_while_somebody_writes_each_see_a_whole_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = labkeeper_store::testing::open(&dir.path().join("lab.db")).await.unwrap();
    let asking = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut known = 0;
            while known < 40 {
                let page = store.audit(&AuditFilter::default(), None, 100).await.unwrap();
                let seen: Vec<i64> = page.records.iter().map(|(record, _)| record.seq).collect();
                assert_eq!(seen, (1..=page.summary.total).rev().collect::<Vec<_>>());
                assert!(page.summary.total >= known, "it forgot");
                known = page.summary.total;
            }
        })
    });
    let asking: Vec<_> = asking.collect();
    for seq in 1..=40 {
        say(&store, seq).await;
    }
    for one in asking {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_log_that_was_put_back_is_read_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let store = labkeeper_store::testing::open(&path).await.unwrap();
    for seq in 1..=5 {
        say(&store, seq).await;
    }
    let late = AuditFilter { since: Some(Stamp(90)), ..AuditFilter::default() };
    assert_eq!(answer(&store, &late, None).await.1.total, 0);
    labkeeper_store::testing::unguard_audit(&path).await.unwrap();
    let meddle = |statements: &'static str| labkeeper_store::testing::meddle(&path, statements);
    meddle("UPDATE audit SET hash = 'another' WHERE seq = 5; UPDATE audit_index SET at = 99 WHERE seq = 5")
        .await
        .unwrap();
    assert_eq!(answer(&store, &late, None).await.1.total, 1, "as long, and another one");
    meddle("DELETE FROM audit WHERE seq > 3; DELETE FROM audit_index WHERE seq > 3").await.unwrap();
    assert_eq!(answer(&store, &AuditFilter::default(), None).await.1.total, 3);
}

/// The same log for a process that comes anew, and what it was asked.
async fn asked_anew(path: &Path) -> (Vec<i64>, AuditSummary) {
    let store = labkeeper_store::testing::open(path).await.unwrap();
    answer(&store, &AuditFilter::default(), None).await
}

#[tokio::test]
async fn what_an_index_has_lost_is_missing_from_the_answer_and_nothing_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let store = labkeeper_store::testing::open(&path).await.unwrap();
    long_log(&store).await;
    let meddle = |statements: &'static str| labkeeper_store::testing::meddle(&path, statements);
    // Whole blocks are kept twice.
    meddle("DELETE FROM audit_blocks WHERE block = 1").await.unwrap();
    assert_eq!(asked_anew(&path).await.1.total, 10_000);
    meddle("UPDATE audit_blocks SET entries = '7 1,8 1' WHERE block = 0; DELETE FROM audit_index WHERE seq IN (1, 5000, 9999, 10000)")
        .await
        .unwrap();
    let (page, summary) = asked_anew(&path).await;
    assert_eq!((page, summary.total), (vec![9_998, 9_997, 9_996], 9_996));
    say(&store, 10_001).await;
    assert_eq!(asked_anew(&path).await.0, [10_001, 9_998, 9_997]);
    meddle("DELETE FROM audit_sorts WHERE op = 'write'").await.unwrap();
    let (page, summary) = asked_anew(&path).await;
    assert_eq!((page, summary.total), (vec![10_001, 9_998, 9_996], 4_999));
}

#[tokio::test]
async fn an_older_sqlite_can_look_into_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    drop(Store::open(&path).await.unwrap());
    let program = "import sqlite3, sys; print(*[row[0] for row in sqlite3.connect(sys.argv[1]).execute( \
                   'SELECT sql FROM sqlite_master WHERE sql IS NOT NULL')], sep='\\n')";
    let said = std::process::Command::new("python3").args(["-c", program]).arg(&path).output().unwrap();
    let schema = String::from_utf8(said.stdout).unwrap();
    assert!(schema.contains("audit_block_is_full"), "{}", String::from_utf8_lossy(&said.stderr));
    // Of 3.44, and a file with such words in it is malformed for what is older.
    assert!(!schema.contains("string_agg") && !schema.contains("ORDER BY seq)\n"), "{schema}");
}

#[tokio::test]
async fn words_and_paths_that_were_asked_for_before_are_answered_with_what_came_since() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("lab.db");
    let ours = labkeeper_store::testing::open(&path).await.unwrap();
    let theirs = labkeeper_store::testing::open(&path).await.unwrap();
    let nginx = AuditFilter { words: Words::parse("nginx"), ..AuditFilter::default() };
    let site = AuditFilter { path: Some("/sites/".into()), ..AuditFilter::default() };
    let both = AuditFilter { words: nginx.words.clone(), path: site.path.clone(), ..AuditFilter::default() };
    let mut truth: [Vec<i64>; 3] = Default::default();
    for seq in 1..=24 {
        let did = if seq % 2 == 0 { "restarted NGINX" } else { "nothing" };
        let place = if seq % 3 == 0 { "/etc/nginx/sites/a" } else { "/etc/hosts" };
        let writer = if seq % 5 == 0 { &theirs } else { &ours };
        note(writer, seq, json!({"did": did, "path": place})).await;
        // The path is one of the texts of a record.
        let (says, lies) = (seq % 2 == 0 || seq % 3 == 0, seq % 3 == 0);
        for (truth, matches) in truth.iter_mut().zip([says, lies, says && lies]) {
            truth.extend(matches.then_some(seq));
        }
        // Not after every record: then there are some to catch up on.
        if seq % 4 == 1 {
            continue;
        }
        for (filter, truth) in [&nginx, &site, &both].into_iter().zip(&truth) {
            let (page, summary) = answer(&ours, filter, None).await;
            let newest: Vec<i64> = truth.iter().rev().take(3).copied().collect();
            assert_eq!((page, summary.total), (newest, truth.len() as i64), "{filter:?} after {seq}");
        }
    }
}
