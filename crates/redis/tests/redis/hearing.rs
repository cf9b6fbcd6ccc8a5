//! Word: what one process tells, the others of the hub hear.

use std::sync::{Arc, Mutex};

use labkeeper_core::ports::{Relay, RelayError};
use labkeeper_redis::Redis;
use labkeeper_redis::testing::Server;
use tokio::task::JoinHandle;

use crate::{process, until};

type Heard = Arc<Mutex<Vec<i64>>>;

fn listen(process: Redis) -> (Heard, JoinHandle<Result<(), RelayError>>) {
    let heard = Heard::default();
    let noted = heard.clone();
    let listening =
        tokio::spawn(async move { process.hear(&move |event| noted.lock().unwrap().push(event)).await });
    (heard, listening)
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_word_reaches_the_processes_of_the_hub_and_nobody_else() {
    let server = Server::start(&[]);
    let url = server.url(None);
    let (heard, listening) = listen(process(&url, 1));
    let (overheard, elsewhere) = listen(process(&url, 2));
    until("the first to listen", || *heard.lock().unwrap() == [0]).await;
    until("the other to listen", || *overheard.lock().unwrap() == [0]).await;
    let channels: Vec<String> = server.asked(None, &["PUBSUB", "CHANNELS", "labkeeper:*"]).await;
    for channel in &channels {
        for word in ["nonsense", "", "-7", "0", "99999999999999999999"] {
            server.told(None, &["PUBLISH", channel, word]).await;
        }
    }
    process(&url, 1).tell(41).await.unwrap();
    process(&url, 2).tell(7).await.unwrap();
    until("the word", || *heard.lock().unwrap() == [0, 41]).await;
    until("the other word", || *overheard.lock().unwrap() == [0, 7]).await;
    listening.abort();
    elsewhere.abort();
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn listening_ends_when_the_server_does_and_can_begin_again() {
    let mut server = Server::start(&[]);
    let url = server.url(None);
    let (heard, listening) = listen(process(&url, 1));
    until("listening", || *heard.lock().unwrap() == [0]).await;
    server.down();
    assert!(matches!(listening.await.unwrap(), Err(RelayError::Away { .. })));
    server.up();
    let (heard, listening) = listen(process(&url, 1));
    until("listening again", || *heard.lock().unwrap() == [0]).await;
    listening.abort();
}
