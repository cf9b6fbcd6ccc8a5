//! Echo requests through one socket a family, shared by all hosts of a call; replies are matched to who waits for them.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::icmp::{self, Family, Mark};

/// What came of an echo request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    /// Round-trip time.
    Answered(Duration),
    /// Asked, and nothing came back in time.
    Silent,
    /// This machine may not ping, or has no route.
    NotAsked,
}

/// Sends echo requests where this machine may.
pub(crate) struct Pinger {
    v4: io::Result<Line>,
    v6: io::Result<Line>,
}

impl Pinger {
    /// Opens what it may: datagram sockets need the group in `net.ipv4.ping_group_range`, raw ones a capability.
    pub(crate) fn open() -> Self {
        Self { v4: Line::open(Family::V4), v6: Line::open(Family::V6) }
    }

    /// Whether hosts of this family can be pinged at all.
    pub(crate) fn can_ping(&self, address: IpAddr) -> bool {
        self.line(address).is_ok()
    }

    /// Why not, with the way out.
    pub(crate) fn problem(&self, address: IpAddr) -> Option<String> {
        let error = self.line(address).as_ref().err()?;
        Some(format!(
            "ping is not permitted here ({error}), so hosts were looked for by ARP and TCP; \
             `sysctl net.ipv4.ping_group_range=\"0 2147483647\"` or CAP_NET_RAW allows it"
        ))
    }

    /// Asks once, and once more at half time if that makes sense by then: the first packet to a sleeping host is the
    /// one that gets lost.
    pub(crate) async fn ping(&self, address: IpAddr, within: Duration, again: impl Fn() -> bool) -> Echo {
        match self.line(address) {
            Ok(line) => line.ask(address, within, again).await,
            Err(_) => Echo::NotAsked,
        }
    }

    fn line(&self, address: IpAddr) -> &io::Result<Line> {
        if address.is_ipv4() { &self.v4 } else { &self.v6 }
    }
}

/// One socket with its listener.
struct Line {
    family: Family,
    socket: Arc<UdpSocket>,
    waiting: Arc<Mutex<Waiting>>,
    mark: Mark,
    listener: JoinHandle<()>,
}

#[derive(Default)]
struct Waiting {
    next: u16,
    by_sequence: HashMap<u16, (IpAddr, oneshot::Sender<Instant>)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Line {
    fn open(family: Family) -> io::Result<Self> {
        let (domain, protocol) = match family {
            Family::V4 => (Domain::IPV4, Protocol::ICMPV4),
            Family::V6 => (Domain::IPV6, Protocol::ICMPV6),
        };
        let socket = Socket::new(domain, Type::DGRAM, Some(protocol))
            .or_else(|_| Socket::new(domain, Type::RAW, Some(protocol)))?;
        socket.set_nonblocking(true)?;
        // A burst to or from a whole block fits: requests wait in the kernel while ARP looks for their host. Where
        // that much is not granted, sending waits and a reply may be lost.
        let _ = socket.set_send_buffer_size(1 << 20);
        let _ = socket.set_recv_buffer_size(1 << 20);
        // An ICMP socket sends and receives exactly like a UDP one, and only UDP has an async wrapper.
        let socket = Arc::new(UdpSocket::from_std(socket.into())?);
        let mut mark = Mark::default();
        getrandom::fill(&mut mark).map_err(io::Error::other)?;
        let waiting = Arc::default();
        let listener = tokio::spawn(listen(family, Arc::clone(&socket), Arc::clone(&waiting), mark));
        Ok(Self { family, socket, waiting, mark, listener })
    }

    async fn ask(&self, address: IpAddr, within: Duration, again: impl Fn() -> bool) -> Echo {
        let (sender, mut receiver) = oneshot::channel();
        let Some(sequence) = lock(&self.waiting).admit(address, sender) else { return Echo::NotAsked };
        let _place = Place { waiting: &self.waiting, sequence };
        let identifier = u16::from_be_bytes([self.mark[0], self.mark[1]]);
        let packet = icmp::request(self.family, identifier, sequence, self.mark);
        if self.send(&packet, address).await.is_err() {
            return Echo::NotAsked;
        }
        let asked = Instant::now();
        let mut answer = timeout(within / 2, &mut receiver).await;
        if answer.is_err() {
            if again() {
                let _ = self.send(&packet, address).await;
            }
            answer = timeout(within / 2, receiver).await;
        }
        match answer {
            Ok(Ok(at)) => Echo::Answered(at.saturating_duration_since(asked)),
            _ => Echo::Silent,
        }
    }

    /// Waits a little when the kernel's queue or neighbour table is full: that is our own haste, not the host's fault.
    async fn send(&self, packet: &[u8], address: IpAddr) -> io::Result<()> {
        const ENOBUFS: i32 = 105;
        let sending = async {
            loop {
                match self.socket.send_to(packet, SocketAddr::new(address, 0)).await {
                    Err(error) if error.raw_os_error() == Some(ENOBUFS) => {
                        sleep(Duration::from_millis(100)).await;
                    }
                    sent => return sent.map(|_| ()),
                }
            }
        };
        timeout(Duration::from_secs(2), sending).await.unwrap_or_else(|late| Err(late.into()))
    }
}

impl Waiting {
    fn admit(&mut self, address: IpAddr, sender: oneshot::Sender<Instant>) -> Option<u16> {
        let free = (0..=u16::MAX)
            .map(|step| self.next.wrapping_add(step))
            .find(|at| !self.by_sequence.contains_key(at))?;
        self.next = free.wrapping_add(1);
        self.by_sequence.insert(free, (address, sender));
        Some(free)
    }
}

/// Gives the sequence number back, also when the one who waits is dropped.
struct Place<'a> {
    waiting: &'a Mutex<Waiting>,
    sequence: u16,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        lock(self.waiting).by_sequence.remove(&self.sequence);
    }
}

async fn listen(family: Family, socket: Arc<UdpSocket>, waiting: Arc<Mutex<Waiting>>, mark: Mark) {
    let mut buffer = [0; 512];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            // Nothing to read is waited for above; an error here is a passing one, but must not spin.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let at = Instant::now();
        let Some(sequence) = icmp::reply(family, &buffer[..length], mark) else { continue };
        let mut waiting = lock(&waiting);
        if waiting.by_sequence.get(&sequence).is_some_and(|(address, _)| *address == from.ip())
            && let Some((_, sender)) = waiting.by_sequence.remove(&sequence)
        {
            let _ = sender.send(at);
        }
    }
}

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
