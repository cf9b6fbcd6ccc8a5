//! One living host, looked at closely: its ports side by side, then what each of them says.
//!
//! *Invariant:* bounded by construction. Every step has a time limit and their number is fixed, so no host, however
//! slow or hostile, holds a sweep up; waiting for a free connection is not counted against the host.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, Stream};
use futures::{FutureExt, StreamExt};
use labkeeper_core::discovery::{Evidence, Opening, Page, opening_of};

use crate::doors::{Doors, Knock};
use crate::greet::greet;
use crate::known::Known;
use crate::own_name::own_name;
use crate::page::Site;

/// Connections to one host at a time: small devices fall over when asked for more.
const PER_HOST: usize = 100;
/// Ports that are talked to at most; a host with more open ones is a trap.
const TALKS: usize = 96;
/// How long an unknown port may take to speak first before it is asked for a page.
const MOMENT: Duration = Duration::from_millis(300);

/// What is needed to look at hosts.
pub(crate) struct Surveyor<'a> {
    pub(crate) doors: &'a Doors,
    pub(crate) known: &'a Known,
    pub(crate) ports: &'a [u16],
    /// For one answer.
    pub(crate) timeout: Duration,
}

enum Said {
    Nothing,
    Greeting(u16, String),
    Page(Page),
}

impl Surveyor<'_> {
    /// Fills in name, ports, greetings and pages.
    pub(crate) async fn survey(&self, evidence: &mut Evidence) {
        let address = evidence.address;
        let within = self.timeout.min(Duration::from_secs(1));
        let (name, own_name, (open, latency)) = futures::join!(
            self.known.names.of(address, within),
            own_name(address, within.min(MOMENT * 2)),
            self.open_ports(address)
        );
        evidence.lease = self.known.leases.of_address(address).cloned();
        // What it says now is its own; what is written of the address may be of somebody who went.
        let leased = evidence.lease.as_ref().and_then(|leased| leased.lease.hostname.clone());
        let own_name = own_name.or(leased);
        evidence.names_itself = name.is_none() && own_name.is_some();
        evidence.hostname = name.or(own_name);
        evidence.open_ports = open;
        evidence.latency = evidence.latency.or(latency);
        let site = Site {
            doors: self.doors,
            host: address,
            name: evidence.hostname.as_deref(),
            open: &evidence.open_ports,
            within: self.patience(),
        };
        let ports = evidence.open_ports.iter().take(TALKS);
        let mut talks = side_by_side(ports.map(|port| self.talk(&site, *port).boxed()).collect());
        while let Some(said) = talks.next().await {
            match said {
                Said::Nothing => {}
                Said::Greeting(port, text) => drop(evidence.greetings.insert(port, text)),
                Said::Page(page) => evidence.pages.push(page),
            }
        }
        drop(talks);
        evidence.pages.sort_by_key(|page| page.port);
    }

    /// A service answers slower than its host: a handshake and a page take longer than a SYN.
    fn patience(&self) -> Duration {
        self.timeout.max(Duration::from_millis(500)) + Duration::from_millis(500)
    }

    /// The ports that accept, ascending, and the quickest answer of any.
    async fn open_ports(&self, address: IpAddr) -> (Vec<u16>, Option<Duration>) {
        let knock = |port: &u16| self.knock(SocketAddr::new(address, *port)).boxed();
        let mut knocks = side_by_side(self.ports.iter().map(knock).collect());
        let (mut open, mut quickest) = (Vec::new(), None::<Duration>);
        while let Some((port, knock, took)) = knocks.next().await {
            match knock {
                Knock::Open(_) => open.push(port),
                Knock::Refused => {}
                Knock::Silent => continue,
            }
            quickest = Some(quickest.map_or(took, |quickest| quickest.min(took)));
        }
        open.sort_unstable();
        (open, quickest)
    }

    async fn knock(&self, at: SocketAddr) -> (u16, Knock, Duration) {
        let (knock, took, _place) = self.doors.knock(at, self.timeout).await;
        (at.port(), knock, took)
    }

    async fn talk(&self, site: &Site<'_>, port: u16) -> Said {
        let page = |page: Option<Page>| page.map_or(Said::Nothing, Said::Page);
        match opening_of(port, site.open) {
            Opening::Quiet => Said::Nothing,
            Opening::Listen => self.greeting(site, port, b"", self.patience()).await,
            Opening::Ask(question) => self.greeting(site, port, question, self.patience()).await,
            Opening::Web => page(site.page(port, false).await),
            Opening::SecureWeb => page(site.page(port, true).await),
            Opening::Unknown => match self.greeting(site, port, b"", MOMENT).await {
                Said::Nothing => page(site.page(port, false).await),
                said => said,
            },
        }
    }

    async fn greeting(&self, site: &Site<'_>, port: u16, question: &[u8], within: Duration) -> Said {
        let Some((stream, _place)) = self.doors.enter(SocketAddr::new(site.host, port), self.timeout).await
        else {
            return Said::Nothing;
        };
        greet(stream, question, within).await.map_or(Said::Nothing, |text| Said::Greeting(port, text))
    }
}

fn side_by_side<'a, T: 'a>(work: Vec<BoxFuture<'a, T>>) -> impl Stream<Item = T> + Unpin + 'a {
    stream::iter(work).buffer_unordered(PER_HOST)
}
