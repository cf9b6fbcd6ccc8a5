//! A wire to a node that can be cut and listened to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Whole,
    /// Both ends see it closed; new connections are made.
    Cut(usize),
    /// Nothing passes any more on those that were open, and neither end is told.
    Dead(usize),
}

pub(crate) struct Relay {
    pub(crate) port: u16,
    wire: watch::Sender<Wire>,
    opened: Arc<AtomicUsize>,
    sent: Arc<Mutex<Vec<u8>>>,
    received: Arc<AtomicUsize>,
}

impl Relay {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (wire, watching) = watch::channel(Wire::Whole);
        let opened = Arc::new(AtomicUsize::new(0));
        let sent = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::new(AtomicUsize::new(0));
        let answers = Arc::clone(&received);
        let (count, heard) = (Arc::clone(&opened), Arc::clone(&sent));
        tokio::spawn(async move {
            loop {
                let Ok((client, _)) = listener.accept().await else { return };
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                let server = TcpStream::connect(server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let heard = Arc::clone(&heard);
                let note = move |bytes: &[u8]| heard.lock().unwrap().extend_from_slice(bytes);
                tokio::spawn(carry(from_client, to_server, number, watching.clone(), note));
                let answers = Arc::clone(&answers);
                let tally = move |bytes: &[u8]| _ = answers.fetch_add(bytes.len(), Ordering::SeqCst);
                tokio::spawn(carry(from_server, to_client, number, watching.clone(), tally));
            }
        });
        Self { port, wire, opened, sent, received }
    }

    /// How many connections there were so far.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    /// Closes what is open.
    pub(crate) fn cut(&self) {
        self.wire.send_replace(Wire::Cut(self.opened()));
    }

    /// Lets what is open fall silent.
    pub(crate) fn kill(&self) {
        self.wire.send_replace(Wire::Dead(self.opened()));
    }

    /// How many bytes the server sent.
    pub(crate) fn received(&self) -> usize {
        self.received.load(Ordering::SeqCst)
    }

    /// All that the client sent.
    pub(crate) fn sent(&self) -> Vec<u8> {
        self.sent.lock().unwrap().clone()
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    number: usize,
    mut wire: watch::Receiver<Wire>,
    note: impl Fn(&[u8]),
) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let state = *wire.borrow_and_update();
        match state {
            Wire::Cut(last) if number <= last => return,
            Wire::Dead(last) if number <= last => {
                if wire.changed().await.is_err() {
                    return;
                }
                continue;
            }
            _ => {}
        }
        tokio::select! {
            changed = wire.changed() => if changed.is_err() { return },
            read = from.read(&mut buffer) => match read {
                Ok(0) | Err(_) => return,
                Ok(count) => {
                    note(&buffer[..count]);
                    if to.write_all(&buffer[..count]).await.is_err() {
                        return;
                    }
                }
            },
        }
    }
}
