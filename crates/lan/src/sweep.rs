//! A walk through a block of addresses: who lives, then a close look at each who does.
//!
//! Looking for life costs no connection where ping or ARP answers, so thousands of addresses are asked at once. The close
//! look is held to the caller's concurrency; the search by TCP for hosts that hide from ping, to the files that may be open.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use labkeeper_core::discovery::{Evidence, Liveness, Sweep, SweepProgress, SweepReport};
use labkeeper_core::ports::Watch;
use tokio::net::UdpSocket;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{self, MissedTickBehavior, sleep, sleep_until};

use crate::callout;
use crate::doors::{Doors, Knock};
use crate::known::Known;
use crate::neighbours::{Neighbour, Neighbours};
use crate::ping::{Echo, Pinger};
use crate::survey::Surveyor;

/// Answered or refused by nearly every device that ignores ping.
const TELLTALE: [u16; 8] = [22, 80, 443, 445, 53, 3389, 8006, 8080];
/// How many of them are tried in a block of more than this many addresses, where each of them costs as much as all the rest.
const OF_MANY: usize = 4;
const MANY: usize = 1024;
/// A short list of wanted ports is knocked on too when looking for life.
const FEW: usize = 12;
/// Who has not answered the ping of a block that large within this time is not worth a whole second of every knock.
const BRIEF: Duration = Duration::from_millis(500);
/// Addresses that are being looked at, at most: a quarter of the sequence numbers of echo requests.
const MOST_AHEAD: usize = 16 * 1024;
/// How often the watcher is asked whether to go on, at least.
const HEARTBEAT: Duration = Duration::from_millis(100);
/// A reply to an echo request is still waited for this long once ARP has shown that the host lives.
const GRACE: Duration = Duration::from_millis(200);

pub(crate) async fn sweep(plan: &Sweep, watch: Watch<'_>, doors: &Doors, known: &Known) -> SweepReport {
    let started = Instant::now();
    let (addresses, unheard) = match plan.by_neighbours() {
        true => called(plan, known).await,
        false => (plan.addresses().collect(), None),
    };
    let addresses: Vec<IpAddr> = addresses.into_iter().filter(|address| !plan.leaves_out(*address)).collect();
    let (total, mut addresses) = (addresses.len(), addresses.into_iter());
    let walk = Walk::begin(plan, doors, known).await;
    let ahead = walk.ahead();
    let mut looks: FuturesUnordered<BoxFuture<'_, Evidence>> = FuturesUnordered::new();
    let mut heartbeat = time::interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut hosts, mut checked, mut cancelled) = (Vec::<Evidence>::new(), 0, false);
    loop {
        let room = ahead - looks.len();
        looks.extend(addresses.by_ref().take(room).map(|address| walk.look(address).boxed()));
        let lived = tokio::select! {
            biased;
            _ = heartbeat.tick() => None,
            look = looks.next() => {
                let Some(evidence) = look else { break };
                checked += 1;
                evidence.liveness.map(|_| hosts.push(evidence))
            }
        };
        let found = lived.and_then(|()| hosts.last());
        let progress = SweepProgress { checked, total, alive: hosts.len(), found };
        if watch(progress) == ControlFlow::Break(()) {
            cancelled = true;
            break;
        }
    }
    drop(looks);
    for host in &mut hosts {
        host.hear(walk.neighbours.mac_of(host.address));
    }
    let mut problems: Vec<String> =
        walk.pinger.problem(plan.block().addr()).into_iter().chain(known.problems()).chain(unheard).collect();
    problems.extend(drop_phantoms(&mut hosts, checked));
    for host in &mut hosts {
        host.mac = host.mac.take().or_else(|| host.lease.as_ref()?.lease.mac.clone());
    }
    hosts.sort_by_key(|host| host.address);
    SweepReport { hosts, checked, took: started.elapsed(), cancelled, problems }
}

/// Who answers when the whole segment is asked, and who has an address there by lease.
async fn called(plan: &Sweep, known: &Known) -> (Vec<IpAddr>, Option<String>) {
    let (answering, unheard) = callout::answers(plan.block(), plan.timeout()).await;
    let leased = known.leases.addresses().filter(|address| plan.block().contains(address));
    let all: BTreeSet<IpAddr> = answering.into_iter().chain(leased).collect();
    (all.into_iter().collect(), unheard)
}

struct Walk<'a> {
    plan: &'a Sweep,
    doors: &'a Doors,
    surveyor: Surveyor<'a>,
    pinger: Pinger,
    neighbours: Neighbours,
    /// Sends the datagram that makes the kernel ask ARP where we may not ping.
    nudger: Option<UdpSocket>,
    /// Hosts that are looked at closely.
    desks: Semaphore,
    /// Silent addresses that are knocked at.
    porches: Semaphore,
    telltale: Vec<u16>,
    pace: Pace,
}

impl<'a> Walk<'a> {
    async fn begin(plan: &'a Sweep, doors: &'a Doors, known: &'a Known) -> Self {
        let telltale = telltale(plan);
        Self {
            plan,
            doors,
            surveyor: Surveyor { doors, known, ports: plan.ports(), timeout: plan.timeout() },
            pinger: Pinger::open(),
            neighbours: Neighbours::new(),
            nudger: UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.ok(),
            desks: Semaphore::new(plan.concurrency()),
            // A third of all doors is left for the hosts that were found meanwhile.
            porches: Semaphore::new((doors.at_once() * 2 / 3 / telltale.len()).max(4)),
            telltale,
            pace: Pace::new(plan.rate()),
        }
    }

    /// As many addresses as the pace lets through until the first of them is done with.
    fn ahead(&self) -> usize {
        let seconds = self.plan.timeout().as_secs_f64().mul_add(3.0, 1.0);
        ((f64::from(self.plan.rate()) * seconds) as usize).clamp(64, MOST_AHEAD)
    }

    async fn look(&self, address: IpAddr) -> Evidence {
        self.pace.turn().await;
        let mut evidence = Evidence::none(address);
        if let Some((liveness, latency)) = self.find_life(address).await {
            evidence.liveness = Some(liveness);
            evidence.latency = latency;
            let _desk = self.desks.acquire().await;
            self.surveyor.survey(&mut evidence).await;
        }
        evidence
    }

    async fn find_life(&self, address: IpAddr) -> Option<(Liveness, Option<Duration>)> {
        match self.call(address).await {
            Call::Echoed(latency) => return Some((Liveness::Icmp, Some(latency))),
            Call::Heard => return Some((Liveness::Arp, None)),
            // On the local segment, who does not answer ARP cannot be spoken to by any other means.
            Call::Absent => return None,
            Call::Unclear => {}
        }
        let _porch = self.porches.acquire().await;
        let (port, latency) = self.knock_around(address).await?;
        Some((Liveness::Tcp(port), Some(latency)))
    }

    /// Ping while watching ARP, which the ping itself sets off.
    async fn call(&self, address: IpAddr) -> Call {
        let wait = self.plan.timeout();
        // While ARP still looks for the host, the kernel holds the first request back; a second would only queue up.
        let may_help = || self.neighbours.of(address) != Some(Neighbour::Sought);
        let ping = async {
            match self.pinger.ping(address, wait, may_help).await {
                Echo::Answered(latency) => Call::Echoed(latency),
                Echo::Silent => self.verdict(address),
                Echo::NotAsked => self.nudge(address, wait).await,
            }
        };
        let heard = async {
            while !self.neighbours.learnt(address) {
                sleep(HEARTBEAT).await;
            }
            sleep(GRACE).await;
            Call::Heard
        };
        tokio::select! {
            biased;
            call = ping => call,
            call = heard => call,
        }
    }

    /// A datagram to the discard port: nobody answers it, but the kernel has to learn who would.
    async fn nudge(&self, address: IpAddr, wait: Duration) -> Call {
        let sent = match &self.nudger {
            Some(socket) if address.is_ipv4() => {
                socket.send_to(&[0], SocketAddr::new(address, 9)).await.is_ok()
            }
            _ => false,
        };
        if !sent {
            return Call::Unclear;
        }
        sleep(HEARTBEAT * 2).await;
        if self.neighbours.of(address) == Some(Neighbour::Sought) {
            sleep(wait.saturating_sub(HEARTBEAT * 2)).await;
        }
        self.verdict(address)
    }

    fn verdict(&self, address: IpAddr) -> Call {
        if self.neighbours.learnt(address) {
            return Call::Heard;
        }
        match self.neighbours.of(address) {
            Some(Neighbour::Sought) => Call::Absent,
            Some(Neighbour::Known(_)) | None => Call::Unclear,
        }
    }

    /// The first port that accepts or refuses.
    async fn knock_around(&self, address: IpAddr) -> Option<(u16, Duration)> {
        let knock = |port: &u16| self.knock(SocketAddr::new(address, *port)).boxed();
        let mut knocks: FuturesUnordered<BoxFuture<'_, _>> = self.telltale.iter().map(knock).collect();
        while let Some(answer) = knocks.next().await {
            if answer.is_some() {
                return answer;
            }
        }
        None
    }

    async fn knock(&self, at: SocketAddr) -> Option<(u16, Duration)> {
        let patience =
            if self.telltale.len() > OF_MANY { self.plan.timeout() } else { self.plan.timeout().min(BRIEF) };
        let (knock, took, _place) = self.doors.knock(at, patience).await;
        matches!(knock, Knock::Open(_) | Knock::Refused).then_some((at.port(), took))
    }
}

/// The ports that show whether a silent address lives.
fn telltale(plan: &Sweep) -> Vec<u16> {
    let is_large = plan.addresses().nth(MANY).is_some();
    let usual = &TELLTALE[..if is_large { OF_MANY } else { TELLTALE.len() }];
    let wanted = plan.ports();
    let wanted = if wanted.len() <= FEW && !is_large { wanted } else { &[] };
    let beside = wanted.iter().filter(|port| !usual.contains(port));
    usual.iter().chain(beside).copied().collect()
}

/// What calling an address without a connection tells.
enum Call {
    Echoed(Duration),
    Heard,
    Absent,
    Unclear,
}

/// Lets so many through per second, evenly.
struct Pace {
    gap: Duration,
    next: Mutex<time::Instant>,
}

impl Pace {
    fn new(per_second: u32) -> Self {
        Self { gap: Duration::from_secs(1) / per_second, next: Mutex::new(time::Instant::now()) }
    }

    async fn turn(&self) {
        let mine = {
            let mut next = self.next.lock().await;
            let mine = (*next).max(time::Instant::now());
            *next = mine + self.gap;
            mine
        };
        sleep_until(mine).await;
    }
}

/// Some firewalls refuse connections in the name of every address behind them. When most of a block does nothing
/// but refuse, those are no hosts.
fn drop_phantoms(hosts: &mut Vec<Evidence>, checked: usize) -> Option<String> {
    let only_refuses = |host: &Evidence| {
        matches!(host.liveness, Some(Liveness::Tcp(_))) && host.open_ports.is_empty() && host.mac.is_none()
    };
    let phantoms = hosts.iter().filter(|host| only_refuses(host)).count();
    if checked < 16 || phantoms * 10 < checked * 8 {
        return None;
    }
    hosts.retain(|host| !only_refuses(host));
    Some(format!(
        "{phantoms} addresses did nothing but refuse connections, as a firewall does in the name of hosts that do not \
         exist; they are left out"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusing(last: u8) -> Evidence {
        Evidence { liveness: Some(Liveness::Tcp(22)), ..Evidence::none(Ipv4Addr::new(10, 0, 0, last).into()) }
    }

    #[test]
    fn a_block_that_only_refuses_is_a_firewall() {
        let mut hosts: Vec<Evidence> = (1..=29).map(refusing).collect();
        hosts.push(Evidence { open_ports: vec![22], ..refusing(30) });
        assert!(drop_phantoms(&mut hosts, 30).is_some_and(|problem| problem.starts_with("29 addresses")));
        assert_eq!(hosts.len(), 1);
    }

    #[test]
    fn a_few_hosts_that_only_refuse_are_hosts() {
        let mut hosts: Vec<Evidence> = (1..=5).map(refusing).collect();
        assert_eq!(drop_phantoms(&mut hosts, 254), None);
        assert_eq!(hosts.len(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn the_pace_is_kept() {
        let pace = Pace::new(100);
        let started = time::Instant::now();
        for _ in 0..101 {
            pace.turn().await;
        }
        assert_eq!(started.elapsed().as_millis(), 1000);
    }
}
