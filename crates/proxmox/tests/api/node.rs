//! A node of a hundred lines: TLS, requests as they arrived, and an answer for each. It counts what it sees.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use labkeeper_core::ports::Pve;
use labkeeper_core::pve::{Address, Fingerprint};
use labkeeper_proxmox::{Api, Endpoint, Limits, Settings, Trust};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

pub(crate) const SECRET: &str = "5ec2e7-0b7e7b2c";

/// What a node does when it was asked.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Status, the words behind it, body.
    Json(u16, &'static str, String),
    /// These bytes, whatever they are, and then the connection ends.
    Bytes(Vec<u8>),
    /// These bytes, and then nothing for ever.
    Stall(Vec<u8>),
    /// The rest, after that time.
    After(Duration, Box<Reply>),
    /// The answer, and the connection ends without a word about it.
    ThenClose(Box<Reply>),
    /// The connection ends.
    HangUp,
}

impl Reply {
    pub(crate) fn data(json: &str) -> Self {
        Self::Json(200, "OK", format!(r#"{{"data":{json}}}"#))
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `GET /api2/json/version`.
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    bytes: AtomicUsize,
    closed: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
}

type Behaviour = Arc<dyn Fn(&Asked, usize) -> Reply + Send + Sync>;

/// A node on a port of its own; gone when dropped.
pub(crate) struct Node {
    pub(crate) address: Address,
    pub(crate) print: Fingerprint,
    seen: Arc<Seen>,
    listening: AbortHandle,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Node {
    /// Answers each request by the function, which is told how many came before.
    pub(crate) async fn that(behaves: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(Identity::new(), rustls::DEFAULT_VERSIONS, behaves).await
    }

    pub(crate) async fn with(
        identity: Identity,
        versions: &[&'static rustls::SupportedProtocolVersion],
        behaves: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let print = identity.print;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(identity));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (listener, address) = listener().await;
        let seen = Arc::new(Seen::default());
        let (behaves, seen_by_all): (Behaviour, _) = (Arc::new(behaves), Arc::clone(&seen));
        let listening = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                seen_by_all.connections.fetch_add(1, Ordering::SeqCst);
                open.spawn(serve(stream, acceptor.clone(), Arc::clone(&behaves), Arc::clone(&seen_by_all)));
            }
        });
        Self { address, print, seen, listening: listening.abort_handle() }
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        Endpoint { address: self.address.clone(), trust: Trust::Pin(self.print) }
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Bytes of anything but the handshake.
    pub(crate) fn bytes(&self) -> usize {
        self.seen.bytes.load(Ordering::SeqCst)
    }

    /// Connections that the other side ended.
    pub(crate) fn closed(&self) -> usize {
        self.seen.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.seen.most_at_once.load(Ordering::SeqCst)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.seen.asked.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

/// A certificate, and a key that should be its own.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) print: Fingerprint,
    key: Arc<CertifiedKey>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let own = rcgen::generate_simple_self_signed(["pve1".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        Self::of(&own.cert, &own.signing_key)
    }

    /// Somebody who has a node's certificate, which is no secret, and a key of his own.
    pub(crate) fn impostor() -> Self {
        let stolen = rcgen::generate_simple_self_signed(["pve1".to_owned()]).unwrap();
        Self::of(&stolen.cert, &rcgen::KeyPair::generate().unwrap())
    }

    fn of(certificate: &rcgen::Certificate, key: &rcgen::KeyPair) -> Self {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let key = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key));
        Self { print: Fingerprint::of(certificate.der()), key }
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.key))
    }
}

async fn listener() -> (TcpListener, Address) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string().parse().unwrap();
    (listener, address)
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> Address {
    let (_, address) = listener().await;
    address
}

/// An address that takes connections and says nothing on them, or these bytes and nothing else.
pub(crate) async fn no_node(says: &'static [u8]) -> (Address, Arc<AtomicUsize>) {
    let (listener, address) = listener().await;
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(says).await;
            open.push(stream);
        }
    });
    (address, connections)
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, behaves: Behaviour, seen: Arc<Seen>) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut unread = Vec::new();
    loop {
        let Some(asked) = next(&mut stream, &mut unread, &seen).await else {
            seen.closed.fetch_add(1, Ordering::SeqCst);
            return;
        };
        let before = {
            let mut all = seen.asked.lock().unwrap();
            all.push(asked.clone());
            all.len() - 1
        };
        let now = seen.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most_at_once.fetch_max(now, Ordering::SeqCst);
        let goes_on = answer(&mut stream, behaves(&asked, before), &seen).await;
        seen.at_once.fetch_sub(1, Ordering::SeqCst);
        if !goes_on {
            return;
        }
    }
}

async fn answer(stream: &mut tokio_rustls::server::TlsStream<TcpStream>, reply: Reply, seen: &Seen) -> bool {
    match reply {
        Reply::Json(status, reason, body) => {
            let head = format!(
                "HTTP/1.1 {status} {reason}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            // In one piece: in two, each answer would wait for the other side's delayed acknowledgement.
            stream.write_all(format!("{head}{body}").as_bytes()).await.is_ok()
        }
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Reply::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            // Until the other side has had enough.
            let mut rest = [0; 64];
            while stream.read(&mut rest).await.is_ok_and(|count| count > 0) {}
            seen.closed.fetch_add(1, Ordering::SeqCst);
            false
        }
        Reply::After(time, reply) => {
            tokio::time::sleep(time).await;
            Box::pin(answer(stream, *reply, seen)).await
        }
        Reply::ThenClose(reply) => {
            Box::pin(answer(stream, *reply, seen)).await;
            let _ = stream.shutdown().await;
            false
        }
        Reply::HangUp => false,
    }
}

/// The next request; `None` when there is none.
async fn next(
    stream: &mut tokio_rustls::server::TlsStream<TcpStream>,
    unread: &mut Vec<u8>,
    seen: &Seen,
) -> Option<Asked> {
    loop {
        if let Some((asked, used)) = whole(unread) {
            unread.drain(..used);
            return Some(asked);
        }
        let mut more = [0; 4096];
        let count = stream.read(&mut more).await.ok().filter(|count| *count > 0)?;
        seen.bytes.fetch_add(count, Ordering::SeqCst);
        unread.extend_from_slice(&more[..count]);
    }
}

fn whole(bytes: &[u8]) -> Option<(Asked, usize)> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let length: usize = length.unwrap_or(0);
    let body = rest.get(..length)?;
    let line = head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned();
    Some((Asked { line, head: head.to_owned(), body: body.to_owned() }, head.len() + 4 + length))
}

/// A client of these nodes.
pub(crate) fn client(endpoints: impl IntoIterator<Item = Endpoint>) -> Api {
    client_within(Limits::default(), endpoints)
}

pub(crate) fn client_within(limits: Limits, endpoints: impl IntoIterator<Item = Endpoint>) -> Api {
    Api::new(&settings(limits, endpoints)).unwrap()
}

pub(crate) fn settings(limits: Limits, endpoints: impl IntoIterator<Item = Endpoint>) -> Settings {
    Settings {
        cluster: "home".parse().unwrap(),
        endpoints: endpoints.into_iter().collect(),
        token: "labkeeper@pve!observe".parse().unwrap(),
        secret: SECRET.parse().unwrap(),
        tier: None,
        extras: Default::default(),
        limits,
    }
}

/// Methods of `dyn Pve` on a client.
pub(crate) fn pve(api: &Api) -> &dyn Pve {
    api
}

/// What a `Debug` print of many things must never hold, in any spelling.
pub(crate) fn shows_the_secret(text: &str) -> bool {
    let spelled: HashSet<String> = [SECRET.to_owned(), format!("{:?}", SECRET.as_bytes())].into();
    spelled.iter().any(|secret| text.contains(secret))
}
