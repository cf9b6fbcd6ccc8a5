//! Who hangs up in the middle of a question leaves nothing of it to whoever is given the connection next.
#![allow(clippy::unwrap_used, reason = "tests")]

use labkeeper_store::testing;
use tokio::task::yield_now;

async fn turns(count: i64) {
    for _ in 0..count {
        yield_now().await;
    }
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_gives_up_while_a_transaction_begins_leaves_none_open() {
    let dir = tempfile::tempdir().unwrap();
    let store = testing::open(&dir.path().join("lab.db")).await.unwrap();
    for round in 0..300 {
        tokio::select! {
            biased;
            view = store.snapshot() => drop(view.unwrap()),
            () = turns(round * 2) => {}
        }
        // At once, for the next transaction that ends well would clear up.
        let mut tx = store.write().await.unwrap();
        tx.set_cursor("round", round).await.expect("a connection that may write");
        tx.commit().await.unwrap();
        assert_eq!(store.read().await.unwrap().cursor("round").await.unwrap(), round, "it sees the past");
    }
}
