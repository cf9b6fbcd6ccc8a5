//! Reachability and sweeps against real servers on this machine's own loopback addresses.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::servers::{Manner, serve, serve_names, zone};
use labkeeper_core::discovery::{
    Contact, Evidence, PortChoice, Reachability, Sweep, SweepReport, SweepRequest, Territory, recognise,
};
use labkeeper_core::ports::Scout;
use labkeeper_lan::{Lan, LeaseFiles, Settings};

/// Eyes that may look at loopback and ask this name server only.
fn eyes(name_servers: &[SocketAddr]) -> Lan {
    Lan::new(Settings {
        territory: Territory::with(vec!["127.0.0.0/8".parse().unwrap()]),
        name_servers: Some(name_servers.to_vec()),
        leases: None,
    })
}

async fn sweep(lan: &Lan, cidr: &str, ports: &[u16]) -> SweepReport {
    let request =
        SweepRequest { ports: PortChoice::List(ports.to_vec()), timeout: 0.4, ..SweepRequest::of(cidr) };
    let plan = Sweep::plan(&request, lan.territory()).unwrap();
    lan.sweep(&plan, &|_| ControlFlow::Continue(())).await
}

/// The one host, with a server of each manner on a port of its own; the ports come back in the same order.
async fn host_with(address: &str, manners: Vec<Manner>) -> (Evidence, Vec<u16>) {
    let address: IpAddr = address.parse().unwrap();
    let ports: Vec<u16> =
        manners.into_iter().map(|manner| serve((address, 0).into(), manner).port()).collect();
    let mut report = sweep(&eyes(&[]), &address.to_string(), &ports).await;
    assert_eq!(report.hosts.len(), 1, "{:?}", report.problems);
    (report.hosts.remove(0), ports)
}

/// A port that swallows connection attempts: its queue is full and nobody ever accepts. Keep the guard.
fn swallow(at: SocketAddr) -> (socket2::Socket, Vec<socket2::Socket>) {
    let new = || socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let listener = new();
    listener.bind(&at.into()).unwrap();
    listener.listen(0).unwrap();
    let fill = |_| {
        let client = new();
        client.set_nonblocking(true).unwrap();
        let _ = client.connect(&at.into());
        client
    };
    let queue = (0..4).map(fill).collect();
    (listener, queue)
}

fn contact(host: &str, ports: &[u16]) -> Contact {
    Contact { host: host.into(), ports: ports.to_vec() }
}

#[tokio::test]
async fn a_sweep_tells_open_ports_from_closed_and_swallowing_ones() {
    let open = serve("127.0.11.1:0".parse().unwrap(), Manner::Mute).port();
    let swallowing: SocketAddr = "127.0.11.1:47011".parse().unwrap();
    let _full = swallow(swallowing);
    let report = sweep(&eyes(&[]), "127.0.11.1", &[open, 47_010, swallowing.port()]).await;
    assert_eq!(report.hosts[0].open_ports, [open]);
    assert!(!report.cancelled);
}

#[tokio::test]
async fn banners_are_read_and_made_printable() {
    let (host, ports) = host_with(
        "127.0.11.2",
        vec![
            Manner::Greets(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\nmore".to_vec()),
            Manner::Greets(b"\x1b[2J\xe2\x80\xaeevil\r\n".to_vec()),
            Manner::Mute,
        ],
    )
    .await;
    assert_eq!(host.ssh_banner(), Some("SSH-2.0-OpenSSH_9.2p1 Debian-2"));
    assert_eq!(host.greetings[&ports[1]], "[2J evil");
    assert!(!host.greetings.contains_key(&ports[2]));
}

#[tokio::test]
async fn titles_are_read_over_plain_and_tls_and_from_an_endless_page() {
    let (host, ports) = host_with(
        "127.0.11.3",
        vec![
            Manner::Page("Grafana".into()),
            Manner::SecurePage("pve1 - Proxmox Virtual Environment".into()),
            Manner::Floods,
            Manner::Replies(b"+PONG\r\n".to_vec()),
        ],
    )
    .await;
    let title = |port| host.pages.iter().find(|page| page.port == port).and_then(|page| page.title.clone());
    assert_eq!(title(ports[0]).as_deref(), Some("Grafana"));
    assert_eq!(title(ports[1]).as_deref(), Some("pve1 - Proxmox Virtual Environment"));
    assert_eq!(title(ports[2]).as_deref(), Some("Flood"));
    assert_eq!(title(ports[3]), None, "what does not speak HTTP has no page");
    assert!(
        host.pages.iter().all(|page| page.body.len() <= 8 * 1024 && page.secure == (page.port == ports[1]))
    );
    assert_eq!(recognise(&host).label.unwrap().name, "Proxmox VE");
}

#[tokio::test]
async fn redirects_are_followed_on_the_host_only() {
    let trap = serve("127.0.11.5:0".parse().unwrap(), Manner::Page("Somebody else".into()));
    let (host, ports) = host_with(
        "127.0.11.4",
        vec![Manner::Redirects("/login".into()), Manner::Redirects(format!("http://{trap}/"))],
    )
    .await;
    let page = |port| host.pages.iter().find(|page| page.port == port).unwrap();
    assert_eq!(page(ports[0]).title.as_deref(), Some("/login"));
    assert_eq!((page(ports[1]).title.as_deref(), page(ports[1]).status), (None, 302));
}

#[tokio::test]
async fn a_redirect_to_a_port_that_was_not_found_open_is_not_followed() {
    let hidden = serve("127.0.11.6:0".parse().unwrap(), Manner::Page("Hidden".into())).port();
    let (host, _) =
        host_with("127.0.11.6", vec![Manner::Redirects(format!("http://127.0.11.6:{hidden}/x"))]).await;
    assert_eq!(host.pages[0].title, None);
}

#[tokio::test]
async fn names_come_from_the_name_server_and_their_lack_holds_nothing_up() {
    let names = HashMap::from([(zone("127.0.11.7"), "nas.lan"), (zone("127.0.11.8"), "<script>.lan")]);
    let good = serve_names("127.0.0.1:0".parse().unwrap(), names);
    let _port = serve("127.0.11.7:47012".parse().unwrap(), Manner::Greets(b"hello\r\n".to_vec()));
    let _port = serve("127.0.11.8:47012".parse().unwrap(), Manner::Greets(b"hello\r\n".to_vec()));
    let report = sweep(&eyes(&[good]), "127.0.11.7/32", &[47_012]).await;
    assert_eq!(report.hosts[0].hostname.as_deref(), Some("nas.lan"));
    let report = sweep(&eyes(&[good]), "127.0.11.8/32", &[47_012]).await;
    assert_eq!(report.hosts[0].hostname, None, "what is no host name is not passed on");

    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let lan = eyes(&[silent.local_addr().unwrap()]);
    let report = sweep(&lan, "127.0.11.0/28", &[47_012]).await;
    let with_port = report.hosts.iter().filter(|host| host.open_ports == [47_012]).count();
    assert_eq!(with_port, 2, "hosts are found without a name server");
    assert!(report.hosts.iter().all(|host| host.hostname.is_none()));
    assert!(
        report.problems.iter().any(|problem| problem.contains("name server 127.0.0.1")),
        "{:?}",
        report.problems
    );
}

#[tokio::test]
async fn a_watcher_sees_every_host_and_can_stop_the_sweep() {
    let lan = eyes(&[]);
    let request = SweepRequest { ports: PortChoice::List(vec![47_013]), ..SweepRequest::of("127.0.12.0/28") };
    let plan = Sweep::plan(&request, lan.territory()).unwrap();
    let (last, found) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let report = lan
        .sweep(&plan, &|progress| {
            last.store(progress.checked, Ordering::Relaxed);
            found.fetch_add(usize::from(progress.found.is_some()), Ordering::Relaxed);
            assert_eq!(progress.total, 14);
            ControlFlow::Continue(())
        })
        .await;
    assert_eq!((last.into_inner(), report.checked, report.cancelled), (14, 14, false));
    assert_eq!(found.into_inner(), report.hosts.len());

    let slow = Sweep::plan(&SweepRequest { rate: 10, ..request }, lan.territory()).unwrap();
    let report = lan
        .sweep(&slow, &|progress| {
            if progress.checked >= 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await;
    assert!(report.cancelled);
    assert_eq!(report.checked, 3);
}

#[tokio::test]
async fn reach_answers_each_host_in_order_with_how_it_was_noticed() {
    let open = serve("127.0.13.1:0".parse().unwrap(), Manner::Mute).port();
    let hosts = [
        contact("127.0.13.1", &[open]),
        contact("not a host", &[]),
        contact("", &[]),
        contact("localhost", &[]),
    ];
    let answers = eyes(&[]).reach(hosts.to_vec()).await;
    assert_eq!(answers.len(), 4);
    for alive in [&answers[0], &answers[3]] {
        assert!(alive.alive && alive.latency_ms.is_some(), "{alive:?}");
        assert!(alive.method == "icmp" || alive.method.starts_with("tcp:"), "{alive:?}");
    }
    assert_eq!(answers[3].host, "localhost");
    for refused in &answers[1..3] {
        assert_eq!((refused.alive, refused.method.as_str(), refused.latency_ms), (false, "none", None));
        assert!(
            refused.reason.as_deref().unwrap().contains("neither an address nor a host name"),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn reach_leaves_this_machine_alone_unless_configured() {
    let strict = Lan::new(Settings { name_servers: Some(vec![]), ..Settings::default() });
    let spellings = [
        "127.0.0.1",
        "localhost",
        "::1",
        "::ffff:127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
        "169.254.169.254",
    ];
    let answers = strict.reach(spellings.iter().map(|host| contact(host, &[])).collect()).await;
    for Reachability { host, alive, reason, .. } in answers {
        assert!(!alive, "{host}");
        assert!(reason.is_some(), "{host} must be told why");
    }
}

/// The clock stands still.
struct Noon;

impl labkeeper_core::ports::Clock for Noon {
    fn now(&self) -> labkeeper_core::stamp::Stamp {
        labkeeper_core::stamp::Stamp(1_732_788_000_000_000)
    }
}

#[tokio::test]
async fn a_lease_gives_name_and_hardware_address_and_a_file_that_cannot_be_read_is_a_finding() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let leases =
        "1732788060 bc:24:11:00:00:0a 127.0.14.1 tv *\n1732788000 bc:24:11:00:00:0b 127.0.14.2 gone *\n";
    std::fs::write(at("dnsmasq.leases"), leases).unwrap();
    std::fs::write(at("second.leases"), "0 bc:24:11:00:00:0c 127.0.14.1 other *\n").unwrap();
    std::fs::write(at("passwd"), "root:x:0:0\n").unwrap();
    let files = ["dnsmasq.leases", "missing", "passwd", "", "second.leases"].map(at).to_vec();
    let names = HashMap::from([(zone("127.0.14.3"), "nas.lab")]);
    let lan = Lan::new(Settings {
        territory: Territory::with(vec!["127.0.0.0/8".parse().unwrap()]),
        name_servers: Some(vec![serve_names("127.0.0.1:0".parse().unwrap(), names)]),
        leases: Some(LeaseFiles::new(files, Arc::new(Noon))),
    });
    let report = sweep(&lan, "127.0.14.0/29", &[9]).await;
    let host = |last: usize| &report.hosts[last - 1];
    assert_eq!(host(1).hostname.as_deref(), Some("tv"));
    assert!(host(1).names_itself, "a name that it gave to a DHCP server is its own word");
    assert_eq!(host(1).mac.as_deref(), Some("bc:24:11:00:00:0a"));
    assert!(
        host(1).lease.as_ref().unwrap().file.ends_with("dnsmasq.leases"),
        "of two files the first counts"
    );
    assert_eq!((&host(2).lease, &host(2).mac), (&None, &None), "its time is over");
    assert_eq!((host(3).hostname.as_deref(), host(3).names_itself), (Some("nas.lab"), false));
    let said = |what: &str| report.problems.iter().filter(|problem| problem.contains(what)).count();
    assert_eq!(
        (said("missing cannot be read"), said("passwd is no lease file"), said("it is no file")),
        (1, 1, 1)
    );
    assert_eq!(said("discovery.lease_files"), 3, "{:?}", report.problems);
}

#[tokio::test]
async fn the_icon_of_a_page_is_read_where_the_page_says_it_is() {
    let (host, ports) = host_with(
        "127.0.11.9",
        vec![
            Manner::Icon { link: "/here.png", icon: "/here.png" },
            Manner::Icon { link: "", icon: "/favicon.ico" },
            Manner::Icon { link: "http://127.0.11.1/x.png", icon: "/x.png" },
            Manner::Page("No icon".into()),
        ],
    )
    .await;
    let icon = |port: &u16| host.pages.iter().find(|page| page.port == *port).unwrap().icon;
    let wanted = Some(labkeeper_core::discovery::icon_hash(crate::servers::ICON));
    assert_eq!(ports.iter().map(icon).collect::<Vec<_>>(), [wanted, wanted, None, None]);
}
