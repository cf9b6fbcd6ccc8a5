//! The relay on a real server: what it does, and what it says when the server does not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod counting;
mod faults;
mod hearing;
mod rights;
mod room;
mod tls;

use std::time::{Duration, Instant};

use labkeeper_redis::{Redis, Settings};

pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A process of the hub with that secret. It looks again soon after a failure.
pub(crate) fn process(url: &str, secret: u8) -> Redis {
    let mut settings = Settings::new(url).unwrap();
    settings.rest = Duration::from_millis(50);
    Redis::new(&settings, [secret; 32]).unwrap()
}

/// One that waits as long as a busy machine may take, for what is not about waiting.
pub(crate) fn patient(url: &str, secret: u8) -> Redis {
    let mut settings = Settings::new(url).unwrap();
    settings.patience = SOON;
    settings.patience_with_doors = SOON;
    settings.rest = Duration::from_millis(50);
    Redis::new(&settings, [secret; 32]).unwrap()
}

/// Waits for it, and fails when it does not come.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < SOON, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
