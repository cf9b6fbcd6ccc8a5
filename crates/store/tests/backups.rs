//! Old versions of files: kept before the file is written, settled afterwards, and gone when their time has come.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{BackupId, Content, Quota, Settlement};
use labkeeper_core::shell::Ownership;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::testing::{change_meta, version};
use labkeeper_store::{Fate, KeepError, NewVersion, Store, Swept, Unnamed};

async fn store(dir: &Path) -> Store {
    labkeeper_store::testing::open(&dir.join("lab.db")).await.unwrap()
}

async fn keep(store: &Store, new: NewVersion) -> BackupId {
    store.keep_version(new, Quota::default()).await.unwrap()
}

/// How many contents lie on the disk.
fn contents(dir: &Path) -> usize {
    let Ok(shelves) = std::fs::read_dir(dir.join("blobs")) else { return 0 };
    shelves.map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count()).sum()
}

#[tokio::test]
async fn a_kept_version_survives_and_its_write_is_noted_once() {
    let dir = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> = (0..=255).collect();
    let ownership = Some(Ownership { mode: 0o2640, uid: 33, gid: 4_000_000_000 });
    let id = {
        let store = store(dir.path()).await;
        let new = version("/etc/x", Some(&bytes), Some(b"after"));
        let id = keep(&store, NewVersion { ownership, ..new }).await;
        store.close().await;
        id
    };
    let store = store(dir.path()).await;
    let open = store.read().await.unwrap().open_versions().await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(store.content(&open[0].before).await.unwrap().unwrap(), bytes);
    assert_eq!(store.content(&open[0].after).await.unwrap().unwrap(), b"after");
    assert_eq!(open[0].ownership, ownership);

    let version = store.version().await.unwrap();
    let mut tx = store.write().await.unwrap();
    assert!(tx.settle_version(id, Settlement::Applied).await.unwrap());
    let change = tx.journal(&change_meta()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(store.version().await.unwrap() > version, "answers that were kept would be stale");

    let mut view = store.read().await.unwrap();
    let noted = view.change(change).await.unwrap().unwrap();
    assert_eq!(noted.files.len(), 1);
    assert_eq!(noted.files[0].before, Content::of(Some(&bytes)));
    assert_eq!(noted.files[0].ownership, ownership);
    assert_eq!(view.version(id).await.unwrap().unwrap().change_id, Some(change));
    assert!(view.open_versions().await.unwrap().is_empty());
    drop(view);

    let mut tx = store.write().await.unwrap();
    assert!(!tx.settle_version(id, Settlement::Applied).await.unwrap());
    assert_eq!(tx.journal(&change_meta()).await.unwrap(), None);
}

#[tokio::test]
async fn a_write_that_nobody_reported_gets_its_journal_entry_later() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    keep(&store, version("/etc/x", None, Some(b"new"))).await;
    keep(&store, version("/etc/y", Some(b"old"), None)).await;
    let open = store.read().await.unwrap().open_versions().await.unwrap();
    let mut tx = store.write().await.unwrap();
    tx.settle_left(&open[0], Settlement::Applied).await.unwrap();
    tx.settle_left(&open[1], Settlement::NotApplied).await.unwrap();
    tx.commit().await.unwrap();
    let filter =
        labkeeper_store::ChangeFilter { session: Some("s-1".into()), limit: 10, ..Default::default() };
    let changes = store.read().await.unwrap().changes(&filter).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0].files[0].before, changes[0].meta.actor.as_str()), (&Content::Absent, "somebody"));
}

#[tokio::test]
async fn versions_beyond_the_quota_go_with_their_contents_and_shared_contents_stay() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let quota = Quota { versions: 2, bytes: 1 << 20 };
    let mut ids = Vec::new();
    for (before, after) in [("0", "1"), ("1", "2"), ("2", "3"), ("3", "4")] {
        let new = version("/etc/x", Some(before.as_bytes()), Some(after.as_bytes()));
        let id = store.keep_version(new, quota).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.settle_version(id, Settlement::Applied).await.unwrap();
        tx.commit().await.unwrap();
        ids.push(id);
    }
    let kept = store.read().await.unwrap().versions(&"/etc/x".parse().unwrap()).await.unwrap();
    assert_eq!(kept.iter().map(|version| version.id).collect::<Vec<_>>(), [ids[3], ids[2]]);
    for version in &kept {
        assert!(store.content(&version.before).await.is_ok());
    }
    // 2, 3 and 4 are left of five contents.
    assert_eq!(contents(dir.path()), 3);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let new = version("/etc/x", Some(b"before"), Some(b"after"));
    let refused = store.keep_version(new, Quota { versions: 5, bytes: 10 }).await.unwrap_err();
    assert!(matches!(refused, KeepError::Quota(_)));
    assert_eq!(Fault::from(refused).code.as_str(), "unavailable");
    assert_eq!(contents(dir.path()), 0);
    assert!(store.read().await.unwrap().open_versions().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_disk_that_takes_nothing_refuses() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    std::fs::write(dir.path().join("blobs"), "in the way").unwrap();
    let new = version("/etc/x", Some(b"before"), None);
    let refused = Fault::from(store.keep_version(new, Quota::default()).await.unwrap_err());
    assert_eq!(refused.code.as_str(), "unavailable");
    assert!(refused.message.starts_with("the file was not written"), "{}", refused.message);
    assert!(store.read().await.unwrap().open_versions().await.unwrap().is_empty());
}

#[tokio::test]
async fn many_at_once_lose_no_content() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let quota = Quota { versions: 1, bytes: 1 << 20 };
    // The same few contents come and go all the time.
    let work = (0..24_u8).map(|round| {
        let store = store.clone();
        tokio::spawn(async move {
            let before = [b'a' + round % 3];
            let new = version(&format!("/etc/{}", round % 4), Some(&before), Some(b"z"));
            let id = store.keep_version(new, quota).await.unwrap();
            let mut tx = store.write().await.unwrap();
            tx.settle_version(id, Settlement::NotApplied).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    for one in work.collect::<Vec<_>>() {
        // A version may be evicted by the next of its file before it is settled only when it is settled: so none fails.
        one.await.unwrap();
    }
    let mut kept = 0;
    for file in 0..4 {
        let path = format!("/etc/{file}").parse().unwrap();
        for version in store.read().await.unwrap().versions(&path).await.unwrap() {
            assert_eq!(store.content(&version.before).await.unwrap().unwrap().len(), 1);
            kept += 1;
        }
    }
    assert!(kept >= 4);
}

#[tokio::test]
async fn changes_of_the_schema_before_have_no_files() {
    let dir = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let program = "import sqlite3, sys, glob; db = sqlite3.connect(sys.argv[1]); \
                   [db.executescript(open(f).read()) for f in sorted(glob.glob(sys.argv[2] + '/000[1-6]_*.sql'))]; \
                   db.execute(\"INSERT INTO changes (id, at, actor, via, op, summary, images) VALUES (7, 1, 'a', 'cli', 'x', 'y', '[]')\"); \
                   db.execute('PRAGMA user_version = 6'); db.commit()";
    let mut python = std::process::Command::new("python3");
    let done = python.args(["-c", program]).arg(dir.path().join("lab.db")).arg(migrations).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let change = Store::open(&dir.path().join("lab.db"))
        .await
        .unwrap()
        .read()
        .await
        .unwrap()
        .change(7)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((change.meta.summary.as_str(), change.files.len()), ("y", 0));
}

/// Of SQLite alone: a server never had that schema.
#[tokio::test]
async fn versions_of_the_schema_before_are_nobodys() {
    let dir = tempfile::tempdir().unwrap();
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let program = "import sqlite3, sys, glob; db = sqlite3.connect(sys.argv[1]); \
                   [db.executescript(open(f).read()) for f in sorted(glob.glob(sys.argv[2] + '/00*.sql')) \
                    if '/0014' > f[f.rindex('/'):][:5]]; \
                   db.execute(\"INSERT INTO blobs VALUES ('aa', 5, 5)\"); \
                   db.execute(\"INSERT INTO backups VALUES (7, 1, 'a', 'mcp', NULL, 'pct_write_file', 'pct:home/101', '/etc/x', '/etc/x', \
                    'aa', NULL, 'applied', 3)\"); \
                   db.execute(\"INSERT INTO changes (id, at, actor, via, op, summary, images, files) VALUES (3, 1, 'a', 'mcp', 'x', 'y', '[]', \
                    '[{\\\"backup\\\":\\\"b7\\\",\\\"place\\\":\\\"pct:home/101\\\",\\\"path\\\":\\\"/etc/x\\\",\\\"before\\\":{\\\"is\\\":\\\"bytes\\\", \
                    \\\"sha256\\\":\\\"aa\\\",\\\"size\\\":5},\\\"after\\\":{\\\"is\\\":\\\"absent\\\"}}]')\"); \
                   db.execute('PRAGMA user_version = 13'); db.commit()";
    let mut python = std::process::Command::new("python3");
    let done = python.args(["-c", program]).arg(dir.path().join("lab.db")).arg(migrations).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let mut view = store.read().await.unwrap();
    let version = view.version(BackupId(7)).await.unwrap().unwrap();
    assert_eq!((version.before.size(), version.ownership), (Some(5), None));
    let change = view.change(3).await.unwrap().unwrap();
    assert_eq!((change.files[0].backup, change.files[0].ownership), (BackupId(7), None));
}

/// Puts a content there that no row names, as a process does that ends between the two.
fn orphan(dir: &Path, name: &str) -> std::path::PathBuf {
    let shelf = dir.join("blobs").join(&name[..2]);
    std::fs::create_dir_all(&shelf).unwrap();
    let path = shelf.join(name);
    std::fs::write(&path, "left").unwrap();
    path
}

const DAY: i64 = 24 * 3600 * 1_000_000;

/// That many days after the file was touched, and an hour.
fn days_after(file: &Path, days: i64) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;
    Stamp(std::fs::metadata(file).unwrap().mtime() * 1_000_000 + days * DAY + DAY / 24)
}

#[tokio::test]
async fn contents_that_no_row_names_are_put_away_and_go_a_month_later() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let id = keep(&store, version("/etc/x", Some(b"before"), Some(b"after"))).await;
    let digest = labkeeper_core::audit::sha256_hex(b"left");
    let [left, draft] =
        [format!("{digest}.zst"), format!("{digest}.7-0.draft")].map(|name| orphan(dir.path(), &name));
    let strange = orphan(dir.path(), "notes.txt");
    let (young, old) = (days_after(&left, 0), days_after(&left, 1));
    assert_eq!(store.sweep_contents(young).await.unwrap(), Swept::default(), "a write may be underway");
    let four = |files| Unnamed { files, bytes: 4 * files as u64 };
    assert_eq!(store.unnamed_contents(old).await.unwrap(), (four(2), Fate::PutAway));
    assert_eq!(store.sweep_contents(old).await.unwrap(), Swept { put_away: four(1), removed: four(1) });
    assert!(!left.exists() && !draft.exists() && strange.exists());
    assert_eq!(store.unnamed_contents(old).await.unwrap().0, four(0));

    let away = dir.path().join("blobs/trash").join(format!("{digest}.zst"));
    // A month from when it was found, however old it was then.
    assert_eq!(store.sweep_contents(Stamp(old.0 + 29 * DAY)).await.unwrap(), Swept::default());
    assert!(away.exists());
    let month = Stamp(old.0 + 31 * DAY);
    assert_eq!(store.sweep_contents(month).await.unwrap(), Swept { removed: four(1), ..Swept::default() });
    assert!(!away.exists());
    let version = store.read().await.unwrap().version(id).await.unwrap().unwrap();
    assert_eq!(store.content(&version.before).await.unwrap().unwrap(), b"before");
    assert_eq!(store.content(&version.after).await.unwrap().unwrap(), b"after");
}

#[tokio::test]
async fn a_database_that_names_nothing_sweeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path()).await;
    let left = orphan(dir.path(), &format!("{}.zst", labkeeper_core::audit::sha256_hex(b"left")));
    let later = days_after(&left, 100);
    assert_eq!(store.sweep_contents(later).await.unwrap(), Swept::default());
    assert_eq!(store.unnamed_contents(later).await.unwrap(), (Unnamed { files: 1, bytes: 4 }, Fate::Spared));
    assert!(left.exists());
}

#[tokio::test]
async fn two_databases_in_one_directory_do_not_lose_what_the_other_names() {
    let dir = tempfile::tempdir().unwrap();
    let one = Store::open(&dir.path().join("lab.db")).await.unwrap();
    let other = Store::open(&dir.path().join("other.db")).await.unwrap();
    let [of_one, of_other] = [
        keep(&one, version("/etc/x", Some(b"one"), None)).await,
        keep(&other, version("/etc/x", Some(b"other"), None)).await,
    ];
    let mut now = days_after(&dir.path().join("lab.db"), 1);
    for _ in 0..3 {
        for store in [&one, &other] {
            store.sweep_contents(now).await.unwrap();
        }
        now.0 += 40 * DAY;
    }
    for (store, id, bytes) in [(&one, of_one, &b"one"[..]), (&other, of_other, b"other")] {
        let version = store.read().await.unwrap().version(id).await.unwrap().unwrap();
        assert!(store.has_content(&version.before).await.unwrap());
        assert_eq!(store.content(&version.before).await.unwrap().unwrap(), bytes);
    }
}

/// Puts a content there, as old as the world, that no row names.
async fn abandoned(dir: &Path, spare: (&Path, &Store), bytes: &[u8]) {
    keep(spare.1, version("/etc/x", Some(bytes), None)).await;
    let digest = labkeeper_core::audit::sha256_hex(bytes);
    let name = format!("{digest}.zst");
    let packed = std::fs::read(spare.0.join("blobs").join(&digest[..2]).join(&name)).unwrap();
    let path = orphan(dir, &name);
    std::fs::write(&path, packed).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sweeping_never_takes_what_a_write_takes_up_again() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (store(dir.path()).await, store(dir.path()).await);
    let elsewhere = tempfile::tempdir().unwrap();
    let spare = store(elsewhere.path()).await;
    let over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let met = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let sweeper = tokio::spawn({
        let (over, met) = (over.clone(), met.clone());
        async move {
            let mut swept = (0, 0);
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                met.store(swept.0 > 0 && swept.1 > 0, std::sync::atomic::Ordering::Relaxed);
                // Puts them away, and then removes them: a month went by.
                for now in [Stamp(2 * DAY), Stamp(40 * DAY)] {
                    let Swept { put_away, removed } = other.sweep_contents(now).await.unwrap();
                    swept = (swept.0 + put_away.files, swept.1 + removed.files);
                }
            }
            swept
        }
    });
    // However fast the engine is, long enough for both to have happened.
    for round in
        (0..3000_u32).take_while(|round| *round < 60 || !met.load(std::sync::atomic::Ordering::Relaxed))
    {
        let bytes = round.to_le_bytes();
        // One that nobody takes up: where writers queue in order, the other is taken up before a second sweep comes.
        abandoned(dir.path(), (elsewhere.path(), &spare), &[0xff, bytes[0], bytes[1], bytes[2]]).await;
        abandoned(dir.path(), (elsewhere.path(), &spare), &bytes).await;
        let id = keep(&one, version("/etc/x", Some(&bytes), None)).await;
        let kept = one.read().await.unwrap().version(id).await.unwrap().unwrap();
        assert_eq!(one.content(&kept.before).await.unwrap().unwrap(), bytes);
    }
    over.store(true, std::sync::atomic::Ordering::Relaxed);
    let (put_away, removed) = sweeper.await.unwrap();
    assert!(put_away > 0 && removed > 0, "they never met: {put_away}, {removed}");
}

#[tokio::test]
async fn a_database_is_copied_while_nobody_else_may_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("lab.db")).await.unwrap();
    keep(&store, version("/etc/x", Some(b"before"), None)).await;
    let held = store.write().await.unwrap();
    let copy = dir.path().join("copy.db");
    store.copy_to(&copy).await.unwrap();
    drop(held);
    let named = Store::contents_named_in(&copy).await.unwrap();
    assert_eq!(named, [labkeeper_core::audit::sha256_hex(b"before")]);
}
