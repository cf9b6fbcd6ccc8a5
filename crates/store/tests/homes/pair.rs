//! Two data directories on one schema, of which the first reaches the server by a line that can be cut.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use labkeeper_store::{Bucket, BucketSettings, Event, Store, StoreError, testing};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

const NEEDS: &str = "LABKEEPER_TEST_DATABASE_URL names a server";

async fn schema(dir: &Path) -> String {
    testing::schema_for(&testing::server().expect(NEEDS), dir).await.unwrap()
}

pub(crate) async fn written(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    tx.announce(Event::plain("import", "finished"));
    tx.commit().await
}

/// A bucket that nobody asks: these stories keep no contents.
fn bucket(name: &str, beside: &Path) -> Bucket {
    let settings = BucketSettings {
        bucket: name.into(),
        prefix: String::new(),
        endpoint: Some("http://127.0.0.1:1".into()),
        region: "us-east-1".into(),
        access_key_id: "anybody".into(),
        secret_access_key: "nothing".into(),
        encrypt: false,
        key: None,
        patience: Duration::from_secs(1),
    };
    Bucket::new(settings, beside).unwrap()
}

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A way to the server that can be cut, for all who are on it.
pub(crate) struct Line {
    pub(crate) url: String,
    pub(crate) is_open: watch::Sender<bool>,
}

impl Line {
    pub(crate) async fn to(url: &str) -> Self {
        let options: PgConnectOptions = url.parse().unwrap();
        let server = format!("{}:{}", options.get_host(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().to_string();
        assert!(url.contains(&server), "{NEEDS}, with host and port");
        let line = Self { url: url.replace(&server, &here), is_open: watch::Sender::new(true) };
        let is_open = line.is_open.subscribe();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut changes = is_open.clone();
                if !*changes.borrow_and_update() {
                    continue;
                }
                let server = server.clone();
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut there) => {}
                        _ = changes.changed() => {}
                    }
                });
            }
        });
        line
    }

    pub(crate) fn cut(&self) {
        self.is_open.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_open.send_replace(true);
    }
}

/// A hub of two data directories: the schema is the first one's. The first one reaches the server by a line that can be cut.
pub(crate) struct Pair {
    pub(crate) dirs: [TempDir; 2],
    pub(crate) url: String,
    pub(crate) line: Line,
}

impl Pair {
    pub(crate) async fn new() -> Self {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let url = schema(dirs[0].path()).await;
        let line = Line::to(&url).await;
        Self { dirs, url, line }
    }

    pub(crate) fn url(&self, which: usize) -> &str {
        if which == 0 { &self.line.url } else { &self.url }
    }

    pub(crate) fn database(&self, which: usize) -> PathBuf {
        self.dirs[which].path().join("lab.db")
    }

    pub(crate) async fn open(&self, which: usize, name: &str) -> Result<Store, StoreError> {
        let beside = self.database(which);
        Store::connect(self.url(which), &beside, Some(bucket(name, &beside))).await
    }

    /// Two that are one hub.
    pub(crate) async fn replicas(&self) -> (Store, Store) {
        let first = self.open(0, "lab").await.unwrap();
        self.share_the_key();
        (first, self.open(1, "lab").await.unwrap())
    }

    pub(crate) fn share_the_key(&self) {
        std::fs::copy(self.dirs[0].path().join("audit.key"), self.dirs[1].path().join("audit.key")).unwrap();
    }

    pub(crate) async fn count(&self, ask: &'static str) -> i64 {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let (count,): (i64,) = sqlx::query_as(ask).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        count
    }

    pub(crate) async fn missed(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM runs WHERE missed IS NOT NULL").await
    }

    /// Waits until so many hold their locks, as everybody takes them by itself.
    pub(crate) async fn are_at_home(&self, wanted: i64) {
        let ask = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1818323814 \
             AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid";
        let begun = Instant::now();
        while self.count(ask).await != wanted {
            assert!(begun.elapsed() < PATIENCE, "there are not {wanted}");
        }
    }

    /// Another hub, once the server noticed that the first one is gone.
    pub(crate) async fn moved_in(&self, there: &Path) -> Store {
        let begun = Instant::now();
        loop {
            match Store::connect(&self.url, there, None).await {
                Ok(store) => return store,
                Err(fault) => assert!(begun.elapsed() < PATIENCE, "{fault}"),
            }
        }
    }

    /// The second one looks until it misses the first.
    pub(crate) async fn is_missed_by(&self, second: &Store) {
        let begun = Instant::now();
        while self.missed().await == 0 {
            assert!(begun.elapsed() < PATIENCE, "nobody is missed");
            second.notice_foreign_writes().await.unwrap();
        }
    }

    pub(crate) async fn meddle(&self, statements: &str) {
        testing::meddle(self.dirs[0].path(), statements).await.unwrap();
    }

    /// As a server does that is restarted, for all who are connected to the schema.
    pub(crate) async fn cut_off(&self) {
        self.meddle(
            "SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
             WHERE locktype = 'advisory' AND classid = 1818323814 \
             AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid AND pid <> pg_backend_pid()",
        )
        .await;
    }

    /// As if every lock that is missed were missed since long ago.
    pub(crate) async fn wait_long(&self) {
        self.meddle("UPDATE runs SET missed = 0 WHERE missed IS NOT NULL").await;
    }
}
