//! What of a request is found in the log.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use labkeeper_core::fault::Fault;
use labkeeper_ops::cx::Cx;
use labkeeper_ops::done::Done;
use labkeeper_ops::operation::{Entry, Meta, Operation, Route, Toolset};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::hub::Hub;

/// A read with a mistake of ours.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BadRead {}

/// A write with a mistake of ours.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BadWrite {}

impl Operation for BadRead {
    type Output = Done;
    const META: Meta =
        Meta::read("bad_read", "Read badly", Toolset::Hub).routes(&[Route::get("/api/bad-read")]);

    async fn run(self, _: &mut Cx) -> Result<Done, Fault> {
        Err(Fault::internal(&"the disk of a reader"))
    }
}

impl Operation for BadWrite {
    type Output = Done;
    const META: Meta =
        Meta::write("bad_write", "Write badly", Toolset::Hub).routes(&[Route::post("/api/bad-write")]);

    async fn run(self, _: &mut Cx) -> Result<Done, Fault> {
        Err(Fault::internal(&"the disk of a writer"))
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_mistake_of_ours_is_logged_once_under_the_request_that_met_it() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let hub = Hub::with_extra(vec![Entry::of::<BadRead>(), Entry::of::<BadWrite>()]).await;
    let read = hub.get("/api/bad-read").send().await;
    let write = hub.post("/api/bad-write", json!({})).send().await;
    let of_http = Router::new()
        .route("/mcp/bad", axum::routing::get(async || -> &'static str { panic!("a handler of a test") }));
    let app = labkeeper_rest::app(hub.keeper.clone(), hub.options.clone(), of_http).unwrap();
    let hub = Hub { app, ..hub };
    let handler = hub.get("/mcp/bad").send().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for (told, reason, operation) in [
        (read, "the disk of a reader", "bad_read"),
        (write, "the disk of a writer", "bad_write"),
        (handler, "a handler panicked", ""),
    ] {
        let body = told.fails(500, "internal");
        assert!(!body.to_string().contains(reason), "{body}");
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(reason)).collect();
        let [line] = lines[..] else { panic!("{reason}: {lines:?}") };
        let id = body["request_id"].as_str().unwrap();
        assert!(line.contains("ERROR") && line.contains(id) && line.contains(operation), "{line}");
    }
}
