//! Small real servers that behave like the things found in a homelab.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::thread;

/// An icon.
pub(crate) const ICON: &[u8] = b"\x89PNG\r\n\x1a\n</title>";

/// How a server behaves towards whoever connects.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Says this first, then waits.
    Greets(Vec<u8>),
    /// Says nothing until it has read something, then this.
    Replies(Vec<u8>),
    /// Accepts and stays silent.
    Mute,
    /// A web page with this title.
    Page(String),
    /// The same behind TLS, with a certificate that nobody signed.
    SecurePage(String),
    /// Sends the visitor to this location; any other path than `/` is a page titled with the path.
    Redirects(String),
    /// A page that has this link to its icon, if any, and serves [`ICON`] there.
    Icon { link: &'static str, icon: &'static str },
    /// Never stops sending.
    Floods,
}

/// Serves on the address until the process ends; gives back where, for port 0.
pub(crate) fn serve(at: SocketAddr, manner: Manner) -> SocketAddr {
    let listener = TcpListener::bind(at).unwrap_or_else(|error| panic!("cannot listen on {at}: {error}"));
    let at = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let manner = manner.clone();
            thread::spawn(move || behave(stream, &manner));
        }
    });
    at
}

/// A name server that knows these names and nothing else.
pub(crate) fn serve_names(at: SocketAddr, names: HashMap<String, &'static str>) -> SocketAddr {
    let socket = UdpSocket::bind(at).unwrap();
    let at = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&name_answer(&buffer[..length], &names), from);
        }
    });
    at
}

/// The zone under which an IPv4 address has its name.
pub(crate) fn zone(address: &str) -> String {
    let IpAddr::V4(v4) = address.parse().unwrap() else { panic!("IPv4 only") };
    let [a, b, c, d] = v4.octets();
    format!("{d}.{c}.{b}.{a}.in-addr.arpa")
}

fn name_answer(question: &[u8], names: &HashMap<String, &'static str>) -> Vec<u8> {
    let (mut at, mut labels) = (12, Vec::new());
    while question[at] != 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..at + 1 + length]).into_owned());
        at += 1 + length;
    }
    let name = names.get(&labels.join("."));
    let mut answer = question.to_vec();
    answer[2] = 0x81;
    answer[3] = if name.is_some() { 0x80 } else { 0x83 };
    if let Some(name) = name {
        let mut data: Vec<u8> = Vec::new();
        for label in name.split('.') {
            data.push(label.len() as u8);
            data.extend(label.as_bytes());
        }
        data.push(0);
        answer[7] = 1;
        answer.extend([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, data.len() as u8]);
        answer.extend(data);
    }
    answer
}

fn behave(mut stream: TcpStream, manner: &Manner) {
    match manner {
        Manner::Greets(text) => {
            let _ = stream.write_all(text);
            linger(&mut stream);
        }
        Manner::Replies(text) => {
            if stream.read(&mut [0; 512]).is_ok_and(|length| length > 0) {
                let _ = stream.write_all(text);
            }
            linger(&mut stream);
        }
        Manner::Mute => linger(&mut stream),
        Manner::Page(title) => drop(answer(&mut stream, |_| page(title))),
        Manner::SecurePage(title) => {
            let Ok(session) = rustls::ServerConnection::new(tls_config()) else { return };
            let mut stream = rustls::StreamOwned::new(session, stream);
            let _ = answer(&mut stream, |_| page(title));
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        Manner::Redirects(location) => {
            let moved = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            let _ = answer(&mut stream, |path| if path == "/" { moved.clone() } else { page(path) });
        }
        Manner::Icon { link, icon } => {
            let link = if link.is_empty() { String::new() } else { format!("<link rel=icon href={link}>") };
            let body = format!("<html><head><title>Icon</title>{link}</head></html>").into_bytes();
            let found = |kind: &str, body: &[u8]| {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                [head.as_bytes(), body].concat()
            };
            let _ = answer_bytes(&mut stream, |path| match path {
                "/" => found("text/html", &body),
                path if path == *icon => found("image/png", ICON),
                _ => b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(),
            });
        }
        Manner::Floods => {
            let _ = stream.read(&mut [0; 512]);
            let junk = [b'x'; 4096];
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<title>Flood</title>");
            while stream.write_all(&junk).is_ok() {}
        }
    }
}

fn linger(stream: &mut impl Read) {
    while stream.read(&mut [0; 512]).is_ok_and(|length| length > 0) {}
}

fn answer(stream: &mut (impl Read + Write), reply: impl Fn(&str) -> String) -> std::io::Result<()> {
    answer_bytes(stream, |path| reply(path).into_bytes())
}

fn answer_bytes(stream: &mut (impl Read + Write), reply: impl Fn(&str) -> Vec<u8>) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        request.extend(&buffer[..length]);
    }
    let text = String::from_utf8_lossy(&request);
    stream.write_all(&reply(text.split(' ').nth(1).unwrap_or("/")))
}

fn page(title: &str) -> String {
    let body = format!("<html><head><title>{title}</title></head></html>");
    format!("HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn tls_config() -> Arc<rustls::ServerConfig> {
    static CONFIG: std::sync::OnceLock<Arc<rustls::ServerConfig>> = std::sync::OnceLock::new();
    let make = || {
        let own = rcgen::generate_simple_self_signed(["lab.invalid".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key)
            .unwrap();
        Arc::new(config)
    };
    Arc::clone(CONFIG.get_or_init(make))
}
