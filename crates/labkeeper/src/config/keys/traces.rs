//! Spans for a collector of OpenTelemetry.

use super::key::{Key, key, secret};

pub(super) const KEYS: &[Key] = &[
    key(
        "traces.endpoint",
        &["OTEL_EXPORTER_OTLP_ENDPOINT"],
        "",
        "OpenTelemetry collector that spans of requests and operations are sent to, by OTLP over HTTP, such as `http://collector:4318`; `/v1/traces` is put behind it. Nothing is sent when empty.",
    ),
    secret(
        "traces.url",
        &["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
        "The same as a whole address, taken as it is and before traces.endpoint; it may have a key in it.",
    ),
    secret(
        "traces.headers",
        &["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
        "Headers for it, `name=value` separated by commas, percent-encoded where they have to be: `authorization=Bearer%20…`.",
    ),
    key(
        "traces.protocol",
        &["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
        "http/protobuf",
        "How it is spoken to; there is no other way.",
    ),
    key(
        "traces.service_name",
        &["OTEL_SERVICE_NAME"],
        "",
        "What this hub is called there; `labkeeper` when neither this nor `OTEL_RESOURCE_ATTRIBUTES` says.",
    ),
    key(
        "traces.sampler",
        &["OTEL_TRACES_SAMPLER"],
        "parentbased_always_on",
        "Which traces are sent: `always_on`, `always_off`, `traceidratio`, or one of them with `parentbased_` before it, which does as the caller's `traceparent` says when there is one.",
    ),
    key(
        "traces.sampler_arg",
        &["OTEL_TRACES_SAMPLER_ARG"],
        "1",
        "Share of them for `traceidratio`, from 0 to 1.",
    ),
    key(
        "traces.exporter",
        &["OTEL_TRACES_EXPORTER"],
        "otlp",
        "`none` sends nothing, whatever traces.endpoint says; anything but that and `otlp` it cannot do.",
    ),
    key("traces.disabled", &["OTEL_SDK_DISABLED"], "false", "`true` sends nothing either."),
];
