//! One look at one door, at the address that was judged: no name is resolved twice, and no redirect leads elsewhere.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use labkeeper_core::discovery::{Fetched, Knocked, OutOfBounds, Territory, WebAddress};
use labkeeper_core::pve::CertificateFacts;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::doors::{Doors, Knock};
use crate::reach::address_of;
use crate::{http, tls};

/// How much of an answer is read.
const LIMIT: usize = 1 << 20;

pub(crate) async fn knock(
    host: &str,
    port: u16,
    patience: Duration,
    territory: &Territory,
    doors: &Doors,
) -> Result<Knocked, OutOfBounds> {
    let address = match address_of(host).await {
        Ok(address) => address,
        Err(reason) => return Ok(Knocked::not_asked(reason)),
    };
    territory.may_reach(address)?;
    let (knock, took, _place) = doors.knock(SocketAddr::new(address, port), patience).await;
    let (latency, reason) = match knock {
        Knock::Open(_) => (Some(took), None),
        Knock::Refused => (Some(took), Some("refused: nobody listens there".into())),
        Knock::Silent => (None, Some(silence(patience))),
    };
    Ok(Knocked { address: Some(address), latency, reason })
}

pub(crate) async fn fetch(
    web: &WebAddress,
    patience: Duration,
    territory: &Territory,
    doors: &Doors,
) -> Result<Fetched, OutOfBounds> {
    let address = match address_of(&web.host).await {
        Ok(address) => address,
        Err(reason) => return Ok(Fetched { reason: Some(reason), ..Fetched::default() }),
    };
    territory.may_reach(address)?;
    let begun = Instant::now();
    let mut received = Received::default();
    // The time is for all of it, so that a server which drips keeps nobody.
    let talked = timeout(patience, talk(web, address, patience, doors, &mut received)).await;
    let mut fetched = Fetched {
        address: Some(address),
        latency: begun.elapsed(),
        certificate: received.certificate,
        ..read(&received.bytes)
    };
    if fetched.status.is_none() {
        fetched.reason = Some(match talked {
            Err(_) => silence(patience),
            Ok(Err(reason)) => reason,
            Ok(Ok(())) => "what answered is no HTTP".into(),
        });
    } else if talked.is_err() {
        fetched.is_cut = true;
    }
    Ok(fetched)
}

fn silence(patience: Duration) -> String {
    format!("no answer within {} ms", patience.as_millis())
}

/// What came before patience ended.
#[derive(Default)]
struct Received {
    bytes: Vec<u8>,
    certificate: Option<CertificateFacts>,
}

async fn talk(
    web: &WebAddress,
    address: IpAddr,
    patience: Duration,
    doors: &Doors,
    received: &mut Received,
) -> Result<(), String> {
    let (knock, _, _place) = doors.knock(SocketAddr::new(address, web.port), patience).await;
    let stream = match knock {
        Knock::Open(stream) => stream,
        Knock::Refused => return Err("refused: nobody listens there".into()),
        Knock::Silent => return Err(silence(patience)),
    };
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: labkeeper-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        web.path,
        web.authority()
    );
    if !web.secure {
        return exchange(stream, &request, &mut received.bytes).await;
    }
    // A name is said, as browsers say it: many servers behind one address are told apart by it.
    let name = ServerName::try_from(web.host.clone()).unwrap_or_else(|_| ServerName::from(address));
    let stream =
        tls::named(stream, name).await.map_err(|error| format!("no TLS could be agreed on: {error}"))?;
    received.certificate = tls::certificate(&stream);
    exchange(stream, &request, &mut received.bytes).await
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
    received: &mut Vec<u8>,
) -> Result<(), String> {
    stream.write_all(request.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut buffer = vec![0; 16 * 1024];
    while received.len() < LIMIT && !is_whole(received) {
        match stream.read(&mut buffer).await {
            Ok(0) => break,
            Ok(length) => received.extend(&buffer[..length]),
            // Many devices drop TLS without a goodbye.
            Err(_) if !received.is_empty() => break,
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(())
}

fn is_whole(received: &[u8]) -> bool {
    let Some((head, body)) = http::split(received) else { return false };
    announced(&head).is_some_and(|length| body.len() as u64 >= length)
}

fn announced(head: &str) -> Option<u64> {
    http::header(&head.to_lowercase(), "content-length")?.parse().ok()
}

fn read(received: &[u8]) -> Fetched {
    let Some((head, body)) = http::split(received) else { return Fetched::default() };
    let status =
        head.lines().next().and_then(|line| line.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok());
    let is_chunked = http::header(&head.to_lowercase(), "transfer-encoding")
        .is_some_and(|value| value.contains("chunked"));
    let length = if is_chunked { http::unchunk(body).len() } else { body.len() } as u64;
    let is_cut = received.len() >= LIMIT || announced(&head).is_some_and(|announced| announced > length);
    Fetched { status, body_bytes: length, is_cut, ..Fetched::default() }
}
