//! What of a request can be told: to the log, while it runs, its id; to whoever collects spans, also what it is for and how it came out.

use axum::http::Method;
use tracing::Span;
use tracing::field::Empty;

use crate::metrics;

/// The span that a request is answered in. What is empty comes where spans are collected: lines of the log stay short.
pub(crate) fn of(id: &str, path: &str) -> Span {
    if matches!(path, "/livez" | "/readyz" | "/metrics" | "/api/health") {
        // Asked for every few seconds, and of no use to who looks for something.
        return tracing::error_span!("probe", request.id = id);
    }
    tracing::error_span!(
        "request",
        request.id = id,
        trace_id = Empty,
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty
    )
}

/// Notes what it is for, before anything is done: whoever hangs up is told of too.
pub(crate) fn begun(span: &Span, method: &Method, route: Option<&str>) {
    span.record("http.request.method", metrics::known(method).unwrap_or("_OTHER"));
    if let Some(route) = route {
        span.record("http.route", route);
    }
}

/// Notes how it came out.
pub(crate) fn ended(span: &Span, status: u16) {
    // Of numbers only this one leaves as a number.
    span.record("http.response.status_code", i64::from(status));
}
