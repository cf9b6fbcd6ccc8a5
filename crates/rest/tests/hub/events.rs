//! The live stream: hello, what happens, replay, writes of other processes, the end.

use std::time::Duration;

use http_body_util::BodyExt;
use labkeeper_core::actor::{Actor, Via};
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::hub::{Ask, Hub};

/// One end of a stream; events come apart as they arrive.
struct Stream {
    body: axum::body::Body,
    text: String,
}

impl Stream {
    async fn open(ask: Ask<'_>) -> Self {
        let response = ask.raw().await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"));
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event as (id, name, data); `None` when the stream has ended.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.clone().split_once("\n\n") {
                self.text = rest.into();
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                    line.unwrap_or_default().to_string()
                };
                if field("event").is_empty() {
                    continue;
                }
                return Some((field("id"), field("event"), serde_json::from_str(&field("data")).unwrap()));
            }
            let frame = tokio::time::timeout(Duration::from_secs(20), self.body.frame())
                .await
                .expect("an event in time");
            let bytes = frame?.unwrap().into_data().unwrap_or_default();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

#[tokio::test]
async fn followers_hear_what_happens_and_those_who_were_away_hear_what_they_missed() {
    let hub = Hub::open().await;
    hub.make("misc", json!({"name": "before"})).await;
    let mut stream = Stream::open(hub.get("/api/events").header("accept-encoding", "gzip, br, zstd")).await;
    let (_, name, hello) = stream.next().await.unwrap();
    assert_eq!(name, "hello");
    let row = hub.make("hardware", json!({"name": "pve1"})).await;
    let (id, name, data) = stream.next().await.unwrap();
    assert_eq!(
        (name.as_str(), &data["action"], &data["kind"]),
        ("item", &json!("created"), &json!("hardware"))
    );
    assert_eq!((&data["id"], &data["name"], &data["rev"]), (&row["id"], &json!("pve1"), &row["rev"]));
    assert_eq!(data["seq"].to_string(), id);
    assert!(data["seq"].as_i64() > hello["seq"].as_i64() && data["change_id"].is_i64(), "{data}");

    let since = hello["seq"].to_string();
    for ask in [
        hub.get("/api/events").header("last-event-id", &since),
        hub.get(&format!("/api/events?last_event_id={since}")),
    ] {
        let mut replayed = Stream::open(ask).await;
        assert_eq!(replayed.next().await.unwrap().2, json!({"seq": hello["seq"], "missed": false}));
        assert_eq!(replayed.next().await.unwrap().0, id);
    }
    let mut lost = Stream::open(hub.get("/api/events").header("last-event-id", "999999")).await;
    assert_eq!(lost.next().await.unwrap().2["missed"], true);
    hub.get("/api/events").header("last-event-id", "x").send().await.fails(400, "invalid");
}

#[tokio::test]
async fn writes_of_another_process_are_heard() {
    let hub = Hub::open().await;
    let mut stream = Stream::open(hub.get("/api/events")).await;
    stream.next().await.unwrap();
    let other = labkeeper_store::testing::open(&hub.folder.path().join("hub.db")).await.unwrap();
    let mut tx = other.write().await.unwrap();
    tx.announce(labkeeper_store::Event::plain("import", "finished"));
    tx.journal(&labkeeper_store::testing::change_meta()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(stream.next().await.unwrap().1, "import");
}

#[tokio::test]
async fn the_stream_ends_when_the_hub_stops() {
    let hub = Hub::open().await;
    let mut stream = Stream::open(hub.get("/api/events")).await;
    stream.next().await.unwrap();
    hub.options.shutdown.cancel();
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn the_stream_ends_when_its_follower_may_not_listen_any_more() {
    let hub = Hub::with_token("owner").await;
    let owner = async |operation: &str, input: Value| {
        hub.keeper.call(Call::new(Actor::local(Via::Cli), operation, input)).await.unwrap().output
    };
    let made = owner("token_create", json!({"name": "wall display", "scope": "read"})).await;
    let ask = hub.get("/api/events").bearer(made["data"]["token"].as_str().unwrap());
    let mut stream = Stream::open(ask).await;
    stream.next().await.unwrap();
    owner("token_revoke", json!({"id": made["data"]["id"], "confirm": true})).await;
    while let Some((_, name, _)) = stream.next().await {
        assert_eq!(name, "token");
    }
}
