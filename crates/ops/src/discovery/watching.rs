//! One look at everything that is watched: who answers, who does no more, which certificates were shown.
//!
//! *Invariant:* an item is called down only after it was silent twice, and never when nobody at all answered: then it is the
//! hub that is cut off. What is noted of an item and what there is to tell of it are one transaction.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream;
use labkeeper_core::discovery::WebAddress;
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Item, ItemId, ItemRef, Kind, address};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Event, ItemFilter, Looked, Noted, ShownCertificate, View};
use serde_json::Value;
use tokio::time::sleep;

use super::known_ports::with_known_ports;
use super::tidings::{self, Turn};
use crate::house::House;

/// Services asked at the same time.
const AT_ONCE: usize = 64;
/// How long a service may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// From so many items on, silence of all of them says more about the hub than about them.
const ENOUGH: usize = 3;
/// A certificate that was seen within this time is not asked for again, in microseconds.
const FRESH: i64 = 6 * 3600 * 1_000_000;
const DAY: i64 = 24 * 3600 * 1_000_000;
/// How long the past is kept, in microseconds.
const REMEMBERED: i64 = 180 * DAY;
/// How long a certificate is kept that nobody shows any more: scans by hand are rare.
const SHOWN: i64 = 45 * DAY;
/// How much longer than usual a round may take, in microseconds, before the time until then counts as unwatched.
const LATE: i64 = 60 * 1_000_000;

/// What a look came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Round {
    /// What there was to note is noted.
    Noted,
    /// Nobody answered: nothing was noted.
    Blind,
}

/// Something that is watched.
#[derive(Debug, Clone)]
struct Watched {
    item: ItemRef,
    host: String,
    /// Of an app: that port has to take connections. Of anything else any sign of life will do.
    port: Option<u16>,
    secure: bool,
}

/// Looks once, as is done every so often; the silent are asked again after a pause.
///
/// # Errors
/// When the store fails.
pub(crate) async fn look(house: &House, every: Duration) -> Result<Round, Fault> {
    let pause = house.settings().watch.pause;
    let mut view = house.store().read().await?;
    let watched = watched(&mut view).await?;
    let before: HashMap<ItemId, bool> =
        view.reachability_now().await?.into_iter().map(|now| (now.item_id, now.alive)).collect();
    drop(view);
    let Asked { mut looks, mut nameless, here } = ask(house, &watched).await?;
    let is_news = |one: &&Watched| match looks.get(&one.item.id) {
        Some(look) => !look.alive && before.get(&one.item.id) != Some(&false),
        None => nameless.contains(&one.item.id) && before.get(&one.item.id) == Some(&true),
    };
    let silent: Vec<Watched> = watched.iter().filter(is_news).cloned().collect();
    if !silent.is_empty() {
        sleep(pause).await;
        let again = ask(house, &silent).await?;
        nameless.retain(|item| !again.looks.contains_key(item));
        looks.extend(again.looks);
    }
    let lost = Lost::of(&watched, nameless, &looks);
    let was_seen = |id: &&ItemId| before.contains_key(id);
    looks.extend(lost.silent.iter().filter(was_seen).map(|id| (*id, silence(*id))));
    if is_blind(&here, &looks) && before.values().any(|alive| *alive) {
        return Ok(Round::Blind);
    }
    let shown = certificates(house, &watched, &looks).await?;
    note(house, &watched, (&looks, &lost.unknown), &shown, every).await?;
    Ok(Round::Noted)
}

/// Whether nobody answers but this machine itself.
fn is_blind(here: &HashSet<ItemId>, looks: &HashMap<ItemId, Looked>) -> bool {
    let elsewhere = looks.values().filter(|look| !here.contains(&look.item_id));
    let (alive, silent): (Vec<_>, Vec<_>) = elsewhere.partition(|look| look.alive);
    alive.is_empty() && silent.len() >= ENOUGH
}

/// Whether that is the machine that looks, by the address that was asked or by what its owner says.
fn is_here(house: &House, one: &Watched, asked: Option<IpAddr>) -> bool {
    let is_own = asked.is_some_and(|address| house.scout().is_here(address));
    let is_said = |said: &String| {
        said.eq_ignore_ascii_case(&one.host) || asked.is_some_and(|address| said.parse() == Ok(address))
    };
    is_own || house.settings().watch.here.iter().any(is_said)
}

/// Nothing is watched any more: what is known is past.
///
/// # Errors
/// When the store fails.
pub(crate) async fn stop(house: &House) -> Result<(), Fault> {
    let mut view = house.store().read().await?;
    if view.reachability_now().await?.is_empty() && tidings::untold(&mut view).await?.is_empty() {
        return Ok(());
    }
    drop(view);
    let mut tx = house.store().write().await?;
    tx.end_stretches().await?;
    tidings::forget(&mut tx).await?;
    tx.announce(Event::plain("reach", "watched"));
    tx.tell(house.clock().now()).await?;
    tx.commit().await?;
    Ok(())
}

/// What was asked came to.
#[derive(Default)]
struct Asked {
    looks: HashMap<ItemId, Looked>,
    /// Those whose name leads to no address.
    nameless: HashSet<ItemId>,
    /// Those that are the machine that looks.
    here: HashSet<ItemId>,
}

/// Those whose name leads to no address.
struct Lost {
    /// Other names do: whoever goes by this one is gone with it, as what has its name from a lease is.
    silent: HashSet<ItemId>,
    /// No name leads anywhere, so that it says nothing about any of them.
    unknown: HashSet<ItemId>,
}

impl Lost {
    fn of(watched: &[Watched], nameless: HashSet<ItemId>, looks: &HashMap<ItemId, Looked>) -> Self {
        let by_name = |one: &&Watched| one.host.parse::<IpAddr>().is_err();
        let is_any_found = watched.iter().filter(by_name).any(|one| looks.contains_key(&one.item.id));
        let (silent, unknown) = if is_any_found || nameless.len() == 1 {
            (nameless, HashSet::new())
        } else {
            (HashSet::new(), nameless)
        };
        Self { silent, unknown }
    }
}

fn silence(item_id: ItemId) -> Looked {
    Looked { item_id, alive: false, method: "none".into(), latency_ms: None }
}

/// Everything that has an address or a name in the network.
async fn watched(view: &mut View) -> Result<Vec<Watched>, Fault> {
    let items = view.items(ItemFilter::All).await?;
    Ok(items.iter().filter_map(as_watched).collect())
}

fn as_watched(item: &Item) -> Option<Watched> {
    if matches!(item.kind, Kind::Documents | Kind::Networks | Kind::Shares | Kind::Storage) {
        return None;
    }
    let text = |name: &str| item.fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let address = address::stored(item.fields.get("addresses")).into_iter().find_map(|address| address.ip);
    let host = address.or_else(|| text("hostname").map(Into::into))?;
    let is_app = item.kind == Kind::Apps;
    let port = item.fields.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    let secure = is_app && item.fields.get("https").and_then(Value::as_bool) == Some(true);
    Some(Watched { item: item.reference(), host, port: port.filter(|_| is_app), secure })
}

/// What each gave; who may not be asked is not in it.
async fn ask(house: &House, watched: &[Watched]) -> Result<Asked, Fault> {
    let scout = house.scout();
    let (services, hosts): (Vec<&Watched>, Vec<&Watched>) =
        watched.iter().partition(|one| one.port.is_some());
    let names: HashSet<String> = hosts.iter().map(|one| one.host.clone()).collect();
    let contacts = with_known_ports(&mut house.store().read().await?, names.into_iter().collect()).await?;
    let knocks: Vec<_> = services.into_iter().map(|one| knock(house, one)).collect();
    let knocks = stream::iter(knocks).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    let (answers, knocked) = futures::join!(scout.reach(contacts), knocks);
    let by_host: HashMap<&str, _> = answers.iter().map(|answer| (answer.host.as_str(), answer)).collect();
    let mut asked = Asked::default();
    for one in hosts {
        let (Some(answer), item_id) = (by_host.get(one.host.as_str()), one.item.id) else { continue };
        if is_here(house, one, answer.address) {
            asked.here.insert(item_id);
        }
        if answer.nameless {
            asked.nameless.insert(item_id);
        } else if answer.reason.is_none() {
            let (alive, method, latency_ms) = (answer.alive, answer.method.clone(), answer.latency_ms);
            asked.looks.insert(item_id, Looked { item_id, alive, method, latency_ms });
        }
    }
    for Service { item_id, look, here } in knocked.into_iter().flatten() {
        if here {
            asked.here.insert(item_id);
        }
        match look {
            Some(look) => drop(asked.looks.insert(item_id, look)),
            None => drop(asked.nameless.insert(item_id)),
        }
    }
    Ok(asked)
}

/// A service that was asked.
struct Service {
    item_id: ItemId,
    /// `None` when its name leads to no address.
    look: Option<Looked>,
    /// It is on the machine that looks.
    here: bool,
}

/// Whether a service answers; nothing when it may not be asked.
async fn knock(house: &House, one: &Watched) -> Option<Service> {
    let (item_id, port) = (one.item.id, one.port.unwrap_or_default());
    let knocked = house.scout().knock(&one.host, port, PATIENCE).await.ok()?;
    let here = is_here(house, one, knocked.address);
    if knocked.address.is_none() {
        return Some(Service { item_id, look: None, here });
    }
    let method = if knocked.is_open() { format!("tcp:{port}") } else { "none".into() };
    let latency = knocked.latency.filter(|_| knocked.reason.is_none());
    let latency_ms = latency.map(|took| (took.as_secs_f64() * 100_000.0).round() / 100.0);
    let look = Some(Looked { item_id, alive: knocked.is_open(), method, latency_ms });
    Some(Service { item_id, look, here })
}

/// The certificates of services that answer and whose certificate was not seen for a while.
async fn certificates(
    house: &House,
    watched: &[Watched],
    looks: &HashMap<ItemId, Looked>,
) -> Result<Vec<ShownCertificate>, Fault> {
    let now = house.clock().now();
    let known = house.store().read().await?.certificates(None).await?;
    let fresh: HashSet<ItemId> =
        known.iter().filter(|shown| now.0 - shown.seen_at.0 < FRESH).map(|shown| shown.item_id).collect();
    let wanted = watched.iter().filter(|one| {
        one.secure && !fresh.contains(&one.item.id) && looks.get(&one.item.id).is_some_and(|look| look.alive)
    });
    let fetches: Vec<_> = wanted.map(|one| certificate(house, one, now)).collect();
    let fetched = stream::iter(fetches).buffer_unordered(AT_ONCE / 4).collect::<Vec<_>>().await;
    Ok(fetched.into_iter().flatten().collect())
}

async fn certificate(house: &House, one: &Watched, now: Stamp) -> Option<ShownCertificate> {
    let port = one.port.unwrap_or(443);
    let web = WebAddress { secure: true, host: one.host.clone(), port, path: "/".into() };
    let shown = house.scout().fetch(&web, PATIENCE).await.ok()?.certificate?;
    Some(ShownCertificate {
        item_id: one.item.id,
        port,
        subject: shown.subject,
        issuer: shown.issuer,
        names: shown.names,
        not_after: shown.not_after,
        seen_at: now,
    })
}

async fn note(
    house: &House,
    watched: &[Watched],
    (looks, unknown): (&HashMap<ItemId, Looked>, &HashSet<ItemId>),
    shown: &[ShownCertificate],
    every: Duration,
) -> Result<(), Fault> {
    let now = house.clock().now();
    let usual = i64::try_from(every.as_micros()).unwrap_or(i64::MAX / 4);
    let unseen = Stamp(now.0 - 3 * usual - LATE);
    let mut tx = house.store().write().await?;
    let (mut turns, mut is_other) = (Vec::new(), false);
    for one in watched {
        let Some(look) = looks.get(&one.item.id) else { continue };
        match tx.note_look(look, now, unseen).await? {
            Noted::Same => {}
            Noted::First => is_other = true,
            Noted::Turned => turns.push(Turn { item: one.item.clone(), alive: look.alive }),
        }
    }
    for known in tx.reachability_now().await? {
        if !looks.contains_key(&known.item_id) && !unknown.contains(&known.item_id) {
            is_other |= tx.end_stretch(known.item_id, known.seen_at).await?;
        }
    }
    for certificate in shown {
        tx.note_certificate(certificate).await?;
    }
    tx.forget_reachability(Stamp(now.0 - REMEMBERED)).await?;
    tx.forget_certificates(Stamp(now.0 - SHOWN)).await?;
    if is_other {
        tx.announce(Event::plain("reach", "watched"));
    }
    for turn in &turns {
        tx.announce(event(turn));
    }
    if !turns.is_empty() && house.notifier().is_some() {
        tidings::add(&mut tx, &turns).await?;
    }
    tx.tell(now).await?;
    tx.commit().await?;
    Ok(())
}

fn event(turn: &Turn) -> Event {
    Event {
        kind: Some(turn.item.kind.key().into()),
        name: Some(turn.item.name.clone()),
        ..Event::about("reach", if turn.alive { "up" } else { "down" }, turn.item.id)
    }
}
