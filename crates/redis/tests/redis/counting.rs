//! Counters: one count for all processes of a hub, in a window that slides by the server's clock.

use std::time::Duration;

use labkeeper_core::ports::Relay;
use labkeeper_redis::testing::Server;

use crate::process;

const WINDOW: Duration = Duration::from_secs(300);

#[tokio::test]
#[ignore = "needs redis-server"]
async fn two_processes_count_as_one_and_another_hub_does_not() {
    let server = Server::start(&[]);
    let (one, two) = (process(&server.url(None), 1), process(&server.url(None), 1));
    let stranger = process(&server.url(None), 2);
    for process in [&one, &two, &one] {
        assert_eq!(two.wait("account ann", WINDOW, 3).await, Ok(None));
        process.count("account ann", WINDOW).await.unwrap();
    }
    let wait = two.wait("account ann", WINDOW, 3).await.unwrap().unwrap();
    assert!(wait <= WINDOW && wait > WINDOW - Duration::from_secs(20), "{wait:?}");
    assert_eq!(one.wait("account ann", WINDOW, 4).await, Ok(None));
    assert_eq!(one.wait("account bob", WINDOW, 1).await, Ok(None));
    assert_eq!(stranger.wait("account ann", WINDOW, 1).await, Ok(None));
    one.forget("account ann").await.unwrap();
    assert_eq!(two.wait("account ann", WINDOW, 1).await, Ok(None));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn what_is_older_than_the_window_no_longer_counts_and_goes_by_itself() {
    let server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    let window = Duration::from_millis(400);
    process.count("account ann", window).await.unwrap();
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
    let process = process(&server.url(None), 1);
    for _ in 0..200 {
        process.count("account ann", WINDOW).await.unwrap();
    }
    let keys: Vec<String> = server.asked(None, &["KEYS", "*"]).await;
    let [key] = &keys[..] else { panic!("{keys:?}") };
    assert!(key.starts_with("labkeeper:") && !key.contains("ann"), "{key}");
    assert_eq!(server.asked::<usize>(None, &["ZCARD", key]).await, 64);
    assert!(server.asked::<i64>(None, &["PTTL", key]).await > 0);
}
