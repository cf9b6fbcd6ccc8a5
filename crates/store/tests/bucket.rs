//! Contents of files in a bucket, on a real server of S3 and over a way to it that fails.
#![allow(clippy::unwrap_used, reason = "tests")]

mod way;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::TryStreamExt as _;
use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::Quota;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::testing::{self, bucket, bucket_settings, version};
use labkeeper_store::{
    Bucket, BucketSettings, Fate, KeepError, Shelf, Store, StoreError, Swept, Trouble, Unnamed,
};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use way::{Way, Weather};

const DAY: i64 = 24 * 3600 * 1_000_000;

/// A hub's database, and what lies in its bucket as another program sees it.
struct Hub {
    dir: tempfile::TempDir,
    store: Store,
    raw: AmazonS3,
    prefix: object_store::path::Path,
}

impl Hub {
    async fn with(change: impl FnOnce(&mut BucketSettings)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("lab.db");
        let store = testing::open(&database).await.unwrap().with_bucket(Some(bucket(&database, change)));
        let settings = bucket_settings(&database);
        let raw = AmazonS3Builder::new()
            .with_bucket_name(&settings.bucket)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(&settings.secret_access_key)
            .with_endpoint(settings.endpoint.unwrap())
            .with_allow_http(true)
            .build()
            .unwrap();
        Self { dir, store, raw, prefix: settings.prefix.into() }
    }

    fn database(&self) -> std::path::PathBuf {
        self.dir.path().join("lab.db")
    }

    /// The same hub with other settings.
    fn again(&self, change: impl FnOnce(&mut BucketSettings)) -> Store {
        self.store.clone().with_bucket(Some(bucket(&self.database(), change)))
    }

    async fn names(&self) -> Vec<String> {
        let all: Vec<_> = self.raw.list(Some(&self.prefix)).try_collect().await.unwrap();
        let mut names: Vec<String> = all
            .iter()
            .map(|object| object.location.as_ref()[self.prefix.as_ref().len() + 1..].to_owned())
            .collect();
        names.sort();
        names
    }

    async fn objects_below(&self, below: &str) -> Vec<String> {
        self.names().await.into_iter().filter(|name| name.starts_with(below)).collect()
    }

    async fn get(&self, name: &str) -> Vec<u8> {
        self.raw.get(&self.path(name)).await.unwrap().bytes().await.unwrap().to_vec()
    }

    async fn put(&self, name: &str, bytes: &[u8]) {
        self.raw.put(&self.path(name), bytes.to_vec().into()).await.unwrap();
    }

    fn path(&self, name: &str) -> object_store::path::Path {
        format!("{}/{name}", self.prefix).into()
    }

    async fn versions(&self) -> usize {
        self.store.read().await.unwrap().open_versions().await.unwrap().len()
    }
}

async fn keep(store: &Store, before: &[u8]) -> Result<(), KeepError> {
    store.keep_version(version("/etc/x", Some(before), None), Quota::default()).await.map(drop)
}

/// Why it could not be kept, and what is said of it.
async fn trouble(store: &Store, before: &[u8]) -> (Trouble, String) {
    match keep(store, before).await.unwrap_err() {
        KeepError::Store(StoreError::Bucket { place, trouble }) => {
            let text = trouble.to_string();
            let fault: Fault = KeepError::Store(StoreError::Bucket { place, trouble }).into();
            assert_eq!(fault.code, Code::Unavailable);
            assert!(fault.message.starts_with("the file was not written, "), "{}", fault.message);
            assert!(fault.message.contains(&text) && fault.message.contains("s3://"), "{}", fault.message);
            let KeepError::Store(StoreError::Bucket { trouble, .. }) = keep(store, before).await.unwrap_err()
            else {
                panic!("the second try failed for another reason")
            };
            (trouble, fault.message)
        }
        other => panic!("{other}"),
    }
}

fn now() -> Stamp {
    #[allow(clippy::disallowed_methods, reason = "the server has a clock of its own")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Stamp(i64::try_from(since.as_micros()).unwrap())
}

fn clear(bytes: &[u8]) -> String {
    let digest = sha256_hex(bytes);
    format!("contents/{}/{digest}.zst", &digest[..2])
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn any_bytes_are_there_once_and_come_back() {
    let hub = Hub::with(|_| {}).await;
    let large: Vec<u8> =
        (0..3_000_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for bytes in [&b""[..], b"before", &[0, 255, 10], &large] {
        keep(&hub.store, bytes).await.unwrap();
        keep(&hub.store, bytes).await.unwrap();
        assert_eq!(hub.store.shelf().read(&sha256_hex(bytes)).await.unwrap(), bytes);
    }
    assert_eq!(hub.objects_below("contents").await.len(), 4);
    assert!(!hub.dir.path().join("blobs").exists(), "nothing is kept beside the database");
    hub.store.shelf().bucket().unwrap().try_out().await.unwrap();
    assert!(hub.objects_below("probe").await.is_empty());
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn what_is_sealed_tells_nobody_what_it_is() {
    let hub = Hub::with(|settings| settings.encrypt = true).await;
    let text = b"password = correct horse battery staple\n".repeat(3);
    keep(&hub.store, &text).await.unwrap();
    let digest = sha256_hex(&text);
    assert_eq!(hub.store.shelf().read(&digest).await.unwrap(), text);
    let [name] = &hub.objects_below("sealed").await[..] else { panic!("one content, one object") };
    assert!(hub.names().await.iter().all(|name| !name.contains(&digest)), "a name tells the digest");
    let sealed = hub.get(name).await;
    let packed = zstd::stream::encode_all(&text[..], 3).unwrap();
    assert!(sealed.starts_with(b"LKC\x01"));
    assert!(!sealed.windows(8).any(|part| packed.windows(8).any(|clear| clear == part)), "it lies open");
    // In the place of another it is not taken for that one.
    keep(&hub.store, b"other").await.unwrap();
    let other = hub.objects_below("sealed").await.into_iter().find(|found| found != name).unwrap();
    hub.put(&other, &sealed).await;
    let read = hub.store.shelf().read(&sha256_hex(b"other")).await;
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn contents_from_before_encryption_and_after_it_are_read() {
    let hub = Hub::with(|_| {}).await;
    keep(&hub.store, b"clear").await.unwrap();
    let sealing = hub.again(|settings| settings.encrypt = true);
    keep(&sealing, b"sealed").await.unwrap();
    for store in [&sealing, &hub.again(|_| {})] {
        for bytes in [&b"clear"[..], b"sealed"] {
            assert_eq!(store.shelf().read(&sha256_hex(bytes)).await.unwrap(), bytes);
        }
    }
    assert_eq!((hub.objects_below("contents").await.len(), hub.objects_below("sealed").await.len()), (1, 1));
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn damage_and_loss_are_noticed_and_a_write_keeps_it_anew() {
    for encrypt in [false, true] {
        let hub = Hub::with(|settings| settings.encrypt = encrypt).await;
        keep(&hub.store, b"before").await.unwrap();
        let digest = sha256_hex(b"before");
        let kept = if encrypt { "sealed" } else { "contents" };
        let [name] = &hub.objects_below(kept).await[..] else { panic!("one content, one object") };
        let whole = hub.get(name).await;
        for damage in [&whole[..whole.len() - 1], b"rubbish", b""] {
            hub.put(name, damage).await;
            assert!(matches!(hub.store.shelf().read(&digest).await, Err(StoreError::Damaged(_))));
            keep(&hub.store, b"before").await.unwrap();
            assert_eq!(hub.store.shelf().read(&digest).await.unwrap(), b"before");
        }
        hub.raw.delete(&hub.path(name)).await.unwrap();
        assert!(!hub.store.shelf().is_there(&digest).await.unwrap());
        assert!(matches!(hub.store.shelf().read(&digest).await, Err(StoreError::Gone { .. })));
        keep(&hub.store, b"before").await.unwrap();
        assert_eq!(hub.store.shelf().read(&digest).await.unwrap(), b"before");
    }
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn a_refused_write_says_why_and_notes_nothing() {
    let hub = Hub::with(|_| {}).await;
    let wrong_secret = hub.again(|settings| settings.secret_access_key.push('x'));
    assert!(matches!(trouble(&wrong_secret, b"x").await.0, Trouble::Signature));
    let stranger = hub.again(|settings| settings.access_key_id = "stranger".into());
    assert!(matches!(trouble(&stranger, b"x").await.0, Trouble::UnknownAccessKey));
    let elsewhere = hub.again(|settings| settings.bucket = "there-is-no-such-bucket".into());
    assert!(matches!(trouble(&elsewhere, b"x").await.0, Trouble::NoBucket));
    let nobody =
        hub.again(|settings| settings.endpoint = Some(format!("http://127.0.0.1:{}", way::unused_port())));
    let (why, told) = trouble(&nobody, b"x").await;
    assert!(matches!(why, Trouble::Unreachable(_)), "{told}");
    assert!(told.contains("blobs.endpoint") && !told.contains("<Error>"), "{told}");
    assert_eq!(hub.versions().await, 0);
    assert_eq!(hub.names().await, Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn a_way_that_fails_refuses_the_write_and_is_no_loss() {
    let endpoint = |hub: &Hub| bucket_settings(&hub.database()).endpoint.unwrap();
    let hub = Hub::with(|_| {}).await;
    keep(&hub.store, b"from before").await.unwrap();
    let way = Way::to(&endpoint(&hub)).await;
    let through = hub.again(|settings| {
        settings.endpoint = Some(way.endpoint());
        settings.patience = Duration::from_secs(6);
    });
    for weather in [Weather::CutRequests, Weather::CutAnswers, Weather::Silence, Weather::Closed] {
        // Over a new connection each, and in the middle of a session.
        way.turns(Weather::Fair);
        keep(&through, format!("{weather:?} before").as_bytes()).await.unwrap();
        let noted = hub.versions().await;
        way.turns(weather);
        let bytes = vec![b'x'; 200_000];
        let began = tokio::time::Instant::now();
        let (why, told) = trouble(&through, &bytes).await;
        assert!(began.elapsed() < Duration::from_secs(60), "{weather:?} took {:?}", began.elapsed());
        assert!(matches!(why, Trouble::TooSlow(_) | Trouble::Unreachable(_)), "{weather:?}: {told}");
        assert_eq!(hub.versions().await, noted, "{weather:?}");
        let read = through.shelf().read(&sha256_hex(b"from before")).await;
        assert!(matches!(read, Err(StoreError::Bucket { .. })), "{weather:?} was taken for a loss: {read:?}");
        way.turns(Weather::Fair);
        keep(&through, &bytes).await.unwrap();
        assert_eq!(hub.store.shelf().read(&sha256_hex(&bytes)).await.unwrap(), bytes);
        hub.raw.delete(&hub.path(&clear(&bytes))).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn a_place_belongs_to_the_hub_whose_key_began_it() {
    let hub = Hub::with(|settings| settings.encrypt = true).await;
    keep(&hub.store, b"before").await.unwrap();
    let (names, key) = (hub.names().await, hub.dir.path().join("blobs.key"));
    assert_eq!(mode(&key), 0o600);
    let secret = std::fs::read_to_string(&key).unwrap();
    let other = hub.again(|settings| settings.key = Some([7; 32]));
    assert!(matches!(trouble(&other, b"x").await.0, Trouble::AnotherKey { .. }));
    std::fs::remove_file(&key).unwrap();
    let (why, told) = trouble(&hub.again(|settings| settings.encrypt = true), b"x").await;
    assert!(matches!(why, Trouble::AnotherKey { .. }) && told.contains("blobs.key"), "{told}");
    assert!(!key.exists(), "a new key was made, which opens nothing");
    assert_eq!(hub.names().await, names);
    std::fs::write(&key, secret).unwrap();
    let again = hub.again(|_| {});
    assert_eq!(again.shelf().read(&sha256_hex(b"before")).await.unwrap(), b"before");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).unwrap().mode() & 0o777
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn many_that_come_at_once_agree_on_one_key() {
    let hub = Hub::with(|_| {}).await;
    let stores: Vec<Bucket> = (0..6).map(|_| bucket(&hub.database(), |_| {})).collect();
    let tried = stores.iter().map(Bucket::try_out);
    for tried in futures::future::join_all(tried).await {
        tried.unwrap();
    }
    assert_eq!(hub.names().await, ["labkeeper.json"]);
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn what_nothing_names_is_put_away_and_goes_a_month_later() {
    for encrypt in [false, true] {
        let hub = Hub::with(|settings| settings.encrypt = encrypt).await;
        keep(&hub.store, b"named").await.unwrap();
        let kept = if encrypt { "sealed" } else { "contents" };
        // As a process leaves it that ends between keeping and noting.
        let elsewhere = tempfile::tempdir().unwrap();
        let ended = testing::open(&elsewhere.path().join("lab.db")).await.unwrap();
        let ended = ended.with_bucket(hub.store.shelf().bucket().cloned());
        keep(&ended, b"left").await.unwrap();
        let young = now();
        assert_eq!(
            hub.store.sweep_contents(young).await.unwrap(),
            Swept::default(),
            "a write may be underway"
        );
        let old = Stamp(young.0 + DAY + DAY / 24);
        let (unnamed, fate) = hub.store.unnamed_contents(old).await.unwrap();
        assert_eq!((unnamed.files, fate), (1, Fate::PutAway));
        let swept = hub.store.sweep_contents(old).await.unwrap();
        assert_eq!((swept.put_away.files, swept.removed.files), (1, 0));
        assert_eq!(hub.store.unnamed_contents(old).await.unwrap().0, Unnamed::default());
        assert_eq!(hub.objects_below(kept).await.len(), 2, "it is where it was, and can be read");
        assert_eq!(hub.objects_below("trash").await.len(), 1);
        // Another database names it: what one puts away the other brings back, and neither loses anything.
        let mut now = old;
        for _ in 0..3 {
            for store in [&ended, &hub.store] {
                store.sweep_contents(now).await.unwrap();
            }
            now.0 += 16 * DAY;
        }
        assert_eq!(ended.shelf().read(&sha256_hex(b"left")).await.unwrap(), b"left");
        assert_eq!(hub.store.shelf().read(&sha256_hex(b"named")).await.unwrap(), b"named");
    }
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn a_month_later_it_is_gone_whoever_died_in_between() {
    let hub = Hub::with(|_| {}).await;
    keep(&hub.store, b"named").await.unwrap();
    let left = clear(b"left");
    let packed = zstd::stream::encode_all(&b"left"[..], 3).unwrap();
    hub.put(&left, &packed).await;
    let old = Stamp(now().0 + DAY + DAY / 24);
    hub.store.sweep_contents(old).await.unwrap();
    assert_eq!(hub.objects_below("trash").await, [format!("trash/{left}")]);
    assert_eq!(hub.store.sweep_contents(Stamp(old.0 + 28 * DAY)).await.unwrap(), Swept::default());
    // It died after the content and before the note; and a note stands at what is named again.
    hub.put(&format!("trash/{}", clear(b"removed by who died")), b"").await;
    hub.put(&format!("trash/{}", clear(b"named")), b"").await;
    let swept = hub.store.sweep_contents(Stamp(old.0 + 31 * DAY)).await.unwrap();
    assert_eq!((swept.removed.files, swept.removed.bytes), (2, packed.len() as u64));
    assert_eq!(hub.names().await, [clear(b"named"), "labkeeper.json".into()]);
    assert_eq!(hub.store.shelf().read(&sha256_hex(b"named")).await.unwrap(), b"named");
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn what_was_kept_in_the_folder_is_read_moved_and_moved_back() {
    let hub = Hub::with(|settings| settings.encrypt = true).await;
    let folder = Shelf::of(&hub.database(), None);
    let in_folder = hub.store.clone().with_bucket(None);
    keep(&in_folder, b"from before").await.unwrap();
    let digest = sha256_hex(b"from before");
    assert_eq!(hub.store.shelf().read(&digest).await.unwrap(), b"from before");
    assert!(hub.store.shelf().is_there(&digest).await.unwrap());
    for _ in 0..2 {
        assert!(folder.carry(&digest, &hub.store.shelf()).await.unwrap());
        assert_eq!(hub.objects_below("sealed").await.len(), 1);
    }
    std::fs::remove_dir_all(hub.dir.path().join("blobs")).unwrap();
    assert!(hub.store.shelf().carry(&digest, &folder).await.unwrap());
    assert_eq!(folder.read(&digest).await.unwrap(), b"from before");
}
