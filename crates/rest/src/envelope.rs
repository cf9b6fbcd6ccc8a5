//! What surrounds every answer, whoever made it: the request id, bodies of failures, headers that tell the browser
//! what it may do, figures, and a panic that stays one request's trouble.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use labkeeper_core::fault::Fault;
use tracing::Instrument;

use crate::failure::Failure;
use crate::request_span;
use crate::rest::Rest;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Told to the browser with every answer, unless the answer has its own.
const GUARDS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

static COUNT: AtomicU64 = AtomicU64::new(0);

pub(crate) async fn envelope(State(rest): State<Arc<Rest>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = given_id(request.headers())
        .unwrap_or_else(|| format!("{}-{:06x}", rest.run_id, COUNT.fetch_add(1, Ordering::Relaxed)));
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map(|matched| rest.documented(&method, matched.as_str()));
    let is_api = request.uri().path().starts_with("/api");

    // Whatever is logged on the way says for which request.
    let span = request_span::of(&id, request.uri().path());
    if let Some(follow) = rest.options.follow {
        follow(request.headers(), &span);
        request_span::begun(&span, &method, route.as_deref());
    }
    // What answers from a task of its own, as sessions of MCP do, goes on in it.
    request.extensions_mut().insert(span.clone());
    let answer = next.run(request).instrument(span.clone());
    let mut response = match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        // The panic itself is in the log already: the hook of the process wrote it.
        Err(_) => Failure::from(Fault::internal(&"a handler panicked")).into_response(),
    };

    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response = span.in_scope(|| written(response, failure, &id));
    }
    let headers = response.headers_mut();
    for (name, value) in GUARDS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_api {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if let Ok(value) = HeaderValue::try_from(&id) {
        headers.insert(REQUEST_ID, value);
    }
    let elapsed = began.elapsed();
    let status = response.status().as_u16();
    if rest.options.follow.is_some() {
        request_span::ended(&span, status);
    }
    rest.metrics.answered(&method, route.as_deref().unwrap_or("other"), status, elapsed);
    tracing::debug!(request.id = id, %method, route = route.as_deref(), status, ?elapsed, "answered");
    response
}

/// A caller may name its request, so that its log and ours can be matched.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fine = !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    fine.then(|| id.to_string())
}

fn written(response: Response, mut failure: Failure, id: &str) -> Response {
    if let Some(reason) = failure.fault.take_reason() {
        tracing::error!(reason, "a request failed inside");
    }
    let mut body = failure.fault.to_json();
    body["request_id"] = id.into();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Body::from(body.to_string()))
}
