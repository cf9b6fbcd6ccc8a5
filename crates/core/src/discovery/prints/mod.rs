//! Fingerprints: what a host is, judged from what it gave away. Each print is data in a file of its own.
//!
//! A clue's weight is how sure one would be of the label if that clue were all there is; clues of one print are
//! combined as independent witnesses, so two doubtful ones make a fair guess and silence counts for nothing.

mod adguard;
mod bazarr;
mod camera;
mod cockpit;
mod docker;
mod esphome;
mod file_server;
mod grafana;
mod home_assistant;
mod influxdb;
mod jellyfin;
mod kubernetes;
mod lidarr;
mod mikrotik;
mod mongodb;
mod mqtt;
mod mysql;
mod nginx_proxy_manager;
mod node_exporter;
mod nut;
mod openwrt;
mod opnsense;
mod pfsense;
mod pihole;
mod plex;
mod portainer;
mod postgres;
mod print;
mod printer;
mod prometheus;
mod prowlarr;
mod proxmox;
mod proxmox_backup;
mod qnap;
mod radarr;
mod rdp;
mod readarr;
mod redis;
mod sign;
mod sonarr;
mod ssh;
mod switch;
mod synology;
mod tasmota;
mod traefik;
mod truenas;
mod unifi;
mod unifi_console;
mod unraid;
mod ups;
mod vnc;
mod web;
mod windows;

use super::Evidence;
use print::{Print, Role};

pub use print::Match;

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
    &qnap::PRINT,
    &unraid::PRINT,
    &switch::PRINT,
    &camera::PRINT,
    &ups::PRINT,
    &esphome::PRINT,
    &tasmota::PRINT,
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
    &portainer::PRINT,
    &traefik::PRINT,
    &nginx_proxy_manager::PRINT,
    &sonarr::PRINT,
    &radarr::PRINT,
    &lidarr::PRINT,
    &readarr::PRINT,
    &prowlarr::PRINT,
    &bazarr::PRINT,
    &mongodb::PRINT,
    &influxdb::PRINT,
    &nut::PRINT,
    &node_exporter::PRINT,
    &vnc::PRINT,
    &rdp::PRINT,
    &file_server::PRINT,
    &web::PRINT,
    &ssh::PRINT,
];

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

#[cfg(test)]
mod tests;
