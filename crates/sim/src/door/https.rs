//! The API over HTTPS, one door for each node, as `pveproxy` gives it.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::ext::ReasonPhrase;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

use super::certificate;
use super::lab::Lab;
use super::mishap::What;
use crate::answer::{Ask, Method, Refusal, Reply};
use crate::api::BETWEEN_WORDS;

const BODY: usize = 512 * 1024;
const AFTER_A_FAILED_ACCEPT: Duration = Duration::from_millis(50);

/// How a door behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; only ever a loopback address.
    pub bind: SocketAddr,
    /// How long a refused credential waits for its answer; the real one takes three seconds.
    pub refusal_takes: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { bind: SocketAddr::from(([127, 0, 0, 1], 0)), refusal_takes: Duration::from_secs(3) }
    }
}

/// An open door. Closed when dropped.
pub struct Https {
    /// Where it listens.
    pub address: SocketAddr,
    /// SHA-256 of its certificate, `AA:BB:…`.
    pub fingerprint: String,
    connections: Arc<AtomicUsize>,
    listening: AbortHandle,
}

impl Https {
    /// Opens the door of a node. The world then names the certificate it shows.
    ///
    /// # Errors
    /// When the address is not loopback or taken.
    pub async fn open(lab: Arc<Lab>, node: &str, options: Options) -> io::Result<Self> {
        if !options.bind.ip().is_loopback() {
            return Err(io::Error::other("a simulated node listens on a loopback address only"));
        }
        let made = certificate::make(node)?;
        let fingerprint = made.fingerprint.clone();
        if let Some(node) = lab.cluster().world.nodes.get_mut(node) {
            for certificate in &mut node.certificates {
                certificate.fingerprint.clone_from(&fingerprint);
                certificate.pem.clone_from(&made.pem);
            }
        }
        let listener = TcpListener::bind(options.bind).await?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let door = Arc::new(Door { lab, node: node.to_string(), refusal_takes: options.refusal_takes });
        let acceptor = TlsAcceptor::from(made.config);
        let counted = Arc::clone(&connections);
        let listening = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            loop {
                // A client that is gone again, or too many open files, is no reason to close: the next may fare better.
                let Ok((stream, _)) = listener.accept().await else {
                    tokio::time::sleep(AFTER_A_FAILED_ACCEPT).await;
                    continue;
                };
                counted.fetch_add(1, Ordering::Relaxed);
                open.spawn(Arc::clone(&door).serve(stream, acceptor.clone()));
                while open.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, fingerprint, connections, listening: listening.abort_handle() })
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

struct Door {
    lab: Arc<Lab>,
    node: String,
    refusal_takes: Duration,
}

impl Door {
    async fn serve(self: Arc<Self>, stream: TcpStream, acceptor: TlsAcceptor) {
        // A node that is down accepts nothing; a client sees the connection end.
        if !self.is_up() {
            return;
        }
        let Ok(stream) = acceptor.accept(stream).await else { return };
        let service = service_fn(move |request| Arc::clone(&self).respond(request));
        let served =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // A client that hangs up, or a mishap that ends the connection, is nobody's mistake.
        let _ = served.await;
    }

    fn is_up(&self) -> bool {
        self.lab.cluster().world.nodes.get(&self.node).is_some_and(|node| node.online)
    }

    async fn respond(self: Arc<Self>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        if !self.is_up() {
            return Err(io::Error::other("the node is down"));
        }
        let ask = match read(request).await? {
            Read::Ask(ask) => ask,
            Read::Elsewhere => return Ok(plain(StatusCode::NOT_FOUND, "no such file")),
            Read::Malformed => return Ok(wire(Err(Refusal::new(400, "malformed JSON string")))),
        };
        let mishaps = self.lab.striking(&ask.path);
        if let Some(What::Slow(by)) = mishaps.iter().find(|what| matches!(what, What::Slow(_))) {
            tokio::time::sleep(*by).await;
        }
        if let Some(What::Fail(status, reason)) = mishaps.iter().find(|what| matches!(what, What::Fail(..))) {
            return Ok(wire(Err(Refusal::new(*status, reason.clone()))));
        }
        let answer = self.lab.reply(&self.node, &ask);
        if matches!(&answer, Err(refusal) if refusal.status == 401) {
            tokio::time::sleep(self.refusal_takes).await;
        }
        for what in mishaps {
            match what {
                What::Drop => return Err(io::Error::other("the connection was to be dropped")),
                What::Garbage => return Ok(plain(StatusCode::OK, "<html>this is no JSON")),
                What::Flood(bytes) => return Ok(Response::new(Full::new(Bytes::from(vec![b' '; bytes])))),
                What::Lie(data) => return Ok(wire(Ok(Reply { data, total: None }))),
                What::Slow(_) | What::Fail(..) => {}
            }
        }
        Ok(wire(answer))
    }
}

/// What came over the wire.
enum Read {
    /// A request as the API sees it.
    Ask(Ask),
    /// It is not for the API.
    Elsewhere,
    /// Its body is not what it says it is.
    Malformed,
}

async fn read(request: Request<Incoming>) -> io::Result<Read> {
    let (head, body) = request.into_parts();
    let method = match head.method.as_str() {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        _ => return Ok(Read::Elsewhere),
    };
    let Some(path) = head.uri.path().strip_prefix("/api2/json") else { return Ok(Read::Elsewhere) };
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().map_err(io::Error::other)?;
    let bytes = Limited::new(body, BODY).collect().await.map_err(io::Error::other)?.to_bytes();
    let mut parameters = BTreeMap::new();
    put_all(&mut parameters, form(head.uri.query().unwrap_or_default()));
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let json = header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if json && !bytes.is_empty() {
        let Ok(Value::Object(given)) = serde_json::from_slice(&bytes) else { return Ok(Read::Malformed) };
        parameters.extend(given.into_iter().map(|(key, value)| (key, text(&value))));
    } else {
        put_all(&mut parameters, form(&String::from_utf8_lossy(&bytes)));
    }
    let authorization = header("authorization").map(str::to_string);
    let path = decoded.trim_end_matches('/').to_string();
    Ok(Read::Ask(Ask { method, path, parameters, authorization }))
}

/// Of what is given more than once the last counts, but of a command every word.
fn put_all(parameters: &mut BTreeMap<String, String>, given: impl Iterator<Item = (String, String)>) {
    for (key, value) in given {
        match parameters.get_mut(&key) {
            Some(before) if key == "command" => {
                before.push(BETWEEN_WORDS);
                *before += &value;
            }
            _ => _ = parameters.insert(key, value),
        }
    }
}

fn form(text: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(value))
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => u8::from(*yes).to_string(),
        Value::Array(words) => {
            words.iter().map(text).collect::<Vec<_>>().join(BETWEEN_WORDS.to_string().as_str())
        }
        other => other.to_string(),
    }
}

/// An answer with its status line: the reason says what is wrong, as the real one's does.
fn wire(answer: Result<Reply, Refusal>) -> Response<Full<Bytes>> {
    let (status, reason, body) = match answer {
        Ok(reply) => (200, None, Some(reply.body())),
        Err(refusal) => (refusal.status, Some(refusal.reason.clone()), refusal.body()),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let bytes = body.map(|body| body.to_string()).unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    *response.status_mut() = status;
    let kind = hyper::header::HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(hyper::header::CONTENT_TYPE, kind);
    // A status line ends where the text's first line does.
    let reason = reason.and_then(|reason| reason.lines().next().map(str::to_string));
    if let Some(reason) = reason.and_then(|reason| ReasonPhrase::try_from(reason.into_bytes()).ok()) {
        response.extensions_mut().insert(reason);
    }
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}
