//! The audit log in plain files: whatever happens to the process, the disk or the files, they end up saying what the log says, and what
//! was in them is not lost.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::ports::{Anchor, Later};
use labkeeper_ops::journal::audit_examination::TamperingKind;
use labkeeper_ops::journal::audit_notes::{self, AnchorDirectory};
use labkeeper_ops::journal::audit_settings::AuditSettings;
use labkeeper_ops::journal::audit_verify::{Question, Standing, Verification};
use labkeeper_ops::keeper::Keeper;
use labkeeper_store::testing;
use serde_json::{Value, json};

use crate::lab::{Lab, no_model};
use crate::work::{start, until};

const SOON: Duration = Duration::from_secs(20);

fn mirror(lab: &Lab) -> PathBuf {
    lab.dir.path().join("audit.jsonl")
}

async fn verify(keeper: &Keeper) -> Verification {
    keeper.verify_audit(Question { mirror: true, ..Question::default() }, |_| Ok(())).await.unwrap()
}

/// Waits until the mirror has every record.
async fn caught_up(keeper: &Keeper) -> Verification {
    until(SOON, "the mirror says what the log says", || async {
        let verified = verify(keeper).await;
        verified.ok && verified.mirror.is_some_and(|mirror| mirror.last == verified.records && !mirror.torn)
    })
    .await;
    verify(keeper).await
}

/// Lets the workers bring the mirror up to date, and stops them.
async fn mirrored(lab: &Lab) -> Verification {
    let (shutdown, worker) = start(&lab.keeper);
    let verified = caught_up(&lab.keeper).await;
    shutdown.cancel();
    worker.await.unwrap();
    verified
}

async fn create(lab: &Lab, count: usize) {
    for n in 0..count {
        lab.create("misc", json!({"name": format!("thing {n}")})).await;
    }
}

/// What the log says about its mirror, oldest first: phase and summary.
async fn said(lab: &Lab) -> Vec<(String, Value)> {
    let log = lab.ask("query_audit", json!({"tool": "audit_mirror", "limit": 200})).await;
    let row = |row: &Value| (row["phase"].as_str().unwrap().to_string(), row["summary"].clone());
    log["data"].as_array().unwrap().iter().rev().map(row).collect()
}

fn names(lab: &Lab, part: &str) -> Vec<String> {
    let entries = std::fs::read_dir(lab.dir.path()).unwrap();
    let all = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = all.filter(|name| name.contains(part)).collect();
    names.sort();
    names
}

/// All files of the mirror, one after the other.
fn text(lab: &Lab) -> String {
    let sealed = names(lab, "audit-").into_iter().map(|name| lab.dir.path().join(name));
    sealed.chain([mirror(lab)]).map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect()
}

#[tokio::test]
async fn half_a_line_is_cut_off_kept_and_written_again_wherever_it_was_torn() {
    let lab = Lab::new().await;
    create(&lab, 1).await;
    mirrored(&lab).await;
    let whole = std::fs::read_to_string(mirror(&lab)).unwrap();
    let last = whole.trim_end().rfind('\n').unwrap() + 1;
    let step = (whole.len() - last) / 7;
    for (round, cut) in (last + 1..whole.len()).step_by(step).enumerate() {
        let (good, torn) = (&whole[..last], &whole[last..cut]);
        lab.clock.advance(Duration::from_secs(5));
        std::fs::write(mirror(&lab), format!("{good}{torn}")).unwrap();
        assert_eq!(verify(&lab.keeper).await.standing, Standing::TornTail, "cut at {cut}");
        let verified = mirrored(&lab).await;
        assert!(verified.ok, "{:?}", verified.broken);
        assert!(text(&lab).starts_with(&whole), "the line was written again");
        let said = said(&lab).await;
        let (phase, summary) = &said[round];
        assert_eq!((phase.as_str(), &summary["bytes"]), ("recovered", &json!(torn.len())));
        assert_eq!(summary["sha256"], labkeeper_core::audit::sha256_hex(torn.as_bytes()));
        let kept = lab.dir.path().join(summary["kept"].as_str().unwrap());
        assert_eq!(std::fs::read_to_string(kept).unwrap(), torn);
    }
}

#[tokio::test]
async fn a_whole_last_line_that_is_altered_is_cut_off_too_and_the_log_has_the_true_one() {
    let lab = Lab::new().await;
    create(&lab, 1).await;
    mirrored(&lab).await;
    let whole = std::fs::read_to_string(mirror(&lab)).unwrap();
    std::fs::write(mirror(&lab), whole.replace("\"phase\":\"done\"", "\"phase\":\"asked\"")).unwrap();
    assert!(mirrored(&lab).await.ok);
    assert!(text(&lab).starts_with(&whole));
    assert_eq!(said(&lab).await[0].0, "recovered");
}

#[tokio::test]
async fn a_change_before_the_last_line_is_named_kept_and_begun_anew() {
    type Change = fn(&[&str]) -> String;
    let changes: [(Change, TamperingKind); 5] = [
        (|lines| lines.join("\n").replacen("local", "mallory", 1), TamperingKind::Edit),
        (|lines| [&[lines[0]], &lines[2..]].concat().join("\n"), TamperingKind::Gap),
        (|lines| [lines[0], lines[2], lines[1], lines[3]].join("\n"), TamperingKind::Reorder),
        (|lines| [lines[0], lines[0], lines[1], lines[2], lines[3]].join("\n"), TamperingKind::Duplicate),
        (|lines| format!("\n{}", lines.join("\n")), TamperingKind::Edit),
    ];
    for (change, kind) in changes {
        let lab = Lab::new().await;
        create(&lab, 2).await;
        mirrored(&lab).await;
        let whole = std::fs::read_to_string(mirror(&lab)).unwrap();
        let changed = format!("{}\n", change(&whole.lines().collect::<Vec<_>>()));
        std::fs::write(mirror(&lab), &changed).unwrap();
        assert_eq!(verify(&lab.keeper).await.kind, Some(kind));
        let verified = mirrored(&lab).await;
        assert!(verified.ok, "{:?}", verified.broken);
        assert!(text(&lab).starts_with(&whole), "begun anew from the log");
        let (phase, summary) = said(&lab).await.remove(0);
        assert_eq!(phase, "alarmed", "{kind:?}");
        let kept = lab.dir.path().join(summary["kept"].as_str().unwrap());
        assert_eq!(std::fs::read_to_string(kept).unwrap(), changed, "evidence stays as it is");
    }
}

#[tokio::test]
async fn a_mirror_that_holds_in_itself_but_not_beside_the_log_is_found_and_kept_aside() {
    let (lab, other) = (Lab::new().await, Lab::new().await);
    other.create("misc", json!({"name": "elsewhere"})).await;
    mirrored(&other).await;
    lab.create("misc", json!({"name": "here"})).await;
    std::fs::copy(mirror(&other), mirror(&lab)).unwrap();
    assert_eq!(verify(&lab.keeper).await.kind, Some(TamperingKind::Mirror));
    assert!(mirrored(&lab).await.ok);
    assert_eq!(names(&lab, ".other-").len(), 1);
    assert_eq!(said(&lab).await[0].0, "alarmed");
}

#[tokio::test]
async fn who_writes_to_it_while_it_is_written_is_noticed() {
    let lab = Lab::new().await;
    let (shutdown, worker) = start(&lab.keeper);
    create(&lab, 1).await;
    caught_up(&lab.keeper).await;
    let whole = std::fs::read_to_string(mirror(&lab)).unwrap();
    std::fs::write(mirror(&lab), whole.replacen("local", "mallory", 1)).unwrap();
    create(&lab, 1).await;
    until(SOON, "an alarm", || async { said(&lab).await.iter().any(|(phase, _)| phase == "alarmed") }).await;
    assert!(caught_up(&lab.keeper).await.ok);
    shutdown.cancel();
    worker.await.unwrap();
    assert_eq!(names(&lab, ".tampered-").len(), 1);
}

#[tokio::test]
async fn a_file_that_is_large_enough_or_of_another_day_is_sealed_while_records_come() {
    let small = AuditSettings { segment_bytes: 4_000, ..AuditSettings::default() };
    let lab = Lab::keeping(tempfile::tempdir().unwrap(), small).await;
    let (shutdown, worker) = start(&lab.keeper);
    for _ in 0..12 {
        create(&lab, 3).await;
        tokio::task::yield_now().await;
    }
    caught_up(&lab.keeper).await;
    until(SOON, "three complete files", || async { names(&lab, "audit-").len() >= 3 }).await;
    // It is not there for the moment between two files.
    while std::fs::read(mirror(&lab)).unwrap_or_default().is_empty() {
        create(&lab, 1).await;
        caught_up(&lab.keeper).await;
    }
    let many = names(&lab, "audit-").len();
    lab.clock.advance(Duration::from_secs(86_400));
    create(&lab, 1).await;
    until(SOON, "one more for the day", || async { names(&lab, "audit-").len() > many }).await;
    let verified = caught_up(&lab.keeper).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert!(verified.ok, "{:?}", verified.broken);

    let mut next = 1;
    for name in names(&lab, "audit-") {
        assert_eq!(name, format!("audit-{next:012}.jsonl"));
        let text = std::fs::read_to_string(lab.dir.path().join(&name)).unwrap();
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!((&last["phase"], &last["summary"]["segment"]), (&json!("sealed"), &json!(name)));
        next = last["seq"].as_i64().unwrap() + 1;
    }
    let checkpoints = lab.keeper.store().read().await.unwrap().audit_checkpoints(0, 1_000).await.unwrap();
    let seals = said(&lab).await.len();
    assert!(checkpoints.len() >= seals, "each seal is signed for at once");
}

#[tokio::test]
async fn files_whose_time_is_over_go_whole_and_checkpoints_stay() {
    let short = AuditSettings { segment_bytes: 2_000, keep_days: 2, ..AuditSettings::default() };
    let lab = Lab::keeping(tempfile::tempdir().unwrap(), short).await;
    for _ in 0..4 {
        create(&lab, 4).await;
        mirrored(&lab).await;
        lab.clock.advance(Duration::from_secs(86_400));
    }
    let before = names(&lab, "audit-");
    create(&lab, 1).await;
    let verified = mirrored(&lab).await;
    let after = names(&lab, "audit-");
    assert!(verified.ok && !after.contains(&before[0]), "{before:?} {after:?}");
    let first = verified.mirror.unwrap().first;
    assert_eq!(after[0], format!("audit-{first:012}.jsonl"));
    let kept = audit_notes::read(&lab.dir.path().join("audit.checkpoints")).unwrap();
    let made = lab.keeper.store().read().await.unwrap().audit_checkpoints(0, 1_000).await.unwrap().len();
    assert!(kept.len() >= made - 1 && verified.records > first, "{} of {made}", kept.len());
}

#[tokio::test]
async fn two_processes_write_one_mirror() {
    let lab = Lab::new().await;
    let beside = lab.beside(Arc::new(no_model)).await;
    let (shutdown, worker) = start(&lab.keeper);
    let (their_shutdown, their_worker) = start(&beside);
    create(&lab, 10).await;
    caught_up(&lab.keeper).await;
    // The one that wrote goes, and the other takes over.
    shutdown.cancel();
    worker.await.unwrap();
    create(&lab, 10).await;
    let verified = caught_up(&beside).await;
    their_shutdown.cancel();
    their_worker.await.unwrap();
    assert!(verified.ok, "{:?}", verified.broken);
    assert!(said(&lab).await.is_empty(), "nobody got in the other's way");
}

#[derive(Debug)]
struct Nowhere;

impl Anchor for Nowhere {
    fn name(&self) -> &str {
        "nowhere"
    }

    fn keep<'a>(&'a self, _: &'a [String]) -> Later<'a, Result<(), String>> {
        Box::pin(async { Err("nobody answers".into()) })
    }

    fn held(&self) -> Later<'_, Result<Option<Vec<String>>, String>> {
        Box::pin(async { Ok(None) })
    }
}

#[tokio::test]
async fn checkpoints_reach_the_places_outside_and_trouble_with_one_shows() {
    let outside = tempfile::tempdir().unwrap();
    let anchors: Vec<Arc<dyn Anchor>> =
        vec![Arc::new(AnchorDirectory::new(outside.path().into())), Arc::new(Nowhere)];
    let audit = AuditSettings { anchors, ..AuditSettings::default() };
    let lab = Lab::keeping(tempfile::tempdir().unwrap(), audit).await;
    let (shutdown, worker) = start(&lab.keeper);
    create(&lab, 1).await;
    lab.refused("inventory_delete", json!({"type": "misc", "id": 1})).await;
    until(SOON, "three records outside, and trouble", || async {
        let anchors = lab.ask("audit_verify", json!({})).await["anchors"].clone();
        anchors[0]["records"] == 3 && anchors[1]["trouble"] == "nobody answers"
    })
    .await;
    assert_eq!(lab.ask("audit_verify", json!({})).await["standing"], "anchored");
    shutdown.cancel();
    worker.await.unwrap();
    let there = audit_notes::read_directory(outside.path()).unwrap();
    assert_eq!(there, audit_notes::read(&lab.dir.path().join("audit.checkpoints")).unwrap());
}

/// A file system of sixteen megabytes, for root.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn on(path: &Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(path).output();
        mount.is_ok_and(|done| done.status.success()).then(|| Self(path.into()))
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filler")).unwrap();
        for piece in [64 * 1024, 512, 1] {
            while std::io::Write::write_all(&mut file, &vec![0; piece]).is_ok() {}
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l"]).arg(&self.0).status();
    }
}

#[tokio::test]
async fn a_full_disk_stops_writes_and_not_reads_and_nothing_is_missing_afterwards() {
    if testing::server().is_some() {
        return; // the disk of a server is not this one
    }
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::on(dir.path()) else {
        #[allow(clippy::print_stderr, reason = "whoever reads the tests has to know")]
        {
            eprintln!("SKIPPED: only root may mount a small disk to fill");
        }
        return;
    };
    let lab = Lab::keeping(dir, AuditSettings::default()).await;
    create(&lab, 30).await;
    mirrored(&lab).await;
    create(&lab, 30).await;
    disk.fill();
    // The mirror takes what there is room for, and nothing of it is broken.
    let (shutdown, worker) = start(&lab.keeper);
    let mut stopped = None;
    for n in 0..2_000 {
        let input = json!({"type": "misc", "data": {"name": format!("more {n}")}});
        if let Err(fault) = lab.call("inventory_create", input).await {
            stopped = Some(fault);
            break;
        }
    }
    assert!(stopped.is_some(), "a write went on without its record");
    let there = lab.ask("inventory_list", json!({"type": "misc"})).await["count"].as_i64().unwrap();
    assert!(there >= 60, "reads go on");
    shutdown.cancel();
    worker.await.unwrap();
    std::fs::remove_file(disk.0.join("filler")).unwrap();
    let after = lab.call("inventory_create", json!({"type": "misc", "data": {"name": "after"}})).await;
    assert!(after.is_ok(), "{after:?} after {stopped:?}");
    let verified = mirrored(&lab).await;
    assert!(verified.ok, "{:?}", verified.broken);
    assert!(names(&lab, ".tampered-").is_empty());
    lab.keeper.store().close().await;
}

const DIRECTORY: &str = "LABKEEPER_TEST_DIRECTORY";

/// What the test below starts and kills: writes items, and their records to the mirror, until it dies.
#[tokio::test]
#[ignore = "the other half of a test"]
async fn child_that_writes() {
    #[expect(clippy::disallowed_methods, reason = "it is told by whoever started it")]
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let directory = Path::new(&directory).join("lab");
    std::fs::create_dir_all(&directory).unwrap();
    let small = AuditSettings { segment_bytes: 3_000, ..AuditSettings::default() };
    let lab = Lab::living_in(&directory, small).await;
    let (_shutdown, _worker) = start(&lab);
    for n in 0..1_000_000 {
        let input = json!({"type": "misc", "data": {"name": format!("thing {n}")}});
        let actor = labkeeper_core::actor::Actor::local(labkeeper_core::actor::Via::Cli);
        lab.call(labkeeper_ops::keeper::Call::new(actor, "inventory_create", input)).await.unwrap();
    }
}

#[tokio::test]
async fn thirty_kills_leave_no_hole_in_the_mirror_and_raise_no_alarm() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("lab");
    let size = || -> u64 {
        let entries = std::fs::read_dir(&data).into_iter().flatten().flatten();
        let jsonl = entries.filter(|entry| entry.file_name().to_string_lossy().ends_with(".jsonl"));
        jsonl.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
    };
    for round in 0..30u64 {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "audit_mirror::child_that_writes", "--ignored"]).env(DIRECTORY, dir.path());
        let mut child = child.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Some at their first record, the others half a file on.
        let enough = size() + 1_500 * (round % 2);
        until(SOON, "the child mirrors", || async { size() > enough }).await;
        std::thread::park_timeout(Duration::from_micros(1_717 * round));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let keeper = Lab::living_in(&data, AuditSettings::default()).await;
    let (shutdown, worker) = start(&keeper);
    let verified = caught_up(&keeper).await;
    shutdown.cancel();
    worker.await.unwrap();
    assert!(verified.ok, "{:?}", verified.broken);
    let mirror = verified.mirror.as_ref().unwrap();
    assert!(mirror.first == 1 && mirror.files > 3, "{mirror:?}");
    let log = keeper.store().read().await.unwrap().audit_after(0, 1_000_000).await.unwrap();
    let alarms: Vec<_> = log.iter().filter(|(record, _)| record.phase.as_str() == "alarmed").collect();
    assert!(alarms.is_empty(), "{alarms:?}");
}
