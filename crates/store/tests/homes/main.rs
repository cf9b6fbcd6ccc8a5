//! A schema on a server belongs to one hub at a time, whose replicas work on it side by side.
#![allow(clippy::unwrap_used, reason = "tests")]

mod pair;

use std::time::{Duration, Instant};

use labkeeper_core::audit::{Grounds, Phase};
use labkeeper_core::file::Quota;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{
    Bucket, BucketSettings, Claimant, Claimed, Intent, Outcome, Store, StoreError, testing,
};
use serde_json::Value;
use tokio::time::timeout;

use crate::pair::{PATIENCE, Pair, written};

fn intent(op: &str) -> Intent {
    Intent {
        at: Stamp(1),
        actor: "claude".into(),
        via: "mcp".into(),
        session: None,
        op: op.into(),
        summary: Value::Null,
        grounds: Grounds::default(),
    }
}

fn done() -> Outcome {
    Outcome { phase: Phase::Done, summary: Value::Null, change_id: None }
}

async fn phase_of(store: &Store, asked: i64) -> Option<Phase> {
    store.read().await.unwrap().audit_outcome(asked).await.unwrap().map(|record| record.phase)
}

fn who(actor: &str) -> Claimant {
    Claimant { actor: actor.into(), op: "pct_write_file".into(), since: Stamp(7) }
}

/// Waits until nobody has it.
async fn taken(store: &Store, thing: &str) -> labkeeper_store::Claim {
    let begun = Instant::now();
    loop {
        if let Claimed::Ours(claim) = store.claim(thing, &who("codex")).await.unwrap() {
            return claim;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{thing} is not free");
    }
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn another_directory_waits_until_nobody_of_the_first_is_left() {
    let pair = Pair::new().await;
    let (here, there) = (pair.database(0), pair.database(1));
    let hub = Store::connect(&pair.url, &here, None).await.unwrap();
    let command = Store::connect(&pair.url, &here, None).await.expect("a command of the same directory");
    let refused = Store::connect(&pair.url, &there, None).await.expect_err("it is another's").to_string();
    assert!(refused.contains(pair.dirs[0].path().to_str().unwrap()), "{refused}");
    hub.close().await;
    assert!(Store::connect(&pair.url, &there, None).await.is_err(), "the command is still at work");
    command.close().await;
    let next = Store::connect(&pair.url, &there, None).await.unwrap();
    written(&next).await.unwrap();
    assert!(Store::connect(&pair.url, &here, None).await.is_err(), "and now it is the other's");
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_was_cut_off_while_another_moved_in_writes_nothing_more() {
    let pair = Pair::new().await;
    let (here, there) = (pair.database(0), pair.database(1));
    let first = Store::connect(pair.url(0), &here, None).await.unwrap();
    written(&first).await.unwrap();
    pair.cut_off().await;
    // Cut off and back before anybody came, nothing is lost.
    pair.are_at_home(1).await;
    written(&first).await.unwrap();
    assert!(Store::connect(&pair.url, &there, None).await.is_err(), "it came back");
    pair.line.cut();
    let second = pair.moved_in(&there).await;
    pair.line.mend();
    let fault = written(&first).await.unwrap_err();
    assert!(matches!(fault, StoreError::Taken { .. }), "{fault}");
    written(&second).await.unwrap();
}

#[tokio::test]
#[ignore = "needs servers: LABKEEPER_TEST_DATABASE_URL and LABKEEPER_TEST_S3_URL"]
async fn what_one_replica_kept_of_a_file_another_puts_back() {
    let pair = Pair::new().await;
    let settings = testing::bucket_settings(pair.dirs[0].path());
    let open = async |which: usize| {
        let beside = pair.database(which);
        let bucket = Bucket::new(BucketSettings { encrypt: true, ..settings.clone() }, &beside).unwrap();
        Store::connect(pair.url(which), &beside, Some(bucket)).await
    };
    let first = open(0).await.unwrap();
    let kept = first
        .keep_version(testing::version("/etc/x", Some(b"before"), None), Quota::default())
        .await
        .unwrap();
    pair.share_the_key();
    let second = open(1).await.unwrap();
    let version = second.read().await.unwrap().version(kept).await.unwrap().unwrap();
    let fault = second.content(&version.before).await.unwrap_err().to_string();
    assert!(fault.contains("blobs.key"), "it lacks the key of contents, and says so: {fault}");
    std::fs::copy(pair.dirs[0].path().join("blobs.key"), pair.dirs[1].path().join("blobs.key")).unwrap();
    assert_eq!(second.content(&version.before).await.unwrap().unwrap(), b"before");
    assert!(!pair.dirs[1].path().join("blobs").exists(), "nothing of it lies in a directory");
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn a_replica_has_the_key_and_the_bucket_of_the_first_and_is_told_what_it_lacks() {
    let pair = Pair::new().await;
    let first = pair.open(0, "lab").await.unwrap();
    let lack = pair.open(1, "lab").await.expect_err("it has another key").to_string();
    assert!(lack.contains("as a replica, put a copy of its audit.key"), "{lack}");
    pair.share_the_key();
    for elsewhere in [pair.open(1, "other").await, Store::connect(&pair.url, &pair.database(1), None).await] {
        let lack = elsewhere.expect_err("contents lie elsewhere").to_string();
        assert!(
            lack.contains("as a replica, keep the contents of files in the same bucket (blobs.url"),
            "{lack}"
        );
    }
    let second = pair.open(1, "lab").await.unwrap();
    for store in [&first, &second, &first] {
        written(store).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn the_schema_does_not_change_under_those_at_work() {
    let pair = Pair::new().await;
    let first = pair.open(0, "lab").await.unwrap();
    pair.meddle("UPDATE schema_version SET version = version - 1").await;
    let refused = pair.open(0, "lab").await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    assert!(refused.to_string().contains(" (it seems "), "{refused}");
    first.intend(&intent("guest_start")).await.unwrap();
    let refused = pair.open(0, "lab").await.unwrap_err().to_string();
    let place = pair.database(0);
    assert!(refused.contains(&format!(" (it seems {} on ", place.parent().unwrap().display())), "{refused}");
    written(&first).await.unwrap();
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_is_back_in_time_after_a_restart_goes_on_and_loses_nothing() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let asked = first.intend(&intent("guest_start")).await.unwrap();
    let Claimed::Ours(claim) = first.claim("x", &who("claude")).await.unwrap() else { panic!("it is free") };
    pair.cut_off().await;
    second.notice_foreign_writes().await.unwrap();
    pair.are_at_home(2).await;
    pair.wait_long().await;
    second.notice_foreign_writes().await.unwrap();
    assert!(claim.is_held().await.unwrap());
    let Claimed::Theirs(Some(holder)) = second.claim("x", &who("codex")).await.unwrap() else {
        panic!("the first has it")
    };
    assert_eq!(holder, who("claude"));
    assert_eq!(phase_of(&second, asked).await, None);
    first.conclude(Stamp(2), &intent("guest_start"), Some(asked), &done()).await.unwrap();
    assert_eq!(phase_of(&second, asked).await, Some(Phase::Done));
    drop(claim);
    taken(&second, "x").await;
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_stays_away_is_cleared_up_after_once_and_comes_back_too_late() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let asked = first.intend(&intent("guest_start")).await.unwrap();
    let Claimed::Ours(claim) = first.claim("x", &who("claude")).await.unwrap() else { panic!("it is free") };
    pair.line.cut();
    pair.is_missed_by(&second).await;
    assert_eq!(phase_of(&second, asked).await, None, "it may come back");
    pair.wait_long().await;
    second.notice_foreign_writes().await.unwrap();
    assert_eq!(phase_of(&second, asked).await, Some(Phase::Interrupted));
    let theirs = taken(&second, "x").await;
    pair.line.mend();
    pair.are_at_home(2).await;
    assert!(!claim.is_held().await.unwrap());
    drop(claim);

    let fault = written(&first).await.unwrap_err();
    assert!(matches!(fault, StoreError::CutOff), "{fault}");
    let late = first.conclude(Stamp(2), &intent("guest_start"), Some(asked), &done()).await.unwrap_err();
    assert!(matches!(late, StoreError::Settled { .. }), "{late}");
    // It is one of them again.
    let next = first.intend(&intent("guest_stop")).await.unwrap();
    first.notice_foreign_writes().await.unwrap();
    second.notice_foreign_writes().await.unwrap();
    first.conclude(Stamp(3), &intent("guest_stop"), Some(next), &done()).await.unwrap();
    assert!(matches!(first.claim("x", &who("claude")).await.unwrap(), Claimed::Theirs(_)));
    assert!(theirs.is_held().await.unwrap());
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_leaves_in_good_order_is_not_waited_for() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let asked = first.intend(&intent("guest_start")).await.unwrap();
    first.conclude(Stamp(2), &intent("guest_start"), Some(asked), &done()).await.unwrap();
    let Claimed::Ours(claim) = first.claim("the schedules", &who("claude")).await.unwrap() else {
        panic!("it is free")
    };
    first.close().await;
    drop(claim);
    assert!(matches!(second.claim("the schedules", &who("codex")).await.unwrap(), Claimed::Ours(_)));
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_cannot_reach_the_server_for_three_seconds_is_missed_and_lives() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let asked = first.intend(&intent("guest_start")).await.unwrap();
    let Claimed::Ours(claim) = first.claim("x", &who("claude")).await.unwrap() else { panic!("it is free") };
    let away = Instant::now();
    pair.line.cut();
    while away.elapsed() < Duration::from_secs(3) {
        pair.is_missed_by(&second).await;
        second.notice_foreign_writes().await.unwrap();
        assert!(matches!(second.claim("x", &who("codex")).await.unwrap(), Claimed::Theirs(_)));
    }
    pair.line.mend();
    // Nobody asks the first one for anything.
    pair.are_at_home(2).await;
    assert!(away.elapsed() < Duration::from_secs(8), "its grace would be over");
    assert_eq!(pair.missed().await, 0);
    pair.wait_long().await;
    second.notice_foreign_writes().await.unwrap();
    assert!(claim.is_held().await.unwrap());
    first.conclude(Stamp(2), &intent("guest_start"), Some(asked), &done()).await.unwrap();
    assert_eq!(phase_of(&second, asked).await, Some(Phase::Done));
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_gives_up_while_the_locks_are_taken_leaves_none_half_taken() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let asked = first.intend(&intent("guest_start")).await.unwrap();
    let tx = second.write().await.unwrap();
    pair.line.cut();
    pair.is_missed_by(&second).await;
    pair.line.mend();
    // They wait for the one who writes, each until it gives up; the run itself is seen again at once.
    let begun = Instant::now();
    while pair.missed().await > 0 {
        assert!(begun.elapsed() < PATIENCE, "it is missed still");
        let _ = timeout(Duration::from_millis(300), first.claim("y", &who("claude"))).await;
    }
    drop(tx);
    pair.are_at_home(2).await;
    pair.wait_long().await;
    second.notice_foreign_writes().await.unwrap();
    first.conclude(Stamp(2), &intent("guest_start"), Some(asked), &done()).await.unwrap();
    assert_eq!(phase_of(&second, asked).await, Some(Phase::Done));
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn a_server_that_was_restarted_begins_the_grace_anew() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let asked = first.intend(&intent("guest_start")).await.unwrap();
    pair.line.cut();
    pair.is_missed_by(&second).await;
    pair.meddle("UPDATE runs SET missed = 0, missed_by = missed_by - 1 WHERE missed IS NOT NULL").await;
    second.notice_foreign_writes().await.unwrap();
    second.notice_foreign_writes().await.unwrap();
    assert_eq!(phase_of(&second, asked).await, None, "it was missed at another server");
    pair.wait_long().await;
    second.notice_foreign_writes().await.unwrap();
    assert_eq!(phase_of(&second, asked).await, Some(Phase::Interrupted));
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_takes_a_claim_first_after_others_cleared_up_is_refused_a_write_all_the_same() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    first.intend(&intent("guest_start")).await.unwrap();
    pair.line.cut();
    pair.is_missed_by(&second).await;
    pair.wait_long().await;
    second.notice_foreign_writes().await.unwrap();
    pair.line.mend();
    pair.are_at_home(2).await;
    assert!(matches!(first.claim("x", &who("claude")).await.unwrap(), Claimed::Ours(_)));
    let fault = written(&first).await.unwrap_err();
    assert!(matches!(fault, StoreError::CutOff), "{fault}");
    written(&first).await.unwrap();
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn whoever_was_cut_off_while_the_hub_went_into_a_file_writes_nothing_more() {
    let pair = Pair::new().await;
    let (first, second) = pair.replicas().await;
    let refused = second.leave_server().await.err().expect("another one is at work");
    assert!(matches!(&refused, StoreError::AtWork(who) if !who.contains(';')), "{refused}");
    written(&second).await.unwrap();
    written(&first).await.unwrap();

    pair.line.cut();
    let begun = Instant::now();
    let leaving = loop {
        match second.leave_server().await {
            Ok(leaving) => break leaving,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
        }
    };
    leaving.went_to(&pair.dirs[1].path().join("labkeeper.db")).await.unwrap();
    pair.line.mend();
    for store in [&first, &second] {
        let begun = Instant::now();
        loop {
            match written(store).await {
                Err(StoreError::MovedAway { path, .. }) => {
                    break assert!(path.ends_with("/labkeeper.db"), "{path}");
                }
                Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
                Ok(()) => panic!("it wrote where nobody reads it"),
            }
        }
    }
}
