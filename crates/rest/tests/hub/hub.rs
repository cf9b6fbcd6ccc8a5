//! A hub in a temporary directory, and a client that talks to its application without a network.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use labkeeper_core::ports::Clock;
use labkeeper_core::stamp::Stamp;
use labkeeper_lan::Lan;
use labkeeper_ops::keeper::{Keeper, Parts, Settings};
use labkeeper_ops::operation::Entry;
use labkeeper_rest::Options;
use serde_json::Value;
use tower::ServiceExt;

/// 2026-11-22T00:00:00
const START: i64 = 1_795_305_600_000_000;

/// Stands still until it is moved.
#[derive(Clone)]
pub(crate) struct FrozenClock(Arc<AtomicI64>);

impl FrozenClock {
    pub(crate) fn advance_minutes(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60_000_000, Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn now(&self) -> Stamp {
        Stamp(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct Hub {
    pub(crate) app: Router,
    pub(crate) keeper: Keeper,
    pub(crate) clock: FrozenClock,
    pub(crate) options: Options,
    pub(crate) folder: tempfile::TempDir,
}

impl Hub {
    /// Open, on loopback.
    pub(crate) async fn open() -> Self {
        Self::with(None, Options::default()).await
    }

    /// `API_TOKEN` is set.
    pub(crate) async fn with_token(token: &str) -> Self {
        Self::with(Some(token), Options::default()).await
    }

    pub(crate) async fn with(api_token: Option<&str>, options: Options) -> Self {
        Self::made(api_token, options, Vec::new()).await
    }

    /// Open, with operations of the test's own.
    pub(crate) async fn with_extra(extra: Vec<Entry>) -> Self {
        Self::made(None, Options::default(), extra).await
    }

    async fn made(api_token: Option<&str>, options: Options, extra: Vec<Entry>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = labkeeper_store::testing::open(&folder.path().join("hub.db")).await.unwrap();
        let clock = FrozenClock(Arc::new(AtomicI64::new(START)));
        let settings = Settings {
            version: "0.0.0-test".into(),
            demo: false,
            data_dir: folder.path().into(),
            toolsets: Vec::new(),
            api_token: api_token.map(str::to_string),
            health: labkeeper_core::health::Thresholds::default(),
            snapshots_kept: 3,
            snapshot_memory: false,
            backups: Default::default(),
            history: Default::default(),
            files: Default::default(),
            ceiling: labkeeper_core::tier::Tier::Root,
            safety: Default::default(),
            audit: Default::default(),
            reconcile_every: None,
            watch: Default::default(),
        };
        let parts = Parts {
            store,
            clock: Arc::new(clock.clone()),
            embedder: Arc::new(|| Err("no model in this test".to_string())),
            scout: Arc::new(Lan::new(Default::default())),
            clusters: Default::default(),
            shells: Default::default(),
            vectors: None,
            relay: None,
            notifier: None,
            history: None,
            settings,
        };
        let keeper = Keeper::new(parts, extra);
        let app = labkeeper_rest::app(keeper.clone(), options.clone(), Router::new()).unwrap();
        Self { app, keeper, clock, options, folder }
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        Ask {
            hub: self,
            method: method.into(),
            path: path.into(),
            headers: vec![("host".into(), "localhost:8080".into())],
            body: Vec::new(),
        }
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Ask<'_> {
        self.ask("POST", path).json(body)
    }

    pub(crate) fn put(&self, path: &str, body: Value) -> Ask<'_> {
        self.ask("PUT", path).json(body)
    }

    /// Creates and answers the row.
    pub(crate) async fn make(&self, kind: &str, body: Value) -> Value {
        let told = self.post(&format!("/api/{kind}"), body).send().await;
        assert_eq!(told.status, 201, "{}", told.text());
        told.json()["data"].clone()
    }
}

/// A request in the making.
pub(crate) struct Ask<'a> {
    hub: &'a Hub,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: impl Into<Value>) -> Self {
        self.header("content-type", "application/json").bytes(body.into().to_string())
    }

    pub(crate) fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) async fn raw(self) -> axum::response::Response {
        let mut request = Request::builder().method(self.method.as_str()).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        self.hub.app.clone().oneshot(request.body(Body::from(self.body)).unwrap()).await.unwrap()
    }

    pub(crate) async fn send(self) -> Told {
        let response = self.raw().await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Told { status: parts.status, headers: parts.headers, body }
    }
}

/// What came back.
pub(crate) struct Told {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Told {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Name and value of the cookie that was set.
    pub(crate) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_string()
    }

    /// The failure it must be, with everything a failure has.
    #[track_caller]
    pub(crate) fn fails(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/json");
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        assert!(body["error"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
        assert_eq!(body["request_id"], self.header("x-request-id"), "{body}");
        let known: HashMap<&str, ()> =
            ["error", "code", "field", "hint", "details", "request_id"].map(|name| (name, ())).into();
        assert!(body.as_object().unwrap().keys().all(|name| known.contains_key(name.as_str())), "{body}");
        for leak in ["SELECT ", "INSERT ", "sqlx", "/tmp/", "panicked", ".rs:"] {
            assert!(!body.to_string().contains(leak), "{body}");
        }
        body
    }
}
