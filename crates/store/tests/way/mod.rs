//! A way over TCP to a server, in all weathers.

use std::net::TcpListener as StdListener;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of whoever goes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything arrives.
    Fair,
    /// The connection breaks in the middle of what is sent.
    CutRequests,
    /// The connection breaks in the middle of the answer.
    CutAnswers,
    /// Everything is taken, and nothing is answered.
    Silence,
    /// Nobody is there.
    Closed,
}

/// Less than a request or an answer is long.
const SOME: usize = 100;

pub(crate) struct Way {
    port: u16,
    weather: watch::Sender<Weather>,
}

impl Way {
    pub(crate) async fn to(endpoint: &str) -> Self {
        let server = endpoint.strip_prefix("http://").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (weather, watched) = watch::channel(Weather::Fair);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(go(client, server.clone(), watched.clone()));
            }
        });
        Self { port, weather }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on; whoever is on the way is cut off.
    pub(crate) fn turns(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

async fn go(client: TcpStream, server: String, mut watched: watch::Receiver<Weather>) {
    let weather = *watched.borrow_and_update();
    tokio::select! {
        () = pass(client, &server, weather) => {}
        _ = watched.changed() => {}
    }
}

async fn pass(mut client: TcpStream, server: &str, weather: Weather) {
    if weather == Weather::Closed {
        return;
    }
    let Ok(mut server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let ahead = async {
        match weather {
            Weather::CutRequests => {
                let mut head = vec![0; SOME];
                if from_client.read_exact(&mut head).await.is_ok() {
                    let _ = to_server.write_all(&head).await;
                }
            }
            Weather::Silence => {
                let _ = tokio::io::copy(&mut from_client, &mut tokio::io::sink()).await;
            }
            _ => {
                let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
            }
        }
    };
    let back = async {
        if weather == Weather::CutAnswers {
            let mut head = vec![0; SOME];
            if from_server.read_exact(&mut head).await.is_ok() {
                let _ = to_client.write_all(&head).await;
            }
        } else {
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        }
    };
    tokio::select! {
        () = ahead => {}
        () = back => {}
    }
}

/// A port at which nobody listens.
pub(crate) fn unused_port() -> u16 {
    StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
