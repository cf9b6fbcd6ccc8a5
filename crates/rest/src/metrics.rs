//! Figures for Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::Method;
use labkeeper_core::inventory::Kind;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

/// Of a figure that is one, where there is any.
type NoLabels = [(String, String); 0];

/// What is read when somebody asks.
pub(crate) struct Reading {
    pub(crate) items: Vec<(Kind, i64)>,
    pub(crate) audit: i64,
    pub(crate) events: i64,
    /// Changes that search does not know yet, when it says.
    pub(crate) pending: Option<i64>,
    pub(crate) followers: usize,
    /// Calls that wait for a person.
    pub(crate) waiting: i64,
    /// What came of calls and is not written yet.
    pub(crate) owed: usize,
    /// Whether Redis, the bucket and the server of vectors are of use, where there is one.
    pub(crate) redis: Option<bool>,
    pub(crate) bucket: Option<bool>,
    pub(crate) vectors: Option<bool>,
    /// Resident bytes, where the system tells.
    pub(crate) memory: Option<f64>,
}

/// Counted as requests are answered; the rest is read when somebody asks.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<OfRoute, Histogram>,
    items: Family<OfKind, Gauge>,
    audit: Gauge,
    events: Gauge,
    pending: Gauge,
    followers: Gauge,
    waiting: Gauge,
    owed: Gauge,
    redis: Family<NoLabels, Gauge>,
    bucket: Family<NoLabels, Gauge>,
    vectors: Family<NoLabels, Gauge>,
    memory: Gauge<f64, AtomicU64>,
}

/// What `GET /metrics` answers in a hub that answered one request: every figure with its labels, for the reference.
///
/// # Errors
/// When a figure cannot be written.
pub fn exposition() -> Result<String, std::fmt::Error> {
    let metrics = Metrics::new("0.0.0");
    metrics.answered(&Method::GET, "/api/items", 200, Duration::from_millis(1));
    metrics.text(&Reading {
        items: vec![],
        audit: 0,
        events: 0,
        pending: None,
        followers: 0,
        waiting: 0,
        owed: 0,
        redis: Some(true),
        bucket: Some(true),
        vectors: Some(true),
        memory: None,
    })
}

/// The name of a method that there is.
pub(crate) fn known(method: &Method) -> Option<&str> {
    let name = method.as_str();
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains(&name).then_some(name)
}

/// Half a millisecond to eight seconds, doubling.
fn latencies() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(0.0005, 2.0, 15))
}

impl Metrics {
    pub(crate) fn new(version: &str) -> Self {
        let mut registry = Registry::with_prefix("labkeeper");
        let requests = Family::<Request, Counter>::default();
        let seconds = Family::<OfRoute, Histogram>::new_with_constructor(latencies);
        let (items, audit, events, pending) =
            (Family::<OfKind, Gauge>::default(), Gauge::default(), Gauge::default(), Gauge::default());
        // A family without any member is not shown.
        let [redis, bucket, vectors] = std::array::from_fn(|_| Family::<NoLabels, Gauge>::default());
        let (waiting, owed) = (Gauge::default(), Gauge::default());
        let (followers, memory) = (Gauge::default(), Gauge::<f64, AtomicU64>::default());
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request",
            "Time to the first byte of the answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register("items", "Items in the inventory", items.clone());
        registry.register("audit_records", "Length of the audit log", audit.clone());
        registry.register("events_seq", "Number of the newest event", events.clone());
        registry.register("search_pending", "Changes that search does not know yet", pending.clone());
        registry.register("event_followers", "Open live streams", followers.clone());
        registry.register("approvals_waiting", "Calls that wait for a person's yes or no", waiting.clone());
        registry.register(
            "outcomes_owed",
            "What came of calls and waits for the database to be written",
            owed.clone(),
        );
        registry.register("redis_up", "Redis is of use: 1, or 0 while it is not", redis.clone());
        registry.register(
            "bucket_up",
            "The bucket of old contents is of use: 1, or 0 while it is not",
            bucket.clone(),
        );
        registry.register(
            "vectors_up",
            "The server of vectors is of use: 1, or 0 while it is not",
            vectors.clone(),
        );
        registry.register_with_unit(
            "process_resident_memory",
            "Resident memory",
            Unit::Bytes,
            memory.clone(),
        );
        registry.register("build", "Version", Info::new(vec![("version", version.to_string())]));
        Self {
            registry,
            requests,
            seconds,
            items,
            audit,
            events,
            pending,
            followers,
            waiting,
            owed,
            redis,
            bucket,
            vectors,
            memory,
        }
    }

    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        // Anybody can invent a method; each would be a series for ever.
        let method = known(method).unwrap_or("other");
        let route = route.to_string();
        self.requests.get_or_create(&Request { method: method.into(), route: route.clone(), status }).inc();
        self.seconds.get_or_create(&OfRoute { route }).observe(took.as_secs_f64());
    }

    /// Everything in the text form, with what was just read.
    pub(crate) fn text(&self, now: &Reading) -> Result<String, std::fmt::Error> {
        for kind in Kind::ALL {
            let count = now.items.iter().find(|(of, _)| *of == kind).map_or(0, |(_, count)| *count);
            self.items.get_or_create(&OfKind { kind: kind.key() }).set(count);
        }
        self.audit.set(now.audit);
        self.events.set(now.events);
        self.pending.set(now.pending.unwrap_or(0));
        self.followers.set(i64::try_from(now.followers).unwrap_or(i64::MAX));
        self.waiting.set(now.waiting);
        self.owed.set(i64::try_from(now.owed).unwrap_or(i64::MAX));
        let servers = [(&self.redis, now.redis), (&self.bucket, now.bucket), (&self.vectors, now.vectors)];
        for (gauge, works) in servers {
            if let Some(works) = works {
                gauge.get_or_create(&[]).set(i64::from(works));
            }
        }
        if let Some(bytes) = now.memory {
            self.memory.set(bytes);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
