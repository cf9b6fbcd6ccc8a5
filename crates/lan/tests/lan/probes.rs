//! One look at one door, on servers of our own on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use labkeeper_core::discovery::{Territory, WebAddress};
use labkeeper_core::ports::Scout as _;
use labkeeper_lan::{Lan, Settings};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(5);

fn lan() -> Lan {
    let territory = Territory::with(vec!["127.0.0.0/8".parse().unwrap()]);
    Lan::new(Settings { territory, name_servers: Some(vec![]), leases: None })
}

/// Answers every connection with those bytes, and then, when it drips, with one more every 20 ms.
async fn server(answer: Vec<u8>, drips: bool) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut asked = [0; 2048];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&answer).await;
                let mut every = tokio::time::interval(Duration::from_millis(20));
                if drips {
                    while stream.write_all(b"x").await.is_ok() {
                        every.tick().await;
                    }
                }
            });
        }
    });
    at
}

fn at(address: SocketAddr) -> WebAddress {
    WebAddress::parse(&format!("http://{address}/x")).unwrap()
}

#[tokio::test]
async fn a_port_takes_connections_or_refuses_them_and_a_name_may_have_none() {
    let open = server(Vec::new(), false).await;
    let knocked = lan().knock("127.0.0.1", open.port(), PATIENCE).await.unwrap();
    assert!(knocked.is_open() && knocked.latency.is_some());
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let knocked = lan().knock("127.0.0.1", closed.port(), PATIENCE).await.unwrap();
    assert!(!knocked.is_open() && knocked.reason.unwrap().starts_with("refused"));
    let knocked = lan().knock("no-such-host.invalid", 80, PATIENCE).await.unwrap();
    assert!(!knocked.is_open() && knocked.address.is_none());
}

#[tokio::test]
async fn this_machine_is_out_of_bounds_however_it_is_written() {
    let strict = Lan::new(Settings { name_servers: Some(vec![]), ..Settings::default() });
    let open = server(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), false).await;
    for host in [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "localhost",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "127.1",
        "169.254.169.254",
    ] {
        let knocked = strict.knock(host, open.port(), PATIENCE).await;
        // A spelling that this machine's resolver does not take leads nowhere either.
        let is_refused = knocked.as_ref().map_or(true, |knocked| knocked.address.is_none());
        assert!(is_refused, "{host}: {knocked:?}");
    }
    assert!(strict.fetch(&at(open), PATIENCE).await.is_err());
    assert!(strict.fetch(&WebAddress::parse("http://[::ffff:127.0.0.1]/").unwrap(), PATIENCE).await.is_err());
}

#[tokio::test]
async fn an_answer_is_told_by_status_and_size_and_a_redirect_is_one() {
    let fine = server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".to_vec(), false).await;
    let fetched = lan().fetch(&at(fine), PATIENCE).await.unwrap();
    assert_eq!((fetched.status, fetched.body_bytes, fetched.is_cut), (Some(200), 5, false));
    let chunked =
        server(b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".to_vec(), false)
            .await;
    let fetched = lan().fetch(&at(chunked), PATIENCE).await.unwrap();
    assert_eq!((fetched.status, fetched.body_bytes), (Some(404), 3));
    let elsewhere = server(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_vec(),
        false,
    )
    .await;
    assert_eq!(lan().fetch(&at(elsewhere), PATIENCE).await.unwrap().status, Some(302));
    let no_http = server(b"SSH-2.0-x\r\n".to_vec(), false).await;
    let fetched = lan().fetch(&at(no_http), PATIENCE).await.unwrap();
    assert_eq!((fetched.status, fetched.reason.as_deref()), (None, Some("what answered is no HTTP")));
}

#[tokio::test]
async fn whoever_drips_or_pours_keeps_nobody() {
    let drips = server(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), true).await;
    let begun = Instant::now();
    let fetched = lan().fetch(&at(drips), Duration::from_millis(300)).await.unwrap();
    assert_eq!((fetched.status, fetched.is_cut), (Some(200), true));
    assert!(begun.elapsed() < PATIENCE);
    let mut much = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    much.resize(3 << 20, b'x');
    let pours = server(much, false).await;
    let fetched = lan().fetch(&at(pours), PATIENCE).await.unwrap();
    assert!(fetched.is_cut && fetched.body_bytes < 2 << 20, "{}", fetched.body_bytes);
}
