//! Fingerprints: what a host is, judged from what it gave away. Each print is data in a file of its own.
//!
//! A clue's weight is how sure one would be of the label if that clue were all there is; clues of one print are
//! combined as independent witnesses, so two doubtful ones make a fair guess and silence counts for nothing.

use super::Evidence;
use super::evidence::Page;
use crate::inventory::Kind;

mod adguard;
mod cockpit;
mod docker;
mod file_server;
mod grafana;
mod home_assistant;
mod jellyfin;
mod kubernetes;
mod mikrotik;
mod mqtt;
mod mysql;
mod node_exporter;
mod openwrt;
mod opnsense;
mod pfsense;
mod pihole;
mod plex;
mod postgres;
mod printer;
mod prometheus;
mod proxmox;
mod proxmox_backup;
mod redis;
mod ssh;
mod synology;
mod truenas;
mod unifi;
mod unifi_console;
mod vnc;
mod web;
mod windows;

/// All of them; adding one is its file, its `mod` and its line.
static PRINTS: &[&Print] = &[
    &proxmox::PRINT,
    &proxmox_backup::PRINT,
    &truenas::PRINT,
    &synology::PRINT,
    &opnsense::PRINT,
    &pfsense::PRINT,
    &openwrt::PRINT,
    &unifi_console::PRINT,
    &mikrotik::PRINT,
    &printer::PRINT,
    &windows::PRINT,
    &docker::PRINT,
    &cockpit::PRINT,
    &unifi::PRINT,
    &home_assistant::PRINT,
    &pihole::PRINT,
    &adguard::PRINT,
    &jellyfin::PRINT,
    &plex::PRINT,
    &grafana::PRINT,
    &prometheus::PRINT,
    &kubernetes::PRINT,
    &postgres::PRINT,
    &mysql::PRINT,
    &redis::PRINT,
    &mqtt::PRINT,
    &node_exporter::PRINT,
    &vnc::PRINT,
    &file_server::PRINT,
    &web::PRINT,
    &ssh::PRINT,
];

/// One fingerprint.
struct Print {
    /// The label people read.
    name: &'static str,
    /// Inventory kind that such a host or service is filed under.
    kind: Kind,
    /// Bundled icon name, `si:proxmox` or `lucide:server`.
    icon: &'static str,
    role: Role,
    clues: &'static [Clue],
}

/// What a print says about the host as a whole; decides which of several matches becomes the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The box itself: whatever else runs on it, this is what it is.
    Device,
    /// A service that a host may exist for.
    Service,
    /// Runs beside other things and says little about the host.
    Companion,
    /// A kind of access, true of many hosts.
    Generic,
}

/// One reason for a label: percent of certainty, and what must be seen.
struct Clue(u8, Sign);

/// What may be seen; texts are lower case and found anywhere in the lower-cased field.
enum Sign {
    Open(u16),
    AllOpen(&'static [u16]),
    Title(&'static str),
    Head(&'static str),
    Body(&'static str),
    Greets(&'static str),
    GreetsOn(u16, &'static str),
    /// This and nothing else, letter for letter.
    Answers(u16, &'static str),
    Named(&'static str),
}

/// A label with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The label, `Proxmox VE`.
    pub name: &'static str,
    /// Suggested kind of item.
    pub kind: Kind,
    /// Bundled icon name, `si:proxmox` or `lucide:server`.
    pub icon: &'static str,
    /// 0 to 1.
    pub confidence: f32,
    /// The ports its evidence was seen on, ascending.
    pub ports: Vec<u16>,
    /// The evidence, as fragments to read: `port 8006 is open`.
    pub evidence: Vec<String>,
    role: Role,
}

/// What a host is thought to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The best label; `None` is the honest 'unknown'.
    pub label: Option<Match>,
    /// Everything else that was recognised on it, surest first.
    pub also: Vec<Match>,
}

impl Finding {
    /// The match that explains what listens on the port, if one is sure enough to name it.
    pub fn on_port(&self, port: u16) -> Option<&Match> {
        let all = self.label.iter().chain(&self.also);
        all.filter(|found| {
            found.role != Role::Generic && found.ports.contains(&port) && found.confidence >= 0.8
        })
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
    }
}

/// Below this a label would be a guess.
const CONVINCING: f32 = 0.5;

/// Judges the evidence of one host.
pub fn recognise(evidence: &Evidence) -> Finding {
    let mut matches: Vec<Match> = PRINTS.iter().filter_map(|print| print.judge(evidence)).collect();
    matches.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    match choose_label(&matches) {
        Some(at) => {
            let label = matches.remove(at);
            Finding { label: Some(label), also: matches }
        }
        None => Finding { label: None, also: matches },
    }
}

/// A device is its own label. One service alone names its host; with several, the host is a host that has them, and
/// the way in is the label. A companion names the host only if it is all there is.
fn choose_label(matches: &[Match]) -> Option<usize> {
    let first = |role: Role| matches.iter().position(|found| found.role == role);
    if let Some(device) = first(Role::Device) {
        return Some(device);
    }
    let way_in =
        matches.iter().position(|found| found.role == Role::Generic && !is_companion_alone(found, matches));
    match matches.iter().filter(|found| found.role == Role::Service).count() {
        1 => first(Role::Service),
        0 => way_in.or_else(|| first(Role::Companion)),
        _ => way_in.or_else(|| first(Role::Service)),
    }
}

/// Whether all that made this generic match is a companion's own port.
fn is_companion_alone(generic: &Match, matches: &[Match]) -> bool {
    matches
        .iter()
        .filter(|found| found.role == Role::Companion)
        .any(|companion| generic.ports.iter().all(|port| companion.ports.contains(port)))
}

impl Print {
    fn judge(&self, evidence: &Evidence) -> Option<Match> {
        let mut doubt = 1.0_f32;
        let mut ports = Vec::new();
        let mut reasons = Vec::new();
        for Clue(weight, sign) in self.clues {
            if let Some((port, reason)) = sign.seen_in(evidence) {
                doubt *= 1.0 - f32::from(*weight) / 100.0;
                ports.extend(port);
                reasons.push(reason);
            }
        }
        let confidence = ((1.0 - doubt) * 100.0).round() / 100.0;
        ports.sort_unstable();
        ports.dedup();
        (confidence >= CONVINCING).then_some(Match {
            name: self.name,
            kind: self.kind,
            icon: self.icon,
            confidence,
            ports,
            evidence: reasons,
            role: self.role,
        })
    }
}

impl Sign {
    fn seen_in(&self, evidence: &Evidence) -> Option<(Option<u16>, String)> {
        let page = |part: &str, wanted: &str, field: fn(&Page) -> &str| {
            let found = evidence.pages.iter().find(|page| field(page).to_lowercase().contains(wanted))?;
            Some((Some(found.port), format!("{part} on {} says {wanted:?}", found.port)))
        };
        match *self {
            Self::Open(port) => evidence.is_open(port).then(|| (Some(port), format!("port {port} is open"))),
            Self::AllOpen(ports) => ports.iter().all(|port| evidence.is_open(*port)).then(|| {
                let list: Vec<String> = ports.iter().map(u16::to_string).collect();
                (None, format!("ports {} are open", list.join(" and ")))
            }),
            Self::Title(wanted) => {
                page("page title", wanted, |page| page.title.as_deref().unwrap_or_default())
            }
            Self::Head(wanted) => page("HTTP header", wanted, |page| &page.head),
            Self::Body(wanted) => page("page", wanted, |page| &page.body),
            Self::Greets(wanted) => {
                evidence.greetings.iter().find_map(|(port, greeting)| heard(*port, greeting, wanted))
            }
            Self::GreetsOn(port, wanted) => heard(port, evidence.greetings.get(&port)?, wanted),
            Self::Answers(port, wanted) => {
                let answer = evidence.greetings.get(&port)?;
                (answer == wanted).then(|| (Some(port), format!("port {port} answers {wanted:?}")))
            }
            Self::Named(wanted) => {
                let name = evidence.hostname.as_deref()?;
                name.to_lowercase().contains(wanted).then(|| (None, format!("it is named {name}")))
            }
        }
    }
}

fn heard(port: u16, greeting: &str, wanted: &str) -> Option<(Option<u16>, String)> {
    greeting.to_lowercase().contains(wanted).then(|| (Some(port), format!("port {port} says {wanted:?}")))
}

#[cfg(test)]
mod tests;
