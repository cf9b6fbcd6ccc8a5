//! Which spans are made at all.

use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

/// As the settings say, but for probes and what is done for them: they come every few seconds, and nobody looks for them.
#[derive(Debug, Clone)]
pub(super) struct Sampled(pub(super) Sampler);

impl ShouldSample for Sampled {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let is_left_out = |parent: &Context| {
            let span = parent.span().span_context().clone();
            span.is_valid() && !span.is_remote() && !span.is_sampled()
        };
        if name == "probe" || parent.is_some_and(is_left_out) {
            let decision = SamplingDecision::Drop;
            return SamplingResult { decision, attributes: Vec::new(), trace_state: TraceState::default() };
        }
        self.0.should_sample(parent, trace, name, kind, attributes, links)
    }
}
