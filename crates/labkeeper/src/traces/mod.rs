//! Spans for a collector of OpenTelemetry. Only where one is configured does anything of it exist; rooms below know spans of
//! `tracing` and nothing of this.

mod collector;
mod exported;
mod parent;
mod sampled;

use std::time::Duration;

use anyhow::{Context as _, Result};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, filter};

use crate::config;
use exported::Exported;
use sampled::Sampled;

pub(crate) use collector::Collector;
pub(crate) use parent::follow;

/// For what is still in the queue when the program ends.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// A queue that is sent to the collector by a thread of its own: 2048 spans, and what does not fit is dropped.
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Begins; nobody is asked yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn start(settings: &config::Traces) -> Result<Self> {
        let collector = Collector::new(settings)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_endpoint(settings.url.as_str())
            .with_protocol(Protocol::HttpBinary)
            .build()
            .context("cannot set up what sends spans")?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(Exported(exporter))
            .with_sampler(Sampled(settings.sampler.clone()))
            .with_resource(resource(settings.service_name.as_deref()))
            .build();
        Ok(Self { provider })
    }

    /// What hears of spans. Events stay in the log: their words may hold more than a collector should know.
    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("labkeeper"))
            .with_context_activation(false)
            .with_tracked_inactivity(false)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_filter(filter::filter_fn(is_ours))
    }

    /// Sends what is left.
    pub(crate) async fn end(self) {
        let Self { provider } = self;
        // It waits for a thread.
        let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_WORDS)).await;
        if let Ok(Err(error)) = ended {
            tracing::debug!(%error, "the last spans were not sent");
        }
    }
}

fn is_ours(of: &Metadata<'_>) -> bool {
    of.is_span() && of.target().starts_with("labkeeper")
}

fn resource(service_name: Option<&str>) -> Resource {
    let told =
        || Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let is_named = |name: &str| !name.starts_with("unknown_service");
    match service_name {
        Some(name) => told().with_service_name(name.to_owned()).build(),
        // `OTEL_RESOURCE_ATTRIBUTES` may have one.
        None => match told().build() {
            named if named.get(&Key::new("service.name")).is_some_and(|name| is_named(&name.as_str())) => {
                named
            }
            _ => told().with_service_name("labkeeper").build(),
        },
    }
}
