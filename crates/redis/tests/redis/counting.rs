//! Counters: one count for all processes of a hub, in a window that slides by the server's clock.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::ports::Relay;
use labkeeper_redis::testing::Server;

use crate::patient;

const WINDOW: Duration = Duration::from_secs(300);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn two_processes_count_as_one_and_another_hub_does_not() {
    let server = Server::start(&[]);
    let (one, two) = (patient(&server.url(None), 1), patient(&server.url(None), 1));
    let stranger = patient(&server.url(None), 2);
    for (mark, process) in [("a", &one), ("b", &two), ("c", &one)] {
        assert_eq!(two.wait("account ann", WINDOW, 3).await, Ok(None));
        assert_eq!(process.attempt("account ann", mark, WINDOW, 3).await, Ok(None));
    }
    for wait in [two.wait("account ann", WINDOW, 3).await, two.attempt("account ann", "d", WINDOW, 3).await] {
        let wait = wait.unwrap().unwrap();
        assert!(wait <= WINDOW && wait > WINDOW - Duration::from_secs(20), "{wait:?}");
    }
    assert_eq!(one.wait("account ann", WINDOW, 4).await, Ok(None), "who was not heard is not counted");
    assert_eq!(one.wait("account bob", WINDOW, 1).await, Ok(None));
    assert_eq!(stranger.wait("account ann", WINDOW, 1).await, Ok(None));
    two.take_back("account ann", "a").await.unwrap();
    two.take_back("account ann", "a").await.unwrap();
    assert_eq!(two.wait("account ann", WINDOW, 3).await, Ok(None));
    assert!(two.wait("account ann", WINDOW, 2).await.unwrap().is_some(), "the others stay");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn those_that_come_at_once_are_no_more_than_are_allowed() {
    let server = Server::start(&[]);
    let processes = [patient(&server.url(None), 1), patient(&server.url(None), 1)].map(Arc::new);
    let at_once = (0..100).map(|number| {
        let process = processes[number % 2].clone();
        tokio::spawn(async move { process.attempt("account ann", &number.to_string(), WINDOW, 10).await })
    });
    let mut heard = 0;
    for attempt in at_once.collect::<Vec<_>>() {
        heard += usize::from(attempt.await.unwrap().unwrap().is_none());
    }
    assert_eq!(heard, 10);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn what_is_older_than_the_window_no_longer_counts_and_goes_by_itself() {
    let server = Server::start(&[]);
    let process = patient(&server.url(None), 1);
    let window = Duration::from_millis(400);
    process.attempt("account ann", "a", window, 1).await.unwrap();
    let wait = process.wait("account ann", window, 1).await.unwrap().unwrap();
    assert!(wait <= window);
    tokio::time::sleep(wait).await;
    assert_eq!(process.wait("account ann", window, 1).await, Ok(None));
    let begun = std::time::Instant::now();
    while server.asked::<usize>(None, &["DBSIZE"]).await > 0 {
        assert!(begun.elapsed() < crate::SOON, "the count does not go");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_count_does_not_grow_without_end_and_its_name_tells_nobody() {
    let server = Server::start(&[]);
    let process = patient(&server.url(None), 1);
    for number in 0..200 {
        process.attempt("account ann", &number.to_string(), WINDOW, 1000).await.unwrap();
    }
    let keys: Vec<String> = server.asked(None, &["KEYS", "*"]).await;
    let [key] = &keys[..] else { panic!("{keys:?}") };
    assert!(key.starts_with("labkeeper:") && !key.contains("ann"), "{key}");
    assert_eq!(server.asked::<usize>(None, &["ZCARD", key]).await, 64);
    assert!(server.asked::<i64>(None, &["PTTL", key]).await > 0);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn what_somebody_else_put_there_is_in_the_way_of_nothing_else() {
    let server = Server::start(&[]);
    let process = patient(&server.url(None), 1);
    process.attempt("account ann", "a", WINDOW, 5).await.unwrap();
    process.keep("question", b"answer".to_vec()).await.unwrap();
    for key in server.asked::<Vec<String>>(None, &["KEYS", "*"]).await {
        server.told(None, &["DEL", &key]).await;
        server.told(None, &["HSET", &key, "a", "b"]).await;
    }
    process.recall("question").await.unwrap_err();
    process.take_back("account ann", "a").await.unwrap_err();
    assert_eq!(process.trouble(), None);
    assert_eq!(process.attempt("account ann", "b", WINDOW, 1).await, Ok(None), "it is counted anew");
    assert!(process.wait("account ann", WINDOW, 1).await.unwrap().is_some());
    process.keep("question", b"answer".to_vec()).await.unwrap();
    assert_eq!(process.recall("question").await.unwrap().as_deref(), Some(&b"answer"[..]));
}
