//! A server that speaks TLS, one that does not, and who is asked which way.

use std::time::Duration;

use labkeeper_core::ports::{Relay, RelayError};
use labkeeper_redis::testing::Server;
use labkeeper_redis::{Redis, Settings};

use crate::{patient, until};

const WINDOW: Duration = Duration::from_secs(300);

/// What comes of asking it in each way, by a process each.
async fn ways(url: &str) -> [RelayError; 3] {
    let user = patient(url, 1);
    let used = user.attempt("account ann", "a", WINDOW, 5).await.unwrap_err();
    assert_eq!(user.trouble(), Some(used.clone()));
    let listener = patient(url, 1);
    let heard = listener.hear(&|_| {}).await.unwrap_err();
    assert_eq!(listener.trouble(), Some(heard.clone()));
    [patient(url, 1).knock().await.unwrap_err(), used, heard]
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_whom_nobody_vouches_for_is_told_nothing_and_it_is_said_why() {
    let server = Server::start_with_tls(&[]);
    for error in ways(&server.url(None)).await {
        let RelayError::Untrusted { reason, .. } = &error else { panic!("{error}") };
        assert!(reason.contains("UnknownIssuer"), "{reason}");
    }
    let stats: String = server.asked(None, &["INFO", "commandstats"]).await;
    for told in ["cmdstat_publish", "cmdstat_eval", "cmdstat_subscribe", "cmdstat_set"] {
        assert!(!stats.contains(told), "{stats}");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_with_tls_that_is_asked_without_says_that_it_may_be_that() {
    let server = Server::start_with_tls(&[]);
    for error in ways(&server.url(None).replace("rediss://", "redis://")).await {
        assert!(error.to_string().contains("rediss://"), "{error}");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_without_tls_that_is_asked_for_it_says_that_it_may_be_that() {
    let server = Server::start(&[]);
    let url = server.url(None).replace("redis://", "rediss://");
    let mut settings = Settings::new(&url).unwrap();
    settings.patience_with_doors = Duration::from_millis(300);
    settings.rest = Duration::from_millis(50);
    let process = Redis::new(&settings, [1; 32]).unwrap();
    for error in [process.knock().await.unwrap_err(), process.hear(&|_| {}).await.unwrap_err()] {
        assert!(error.to_string().contains("redis://"), "{error}");
    }
    // Who waits for an answer waits less; what is tried out in the background says more.
    let process = Redis::new(&settings, [1; 32]).unwrap();
    process.attempt("account ann", "a", WINDOW, 5).await.unwrap_err();
    until("the reason", || process.trouble().unwrap().to_string().contains("redis://")).await;
}
