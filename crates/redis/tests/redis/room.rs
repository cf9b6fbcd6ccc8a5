//! A server that has to make room: answers go before what is counted.

use std::time::Duration;

use labkeeper_core::ports::Relay;
use labkeeper_redis::testing::Server;

use crate::patient;

const WINDOW: Duration = Duration::from_secs(300);
const ANSWERS: usize = 300;

async fn figure(server: &Server, section: &str, name: &str) -> usize {
    let info: String = server.asked(None, &["INFO", section]).await;
    let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn one_that_makes_room_by_what_ends_soonest_lets_go_of_answers_and_counts_on() {
    let server = Server::start(&["--maxmemory-policy", "volatile-ttl"]);
    let process = patient(&server.url(None), 1);
    let names: Vec<String> = (0..5).map(|number| format!("account {number}")).collect();
    for name in &names {
        process.attempt(name, "a", WINDOW, 1).await.unwrap();
    }
    let most = figure(&server, "memory", "used_memory").await + 4_000_000;
    server.told(None, &["CONFIG", "SET", "maxmemory", &most.to_string()]).await;
    for number in 0..ANSWERS {
        process.keep(&format!("question {number}"), vec![7; 50_000]).await.unwrap();
    }
    let gone = figure(&server, "stats", "evicted_keys").await;
    assert!(gone > ANSWERS / 2, "{gone} went");
    for name in &names {
        assert!(process.wait(name, WINDOW, 1).await.unwrap().is_some(), "{name} is forgotten");
    }
    assert_eq!(process.trouble(), None);
}
