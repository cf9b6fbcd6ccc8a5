//! Over a real socket: HTTP/1.1 that stays open, HTTP/2 without TLS, and an end that lets requests finish.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::hub::Hub;

async fn listening(
    hub: &Hub,
) -> (std::net::SocketAddr, CancellationToken, tokio::task::JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = hub.options.shutdown.clone();
    let task = tokio::spawn(labkeeper_rest::serve(listener, hub.app.clone(), shutdown.clone()));
    (address, shutdown, task)
}

async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains(end) {
        let read =
            tokio::time::timeout(Duration::from_secs(20), stream.read(&mut buffer)).await.unwrap().unwrap();
        assert_ne!(read, 0, "the connection ended: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

#[tokio::test]
async fn one_connection_carries_many_requests_and_the_end_waits_for_none() {
    let hub = Hub::open().await;
    let (address, shutdown, task) = listening(&hub).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert!(read_until(&mut stream, "{\"status\":\"ok\"}").await.starts_with("HTTP/1.1 200"));
    }
    let mut live = TcpStream::connect(address).await.unwrap();
    live.write_all(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    read_until(&mut live, "event: hello").await;
    shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(8), task)
        .await
        .expect("streams end by themselves")
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn http_2_is_spoken_without_tls() {
    let hub = Hub::open().await;
    let (address, shutdown, task) = listening(&hub).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Preface and an empty SETTINGS frame; the answer begins with the server's own SETTINGS frame (type 4).
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00").await.unwrap();
    let mut head = [0; 9];
    tokio::time::timeout(Duration::from_secs(20), stream.read_exact(&mut head)).await.unwrap().unwrap();
    assert_eq!(head[3], 4, "{head:?}");
    drop(stream);
    shutdown.cancel();
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_no_http_is_turned_away_and_the_next_one_served() {
    let hub = Hub::open().await;
    let (address, shutdown, task) = listening(&hub).await;
    let mut noise = TcpStream::connect(address).await.unwrap();
    noise.write_all(b"\x16\x03\x01 this is not http\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), noise.read_to_end(&mut answer)).await.unwrap().ok();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /api/hardware HTTP/1.1\r\nHost: evil.example\r\n\r\n").await.unwrap();
    assert!(read_until(&mut stream, "}").await.starts_with("HTTP/1.1 403"));
    shutdown.cancel();
    task.await.unwrap().unwrap();
}
