//! A schema on a server that is of the version before: it is copied into a file, and then migrated.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use labkeeper_store::{Store, StoreError, testing};
use tempfile::TempDir;

/// Never edit one: what a version left is what this one finds.
const BEFORE: &[&str] = &[
    include_str!("../migrations/postgres/0013_schema.sql"),
    include_str!("../migrations/0014_ownership.sql"),
    include_str!("../migrations/0015_views_of_principals.sql"),
    include_str!("../migrations/postgres/0016_approvals_of_principals.sql"),
    "CREATE TABLE schema_version (version BIGINT NOT NULL); INSERT INTO schema_version VALUES (16)",
];
const ROWS: &str = "\
    INSERT INTO items (kind, name, fields, rev, created_at, updated_at) VALUES \
        ('misc', 'lamp', '{\"notes\":\"gives light\"}', 1, 1, 2), ('misc', 'Lämpchen', '{}', 1, 1, 1), ('misc', 'gone', '{}', 1, 1, 1); \
    DELETE FROM items WHERE name = 'gone'; \
    INSERT INTO meta (key, value) VALUES ('some', 'thing')";

/// Where a hub of the version before works, with a database on the server.
async fn older() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("lab.db");
    for step in BEFORE {
        testing::meddle(&place, step).await.unwrap();
    }
    testing::meddle(&place, ROWS).await.unwrap();
    (dir, place)
}

fn kept(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut kept: Vec<String> = names.filter(|name| name.contains("before-schema")).collect();
    kept.sort();
    kept
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn what_is_on_a_server_is_copied_into_a_file_before_it_is_migrated() {
    let (dir, place) = older().await;
    testing::open(&place).await.unwrap().close().await;
    assert_eq!(kept(dir.path()), ["lab.before-schema-17.db"]);
    let copy = dir.path().join("lab.before-schema-17.db");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    testing::open(&place).await.unwrap().close().await;
    assert_eq!(kept(dir.path()).len(), 1, "one that is up to date is not copied");

    // It is of the version before, as any file of that version is.
    let own = dir.path().join("own.db");
    fs::copy(&copy, &own).unwrap();
    let store = Store::open(&own).await.unwrap();
    assert!(kept(dir.path()).contains(&"own.before-schema-17.db".to_owned()));
    let mut view = store.read().await.unwrap();
    let (lamp, small) = (view.item(1).await.unwrap().unwrap(), view.item(2).await.unwrap().unwrap());
    assert_eq!((lamp.name.as_str(), small.name.as_str()), ("lamp", "Lämpchen"));
    assert_eq!(lamp.fields["notes"], "gives light");
    assert_eq!(view.last_item_id().await.unwrap(), 3, "no number is given twice");
    drop(view);
    store.close().await;
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn without_a_copy_nothing_on_a_server_is_migrated_and_two_tries_leave_one() {
    let (dir, place) = older().await;
    let draft = dir.path().join("lab.before-schema.draft");
    fs::create_dir(&draft).unwrap();
    let said = testing::open(&place).await.unwrap_err();
    assert!(matches!(said, StoreError::NoCopy { .. }), "{said}");
    fs::remove_dir(&draft).unwrap();

    // The copy comes about, and the step after it does not.
    testing::meddle(&place, "CREATE TABLE audit_sorts (id BIGINT)").await.unwrap();
    for _ in 0..2 {
        testing::open(&place).await.unwrap_err();
    }
    testing::meddle(&place, "DROP TABLE audit_sorts").await.unwrap();
    testing::open(&place).await.unwrap().close().await;
    assert_eq!(kept(dir.path()), ["lab.before-schema-17.db"]);
}
