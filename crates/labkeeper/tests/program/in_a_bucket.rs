//! A hub whose old contents of files lie in a bucket: looked at, backed up, put back and moved.

use std::path::Path;
use std::process::{Command, Output};

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::file::Quota;
use labkeeper_store::testing::{bucket, bucket_settings, version};
use labkeeper_store::{Blobs, Store};
use serde_json::Value;

use crate::hub::{Hub, labkeeper};

/// The program on that directory, with the bucket that is its own.
fn with_bucket(dir: &Path) -> Command {
    let settings = bucket_settings(&dir.join("labkeeper.db"));
    let mut command = labkeeper(dir);
    command
        .env("S3_URL", format!("s3://{}/{}", settings.bucket, settings.prefix))
        .env("S3_ENDPOINT", settings.endpoint.unwrap())
        .env("S3_ACCESS_KEY_ID", settings.access_key_id)
        .env("S3_SECRET_ACCESS_KEY", settings.secret_access_key)
        .env("S3_ENCRYPT", "true");
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn finding(command: &mut Command) -> Value {
    let told: Value =
        serde_json::from_slice(&command.args(["--json", "doctor"]).output().unwrap().stdout).unwrap();
    let text = told.to_string();
    let findings = told.as_array().unwrap_or_else(|| panic!("{text}"));
    findings.iter().find(|finding| finding["check"] == "bucket").unwrap_or_else(|| panic!("{text}")).clone()
}

#[tokio::test]
#[ignore = "needs a server of S3: cargo xtask test --only s3"]
async fn a_hub_is_looked_at_backed_up_put_back_and_moved() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("labkeeper.db");
    done(with_bucket(dir.path()).args(["list", "misc"]));
    let store = Store::open(&database).await.unwrap();
    let store = store.with_bucket(Some(bucket(&database, |settings| settings.encrypt = true)));
    let new = version("/etc/x", Some(b"before"), None);
    store.keep_version(new, Quota::default()).await.unwrap();
    store.close().await;
    let digest = sha256_hex(b"before");

    let found = finding(&mut with_bucket(dir.path()));
    assert_eq!(found["status"], "ok", "{found}");
    let found = finding(with_bucket(dir.path()).env("S3_SECRET_ACCESS_KEY", "another"));
    assert!(found["status"] == "crit" && found.to_string().contains("S3_SECRET_ACCESS_KEY"), "{found}");

    let backup = dir.path().join("monday");
    let made = done(with_bucket(dir.path()).args(["backup", "create"]).arg(&backup));
    assert!(String::from_utf8_lossy(&made.stderr).contains("blobs.key"), "{made:?}");
    assert_eq!(Blobs::beside(&backup.join("labkeeper.db")).read(&digest).unwrap(), b"before");
    assert!(!backup.join("blobs.key").exists());

    // A machine that has nothing but the backup, and a place of its own.
    let other = tempfile::tempdir().unwrap();
    done(with_bucket(other.path()).args(["backup", "restore", "-y"]).arg(&backup));
    let restored = bucket(&other.path().join("labkeeper.db"), |_| {});
    let shelf = labkeeper_store::Shelf::of(&other.path().join("labkeeper.db"), Some(restored));
    assert!(!other.path().join("blobs").exists());
    assert_eq!(shelf.read(&digest).await.unwrap(), b"before");

    for _ in 0..2 {
        done(with_bucket(dir.path()).args(["backup", "move-contents", "--to", "folder"]));
    }
    assert_eq!(Blobs::beside(&database).read(&digest).unwrap(), b"before");
}

#[tokio::test]
async fn a_hub_whose_bucket_is_away_says_so_before_anybody_writes_a_file() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start_with(
        dir.path(),
        &[
            ("S3_URL", "s3://lab/old"),
            ("S3_ENDPOINT", "http://127.0.0.1:1"),
            ("S3_ACCESS_KEY_ID", "labkeeper"),
            ("S3_SECRET_ACCESS_KEY", "s3cret-word"),
            ("S3_ALLOW_HTTP", "true"),
            ("S3_TIMEOUT_SECONDS", "2"),
        ],
    );
    let get = |path: &str| {
        let url = format!("{}{path}", hub.url);
        async { reqwest::get(url).await.unwrap().text().await.unwrap() }
    };
    hub.has_said("no file of the lab can be written");
    let ready: Value = serde_json::from_str(&get("/readyz").await).unwrap();
    let told = ready["checks"]["bucket"]["degraded"].as_str().unwrap();
    assert!(ready["status"] == "degraded" && told.contains("no file of the lab can be written"), "{ready}");
    let figures = get("/metrics").await;
    assert!(figures.contains("labkeeper_bucket_up{} 0\n"), "{figures}");
    assert!(!figures.contains("labkeeper_vectors_up{}") && !figures.contains("labkeeper_redis_up{}"));
}
