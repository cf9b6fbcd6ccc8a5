//! Who hangs up in the middle of a question leaves nothing of it to whoever is given the connection next.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use labkeeper_store::{Store, testing};
use tokio::task::{JoinSet, yield_now};

/// As many as the pool has, so that each is had by somebody.
const CONNECTIONS: usize = 8;

async fn written(store: Arc<Store>, number: usize) {
    let mut tx = store.write().await.unwrap();
    tx.set_cursor(&format!("writer {number}"), 1).await.unwrap();
    tx.commit().await.unwrap();
}

async fn turns(count: usize) {
    for _ in 0..count {
        yield_now().await;
    }
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn who_gives_up_while_a_transaction_begins_leaves_none_open() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(testing::open(&dir.path().join("lab.db")).await.unwrap());
    for round in 0..400 {
        tokio::select! {
            biased;
            view = store.snapshot() => drop(view.unwrap()),
            () = turns(round % 40) => {}
        }
    }
    let mut writers: JoinSet<()> =
        (0..CONNECTIONS).map(|number| written(Arc::clone(&store), number)).collect();
    while let Some(writer) = writers.join_next().await {
        writer.expect("a connection that may write");
    }
    let mut views = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut view = store.read().await.unwrap();
        for number in 0..CONNECTIONS {
            assert_eq!(view.cursor(&format!("writer {number}")).await.unwrap(), 1, "it sees the past");
        }
        views.push(view);
    }
}
