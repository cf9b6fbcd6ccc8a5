//! Each print against hosts as they really answer, and against hosts that only look like them.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::print::Clue;
use super::sign::Sign;
use super::*;
use crate::discovery::evidence::Page;
use crate::discovery::{Liveness, Preset};
use crate::inventory::Kind;

/// A host that answered: open ports, `(port, greeting)`, `(port, title)`.
fn host(open: &[u16], greetings: &[(u16, &str)], titles: &[(u16, &str)]) -> Evidence {
    let page = |(port, title): &(u16, &str)| Page {
        port: *port,
        status: 200,
        title: (!title.is_empty()).then(|| (*title).to_owned()),
        head: "HTTP/1.1 200 OK".into(),
        ..Page::default()
    };
    Evidence {
        liveness: Some(Liveness::Icmp),
        open_ports: open.to_vec(),
        greetings: greetings.iter().map(|(port, text)| (*port, (*text).to_owned())).collect(),
        pages: titles.iter().map(page).collect(),
        ..Evidence::none("192.168.1.10".parse().unwrap())
    }
}

/// The same with this in its first page.
fn showing(mut evidence: Evidence, body: &str) -> Evidence {
    evidence.pages[0].body = body.into();
    evidence
}

const SSH: (u16, &str) = (22, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3");

#[test]
fn hosts_are_labelled_by_what_they_are() {
    let mariadb = "5.5.5-10.11.6-MariaDB-0+deb12u1 mysql_native_password";
    let cases: Vec<(Evidence, &str, Kind)> = vec![
        (
            host(&[22, 8006], &[SSH], &[(8006, "pve1 - Proxmox Virtual Environment")]),
            "Proxmox VE",
            Kind::Hardware,
        ),
        (host(&[8006], &[], &[]), "Proxmox VE", Kind::Hardware),
        (
            host(&[22, 8007], &[SSH], &[(8007, "pbs - Proxmox Backup Server")]),
            "Proxmox Backup Server",
            Kind::Hardware,
        ),
        (host(&[22, 80, 443, 445, 2049], &[SSH], &[(80, "TrueNAS - 10.0.0.5")]), "TrueNAS", Kind::Hardware),
        (host(&[80, 445, 5000, 5001], &[], &[(5000, "nas - Synology NAS")]), "Synology NAS", Kind::Hardware),
        (host(&[22, 53, 80, 443], &[SSH], &[(443, "Login | OPNsense")]), "OPNsense", Kind::Hardware),
        (host(&[53, 80, 443], &[], &[(443, "pfSense - Login")]), "pfSense", Kind::Hardware),
        (
            host(&[22, 53, 80], &[(22, "SSH-2.0-dropbear")], &[(80, "router - LuCI")]),
            "OpenWrt",
            Kind::Hardware,
        ),
        (
            host(
                &[22, 80, 8291, 8728],
                &[(22, "SSH-2.0-ROSSSH")],
                &[(80, "RouterOS router configuration page")],
            ),
            "MikroTik RouterOS",
            Kind::Hardware,
        ),
        (host(&[443], &[], &[(443, "UniFi OS")]), "UniFi Console", Kind::Hardware),
        (host(&[22, 8080, 8443, 8880], &[SSH], &[(8443, "UniFi Network")]), "UniFi", Kind::Apps),
        (host(&[80, 515, 631, 9100], &[], &[(80, "HP LaserJet Pro")]), "Printer", Kind::Hardware),
        (host(&[139, 445, 3389], &[], &[]), "Windows PC", Kind::Hardware),
        (
            host(
                &[22, 3000, 8096, 9000],
                &[SSH],
                &[(3000, "Grafana"), (8096, "Jellyfin"), (9000, "Portainer")],
            ),
            "Docker Host",
            Kind::Hardware,
        ),
        (host(&[8123], &[], &[(8123, "Home Assistant")]), "Home Assistant", Kind::Apps),
        (host(&[22, 53, 80], &[SSH], &[(80, "Pi-hole - pihole")]), "Pi-hole", Kind::Apps),
        (host(&[22, 53, 3000], &[SSH], &[(3000, "AdGuard Home")]), "AdGuard Home", Kind::Apps),
        (host(&[22, 8096], &[SSH], &[(8096, "Jellyfin")]), "Jellyfin", Kind::Apps),
        (host(&[22, 32400], &[SSH], &[]), "Plex", Kind::Apps),
        (host(&[22, 3000], &[SSH], &[(3000, "Grafana")]), "Grafana", Kind::Apps),
        (
            host(&[22, 9090], &[SSH], &[(9090, "Prometheus Time Series Collection and Processing Server")]),
            "Prometheus",
            Kind::Apps,
        ),
        (host(&[22, 6443], &[SSH], &[]), "Kubernetes API", Kind::Misc),
        (host(&[22, 5432], &[SSH, (5432, "S")], &[]), "PostgreSQL", Kind::Apps),
        (host(&[22, 3306], &[SSH, (3306, mariadb)], &[]), "MySQL", Kind::Apps),
        (host(&[22, 6379], &[SSH, (6379, "-NOAUTH Authentication required.")], &[]), "Redis", Kind::Apps),
        (host(&[22, 1883], &[SSH], &[]), "MQTT broker", Kind::Apps),
        (host(&[22, 9100], &[SSH], &[(9100, "Node Exporter")]), "SSH Host", Kind::Hardware),
        (host(&[9100], &[], &[(9100, "Node Exporter")]), "Node Exporter", Kind::Misc),
        (host(&[5900], &[(5900, "RFB 003.008")], &[]), "VNC Host", Kind::Hardware),
        (host(&[80, 443, 445], &[], &[(80, "Welcome")]), "File Server", Kind::Hardware),
        (host(&[22], &[SSH], &[]), "SSH Host", Kind::Hardware),
        (host(&[80], &[], &[(80, "Welcome to nginx!")]), "Web Server", Kind::Apps),
        (host(&[22, 443, 445, 8080], &[SSH], &[(8080, "QNAP NAS")]), "QNAP NAS", Kind::Hardware),
        (host(&[22, 80, 445, 2049], &[SSH], &[(80, "Tower/Login")]), "Unraid", Kind::Hardware),
        (host(&[23, 80], &[], &[(80, "NETGEAR GS308T")]), "Network switch", Kind::Hardware),
        (host(&[22], &[(22, "SSH-2.0-Cisco-1.25")], &[]), "Network switch", Kind::Hardware),
        (host(&[22, 8080], &[SSH], &[(8080, "Traefik Proxy")]), "Traefik", Kind::Apps),
        (host(&[80, 81, 443], &[], &[(81, "Nginx Proxy Manager")]), "Nginx Proxy Manager", Kind::Apps),
        (host(&[8989], &[], &[(8989, "Sonarr")]), "Sonarr", Kind::Apps),
        (host(&[7878], &[], &[(7878, "Radarr")]), "Radarr", Kind::Apps),
        (host(&[8686], &[], &[(8686, "Lidarr")]), "Lidarr", Kind::Apps),
        (host(&[8787], &[], &[(8787, "Readarr")]), "Readarr", Kind::Apps),
        (host(&[9696], &[], &[(9696, "Prowlarr")]), "Prowlarr", Kind::Apps),
        (host(&[6767], &[], &[(6767, "Bazarr")]), "Bazarr", Kind::Apps),
        (
            showing(
                host(&[22, 27017], &[SSH], &[(27017, "")]),
                "It looks like you are trying to access MongoDB over HTTP on the native driver port.",
            ),
            "MongoDB",
            Kind::Apps,
        ),
        (host(&[8086], &[], &[(8086, "InfluxDB")]), "InfluxDB", Kind::Apps),
        (host(&[3389], &[], &[]), "Remote Desktop Host", Kind::Hardware),
        (host(&[80, 554], &[(554, "RTSP/1.0 200 OK")], &[(80, "Web client")]), "Camera", Kind::Hardware),
        (host(&[80, 443], &[], &[(443, "HIKVISION")]), "Camera", Kind::Hardware),
        (
            host(&[3493], &[(3493, "Network UPS Tools upsd 2.8.0 - https://www.networkupstools.org/")], &[]),
            "NUT server",
            Kind::Misc,
        ),
        (host(&[22, 80, 443], &[SSH], &[(443, "APC | Network Management Card 3")]), "UPS", Kind::Hardware),
        (host(&[6053], &[], &[]), "ESPHome", Kind::Hardware),
        (host(&[80], &[], &[(80, "Plug - Tasmota")]), "Tasmota", Kind::Hardware),
        (host(&[9000], &[], &[(9000, "Portainer")]), "Docker Host", Kind::Hardware),
    ];
    for (evidence, name, kind) in cases {
        let label = recognise(&evidence).label.unwrap_or_else(|| panic!("{name} was not recognised"));
        assert_eq!((label.name, label.kind), (name, kind), "{:?}", label.evidence);
        assert!(!label.evidence.is_empty() && label.confidence <= 1.0, "{name}");
    }
}

#[test]
fn unknown_is_an_honest_answer() {
    for evidence in [host(&[], &[], &[]), host(&[12345], &[], &[]), host(&[9090], &[], &[])] {
        assert_eq!(recognise(&evidence).label, None, "{:?}", evidence.open_ports);
    }
}

#[test]
fn who_made_the_network_card_is_a_clue_beside_others() {
    let mut nas = host(&[22, 80], &[], &[]);
    nas.mac = Some("00:11:32:01:02:03".into());
    let label = recognise(&nas).label.unwrap();
    assert_eq!(
        (label.name, label.evidence.as_slice()),
        ("Synology NAS", ["its network card is by Synology".to_owned()].as_slice())
    );
    nas.mac = Some("24:6f:28:01:02:03".into());
    assert_ne!(
        recognise(&nas).label.map(|label| label.name),
        Some("ESPHome"),
        "many things have such a chip"
    );
}

#[test]
fn a_dashboard_that_links_to_everything_is_not_everything() {
    let mut evidence = host(&[80], &[], &[(80, "Home")]);
    evidence.pages[0].body =
        "TrueNAS Synology OPNsense pfSense UniFi Pi-hole Cockpit Jellyfin AdGuard MikroTik QNAP Unraid Sonarr Radarr \
         Lidarr Readarr Prowlarr Bazarr Portainer Traefik Nginx Proxy Manager ESPHome Tasmota ProCurve".into();
    assert_eq!(recognise(&evidence).label.unwrap().name, "Web Server");
}

#[test]
fn cockpit_is_told_by_its_page_not_by_its_port() {
    let mut evidence = host(&[22, 9090], &[SSH], &[(9090, "Loading...")]);
    evidence.pages[0].body = "<link href=\"cockpit/static/login.css\">".into();
    assert_eq!(recognise(&evidence).label.unwrap().name, "Cockpit");
}

#[test]
fn a_label_carries_its_evidence_and_more_of_it_is_surer() {
    let port_only = recognise(&host(&[8006], &[], &[])).label.unwrap();
    let with_title =
        recognise(&host(&[8006], &[], &[(8006, "pve1 - Proxmox Virtual Environment")])).label.unwrap();
    assert_eq!(port_only.evidence, ["port 8006 is open"]);
    assert_eq!(with_title.evidence[1], "page title on 8006 says \"proxmox virtual environment\"");
    assert!(with_title.confidence > port_only.confidence);
}

#[test]
fn a_port_is_named_after_what_was_recognised_on_it() {
    let found = recognise(&host(
        &[22, 9090],
        &[SSH],
        &[(9090, "Prometheus Time Series Collection and Processing Server")],
    ));
    assert_eq!(found.on_port(9090).unwrap().name, "Prometheus");
    assert_eq!(found.on_port(22), None);
}

#[test]
fn a_service_beside_its_engine_still_names_its_port() {
    let found = recognise(&host(&[22, 9000], &[SSH], &[(9000, "Portainer")]));
    assert_eq!(found.label.as_ref().unwrap().name, "Docker Host");
    assert_eq!(found.on_port(9000).unwrap().name, "Portainer");
    let mut influx = host(&[8086], &[], &[(8086, "")]);
    influx.pages[0].head = "HTTP/1.1 404 Not Found\r\nX-Influxdb-Version: v2.7.1".into();
    assert_eq!(recognise(&influx).label.unwrap().name, "InfluxDB");
}

#[test]
fn every_port_that_a_print_waits_for_is_knocked_on_by_default() {
    let standard = Preset::Standard.ports();
    for print in PRINTS {
        for Clue(weight, sign) in print.clues {
            assert!((1..=99).contains(weight), "{}", print.name);
            let ports: &[u16] = match sign {
                Sign::Open(port) | Sign::GreetsOn(port, _) | Sign::Answers(port, _) => &[*port],
                Sign::AllOpen(ports) => ports,
                _ => &[],
            };
            assert!(ports.iter().all(|port| standard.contains(port)), "{}: {ports:?}", print.name);
        }
    }
}

#[test]
fn clues_are_lower_case_because_they_are_sought_in_lower_case() {
    for print in PRINTS {
        for Clue(_, sign) in print.clues {
            if let Sign::Title(text)
            | Sign::Head(text)
            | Sign::Body(text)
            | Sign::Greets(text)
            | Sign::GreetsOn(_, text)
            | Sign::Named(text) = sign
            {
                assert_eq!(*text, text.to_lowercase(), "{}", print.name);
            }
        }
    }
}

#[test]
fn an_icon_gives_away_what_hides_its_name() {
    let wearing = |icon| {
        let mut host = host(&[8443], &[], &[(8443, "Sign in")]);
        host.pages[0].icon = Some(icon);
        host
    };
    let label = recognise(&wearing(2_123_863_676)).label.unwrap();
    assert_eq!((label.name, label.ports.as_slice()), ("Grafana", &[8443][..]));
    assert_eq!(label.evidence, ["the icon on 8443 is its own"]);
    assert_ne!(recognise(&wearing(7)).label.unwrap().name, "Grafana");
}
