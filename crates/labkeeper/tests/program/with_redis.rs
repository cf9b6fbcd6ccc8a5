//! A hub with a Redis beside it: looked at, and served by a hub that says how it is doing and never its password.

use std::path::Path;
use std::time::{Duration, Instant};

use labkeeper_redis::testing::Server;
use serde_json::Value;

use crate::hub::{Hub, labkeeper};

const PASSWORD: &str = "s3cret-of-redis";

/// What the doctor finds about it.
fn finding(dir: &Path, url: &str) -> Value {
    let output = labkeeper(dir).env("REDIS_URL", url).args(["--json", "doctor"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains(PASSWORD), "{said}");
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    findings.into_iter().find(|finding| finding["check"] == "redis").unwrap()
}

async fn text(url: String) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

/// Waits until the hub says so of itself.
async fn until_ready_is(hub: &Hub, status: &str) -> Value {
    let begun = Instant::now();
    loop {
        let told: Value = serde_json::from_str(&text(format!("{}/readyz", hub.url)).await).unwrap();
        let redis = told["checks"]["redis"].as_object().expect("it speaks of redis");
        if redis.get("degraded").is_none() == (status == "well") {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "redis is not {status}: {told}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_doctor_says_what_is_wrong_with_redis_and_leaves_nothing_there() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&["--requirepass", PASSWORD]);
    drop(Hub::start(dir.path()));
    let found = finding(dir.path(), &server.url(Some(PASSWORD)));
    assert_eq!(found["status"], "ok", "{found}");
    assert_eq!(server.asked::<usize>(Some(PASSWORD), &["DBSIZE"]).await, 0);
    let found = finding(dir.path(), &server.url(None));
    assert_eq!(found["status"], "warn", "{found}");
    assert!(found["finding"].as_str().unwrap().contains("REDIS_URL"), "{found}");
    server.told(Some(PASSWORD), &["CONFIG", "SET", "maxmemory", "1"]).await;
    let found = finding(dir.path(), &server.url(Some(PASSWORD)));
    assert!(found["finding"].as_str().unwrap().contains("OOM"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_hub_serves_without_its_redis_and_says_so_until_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(&["--requirepass", PASSWORD]);
    let hub = Hub::start_with(dir.path(), &[("REDIS_URL", &server.url(Some(PASSWORD)))]);
    until_ready_is(&hub, "well").await;
    assert!(text(format!("{}/metrics", hub.url)).await.contains("\nlabkeeper_redis_up{} 1\n"));
    server.down();
    let told = until_ready_is(&hub, "away").await;
    assert_eq!(told["status"], "degraded", "{told}");
    assert!(text(format!("{}/metrics", hub.url)).await.contains("\nlabkeeper_redis_up{} 0\n"));
    let said = hub.says_until("cannot be reached");
    assert!(!said.contains(PASSWORD), "{said}");
    server.up();
    until_ready_is(&hub, "well").await;
}

/// Says that to the database of the hub in that directory.
fn tell_database(dir: &Path, statement: &str) {
    let program =
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1], 20); c.executescript(sys.argv[2]); c.commit()";
    let mut python = std::process::Command::new("python3");
    python.args(["-c", program]).arg(dir.join("labkeeper.db")).arg(statement);
    assert!(python.status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_database_that_does_not_keep_the_secret_for_redis_is_no_silence_about_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(&[]);
    drop(Hub::start(dir.path()));
    let full = "CREATE TRIGGER full BEFORE INSERT ON meta WHEN NEW.key = 'relay.secret' \
        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    tell_database(dir.path(), full);
    let found = finding(dir.path(), &server.url(None));
    assert_eq!(found["status"], "warn", "{found}");
    assert!(found["finding"].as_str().unwrap().contains("secret"), "{found}");
    let hub = Hub::start_with(dir.path(), &[("REDIS_URL", &server.url(None))]);
    assert_eq!(until_ready_is(&hub, "away").await["status"], "degraded");
    tell_database(dir.path(), "DROP TRIGGER full");
    until_ready_is(&hub, "well").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_without_redis_does_not_speak_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(dir.path());
    let ready = text(format!("{}/readyz", hub.url)).await;
    assert!(!ready.contains("redis"), "{ready}");
    assert!(!text(format!("{}/metrics", hub.url)).await.contains("redis"));
}
