//! One connection to one node: opening it, and one request with its answer.

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt, Collected, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::ext::ReasonPhrase;
use hyper::header::DATE;
use hyper_util::rt::TokioIo;
use labkeeper_core::pve::{Address, PveError};
use labkeeper_core::stamp::Stamp;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::tls::Mismatch;

/// An open connection on which nothing is on its way. Dropping it closes it, also in the middle of an answer.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    last_used: Instant,
}

/// What came back.
pub(crate) struct Received {
    pub(crate) status: u16,
    /// The words behind the status, where they are not the usual ones.
    pub(crate) reason: Option<String>,
    /// The node's clock, when it says.
    pub(crate) date: Option<Stamp>,
    pub(crate) body: Bytes,
}

/// Why nothing came back.
pub(crate) enum Broken {
    /// No byte of the request left.
    Unsent(String),
    /// Some of the request may have arrived.
    Sent(String),
    /// The answer is larger than it may be.
    TooLarge,
}

impl Connection {
    pub(crate) async fn open(
        address: &Address,
        tls: &TlsConnector,
        limit: Duration,
    ) -> Result<Self, PveError> {
        let stream = secured(address, tls, limit).await?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|error| unreachable(address, &error))?;
        // Ends by itself when the node hangs up or the sender is dropped.
        tokio::spawn(async move { drop(connection.await) });
        Ok(Self { sender, last_used: Instant::now() })
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    pub(crate) fn idle_for(&self) -> Duration {
        self.last_used.elapsed()
    }

    pub(crate) async fn exchange(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
        bytes: usize,
    ) -> Result<Received, Broken> {
        self.sender.ready().await.map_err(|error| Broken::Unsent(error.to_string()))?;
        let response = self.sender.try_send_request(request).await.map_err(|mut error| {
            let unsent = error.take_message().is_some();
            let reason = innermost(error.error());
            if unsent { Broken::Unsent(reason) } else { Broken::Sent(reason) }
        })?;
        let status = response.status().as_u16();
        let phrase = response.extensions().get::<ReasonPhrase>();
        let reason = phrase.map(|phrase| String::from_utf8_lossy(phrase.as_bytes()).into_owned());
        let date = response.headers().get(DATE).and_then(|date| Stamp::parse_http(date.to_str().ok()?));
        let body = whole(response.into_body(), bytes).await?;
        self.last_used = Instant::now();
        Ok(Received { status, reason, date, body })
    }
}

/// Connects and shakes hands. Nothing else has been said when this returns.
pub(crate) async fn secured(
    address: &Address,
    tls: &TlsConnector,
    limit: Duration,
) -> Result<TlsStream<TcpStream>, PveError> {
    let opening = async {
        let stream = TcpStream::connect((address.host(), address.port())).await?;
        // Requests are small and wait for their answers.
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(address.host().to_owned()).map_err(io::Error::other)?;
        tls.connect(name, stream).await
    };
    match timeout(limit, opening).await {
        Ok(opened) => opened.map_err(|error| not_secured(address, &error)),
        Err(_) => Err(unreachable(address, &format!("no connection within {} s", limit.as_secs_f32()))),
    }
}

/// What a failed handshake means.
fn not_secured(address: &Address, error: &io::Error) -> PveError {
    let endpoint = address.clone();
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return unreachable(address, error);
    };
    match tls {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => {
            match other.0.downcast_ref::<Mismatch>() {
                Some(Mismatch { expected, found }) => {
                    PveError::PinMismatch { endpoint, expected: *expected, found: *found }
                }
                None => PveError::Untrusted { endpoint, reason: other.to_string() },
            }
        }
        rustls::Error::InvalidCertificate(reason) => {
            PveError::Untrusted { endpoint, reason: reason.to_string() }
        }
        rustls::Error::InvalidMessage(_) => PveError::Malformed {
            place: address.to_string(),
            reason: "what answers there speaks no TLS".into(),
        },
        other => PveError::Malformed { place: address.to_string(), reason: other.to_string() },
    }
}

fn unreachable(address: &Address, reason: &dyn std::fmt::Display) -> PveError {
    PveError::Unreachable { endpoint: address.clone(), reason: reason.to_string() }
}

async fn whole(body: Incoming, bytes: usize) -> Result<Bytes, Broken> {
    if body.size_hint().lower() > bytes as u64 {
        return Err(Broken::TooLarge);
    }
    let collected = Limited::new(body, bytes).collect().await;
    collected.map(Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() { Broken::TooLarge } else { Broken::Sent(innermost(&*error)) }
    })
}

/// The cause at the end of the chain, which is the one in the system's words.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}
