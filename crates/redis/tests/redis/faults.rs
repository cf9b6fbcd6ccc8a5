//! A server that is down, slow, full, emptied or locked: it is said why, nobody waits for long, and it is used again by itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use labkeeper_core::ports::{Relay, RelayError};
use labkeeper_redis::testing::Server;
use labkeeper_redis::{Redis, Settings};

use crate::{process, until};

const WINDOW: Duration = Duration::from_secs(300);

async fn use_of(process: &Redis) -> Result<(), RelayError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mark = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    process.attempt("account ann", &mark, WINDOW, 64).await.map(drop)
}

async fn is_of_use_again(process: &Redis) {
    until("its use", || process.trouble().is_none()).await;
    use_of(process).await.unwrap();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_ends_is_used_again_when_it_is_back() {
    let mut server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    use_of(&process).await.unwrap();
    assert_eq!(process.trouble(), None);
    server.down();
    let error = use_of(&process).await.unwrap_err();
    assert!(matches!(error, RelayError::Away { .. }), "{error}");
    assert_eq!(use_of(&process).await, Err(process.trouble().unwrap()));
    server.up();
    is_of_use_again(&process).await;
    assert_eq!(process.wait("account ann", WINDOW, 2).await, Ok(None), "it came back empty");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_sleeps_costs_one_short_wait_and_then_none() {
    let server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    use_of(&process).await.unwrap();
    server.told(None, &["CLIENT", "PAUSE", "600000", "ALL"]).await;
    let begun = Instant::now();
    let error = use_of(&process).await.unwrap_err();
    assert!(matches!(error, RelayError::Slow { .. }), "{error}");
    assert!(begun.elapsed() >= Duration::from_millis(150) && begun.elapsed() < Duration::from_secs(1));
    let begun = Instant::now();
    for _ in 0..1_000 {
        use_of(&process).await.unwrap_err();
    }
    // Had each asked, that were 150 seconds.
    assert!(begun.elapsed() < crate::SOON, "asked in spite of the failure");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_blocks_for_a_while_is_used_again() {
    let server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    use_of(&process).await.unwrap();
    let (slept, error) = tokio::join!(server.told(None, &["DEBUG", "SLEEP", "1.5"]), async {
        loop {
            if let Err(error) = use_of(&process).await {
                return error;
            }
        }
    });
    let () = slept;
    assert!(matches!(error, RelayError::Slow { .. }), "{error}");
    is_of_use_again(&process).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_takes_no_writes_says_why_and_does_not_flap() {
    let server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    for (fault, mended) in [
        (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
        (["CONFIG", "SET", "min-replicas-to-write", "1"], ["CONFIG", "SET", "min-replicas-to-write", "0"]),
    ] {
        server.told(None, &fault).await;
        let error = use_of(&process).await.unwrap_err();
        assert!(matches!(error, RelayError::TakesNothing { .. }), "{error}");
        // It would answer a question that writes nothing.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(300) {
            assert!(process.trouble().is_some(), "it was taken for whole");
            tokio::task::yield_now().await;
        }
        server.told(None, &mended).await;
        is_of_use_again(&process).await;
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_became_a_replica_takes_nothing() {
    let server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    use_of(&process).await.unwrap();
    server.told(None, &["REPLICAOF", "127.0.0.1", "1"]).await;
    let error = use_of(&process).await.unwrap_err();
    assert!(matches!(error, RelayError::TakesNothing { .. }), "{error}");
    server.told(None, &["REPLICAOF", "NO", "ONE"]).await;
    is_of_use_again(&process).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_wrong_password_and_a_missing_right_are_told_apart_and_no_password_is_said() {
    let server = Server::start(&["--requirepass", "s3cret"]);
    use_of(&process(&server.url(Some("s3cret")), 1)).await.unwrap();
    let other = server.url(None) + "/2";
    for door in [&server.url(None), &server.url(Some("gue55ed")), &other] {
        let process = process(door, 1);
        for error in [process.knock().await.unwrap_err(), use_of(&process).await.unwrap_err()] {
            assert!(matches!(error, RelayError::Denied { .. }), "{error}");
            assert!(!error.to_string().contains("gue55ed"));
        }
    }
    let may = ["ACL", "SETUSER", "keeper", "on", ">other", "~labkeeper:*", "&labkeeper:*"];
    let rights = ["+@connection", "+select", "+get", "+set", "+del", "+publish", "+subscribe"];
    server.told(Some("s3cret"), &[&may[..], &rights[..]].concat()).await;
    let url = server.url(None).replace("redis://", "redis://keeper:other@");
    let keeper = process(&url, 1);
    let error = keeper.knock().await.unwrap_err();
    assert!(matches!(error, RelayError::NotAllowed { .. }), "{error}");
    // Also what is missing within a script.
    server.told(Some("s3cret"), &["ACL", "SETUSER", "keeper", "+eval"]).await;
    let error = keeper.knock().await.unwrap_err();
    assert!(matches!(error, RelayError::NotAllowed { .. }), "{error}");
    let more = ["ACL", "SETUSER", "keeper", "+time", "+@sortedset", "+pexpire"];
    server.told(Some("s3cret"), &more).await;
    keeper.knock().await.unwrap();
    server.told(Some("s3cret"), &["ACL", "SETUSER", "keeper", "-subscribe"]).await;
    let error = keeper.knock().await.unwrap_err();
    assert!(matches!(error, RelayError::NotAllowed { .. }), "nobody would hear a word: {error}");
    let deaf = process(&url, 1);
    let error = deaf.hear(&|_| {}).await.unwrap_err();
    assert_eq!(deaf.trouble(), Some(error));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_database_that_it_does_not_have_is_what_is_wrong() {
    let server = Server::start(&["--databases", "2"]);
    process(&(server.url(None) + "/1"), 1).knock().await.unwrap();
    let error = process(&(server.url(None) + "/2"), 1).knock().await.unwrap_err();
    assert!(error.to_string().contains("DB index is out of range"), "{error}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_is_emptied_counts_from_nothing_and_is_no_trouble() {
    let server = Server::start(&[]);
    let process = process(&server.url(None), 1);
    use_of(&process).await.unwrap();
    server.told(None, &["FLUSHALL"]).await;
    assert_eq!(process.wait("account ann", WINDOW, 1).await, Ok(None));
    assert_eq!(process.trouble(), None);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_knock_leaves_nothing_behind_and_needs_a_redis() {
    let server = Server::start(&[]);
    process(&server.url(None), 1).knock().await.unwrap();
    assert_eq!(server.asked::<usize>(None, &["DBSIZE"]).await, 0);
    // Somebody who takes the call and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let mut settings = Settings::new(&url).unwrap();
    settings.patience_with_doors = Duration::from_millis(300);
    let error = Redis::new(&settings, [1; 32]).unwrap().knock().await.unwrap_err();
    assert!(matches!(error, RelayError::Slow { .. }), "{error}");
}
