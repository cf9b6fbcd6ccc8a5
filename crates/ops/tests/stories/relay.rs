//! Two processes of a hub that pass word and count together over a real Redis, and each by itself when it is away.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use labkeeper_core::actor::{Actor, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::ports::Relay;
use labkeeper_ops::access::Credential;
use labkeeper_ops::keeper::{Call, Keeper};
use labkeeper_ops::relay::secret_of;
use labkeeper_redis::testing::Server;
use labkeeper_redis::{Redis, Settings};
use serde_json::json;

use crate::lab::Lab;
use crate::work::{start, until};

const SOON: Duration = Duration::from_secs(20);
/// How often a process looks by itself.
const LOOK: Duration = Duration::from_millis(400);
const WRITES: u32 = 10;

async fn process(lab: &Lab, server: &Server) -> Keeper {
    let mut settings = Settings::new(&server.url(None)).unwrap();
    settings.rest = Duration::from_millis(50);
    let secret = secret_of(lab.keeper.store()).await.unwrap();
    lab.beside_through(Arc::new(Redis::new(&settings, secret).unwrap()) as Arc<dyn Relay>).await
}

async fn write(keeper: &Keeper, name: &str) -> i64 {
    let input = json!({"type": "misc", "data": {"name": name}});
    keeper.call(Call::new(Actor::local(Via::Cli), "inventory_create", input)).await.unwrap();
    keeper.store().watch().borrow().seq
}

/// How long it takes until what the one writes, again and again, is known to the other.
async fn passed(from: &Keeper, to: &Keeper, writes: u32) -> Duration {
    let begun = Instant::now();
    for number in 0..writes {
        let event = write(from, &format!("lantern {number} {begun:?}")).await;
        let mut known = to.store().watch();
        tokio::time::timeout(SOON, known.wait_for(|known| known.seq >= event)).await.unwrap().unwrap();
    }
    begun.elapsed()
}

/// What comes of a wrong token from there.
async fn knock(keeper: &Keeper, from: &str) -> Code {
    let from: IpAddr = from.parse().unwrap();
    let credential = Credential::Token("lk_nobody-has-this-one".into());
    keeper.authenticate(&credential, Via::Rest, Some(from)).await.unwrap_err().code
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_write_is_known_to_the_other_process_at_once_and_soon_when_redis_is_away() {
    let mut server = Server::start(&[]);
    let lab = Lab::new().await;
    let (one, two) = (process(&lab, &server).await, process(&lab, &server).await);
    let (end_one, work_one) = start(&one);
    let (end_two, work_two) = start(&two);
    // Nobody hears what is told before he listens.
    until(SOON, "both to listen", || async { listeners(&server).await == 2 }).await;
    // By looking, each would be known after LOOK: the next look comes so long after the last.
    let took = passed(&one, &two, WRITES).await + passed(&two, &one, WRITES).await;
    assert!(took < LOOK * WRITES, "{took:?}: word does not come at once");
    server.down();
    passed(&one, &two, 2).await;
    until(SOON, "the trouble", || async { one.relay_works() == Some(false) }).await;
    server.up();
    until(SOON, "both to listen again", || async { listeners(&server).await == 2 }).await;
    until(SOON, "its use", || async { one.relay_works() == Some(true) && two.relay_works() == Some(true) })
        .await;
    let took = passed(&one, &two, WRITES).await + passed(&two, &one, WRITES).await;
    assert!(took < LOOK * WRITES, "{took:?}: word does not come at once again");
    end_one.cancel();
    end_two.cancel();
    work_one.await.unwrap();
    work_two.await.unwrap();
}

async fn listeners(server: &Server) -> usize {
    let channels: Vec<String> = server.asked(None, &["PUBSUB", "CHANNELS", "labkeeper:*"]).await;
    let Some(channel) = channels.first() else { return 0 };
    let (_, count): (String, usize) = server.asked(None, &["PUBSUB", "NUMSUB", channel]).await;
    count
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn wrong_tokens_are_counted_together_and_never_without_a_limit() {
    let mut server = Server::start(&[]);
    let lab = Lab::new().await;
    let (one, two) = (process(&lab, &server).await, process(&lab, &server).await);
    for _ in 0..5 {
        assert_eq!(knock(&one, "192.0.2.7").await, Code::Forbidden);
        assert_eq!(knock(&two, "192.0.2.7").await, Code::Forbidden);
    }
    assert_eq!(knock(&one, "192.0.2.7").await, Code::RateLimited, "five here and five there are ten");
    assert_eq!(knock(&two, "192.0.2.8").await, Code::Forbidden);
    // Emptied: what this process saw itself still counts, and nothing beyond it.
    for _ in 0..5 {
        server.told(None, &["FLUSHALL"]).await;
        assert_eq!(knock(&one, "192.0.2.7").await, Code::Forbidden);
    }
    assert_eq!(knock(&one, "192.0.2.7").await, Code::RateLimited);
    server.down();
    for _ in 0..10 {
        assert_eq!(knock(&one, "192.0.2.9").await, Code::Forbidden);
    }
    assert_eq!(knock(&one, "192.0.2.9").await, Code::RateLimited, "away is not without a limit");
    assert_eq!(one.relay_works(), Some(false));
    server.up();
    until(SOON, "its use", || async { one.relay_works() == Some(true) }).await;
    assert_eq!(knock(&one, "192.0.2.9").await, Code::RateLimited, "back and empty is not forgiven");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn wrong_tokens_at_once_are_counted_together_too() {
    let server = Server::start(&[]);
    let lab = Lab::new().await;
    let processes = [process(&lab, &server).await, process(&lab, &server).await];
    let at_once = (0..40).map(|number| {
        let keeper = processes[number % 2].clone();
        tokio::spawn(async move { knock(&keeper, "192.0.2.7").await })
    });
    let mut heard = 0;
    for told in at_once.collect::<Vec<_>>() {
        heard += usize::from(told.await.unwrap() == Code::Forbidden);
    }
    assert_eq!(heard, 10);
}

#[tokio::test]
async fn the_secret_for_a_relay_is_drawn_once_and_is_the_hubs_own() {
    let (lab, other) = (Lab::new().await, Lab::new().await);
    let secret = secret_of(lab.keeper.store()).await.unwrap();
    let beside = lab.beside(Arc::new(crate::lab::no_model)).await;
    assert_eq!(secret_of(beside.store()).await.unwrap(), secret);
    assert_ne!(secret_of(other.keeper.store()).await.unwrap(), secret);
}

/// The names of the items, as a person's list has them.
async fn listed(keeper: &Keeper) -> Vec<String> {
    let actor = Actor::local(Via::Rest);
    let input = json!({"type": "misc"});
    let rendered = keeper.rendered(&actor, "inventory_list", &input).await.unwrap().unwrap();
    let items: serde_json::Value = serde_json::from_slice(&rendered.body).unwrap();
    let rows = items["data"].as_array().unwrap();
    rows.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

async fn answers(server: &Server) -> Vec<String> {
    server.asked(None, &["KEYS", "labkeeper:*:answer:*"]).await
}

async fn hits(server: &Server) -> u64 {
    let stats: String = server.asked(None, &["INFO", "stats"]).await;
    let line = stats.lines().find_map(|line| line.strip_prefix("keyspace_hits:")).unwrap();
    line.trim().parse().unwrap()
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_answer_of_one_process_serves_the_other_until_the_next_write_and_no_one_elses_does() {
    let mut server = Server::start(&[]);
    let lab = Lab::new().await;
    let (one, two) = (process(&lab, &server).await, process(&lab, &server).await);
    write(&one, "first").await;
    assert_eq!(listed(&one).await, ["first"]);
    until(SOON, "the answer to be kept", || async { answers(&server).await.len() == 1 }).await;
    let before = hits(&server).await;
    assert_eq!(listed(&two).await, ["first"]);
    assert_eq!(hits(&server).await, before + 1, "the other takes it from there");
    let kept: Vec<u8> = server.asked(None, &["GET", &answers(&server).await[0]]).await;
    assert!(!kept.windows(5).any(|part| part == b"first"), "it lies there in the clear");

    write(&two, "second").await;
    assert_eq!(listed(&one).await.len(), 2, "what was kept is not what is");
    until(SOON, "the new one to be kept", || async { answers(&server).await.len() == 2 }).await;

    // A third process finds the one under the name of the other, and then what no hub wrote.
    let names = answers(&server).await;
    let [a, b] = &names[..] else { panic!("{names:?}") };
    for (from, to) in [(a.as_str(), "aside"), (b, a), ("aside", b)] {
        server.told(None, &["COPY", from, to, "REPLACE"]).await;
    }
    assert_eq!(listed(&process(&lab, &server).await).await.len(), 2);
    for name in &names {
        server.told(None, &["SET", name, "[]"]).await;
    }
    assert_eq!(listed(&process(&lab, &server).await).await.len(), 2);
    server.told(None, &["FLUSHALL"]).await;
    assert_eq!(listed(&process(&lab, &server).await).await.len(), 2);
    server.down();
    assert_eq!(listed(&process(&lab, &server).await).await.len(), 2);
}
