//! A schema on a server belongs to one data directory at a time.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use labkeeper_store::{Event, Store, StoreError, testing};

const NEEDS: &str = "LABKEEPER_TEST_DATABASE_URL names a server";

async fn schema(dir: &Path) -> String {
    testing::schema_for(&testing::server().expect(NEEDS), dir).await.unwrap()
}

async fn written(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    tx.announce(Event::plain("import", "finished"));
    tx.commit().await
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn another_directory_waits_until_nobody_of_the_first_is_left() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = schema(one.path()).await;
    let (here, there) = (one.path().join("lab.db"), other.path().join("lab.db"));
    let hub = Store::connect(&url, &here).await.unwrap();
    let command = Store::connect(&url, &here).await.expect("a command of the same directory");
    let refused = Store::connect(&url, &there).await.expect_err("it is another's").to_string();
    assert!(refused.contains(one.path().to_str().unwrap()), "{refused}");
    hub.close().await;
    assert!(Store::connect(&url, &there).await.is_err(), "the command is still at work");
    command.close().await;
    let next = Store::connect(&url, &there).await.unwrap();
    written(&next).await.unwrap();
    assert!(Store::connect(&url, &here).await.is_err(), "and now it is the other's");
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_was_cut_off_while_another_moved_in_writes_nothing_more() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let url = schema(one.path()).await;
    let (here, there) = (one.path().join("lab.db"), other.path().join("lab.db"));
    let first = Store::connect(&url, &here).await.unwrap();
    written(&first).await.unwrap();
    cut_off(&first, &here).await;
    // Cut off and back before anybody came, nothing is lost.
    first.notice_foreign_writes().await.unwrap();
    written(&first).await.unwrap();
    assert!(Store::connect(&url, &there).await.is_err(), "it came back");
    cut_off(&first, &here).await;
    let second = Store::connect(&url, &there).await.unwrap();
    let fault = first.notice_foreign_writes().await.unwrap_err();
    assert!(matches!(fault, StoreError::Taken { .. }), "{fault}");
    let fault = written(&first).await.unwrap_err();
    assert!(matches!(fault, StoreError::Taken { .. }), "{fault}");
    written(&second).await.unwrap();
}

/// As a server does that is restarted, for all who are connected to the schema of that path.
async fn cut_off(store: &Store, beside: &Path) {
    let all = "SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
               WHERE locktype = 'advisory' AND classid = 1818323814 AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid \
               AND pid <> pg_backend_pid()";
    let dir = beside.parent().unwrap();
    testing::meddle(dir, all).await.unwrap();
    assert!(store.version().await.is_ok());
}
