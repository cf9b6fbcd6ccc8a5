//! Whose trace a request belongs to: its caller's, when it brings a W3C `traceparent`.

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use reqwest::header::HeaderMap;
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Hangs the span of a request below its caller's, and tells the log which trace that is.
pub(crate) fn follow(headers: &HeaderMap, span: &Span) {
    let parent =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
    if span.set_parent(parent).is_ok() {
        let trace = span.context().span().span_context().trace_id();
        span.record("trace_id", field::display(trace));
    }
}
