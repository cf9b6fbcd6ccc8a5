//! A network in memory: three living hosts, and a record of what was asked of them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use labkeeper_core::discovery::{
    Contact, Evidence, Fetched, Knocked, Liveness, OutOfBounds, Page, Reachability, Sweep, SweepProgress,
    SweepReport, Territory, WebAddress,
};
use labkeeper_core::ports::{Later, Scout, Watch};
use labkeeper_core::pve::CertificateFacts;
use labkeeper_ops::progress::Progress;

/// Three living hosts.
pub(crate) fn town() -> Town {
    let lives = |ip: &str| Evidence {
        liveness: Some(Liveness::Icmp),
        latency: Some(Duration::from_micros(1234)),
        ..Evidence::none(ip.parse().unwrap())
    };
    let page = |port, secure, title: &str| Page {
        lands: port,
        port,
        secure,
        status: 200,
        title: Some(title.into()),
        head: "HTTP/1.1 200 OK".into(),
        ..Page::default()
    };
    let pve = Evidence {
        hostname: Some("pve1.lan".into()),
        mac: Some("bc:24:11:00:00:02".into()),
        open_ports: vec![22, 8006],
        greetings: BTreeMap::from([(22, "SSH-2.0-OpenSSH_9.2".into())]),
        pages: vec![page(8006, true, "pve1 - Proxmox Virtual Environment")],
        ..lives("10.0.0.2")
    };
    let grafana =
        Evidence { open_ports: vec![3000], pages: vec![page(3000, false, "Grafana")], ..lives("10.0.0.3") };
    Town { hosts: vec![lives("10.0.0.1"), pve, grafana], ..Town::default() }
}

/// A network in memory.
#[derive(Default)]
pub(crate) struct Town {
    pub(crate) hosts: Vec<Evidence>,
    /// Those that do not answer just now.
    pub(crate) away: Mutex<Vec<IpAddr>>,
    /// The address of the machine that looks, if it is one of them.
    pub(crate) here: Option<IpAddr>,
    /// Names and where they lead; empty where they lead nowhere.
    pub(crate) names: Mutex<BTreeMap<&'static str, &'static str>>,
    /// What secure pages show instead of their own certificate.
    pub(crate) certificate: Mutex<Option<CertificateFacts>>,
    pub(crate) territory: Territory,
    pub(crate) swept: Mutex<Vec<Sweep>>,
    pub(crate) asked: Mutex<Vec<Contact>>,
    /// How often hosts were asked whether they answer.
    pub(crate) rounds: AtomicUsize,
    /// Waits in the middle of a sweep until told to go on.
    pub(crate) slow: bool,
    pub(crate) started: tokio::sync::Notify,
    pub(crate) go_on: tokio::sync::Notify,
}

impl Town {
    fn living(&self, address: IpAddr) -> Option<&Evidence> {
        let is_away = self.away.lock().unwrap().contains(&address);
        self.hosts.iter().find(|known| known.address == address).filter(|_| !is_away)
    }

    /// From now on these names lead there.
    pub(crate) fn call(&self, names: &[(&'static str, &'static str)]) {
        *self.names.lock().unwrap() = names.iter().copied().collect();
    }

    /// From now on every secure page shows that certificate.
    pub(crate) fn show(&self, certificate: CertificateFacts) {
        *self.certificate.lock().unwrap() = Some(certificate);
    }

    /// A host as a scan sees it.
    fn seen(&self, address: IpAddr) -> Option<Evidence> {
        let mut host = self.living(address)?.clone();
        let renewed = self.certificate.lock().unwrap();
        for page in host.pages.iter_mut().filter(|page| page.secure && renewed.is_some()) {
            page.certificate.clone_from(&renewed);
        }
        Some(host)
    }

    /// From now on only those do not answer.
    pub(crate) fn send_away(&self, addresses: &[&str]) {
        *self.away.lock().unwrap() = addresses.iter().map(|address| address.parse().unwrap()).collect();
    }
}

impl Scout for Town {
    fn territory(&self) -> &Territory {
        &self.territory
    }

    fn is_here(&self, address: IpAddr) -> bool {
        self.here == Some(address)
    }

    fn reach(&self, contacts: Vec<Contact>) -> Later<'_, Vec<Reachability>> {
        *self.asked.lock().unwrap() = contacts.clone();
        self.rounds.fetch_add(1, Ordering::Relaxed);
        let lives = |host: &str| host.parse().is_ok_and(|address| self.living(address).is_some());
        let names = self.names.lock().unwrap();
        let leads = |host: &str| names.get(host).copied().unwrap_or(host).to_owned();
        let answer = |contact: Contact| match lives(&leads(&contact.host)) {
            _ if leads(&contact.host).is_empty() => Reachability::nameless(contact.host, "no address"),
            true => Reachability {
                alive: true,
                latency_ms: Some(1.23),
                method: "icmp".into(),
                ..Reachability::silent(contact.host)
            },
            false => Reachability::silent(contact.host),
        };
        let answer = |contact: Contact| {
            let address = leads(&contact.host).parse().ok();
            Reachability { address, ..answer(contact) }
        };
        let answers = contacts.into_iter().map(answer).collect();
        drop(names);
        Box::pin(async move { answers })
    }

    fn knock<'a>(&'a self, host: &'a str, _: u16, _: Duration) -> Later<'a, Result<Knocked, OutOfBounds>> {
        let address: IpAddr = host.parse().unwrap();
        let lives = self.living(address);
        let knocked = self.territory.may_reach(address).map(|()| Knocked {
            address: Some(address),
            latency: lives.and_then(|host| host.latency),
            reason: lives.is_none().then(|| "silent".to_owned()),
        });
        Box::pin(async move { knocked })
    }

    fn fetch<'a>(&'a self, web: &'a WebAddress, _: Duration) -> Later<'a, Result<Fetched, OutOfBounds>> {
        let shown = self.hosts.iter().find(|host| web.host.parse() == Ok(host.address));
        let page = shown.and_then(|host| host.pages.iter().find(|page| page.port == web.port));
        let certificate = page.and_then(|page| page.certificate.clone());
        Box::pin(async move { Ok(Fetched { certificate, ..Fetched::default() }) })
    }

    fn sweep<'a>(&'a self, plan: &'a Sweep, watch: Watch<'a>) -> Later<'a, SweepReport> {
        Box::pin(async move {
            self.swept.lock().unwrap().push(plan.clone());
            if self.slow {
                self.started.notify_one();
                self.go_on.notified().await;
            }
            let addresses: Vec<IpAddr> = plan.addresses().collect();
            let (mut hosts, mut cancelled) = (Vec::new(), false);
            for (checked, address) in (1..).zip(&addresses) {
                let found = self.seen(*address);
                hosts.extend(found.clone());
                let (alive, found) = (hosts.len(), found.as_ref());
                let now = SweepProgress { checked, total: addresses.len(), alive, found };
                if watch(now) == ControlFlow::Break(()) {
                    cancelled = true;
                    break;
                }
            }
            SweepReport {
                hosts,
                checked: addresses.len(),
                took: Duration::from_millis(5),
                cancelled,
                problems: vec![],
            }
        })
    }
}

#[derive(Default)]
pub(crate) struct Told(pub(crate) Mutex<Vec<String>>);

impl Progress for Told {
    fn report(&self, _: f64, _: Option<f64>, message: &str) {
        self.0.lock().unwrap().push(message.into());
    }
}
