//! What leaves the house of a span, and under which names: those of OpenTelemetry's conventions where they have one. What is not
//! listed here does not leave, whoever wrote it into a span.

use std::future::Future;
use std::time::Duration;

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter, SpanLinks};

/// Names, numbers and kinds that are ours, and the id that a caller may give its request; nothing else that a caller, a guest or a file chose.
const ATTRIBUTES: [&str; 8] = [
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "request.id",
    "op.name",
    "op.tier",
    "op.outcome",
    "actor.kind",
];

/// An exporter that sees nothing else.
#[derive(Debug)]
pub(super) struct Exported<E>(pub(super) E);

impl<E: SpanExporter> SpanExporter for Exported<E> {
    fn export(&self, mut batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        batch.iter_mut().for_each(dress);
        self.0.export(batch)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn dress(span: &mut SpanData) {
    span.attributes.retain(|attribute| ATTRIBUTES.contains(&attribute.key.as_str()));
    let told = |key: &str| value(&span.attributes, key).map(Value::as_str);
    let (name, kind, is_ours) = match &*span.name {
        "request" => {
            let method = told("http.request.method").unwrap_or("HTTP".into());
            let name =
                told("http.route").map_or_else(|| method.to_string(), |route| format!("{method} {route}"));
            let status = value(&span.attributes, "http.response.status_code");
            (Some(name), SpanKind::Server, matches!(status, Some(Value::I64(500..))))
        }
        _ => {
            let failed = told("op.outcome").as_deref() == Some("internal");
            (told("op.name").map(Into::into), SpanKind::Internal, failed)
        }
    };
    if let Some(name) = name {
        span.name = name.into();
    }
    span.span_kind = kind;
    span.events = SpanEvents::default();
    span.links = SpanLinks::default();
    // Who was refused made no mistake of ours.
    span.status = if is_ours { Status::error("") } else { Status::Unset };
}

fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    attributes.iter().find(|attribute| attribute.key.as_str() == key).map(|attribute| &attribute.value)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use opentelemetry::InstrumentationScope;
    use opentelemetry::trace::{Event, SpanContext, SpanId};

    use super::*;

    #[test]
    fn what_is_not_listed_does_not_leave_and_only_a_mistake_of_ours_is_an_error() {
        let dressed = |outcome: &'static str| {
            let mut events = SpanEvents::default();
            events.events.push(Event::with_name("hunter2"));
            let attributes =
                [("op.name", "pct_exec"), ("op.outcome", outcome), ("op.input", "hunter2"), ("busy_ns", "1")];
            let mut span = SpanData {
                span_context: SpanContext::empty_context(),
                parent_span_id: SpanId::INVALID,
                parent_span_is_remote: false,
                span_kind: SpanKind::Client,
                name: "operation".into(),
                start_time: SystemTime::UNIX_EPOCH,
                end_time: SystemTime::UNIX_EPOCH,
                attributes: attributes.map(|(key, value)| KeyValue::new(key, value)).to_vec(),
                dropped_attributes_count: 0,
                events,
                links: Default::default(),
                status: Status::Ok,
                instrumentation_scope: InstrumentationScope::default(),
            };
            dress(&mut span);
            span
        };
        let refused = dressed("denied");
        let left: Vec<&str> = refused.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
        assert_eq!(left, ["op.name", "op.outcome"]);
        assert!(refused.events.is_empty());
        assert_eq!((&*refused.name, refused.status), ("pct_exec", Status::Unset));
        assert_eq!(dressed("internal").status, Status::error(""));
    }
}
