//! Somebody with the files in his hands: each kind of tampering is found, named, and found where it happened.

use std::sync::Arc;

use labkeeper_core::audit::{Line, PublicKey, Record};
use labkeeper_core::ports::Anchor;
use labkeeper_ops::journal::audit_examination::{TamperingKind, Witness};
use labkeeper_ops::journal::audit_notes::{self, AnchorDirectory};
use labkeeper_ops::journal::audit_settings::AuditSettings;
use labkeeper_ops::journal::audit_verify::{Question, Standing, Verification};
use labkeeper_store::testing;
use serde_json::json;

use crate::lab::Lab;

/// A lab with ten records.
async fn lab() -> Lab {
    let lab = Lab::new().await;
    fill(&lab, 5).await;
    lab
}

async fn fill(lab: &Lab, items: usize) {
    for n in 0..items {
        lab.create("misc", json!({"name": format!("thing {n}")})).await;
    }
}

async fn sql(lab: &Lab, text: &str) {
    let path = lab.keeper.store().path();
    testing::unguard_audit(path).await.unwrap();
    testing::meddle(path, text).await.unwrap();
}

async fn records(lab: &Lab) -> Vec<(Record, String)> {
    lab.keeper.store().read().await.unwrap().audit_after(0, 10_000).await.unwrap()
}

/// What somebody who can compute hashes does: changes a record and makes the chain anew from there on.
async fn rewrite(lab: &Lab, seq: i64, change: impl Fn(&mut Record)) {
    let mut all = records(lab).await;
    let from = usize::try_from(seq - 1).unwrap();
    change(&mut all[from].0);
    for at in from..all.len() {
        if at > 0 {
            all[at].0.prev = all[at - 1].1.clone();
        }
        all[at].1 = all[at].0.hash();
    }
    let updates = all.iter().map(|(r, hash)| {
        format!(
            "UPDATE audit SET at = {}, actor = '{}', prev = '{}', hash = '{hash}' WHERE seq = {};",
            r.at, r.actor, r.prev, r.seq
        )
    });
    sql(lab, &updates.collect::<String>()).await;
}

async fn verify(lab: &Lab, question: Question) -> Verification {
    lab.keeper.verify_audit(question, |_| Ok(())).await.unwrap()
}

/// How it was found to be tampered with, and where.
async fn found(lab: &Lab) -> (Option<TamperingKind>, Option<i64>) {
    let verified = verify(lab, Question::default()).await;
    assert_eq!(verified.ok, verified.kind.is_none());
    (verified.kind, verified.seq)
}

async fn own_key(lab: &Lab) -> PublicKey {
    lab.keeper.store().audit_signer().unwrap().public()
}

#[tokio::test]
async fn an_untouched_log_holds_and_is_not_anchored() {
    let lab = lab().await;
    let verified = verify(&lab, Question::default()).await;
    assert_eq!((verified.standing, verified.records, verified.unsigned), (Standing::Unanchored, 10, 9));
    assert_eq!(verified.key, Some(own_key(&lab).await.to_string()));
    let asked = lab.ask("audit_verify", json!({"from": 7})).await;
    assert_eq!(
        (&asked["ok"], &asked["records"], &asked["standing"]),
        (&json!(true), &json!(10), &json!("unanchored"))
    );
}

#[tokio::test]
async fn altered_in_any_column_and_even_in_spaces() {
    for change in [
        "actor = 'mallory'",
        "summary = '{ }'",
        "circumstances = NULL",
        "phase = 'nothing'",
        "at = at + 1",
        "prev = hash",
    ] {
        let lab = lab().await;
        sql(&lab, &format!("UPDATE audit SET {change} WHERE seq = 3")).await;
        assert_eq!(found(&lab).await, (Some(TamperingKind::Edit), Some(3)), "{change}");
    }
}

#[tokio::test]
async fn removed_in_between_put_in_another_order_and_doubled() {
    let lab = self::lab().await;
    sql(&lab, "DELETE FROM audit WHERE seq = 3").await;
    assert_eq!(found(&lab).await, (Some(TamperingKind::Gap), Some(3)));

    let lab = self::lab().await;
    sql(
        &lab,
        "UPDATE audit SET seq = -1 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = -1",
    )
    .await;
    assert_eq!(found(&lab).await, (Some(TamperingKind::Reorder), Some(3)));

    let lab = self::lab().await;
    sql(
        &lab,
        "DELETE FROM audit WHERE seq = 6; INSERT INTO audit SELECT 6, at, actor, via, session, op, phase, intent, input_sha256, \
         summary, change_id, prev, hash, circumstances FROM audit WHERE seq = 3",
    )
    .await;
    assert_eq!(found(&lab).await, (Some(TamperingKind::Duplicate), Some(6)));
}

#[tokio::test]
async fn rewritten_with_a_chain_made_anew() {
    let lab = lab().await;
    // The first checkpoint covers one record, the next all.
    lab.keeper.store().sign_audit(lab.now(), true).await.unwrap();
    rewrite(&lab, 4, |record| record.actor = "mallory".into()).await;
    assert_eq!(
        found(&lab).await,
        (Some(TamperingKind::Splice), Some(2)),
        "a record behind the last good checkpoint"
    );

    let lab = self::lab().await;
    sql(&lab, "UPDATE audit SET prev = (SELECT hash FROM audit WHERE seq = 2) WHERE seq = 5").await;
    assert_eq!(found(&lab).await.1, Some(5));
}

#[tokio::test]
async fn a_time_that_goes_back_without_a_word() {
    let lab = lab().await;
    rewrite(&lab, 4, |record| record.at -= 3_600_000_000).await;
    assert_eq!(found(&lab).await, (Some(TamperingKind::TimeRegression), Some(4)));
}

#[tokio::test]
async fn a_clock_that_jumps_is_no_tampering() {
    let lab = lab().await;
    let before = lab.now();
    lab.clock.set(labkeeper_core::stamp::Stamp(before.0 - 7_200_000_000));
    fill(&lab, 1).await;
    lab.clock.set(labkeeper_core::stamp::Stamp(before.0 + 900_000_000_000));
    fill(&lab, 1).await;
    let verified = verify(&lab, Question::default()).await;
    assert!(verified.ok, "{:?}", verified.broken);
    assert_eq!(verified.clock_set_back, Some(7_199), "one second passed with the call");
}

#[tokio::test]
async fn a_checkpoint_that_was_altered_forged_or_signed_by_somebody_else() {
    let lab = self::lab().await;
    sql(&lab, "UPDATE audit_checkpoints SET note = replace(note, '\n1\n', '\n9\n')").await;
    assert_eq!(found(&lab).await, (Some(TamperingKind::BadSignature), Some(1)));

    let lab = self::lab().await;
    let other = labkeeper_core::audit::Signer::from_secret(&[7; 32]);
    let root = labkeeper_core::audit::hash_of_hex(&verify(&lab, Question::default()).await.root).unwrap();
    let (note, key) = (other.sign(10, root), other.public());
    let edge = "(SELECT edge FROM audit_checkpoints)";
    sql(&lab, &format!("INSERT INTO audit_checkpoints SELECT 10, 0, '{note}', {edge}, '{key}'")).await;
    assert_eq!(found(&lab).await.1, Some(2), "the edge is not that of ten records");

    let lab = self::lab().await;
    sql(
        &lab,
        &format!("UPDATE audit_checkpoints SET key = '{key}', note = '{}'", {
            let mut frontier = labkeeper_core::audit::Frontier::default();
            let first = labkeeper_core::audit::hash_of_hex(&records(&lab).await[0].1).unwrap();
            frontier.push(labkeeper_core::audit::leaf_hash(&first));
            other.sign(1, frontier.root())
        }),
    )
    .await;
    assert_eq!(
        found(&lab).await,
        (Some(TamperingKind::BadSignature), Some(1)),
        "no record says that the key was another"
    );
}

#[tokio::test]
async fn cut_off_at_the_end() {
    let lab = lab().await;
    lab.keeper.store().sign_audit(lab.now(), true).await.unwrap();
    sql(&lab, "DELETE FROM audit WHERE seq > 8").await;
    assert_eq!(
        found(&lab).await,
        (Some(TamperingKind::Rollback), Some(9)),
        "the database has a checkpoint of ten"
    );
}

/// A lab that is anchored in a directory, and that directory.
async fn anchored() -> (Lab, tempfile::TempDir) {
    let outside = tempfile::tempdir().unwrap();
    let anchor: Arc<dyn Anchor> = Arc::new(AnchorDirectory::new(outside.path().into()));
    let audit = AuditSettings { anchors: vec![anchor], ..AuditSettings::default() };
    let lab = Lab::keeping(tempfile::tempdir().unwrap(), audit).await;
    fill(&lab, 5).await;
    let store = lab.keeper.store();
    store.sign_audit(lab.now(), true).await.unwrap();
    let notes: Vec<String> = store
        .read()
        .await
        .unwrap()
        .audit_checkpoints(0, 100)
        .await
        .unwrap()
        .into_iter()
        .map(|kept| kept.note)
        .collect();
    lab.keeper.settings().audit.anchors[0].keep(&notes).await.unwrap();
    (lab, outside)
}

#[tokio::test]
async fn a_log_that_was_put_back_or_written_anew_is_not_what_the_anchor_kept() {
    let (lab, _outside) = anchored().await;
    assert_eq!(verify(&lab, Question::default()).await.standing, Standing::Anchored);
    sql(&lab, "DELETE FROM audit WHERE seq > 6; DELETE FROM audit_checkpoints WHERE size > 6").await;
    assert_eq!(found(&lab).await, (Some(TamperingKind::Rollback), Some(7)));

    // With the key in his hands: everything written and signed anew.
    let (lab, _outside) = anchored().await;
    rewrite(&lab, 4, |record| record.actor = "mallory".into()).await;
    sql(&lab, "DELETE FROM audit_checkpoints").await;
    lab.keeper.store().sign_audit(lab.now(), true).await.unwrap();
    assert_eq!(found(&lab).await, (Some(TamperingKind::Splice), Some(2)));
}

#[tokio::test]
async fn a_log_under_another_key_is_found_by_whoever_noted_the_first() {
    let (lab, outside) = anchored().await;
    let first = own_key(&lab).await;
    let kept = audit_notes::read_directory(outside.path()).unwrap();
    sql(&lab, "DELETE FROM audit_checkpoints").await;
    std::fs::remove_file(lab.dir.path().join("audit.key")).unwrap();
    let lab = lab.restarted(Vec::new()).await;
    fill(&lab, 1).await;
    let verified = verify(&lab, Question::default()).await;
    assert_eq!(verified.standing, Standing::Unanchored, "nobody outside has anything of this key");

    let noted = verify(&lab, Question { keys: vec![first], ..Question::default() }).await;
    assert_eq!(noted.kind, Some(TamperingKind::BadSignature));
    let witness = Witness { place: "a stick".into(), notes: kept, is_ours: true };
    let compared = verify(&lab, Question { witnesses: vec![witness], ..Question::default() }).await;
    assert_eq!(compared.kind, Some(TamperingKind::BadSignature));
}

#[tokio::test]
async fn an_anchor_that_several_hubs_share_and_one_that_is_gone() {
    let (lab, outside) = anchored().await;
    let (other, _) = anchored().await;
    let theirs = other.keeper.store().read().await.unwrap().newest_audit_checkpoint().await.unwrap().unwrap();
    lab.keeper.settings().audit.anchors[0].keep(&[theirs.note]).await.unwrap();
    assert_eq!(verify(&lab, Question::default()).await.standing, Standing::Anchored);
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 2, "a file for each log");
    outside.close().unwrap();
    let verified = verify(&lab, Question::default()).await;
    assert_eq!(verified.standing, Standing::Unanchored);
    assert!(verified.anchors[0].trouble.is_some(), "and it is said why");
}

#[tokio::test]
async fn from_a_record_on_only_what_follows_is_looked_at() {
    let lab = Lab::new().await;
    fill(&lab, 60).await;
    sql(&lab, "UPDATE audit SET actor = 'mallory' WHERE seq = 3").await;
    assert_eq!(found(&lab).await.1, Some(3));
    let verified = verify(&lab, Question { from: 115, ..Question::default() }).await;
    assert_eq!((verified.ok, verified.records), (true, 120), "{:?}", verified.broken);
}

#[tokio::test]
async fn every_record_can_be_proven_without_the_log() {
    let lab = lab().await;
    let key = own_key(&lab).await;
    for seq in 1..=10 {
        let proof = lab.keeper.prove_audit(seq).await.unwrap();
        let (Line { record, .. }, checkpoint) = proof.check(Some(&key)).unwrap();
        assert_eq!((record.seq, checkpoint.size), (seq, 10));
    }
    let missing = lab.keeper.prove_audit(11).await.unwrap_err();
    assert!(missing.message.contains("the log has 10"), "{}", missing.message);
}
