//! Whether hosts answer: an echo request, and beside it a few TCP ports, because many hosts ignore ping.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, FuturesUnordered};
use futures::{FutureExt, StreamExt};
use labkeeper_core::discovery::{Contact, Reachability, Territory};
use tokio::net::lookup_host;
use tokio::time::{sleep, timeout};

use crate::doors::{Doors, Knock};
use crate::ping::{Echo, Pinger};

/// Hosts at a time.
const AT_ONCE: usize = 64;
/// For a name to become an address.
const LOOKUP: Duration = Duration::from_millis(800);
/// For any answer at all.
const PATIENCE: Duration = Duration::from_millis(1200);
/// Ping goes first by this much, so that a host which answers both is not knocked on.
const HEAD_START: Duration = Duration::from_millis(150);
/// Answered or refused by nearly every living device.
const USUAL: [u16; 8] = [22, 80, 443, 445, 53, 8006, 3389, 8080];

pub(crate) async fn reach(contacts: Vec<Contact>, territory: &Territory, doors: &Doors) -> Vec<Reachability> {
    let pinger = &Pinger::open();
    let checks: Vec<BoxFuture<'_, Reachability>> =
        contacts.into_iter().map(|contact| check(contact, territory, doors, pinger).boxed()).collect();
    stream::iter(checks).buffered(AT_ONCE).collect().await
}

async fn check(contact: Contact, territory: &Territory, doors: &Doors, pinger: &Pinger) -> Reachability {
    let address = match address_of(&contact.host).await {
        Ok(address) => address,
        Err(reason) => return Reachability::nameless(contact.host, reason),
    };
    // Judged after resolution and asked by address, so no spelling of a name or number leads elsewhere.
    if let Err(refused) = territory.may_reach(address) {
        return Reachability::not_asked(contact.host, refused.to_string());
    }
    match timeout(PATIENCE, first_sign(address, &contact.ports, doors, pinger)).await {
        Ok(Some((method, latency))) => Reachability {
            host: contact.host,
            alive: true,
            latency_ms: Some(milliseconds(latency)),
            method,
            reason: None,
            nameless: false,
            address: Some(address),
        },
        Ok(None) | Err(_) => Reachability::silent(contact.host).at(address),
    }
}

/// The address of a host, found out once.
pub(crate) async fn address_of(host: &str) -> Result<IpAddr, String> {
    let host = host.trim();
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(address.to_canonical());
    }
    if host.is_empty()
        || host.len() > 253
        || !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    {
        return Err(format!("{host:?} is neither an address nor a host name"));
    }
    let found = timeout(LOOKUP, lookup_host((host, 0))).await;
    let Ok(Ok(mut addresses)) = found else { return Err(format!("no address is known for {host}")) };
    addresses.next().map(|at| at.ip().to_canonical()).ok_or_else(|| format!("no address is known for {host}"))
}

/// The first answer and how long it took; `None` once everything has been silent.
async fn first_sign(
    address: IpAddr,
    known: &[u16],
    doors: &Doors,
    pinger: &Pinger,
) -> Option<(String, Duration)> {
    let ping = async {
        match pinger.ping(address, PATIENCE, || true).await {
            Echo::Answered(latency) => Some(("icmp".to_owned(), latency)),
            Echo::Silent | Echo::NotAsked => None,
        }
    };
    let knocks = async {
        if pinger.can_ping(address) {
            sleep(HEAD_START).await;
        }
        first_knock(address, known, doors).await
    };
    tokio::pin!(ping, knocks);
    tokio::select! {
        Some(sign) = &mut ping => Some(sign),
        Some(sign) = &mut knocks => Some(sign),
        else => None,
    }
}

async fn first_knock(address: IpAddr, known: &[u16], doors: &Doors) -> Option<(String, Duration)> {
    let usual = USUAL.iter().filter(|port| !known.contains(port));
    let mut knocks: FuturesUnordered<BoxFuture<'_, _>> =
        known.iter().chain(usual).map(|port| knock(SocketAddr::new(address, *port), doors).boxed()).collect();
    while let Some(answer) = knocks.next().await {
        if answer.is_some() {
            return answer;
        }
    }
    None
}

async fn knock(at: SocketAddr, doors: &Doors) -> Option<(String, Duration)> {
    let (knock, took, _place) = doors.knock(at, PATIENCE).await;
    matches!(knock, Knock::Open(_) | Knock::Refused).then(|| (format!("tcp:{}", at.port()), took))
}

/// Two decimals, as the predecessor's clients read it.
fn milliseconds(latency: Duration) -> f64 {
    (latency.as_secs_f64() * 100_000.0).round() / 100.0
}
