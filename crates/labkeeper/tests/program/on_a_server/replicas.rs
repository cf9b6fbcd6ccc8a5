//! Three hubs that are one: on one database and one Redis, each with a data directory of its own. One is killed, the database is restarted,
//! Redis is emptied, and each is exchanged for a new one, while others write; nothing is lost, and nothing done twice.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use labkeeper_redis::testing::Server;
use labkeeper_store::testing;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::hub::{Hub, labkeeper};

/// So much each of them writes after the last thing that befell the hub.
const AFTERWARDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

/// The database, Redis, and where the hubs keep what is theirs.
struct Site {
    dirs: Vec<TempDir>,
    url: String,
    /// What starts and stops the server of the database.
    control: Vec<String>,
    redis: Server,
    /// A cluster that takes connections and says nothing, so that whoever looks at it is at it for a while.
    cluster: TcpListener,
}

impl Site {
    async fn new() -> Self {
        let dirs: Vec<TempDir> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        let (server, control) = testing::breakable_server();
        let url = testing::schema_for(&server, dirs[0].path()).await.unwrap();
        let cluster = TcpListener::bind("127.0.0.1:0").unwrap();
        Self { dirs, url, control, redis: Server::start(&[]), cluster }
    }

    fn dir(&self, which: usize) -> &Path {
        self.dirs[which].path()
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let cluster = format!("https://{}", self.cluster.local_addr().unwrap());
        vec![
            ("DATABASE_URL", self.url.clone()),
            ("REDIS_URL", self.redis.url(None)),
            // The same for all; nothing is kept there in this story.
            ("S3_URL", "s3://lab/hub".into()),
            ("S3_ENDPOINT", "http://127.0.0.1:1".into()),
            ("S3_ALLOW_HTTP", "true".into()),
            ("S3_ACCESS_KEY_ID", "anybody".into()),
            ("S3_SECRET_ACCESS_KEY", "nothing".into()),
            ("PVE_API_BASE_URL", cluster),
            ("PVE_API_TOKEN_ID", "labkeeper@pve!observe".into()),
            ("PVE_API_TOKEN_SECRET", "00000000-0000-0000-0000-000000000000".into()),
            ("PVE_API_TLS_FINGERPRINT", vec!["AA"; 32].join(":")),
        ]
    }

    /// A replica in that directory, with the key of the first.
    fn start(&self, which: usize) -> Hub {
        if which > 0 {
            std::fs::copy(self.dir(0).join("audit.key"), self.dir(which).join("audit.key")).unwrap();
        }
        let variables = self.variables();
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Hub::start_with(self.dir(which), &variables)
    }

    /// The server is ended in the middle of everything, stays away for that long, and has to read its log again when it comes back.
    async fn restart_database(&self, away: Duration) {
        self.control(&["stop", "--mode=immediate"]);
        tokio::time::sleep(away).await;
        self.control(&["start"]);
    }

    fn control(&self, action: &[&str]) {
        let mut control = Command::new(&self.control[0]);
        let done = control.args(&self.control[1..]).args(action).stdin(Stdio::null()).output().unwrap();
        assert!(done.status.success(), "{action:?}: {done:?}");
    }

    /// The audit log, as the mirror of that directory has it.
    fn audit_of(&self, which: usize) -> Vec<Value> {
        let text = std::fs::read_to_string(self.dir(which).join("audit.jsonl")).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// What became of the writes.
#[derive(Default)]
struct Books {
    /// The numbers of those that were acknowledged, by name.
    acknowledged: Mutex<BTreeMap<String, i64>>,
    /// Those that may be there or not.
    uncertain: Mutex<BTreeSet<String>>,
    /// What the others were told, by status.
    refusals: Mutex<BTreeMap<u16, String>>,
    is_over: AtomicBool,
}

/// Writes one after the other until it is over, or its hub is gone.
async fn write(books: Arc<Books>, url: String, writer: usize, count: Arc<AtomicUsize>) {
    let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    for number in 0.. {
        if books.is_over.load(Ordering::SeqCst) {
            return;
        }
        let name = format!("w{writer}-{number}");
        let sent = client.post(format!("{url}/api/misc")).json(&json!({"name": name})).send().await;
        match sent {
            Ok(answer) if answer.status().is_success() => {
                let made: Value = answer.json().await.unwrap();
                let id = made["data"]["id"].as_i64().unwrap_or_else(|| panic!("{made}"));
                books.acknowledged.lock().await.insert(name, id);
                count.fetch_add(1, Ordering::SeqCst);
            }
            Ok(answer) => {
                books.uncertain.lock().await.insert(name);
                let (status, told) = (answer.status().as_u16(), answer.text().await.unwrap_or_default());
                books.refusals.lock().await.insert(status, told);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => {
                books.uncertain.lock().await.insert(name);
                if error.is_connect() {
                    return;
                }
            }
        }
    }
}

/// Listens as a browser does: from where it was, when the stream ends, and where a balancer sends it then.
async fn listen(
    url: Arc<Mutex<String>>,
    heard: Arc<Mutex<BTreeMap<i64, usize>>>,
    is_listening: Arc<AtomicBool>,
) {
    let client = Client::builder().build().unwrap();
    let mut position = None::<String>;
    loop {
        let mut request = client.get(format!("{}/api/events", url.lock().await));
        if let Some(position) = &position {
            request = request.header("Last-Event-ID", position);
        }
        let Ok(answer) = request.send().await else { continue };
        is_listening.store(true, Ordering::SeqCst);
        let (mut stream, mut text) = (answer.bytes_stream(), String::new());
        while let Some(Ok(bytes)) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&bytes));
            while let Some((event, rest)) = text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let data: Value =
                    line("data: ").and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
                if let Some(id) = line("id: ") {
                    position = Some(id.to_owned());
                } else if let (None, Some(seq)) = (&position, data["seq"].as_i64()) {
                    position = Some(seq.to_string());
                }
                if data["type"] == "item" && data["action"] == "created" {
                    *heard.lock().await.entry(data["id"].as_i64().unwrap()).or_default() += 1;
                }
                text = rest.to_owned();
            }
        }
    }
}

async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    until_within(PATIENCE, what, holds).await;
}

async fn until_within<F: Future<Output = bool>>(limit: Duration, what: &str, holds: impl Fn() -> F) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until each of those has written so many more.
async fn more(counts: &[Arc<AtomicUsize>], what: &str) {
    let before: Vec<usize> = counts.iter().map(|count| count.load(Ordering::SeqCst)).collect();
    until(what, || async {
        counts.iter().zip(&before).all(|(count, before)| count.load(Ordering::SeqCst) >= before + AFTERWARDS)
    })
    .await;
}

async fn names(url: &str) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    let mut offset = 0;
    loop {
        let page: Value = reqwest::get(format!("{url}/api/misc?limit=200&offset={offset}"))
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let rows = page.as_array().or_else(|| page["data"].as_array()).unwrap_or_else(|| panic!("{page}"));
        for row in rows {
            *names.entry(row["name"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
        if rows.len() < 200 {
            return names;
        }
        offset += rows.len();
    }
}

/// Whose schedules began to look at the lab, as the log has it; one after the other is one.
fn followers(audit: &[Value]) -> Vec<&str> {
    let looks = audit.iter().filter(|record| begins_a_look(record) && record["actor"] == "schedule");
    let mut followers: Vec<&str> = looks.filter_map(|record| record["boot"].as_str()).collect();
    followers.dedup();
    followers
}

fn begins_a_look(record: &Value) -> bool {
    record["op"] == "reconcile" && record["phase"] == "asked"
}

/// The look that somebody asked for who is no schedule.
fn asked_look(audit: &[Value]) -> Option<i64> {
    let looks = audit.iter().filter(|record| begins_a_look(record) && record["actor"] != "schedule");
    looks.filter_map(|look| look["seq"].as_i64()).max()
}

/// The outcomes of each intent.
fn outcomes(audit: &[Value]) -> BTreeMap<i64, Vec<&str>> {
    let mut outcomes: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for record in audit {
        if record["phase"] == "asked" {
            outcomes.entry(record["seq"].as_i64().unwrap()).or_default();
        } else if let Some(intent) = record["intent"].as_i64() {
            outcomes.entry(intent).or_default().push(record["phase"].as_str().unwrap());
        }
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs a server that it may stop: LABKEEPER_TEST_BREAKABLE_DATABASE_URL"]
async fn three_lose_nothing_and_do_nothing_twice_whatever_befalls_them() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let site = Site::new().await;
    let first = site.start(0);
    until("the first follows the schedules", || async { followers(&site.audit_of(0)).len() == 1 }).await;
    let (second, third) = (site.start(1), site.start(2));

    let (heard, is_listening) = (Arc::new(Mutex::new(BTreeMap::new())), Arc::new(AtomicBool::new(false)));
    let place = Arc::new(Mutex::new(second.url.clone()));
    let listener = tokio::spawn(listen(place.clone(), heard.clone(), is_listening.clone()));
    until("somebody listens", || async { is_listening.load(Ordering::SeqCst) }).await;

    let books = Arc::new(Books::default());
    let hubs = [&first.url, &second.url, &third.url, &first.url, &second.url, &third.url];
    let counts: Vec<Arc<AtomicUsize>> = hubs.iter().map(|_| Arc::default()).collect();
    let writers: Vec<_> = hubs
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(writer, (url, count))| {
            tokio::spawn(write(books.clone(), (*url).clone(), writer, count.clone()))
        })
        .collect();
    more(&counts, "everybody writes").await;
    site.redis.told(None, &["FLUSHALL"]).await;
    more(&counts, "everybody writes after Redis was emptied").await;
    site.restart_database(Duration::from_secs(3)).await;
    let mirrored = [0, 1, 2].map(|which| site.audit_of(which).len());
    more(&counts, "everybody writes after the database was restarted").await;
    // Which is no reason to rest for a minute.
    until_within(Duration::from_secs(25), "the mirrors go on", || async {
        (0..3).all(|which| site.audit_of(which).len() > mirrored[which])
    })
    .await;
    assert_eq!(followers(&site.audit_of(1)).len(), 1, "only one follows the schedules");

    // It is killed while it is at work on something, and not by the clock alone.
    let (mut newest, its_place) = (None, site.dir(0).canonicalize().unwrap());
    let look = loop {
        let look = Client::new().post(format!("{}/api/proxmox/reconcile", first.url)).json(&json!({})).send();
        let look = tokio::spawn(look);
        until("it looks", || async { asked_look(&site.audit_of(1)) > newest }).await;
        newest = asked_look(&site.audit_of(1));
        let job = format!("{}/api/jobs/{}", second.url, newest.unwrap());
        let told = reqwest::get(job).await.unwrap().text().await.unwrap();
        assert!(told.contains(its_place.to_str().unwrap()), "{told}");
        // It gives the silent node up soon, perhaps before we ask.
        if told.contains("running") {
            break look;
        }
        look.await.unwrap().unwrap();
    };
    first.kill();
    assert!(look.await.unwrap().is_err(), "it was at work yet");
    let left: Vec<_> = [1, 2, 4, 5].map(|writer: usize| counts[writer].clone()).to_vec();
    more(&left, "the others write after one was killed").await;
    until("another one follows the schedules", || async { followers(&site.audit_of(1)).len() == 2 }).await;
    more(&left, "the others write on").await;
    books.is_over.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }

    let refusals = books.refusals.lock().await.clone();
    assert!(refusals.keys().all(|status| *status == 503), "{refusals:?}");
    let acknowledged = books.acknowledged.lock().await.clone();
    let there = names(&third.url).await;
    for name in acknowledged.keys() {
        assert_eq!(there.get(name), Some(&1), "{name} was acknowledged");
    }
    let uncertain = books.uncertain.lock().await.clone();
    for (name, count) in &there {
        assert_eq!(*count, 1, "{name} is there more than once");
        assert!(acknowledged.contains_key(name) || uncertain.contains(name), "{name} was never sent");
    }
    until("who listens at one hears what was written at all", || async {
        let heard = heard.lock().await;
        acknowledged.values().all(|id| heard.contains_key(id))
    })
    .await;
    assert!(heard.lock().await.values().all(|times| *times == 1), "something was told twice");

    // Whatever the killed one had begun was said to be interrupted, once.
    let seen = |which: usize| {
        let audit = site.audit_of(which);
        outcomes(&audit).values().map(Vec::len).collect::<Vec<_>>()
    };
    until("every call but the look that goes on has its outcome", || async {
        seen(1).iter().filter(|outcomes| **outcomes == 0).count() <= 1
    })
    .await;
    for which in [1, 2] {
        assert!(seen(which).iter().all(|outcomes| *outcomes <= 1), "a call has two outcomes");
    }
    let audit = site.audit_of(1);
    assert_eq!(outcomes(&audit)[&newest.unwrap()], ["interrupted"]);
    assert_eq!(followers(&audit).len(), 2, "one followed the schedules, and then another one");
    for which in [1, 2] {
        let variables = site.variables();
        let verified = labkeeper(site.dir(which)).envs(variables).args(["audit", "verify"]).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stdout);
        assert!(said.starts_with("the audit log holds"), "{verified:?}");
    }

    // What was killed comes back. Then each is exchanged, while the others take every write, and whoever listens at one goes on at another.
    let mut hubs = [Some(site.start(0)), Some(second), Some(third)];
    let mut last = Vec::new();
    for which in 0..3 {
        let other = hubs[(which + 1) % 3].as_ref().unwrap().url.clone();
        *place.lock().await = other.clone();
        let goes = hubs[which].take().unwrap();
        let gone = tokio::task::spawn_blocking(|| goes.stop());
        while !gone.is_finished() {
            last.push(written(&other).await);
        }
        gone.await.unwrap();
        let new = site.start(which);
        last.push(written(&new.url).await);
        hubs[which] = Some(new);
    }
    let any = &hubs[0].as_ref().unwrap().url;
    assert_eq!(names(any).await.get("last"), Some(&last.len()));
    until("who was sent from one to the next hears of each", || async {
        let heard = heard.lock().await;
        last.iter().all(|id| heard.contains_key(id))
    })
    .await;
    assert!(heard.lock().await.values().all(|times| *times == 1), "something was told twice");
    listener.abort();
}

/// The number of something new that this hub has to take.
async fn written(url: &str) -> i64 {
    let made = Client::new().post(format!("{url}/api/misc")).json(&json!({"name": "last"})).send().await;
    let made = made.unwrap();
    let (status, said) = (made.status(), made.text().await.unwrap());
    assert!(status.is_success(), "{status}: {said}");
    serde_json::from_str::<Value>(&said).unwrap()["data"]["id"].as_i64().unwrap()
}
