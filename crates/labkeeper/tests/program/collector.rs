//! A collector of OpenTelemetry that keeps what it is sent, byte for byte and decoded.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

/// A request that came, and what was in it.
pub(crate) struct Delivery {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) decoded: ExportTraceServiceRequest,
}

pub(crate) struct Collector {
    pub(crate) url: String,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub(crate) async fn at(address: SocketAddr) -> Self {
        let deliveries = Arc::<Mutex<Vec<Delivery>>>::default();
        let app = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&deliveries));
        let listener = TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, deliveries }
    }

    /// Looks at all that came.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&[Delivery]) -> T) -> T {
        at(&self.deliveries.lock().unwrap())
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        self.look(|deliveries| {
            let resources = deliveries.iter().flat_map(|delivery| &delivery.decoded.resource_spans);
            let scopes = resources.flat_map(|resource| &resource.scope_spans);
            scopes.flat_map(|scope| scope.spans.clone()).collect()
        })
    }

    /// Waits for a span of that name.
    pub(crate) async fn span(&self, name: &str) -> Span {
        let begun = Instant::now();
        loop {
            let spans = self.spans();
            if let Some(span) = spans.iter().find(|span| span.name == name) {
                return span.clone();
            }
            let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
            assert!(begun.elapsed() < Duration::from_secs(20), "no span {name}, only {names:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn take(
    State(deliveries): State<Arc<Mutex<Vec<Delivery>>>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if headers.get("authorization").is_some_and(|token| token != "Bearer s3cret-of-collector") {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(decoded) = ExportTraceServiceRequest::decode(body.clone()) else { return StatusCode::BAD_REQUEST };
    deliveries.lock().unwrap().push(Delivery { headers, body, decoded });
    StatusCode::OK
}

/// The value of an attribute that is a number.
pub(crate) fn number(attributes: &[KeyValue], key: &str) -> Option<i64> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match attribute.value {
        Some(AnyValue { value: Some(Value::IntValue(number)) }) => Some(number),
        _ => None,
    }
}

/// The value of an attribute that is text.
pub(crate) fn told(attributes: &[KeyValue], key: &str) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match &attribute.value {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => Some(text.clone()),
        other => Some(format!("{other:?}")),
    }
}
