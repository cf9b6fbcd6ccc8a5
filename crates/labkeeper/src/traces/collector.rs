//! The way to the collector. That it takes no spans is told once, and that it does again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use tokio::runtime::Handle;

use crate::config;

const PATIENCE: Duration = Duration::from_secs(10);
/// Of an answer, which says nothing but how many spans were refused.
const READ: usize = 64 * 1024;

/// So many failures in a row, and it counts as away: one is told of by nobody, for the next try often works.
const AWAY: usize = 2;

/// Where spans go.
#[derive(Clone)]
pub(crate) struct Collector {
    client: reqwest::Client,
    url: Url,
    headers: HeaderMap,
    /// The thread that sends spans has no runtime.
    runtime: Handle,
    /// In a row, up to now.
    failures: Arc<AtomicUsize>,
}

type Answered = Result<Response<Bytes>, HttpError>;

impl Collector {
    /// Nobody is asked yet.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(settings: &config::Traces) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // The headers are for this address.
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        Ok(Self {
            client: client.context("cannot set up a client")?,
            url: settings.url.clone(),
            headers: settings.headers.clone(),
            runtime: Handle::current(),
            failures: Arc::default(),
        })
    }

    /// Host and port: what is behind them may be a key.
    pub(crate) fn place(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Sends it no span at all, and says why it does not take that.
    pub(crate) async fn knock(&self) -> Result<(), String> {
        let mut request = reqwest::Request::new(reqwest::Method::POST, self.url.clone());
        let protobuf = HeaderValue::from_static("application/x-protobuf");
        request.headers_mut().insert(CONTENT_TYPE, protobuf);
        let answer = self.ask(request).await.map_err(|error| reason(&error))?;
        trouble(answer.status()).map_or(Ok(()), Err)
    }

    async fn ask(&self, mut request: reqwest::Request) -> reqwest::Result<Response<Bytes>> {
        // What sends spans reads variables for headers by itself, and they may be meant for another program.
        let mut headers = HeaderMap::new();
        for name in [CONTENT_TYPE, CONTENT_ENCODING, USER_AGENT] {
            if let Some(value) = request.headers_mut().remove(&name) {
                headers.insert(name, value);
            }
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        *request.headers_mut() = headers;
        let mut answer = self.client.execute(request).await?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            body.extend_from_slice(&part);
            if body.len() > READ {
                body.clear();
                break;
            }
        }
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }

    async fn sent(self, request: Request<Bytes>) -> Answered {
        let answered = self.ask(request.try_into()?).await;
        match &answered {
            Ok(answer) => self.note(trouble(answer.status())),
            Err(error) => self.note(Some(reason(error))),
        }
        Ok(answered?)
    }

    fn note(&self, trouble: Option<String>) {
        let Some(reason) = trouble else {
            if self.failures.swap(0, Ordering::Relaxed) >= AWAY {
                tracing::info!(place = self.place(), "the collector takes spans again");
            }
            return;
        };
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 == AWAY {
            tracing::warn!(place = self.place(), reason, "the collector did not take spans");
        }
    }
}

fn trouble(status: StatusCode) -> Option<String> {
    (!status.is_success()).then(|| match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            format!("it answers {status}: see to traces.headers (OTEL_EXPORTER_OTLP_HEADERS)")
        }
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            format!("it answers {status}: see to traces.endpoint (OTEL_EXPORTER_OTLP_ENDPOINT)")
        }
        _ => format!("it answers {status}"),
    })
}

/// What went wrong, without the address.
fn reason(error: &reqwest::Error) -> String {
    let innermost = std::iter::successors(std::error::Error::source(error), |error| error.source()).last();
    if error.is_timeout() {
        format!("it did not answer within {} s", PATIENCE.as_secs())
    } else {
        innermost.map_or_else(|| "it cannot be reached".to_owned(), ToString::to_string)
    }
}

impl HttpClient for Collector {
    fn send_bytes<'a: 'b, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Answered> + Send + 'b>>
    where
        Self: 'b,
    {
        let sent = self.runtime.spawn(self.clone().sent(request));
        Box::pin(async move { sent.await? })
    }
}

/// Without the headers.
impl fmt::Debug for Collector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Collector").field("place", &self.place()).finish_non_exhaustive()
    }
}
