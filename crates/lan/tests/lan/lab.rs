//! A home network made of network namespaces: a switch, a router with a second segment behind it, hosts that hide
//! from ping, one that swallows every connection. Nothing in it has a way out.
//!
//! The test binary plays every part, told by the variable `LABKEEPER_LAB`: the test itself opens a namespace of its
//! own and builds the lab there, each host is a process in its namespace, each scan is one without the privileges it
//! is to do without.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::print_stderr, reason = "a skipped test must say so, and a lab must say what it does")]

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::process::Command;

use labkeeper_core::discovery::{
    Contact, Evidence, Liveness, PortChoice, Preset, Sweep, SweepReport, SweepRequest, recognise,
};
use labkeeper_core::ports::Scout;
use labkeeper_lan::{Lan, Settings};

use crate::network::{LISTENING, Network, run, run_in, what_is_missing};
use crate::servers::{Manner, serve, serve_names, zone};

const ROLE: &str = "LABKEEPER_LAB";
const NAME: &str = "lab::every_host_of_a_lab_is_found_with_and_without_ping";

/// Everything that listens: address, port, manner, text.
const LISTENERS: &[(&str, &str, u16, &str, &str)] = &[
    ("plain", "10.77.5.1", 53, "mute", ""),
    ("plain", "10.77.5.1", 443, "secure", "Login | OPNsense"),
    ("plain", "10.77.5.10", 22, "greets", "SSH-2.0-OpenSSH_9.2p1 Debian-2"),
    ("plain", "10.77.5.10", 8006, "secure", "pve1 - Proxmox Virtual Environment"),
    ("plain", "10.77.5.11", 80, "redirects", "/ui/"),
    ("plain", "10.77.5.11", 445, "mute", ""),
    ("plain", "10.77.5.11", 2049, "mute", ""),
    ("plain", "10.77.5.12", 515, "mute", ""),
    ("plain", "10.77.5.12", 631, "page", "HP LaserJet"),
    ("plain", "10.77.5.12", 9100, "page", "paper is wasted"),
    ("plain", "10.77.5.13", 22, "greets", "SSH-2.0-OpenSSH_9.2p1 Debian-2"),
    ("plain", "10.77.5.13", 5432, "replies", "N"),
    ("plain", "10.77.5.13", 9100, "page", "Node Exporter"),
    ("plain", "10.77.5.14", 3000, "page", "Grafana"),
    ("hiding", "10.77.5.20", 445, "mute", ""),
    ("hiding", "10.77.5.20", 3389, "mute", ""),
    ("hiding", "10.77.5.21", 80, "page", "Welcome"),
    ("far", "10.77.6.10", 443, "secure", "TrueNAS"),
];

/// Hosts of the near segment: address, label, open ports.
const NEAR: &[(&str, &str, &[u16])] = &[
    ("10.77.5.1", "OPNsense", &[53, 443]),
    ("10.77.5.10", "Proxmox VE", &[22, 8006]),
    ("10.77.5.11", "File Server", &[80, 445, 2049]),
    ("10.77.5.12", "Printer", &[515, 631, 9100]),
    ("10.77.5.13", "PostgreSQL", &[22, 5432, 9100]),
    ("10.77.5.14", "Grafana", &[3000]),
    ("10.77.5.20", "Windows PC", &[445, 3389]),
    ("10.77.5.21", "Web Server", &[80]),
    ("10.77.5.30", "", &[]),
];

/// Says aloud that a test is skipped; where nothing may be, that is a failure.
fn skip(test: &str, missing: &str) {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
    let must_run = std::env::var_os("LABKEEPER_TESTS_MAY_NOT_SKIP").is_some();
    assert!(!must_run, "{test} may not be skipped: {missing}");
    eprintln!("SKIPPED {test}: {missing}");
}

#[test]
fn every_host_of_a_lab_is_found_with_and_without_ping() {
    #[expect(clippy::disallowed_methods, reason = "the part this process plays, given by the test itself")]
    let role = std::env::var(ROLE).unwrap_or_default();
    match role.split_once(':').unwrap_or((role.as_str(), "")) {
        ("stage", _) => stage(),
        ("host", namespace) => host(namespace),
        ("scan", may) => scan(may),
        _ => match what_is_missing(&["setpriv"]) {
            Some(missing) => skip(NAME, &missing),
            None => assert!(
                play("stage", &["unshare", "--net", "--"]).status().unwrap().success(),
                "the lab failed"
            ),
        },
    }
}

/// This binary in another part, started through `wrapper`.
fn play(role: &str, wrapper: &[&str]) -> Command {
    let me = std::env::current_exe().unwrap();
    let mut command = Command::new(wrapper.first().copied().unwrap_or("env"));
    command.args(wrapper.iter().skip(1)).arg(me).args(["--exact", NAME, "--nocapture"]).env(ROLE, role);
    command
}

fn stage() {
    let lab = build();
    let wishes: [(&str, &str, &[&str]); 3] = [
        ("scan:raw", "1 0", &["env"]),
        (
            "scan:datagram",
            "0 2147483647",
            &["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"],
        ),
        ("scan:none", "1 0", &["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"]),
    ];
    for (role, groups, wrapper) in wishes {
        run(&["sysctl", "-qw", &format!("net.ipv4.ping_group_range={groups}")]);
        run(&["ip", "neigh", "flush", "all"]);
        assert!(play(role, wrapper).status().unwrap().success(), "{role} failed");
    }
    drop(lab);
}

fn build() -> Network {
    let mut lab = Network::open(&["10.77.5.254/24", "fd77:5::254/64"]);
    let near = |octets: &[u8]| octets.iter().map(|octet| format!("10.77.5.{octet}/24")).collect::<Vec<_>>();
    let plain = lab.plug_in("plain", &near(&[1, 10, 11, 12, 13, 14]));
    let hiding = lab.plug_in("hiding", &near(&[20, 21]));
    run_in(&plain, &["ip", "addr", "add", "fd77:5::10/64", "dev", "eth0"]);
    let ghost = lab.plug_in("ghost", &near(&[30]));
    let far = lab.namespace("far");
    run_in(&plain, &["ip", "link", "add", "south", "type", "veth", "peer", "name", "north", "netns", &far]);
    for (namespace, device, address) in [
        (&plain, "south", "10.77.6.1/24"),
        (&far, "north", "10.77.6.10/24"),
        (&far, "north", "10.77.6.11/24"),
    ] {
        run_in(namespace, &["ip", "addr", "add", address, "dev", device]);
        run_in(namespace, &["ip", "link", "set", device, "up"]);
    }
    run_in(&far, &["ip", "route", "add", "default", "via", "10.77.6.1"]);
    run_in(&plain, &["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    run(&["ip", "route", "add", "10.77.6.0/24", "via", "10.77.5.1"]);
    for namespace in [&hiding, &far] {
        run_in(namespace, &["sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1"]);
    }
    run_in(&ghost, &["ip", "rule", "add", "ipproto", "tcp", "blackhole"]);
    for (name, namespace) in [("plain", &plain), ("hiding", &hiding), ("far", &far)] {
        lab.move_in(play(&format!("host:{name}"), &["ip", "netns", "exec", namespace]));
    }
    lab
}

/// Serves until whoever started this goes away.
fn host(name: &str) {
    for (_, address, port, manner, text) in LISTENERS.iter().filter(|(namespace, ..)| *namespace == name) {
        let text = (*text).to_owned();
        let manner = match *manner {
            "greets" => Manner::Greets(format!("{text}\r\n").into_bytes()),
            "replies" => Manner::Replies(text.into_bytes()),
            "page" => Manner::Page(text),
            "secure" => Manner::SecurePage(text),
            "redirects" => Manner::Redirects(text),
            _ => Manner::Mute,
        };
        serve(SocketAddr::new(address.parse().unwrap(), *port), manner);
    }
    eprintln!("{LISTENING}");
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

fn scan(may: &str) {
    let names = HashMap::from([(zone("10.77.5.10"), "pve1.lab"), (zone("10.77.5.13"), "db.lab")]);
    let names = serve_names("127.0.0.1:0".parse().unwrap(), names);
    let lan = Lan::new(Settings { name_servers: Some(vec![names]), ..Settings::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        near_segment(&sweep(&lan, "10.77.5.0/24").await);
        behind_the_router(&sweep(&lan, "10.77.6.0/28").await);
        by_neighbours(may, &sweep(&lan, "fd77:5::/64").await);
        reachability(&lan).await;
    });
}

async fn sweep(lan: &Lan, cidr: &str) -> SweepReport {
    let request = SweepRequest {
        ports: PortChoice::Preset(Preset::Standard),
        exclude: vec!["10.77.5.254".into()],
        ..SweepRequest::of(cidr)
    };
    let plan = Sweep::plan(&request, lan.territory()).unwrap();
    let report = lan.sweep(&plan, &|_| ControlFlow::Continue(())).await;
    eprintln!(
        "{cidr}: {} hosts of {} addresses in {:?}; {:?}",
        report.hosts.len(),
        report.checked,
        report.took,
        report.problems
    );
    report
}

fn near_segment(report: &SweepReport) {
    let found: BTreeMap<String, &Evidence> =
        report.hosts.iter().map(|host| (host.address.to_string(), host)).collect();
    assert_eq!(
        found.keys().map(String::as_str).collect::<Vec<_>>(),
        NEAR.iter().map(|(at, ..)| *at).collect::<Vec<_>>()
    );
    assert_eq!(report.checked, 253);
    for (address, label, ports) in NEAR {
        let host = found[*address];
        assert_eq!(host.open_ports, *ports, "{address}");
        let recognised = recognise(host).label.map_or("", |label| label.name);
        assert_eq!(recognised, *label, "{address}: {host:?}");
        assert!(host.mac.is_some(), "{address} is on our segment");
    }
    assert_eq!(found["10.77.5.10"].hostname.as_deref(), Some("pve1.lab"));
    assert_eq!(found["10.77.5.10"].ssh_banner(), Some("SSH-2.0-OpenSSH_9.2p1 Debian-2"));
    let shown = found["10.77.5.1"].pages[0].certificate.as_ref().expect("a certificate");
    assert_eq!(shown.names, ["lab.invalid"]);
    assert_eq!(found["10.77.5.11"].title(), Some("/ui/"), "a redirect on the host is followed");
    assert_eq!(found["10.77.5.13"].title(), Some("Node Exporter"));
    assert!(found["10.77.5.12"].pages.iter().all(|page| page.port != 9100), "a printer was made to print");
    assert_eq!(found["10.77.5.20"].liveness, Some(Liveness::Arp), "hides from ping");
}

fn behind_the_router(report: &SweepReport) {
    let found: Vec<String> = report.hosts.iter().map(|host| host.address.to_string()).collect();
    assert_eq!(found, ["10.77.6.1", "10.77.6.10", "10.77.6.11"]);
    assert!(matches!(report.hosts[1].liveness, Some(Liveness::Tcp(_))), "{:?}", report.hosts[1]);
    assert_eq!(report.hosts[1].title(), Some("TrueNAS"));
    assert_eq!(report.hosts[2].open_ports, [] as [u16; 0], "known to live only by its refusals");
    assert!(report.hosts.iter().all(|host| host.mac.is_none()), "hardware addresses end at the router");
}

/// A /64 is found by asking everybody, which takes a ping.
fn by_neighbours(may: &str, report: &SweepReport) {
    let found: Vec<String> = report.hosts.iter().map(|host| host.address.to_string()).collect();
    if may == "none" {
        assert!(report.problems.iter().any(|problem| problem.contains("could not be called")), "{report:?}");
    } else {
        assert_eq!(found, ["fd77:5::10"], "{:?}", report.problems);
    }
}

async fn reachability(lan: &Lan) {
    let hosts = ["10.77.5.10", "10.77.5.20", "10.77.6.11", "10.77.5.99", "10.77.6.9"];
    let contacts = hosts.iter().map(|host| Contact { host: (*host).into(), ports: vec![] }).collect();
    let answers = lan.reach(contacts).await;
    let alive: Vec<bool> = answers.iter().map(|answer| answer.alive).collect();
    assert_eq!(alive, [true, true, true, false, false], "{answers:?}");
    assert!(answers[1].method.starts_with("tcp:"), "hides from ping: {:?}", answers[1]);
    assert_eq!((answers[3].method.as_str(), answers[3].latency_ms), ("none", None));
}
