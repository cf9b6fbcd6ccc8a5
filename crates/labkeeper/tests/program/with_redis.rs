//! A hub with a Redis beside it: looked at, and served by a hub that says how it is doing and never its password.

use std::path::Path;
use std::time::{Duration, Instant};

use labkeeper_redis::testing::Server;
use serde_json::Value;

use crate::hub::{Hub, labkeeper};

const PASSWORD: &str = "s3cret-of-redis";

/// What the doctor finds about it.
fn finding(dir: &Path, url: &str) -> Value {
    finding_with(dir, &[("REDIS_URL", url)])
}

/// The same with these variables set.
fn finding_with(dir: &Path, variables: &[(&str, &str)]) -> Value {
    let mut doctor = labkeeper(dir);
    let output = doctor.envs(variables.iter().copied()).args(["--json", "doctor"]).output().unwrap();
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

/// What the doctor says of that address when it trusts those authorities.
fn said_trusting(dir: &Path, url: &str, authorities: &str) -> String {
    let found = finding_with(dir, &[("REDIS_URL", url), ("SSL_CERT_FILE", authorities)]);
    assert_eq!(found["status"], "warn", "{found}");
    found["finding"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_doctor_says_why_nothing_comes_of_tls_and_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let (server, plain) = (Server::start_with_tls(&["--requirepass", PASSWORD]), Server::start(&[]));
    drop(Hub::start(dir.path()));
    let (url, authority) = (server.url(Some(PASSWORD)), server.authority().to_str().unwrap());
    let found = finding(dir.path(), &url);
    assert_eq!(found["status"], "warn", "{found}");
    let said = found["finding"].as_str().unwrap();
    assert!(said.contains("not trusted here") && said.contains("the authority that signed it"), "{said}");
    let found = finding_with(dir.path(), &[("REDIS_URL", &url), ("SSL_CERT_FILE", authority)]);
    assert_eq!(found["status"], "ok", "{found}");

    let said = said_trusting(dir.path(), &url, "/nowhere/authority.pem");
    assert!(said.contains("/nowhere/authority.pem"), "{said}");
    let said = said_trusting(dir.path(), &url.replace("localhost", "127.0.0.1"), authority);
    assert!(said.contains("the name that it is made out to"), "{said}");
    let said = said_trusting(dir.path(), &url.replace("rediss://", "redis://"), authority);
    assert!(said.contains("begins with rediss://"), "{said}");
    let said = said_trusting(dir.path(), &plain.url(None).replace("redis://", "rediss://"), authority);
    assert!(said.contains("begins with redis://"), "{said}");
    for (name, value) in [("tls-ca-cert-file", authority), ("tls-auth-clients", "yes")] {
        server.told(Some(PASSWORD), &["CONFIG", "SET", name, value]).await;
    }
    let said = said_trusting(dir.path(), &url, authority);
    assert!(said.contains("tls-auth-clients no"), "{said}");
}

/// How often the server was asked to pass a word.
async fn words(server: &Server) -> usize {
    let stats: String = server.asked(None, &["INFO", "commandstats"]).await;
    let calls = stats.lines().find_map(|line| line.strip_prefix("cmdstat_publish:calls="));
    calls.map_or(0, |calls| calls.split(',').next().unwrap().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_hub_that_knows_the_authority_passes_word_counts_and_keeps_answers_over_tls() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_with_tls(&[]);
    let authority = server.authority().to_str().unwrap();
    let url = server.url(None);
    let hub = Hub::start_with(dir.path(), &[("REDIS_URL", &url), ("SSL_CERT_FILE", authority)]);
    until_ready_is(&hub, "well").await;
    let begun = Instant::now();
    while server.asked::<Vec<String>>(None, &["PUBSUB", "CHANNELS", "labkeeper:*:events"]).await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the hub does not listen");
    }
    let before = words(&server).await;
    let client = reqwest::Client::new();
    let made = client.post(format!("{}/api/misc", hub.url)).json(&serde_json::json!({"name": "lantern"}));
    assert!(made.send().await.unwrap().status().is_success());
    while words(&server).await == before {
        assert!(begun.elapsed() < Duration::from_secs(20), "no word of the write");
    }
    let tried = serde_json::json!({"name": "ann", "password": "gue55ed-gue55ed"});
    let tried = client.post(format!("{}/api/auth/login", hub.url)).json(&tried).send().await.unwrap();
    assert_eq!(tried.status(), 401);
    assert_ne!(server.asked::<Vec<String>>(None, &["KEYS", "labkeeper:*:count:*"]).await, [""; 0]);
    text(format!("{}/api/misc", hub.url)).await;
    while server.asked::<Vec<String>>(None, &["KEYS", "labkeeper:*:answer:*"]).await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no answer is kept");
    }
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
