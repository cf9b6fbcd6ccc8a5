//! Whose trace a request belongs to: its caller's, when it brings a W3C `traceparent`. What else it brings, a `tracestate` or baggage, is
//! dropped: those are words that a caller chose.

use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use reqwest::header::HeaderMap;
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Hangs the span of a request below its caller's, and tells the log which trace that is.
pub(crate) fn follow(headers: &HeaderMap, span: &Span) {
    let told = headers.get("traceparent").and_then(|told| told.to_str().ok());
    let told: HashMap<String, String> =
        told.map(|told| ("traceparent".to_owned(), told.to_owned())).into_iter().collect();
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &told);
    if span.set_parent(parent).is_ok() {
        let trace = span.context().span().span_context().trace_id();
        span.record("trace_id", field::display(trace));
    }
}
