//! Time that passes as fast as the machine can, without leaving the network behind.
//!
//! Tokio's paused clock jumps to the next timer whenever all tasks wait, also when they wait for a socket that is about to
//! speak. Here the clock is moved by hand, in small steps, with room for sockets between them.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tokio::time::advance;

/// How far the clock moves at a time.
const STEP: Duration = Duration::from_millis(50);

/// How long the network has in between, in real time: a busy machine delivers late, even to itself.
const ROOM: Duration = Duration::from_millis(3);

/// Waits for it while time flies. For tests that start with a paused clock.
pub(crate) async fn quickly<T>(future: impl Future<Output = T>) -> T {
    // The clock does not jump by itself while a blocking task runs.
    let (hold, released) = channel::<()>();
    let holding = tokio::task::spawn_blocking(move || released.recv().is_ok());
    let done = tokio::select! {
        biased;
        done = future => done,
        () = time_flies() => unreachable!("time never ends"),
    };
    drop(hold);
    holding.await.unwrap();
    done
}

async fn time_flies() {
    loop {
        let begun = Instant::now();
        while begun.elapsed() < ROOM {
            tokio::task::yield_now().await;
        }
        advance(STEP).await;
    }
}
