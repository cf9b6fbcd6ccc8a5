//! `discovery`: how much of a network a scan finds, how fast, beside the truth and beside nmap.
//!
//! The lab is made of network namespaces by the bench itself: it starts itself anew inside one of its own, and once for each
//! box. Nothing in there has a way out.

mod lab;
mod nmap;
mod scan;
mod stage;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Args;
use labkeeper_core::discovery::Preset;
use serde_json::json;

use crate::hub::{Hub, median, release_program};
use lab::{HOUSED, SPEAK_V6, wide};
use scan::Scan;

/// How long the hub may let others wait while it scans, at the ninety-ninth of a hundred.
const API_BAR: Duration = Duration::from_millis(50);

#[derive(Args)]
pub(crate) struct Choice {
    /// The program to measure
    #[arg(long)]
    program: Option<PathBuf>,
    /// How often the small network is scanned
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Leave the wide network out
    #[arg(long)]
    small: bool,
    /// The part that this process plays in the lab
    #[arg(long, hide = true)]
    part: Option<String>,
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    match choice.part.as_deref() {
        None => open_curtain(),
        Some("stage") => play(choice),
        Some(host) => stage::serve_as(host),
    }
}

/// Starts this program anew with a network and mounts of its own.
fn open_curtain() -> Result<()> {
    if let Some(missing) = crate::network::what_is_missing(&["mount"]) {
        bail!("no lab can be made here: {missing}");
    }
    let mut itself = Command::new("unshare");
    itself.args(["--net", "--mount", "--propagation", "private", "--"]).arg(std::env::current_exe()?);
    let done = itself.args(std::env::args_os().skip(1)).args(["--part", "stage"]).status()?;
    ensure!(done.success(), "the lab failed");
    Ok(())
}

fn play(choice: &Choice) -> Result<()> {
    let program = choice.program.clone().unwrap_or_else(release_program);
    let dir = tempfile::tempdir()?;
    stage::ask_names_of(stage::NAMES, dir.path())?;
    let _lab = stage::build()?;
    let hub = Hub::start(&program, None)?;
    println!("small network: a /24, {} boxes, {} ports each", HOUSED.len(), Preset::Standard.ports().len());
    let first = small(&hub, "the first time")?;
    first.say_what_is_wrong();
    let before = hub.resident_mib()?;
    let mut all = vec![first];
    for _ in 1..choice.runs {
        all.push(small(&hub, "again")?);
    }
    print_memory(before, hub.resident_mib()?);
    let ours = median(all.iter().map(|scan| scan.took.as_secs_f64()).collect());
    stage::ask_names_of(stage::NO_NAMES, dir.path())?;
    all.push(small(&hub, "no name server")?);
    by_neighbours(&hub)?;
    beside_nmap(ours, all.iter().map(Scan::ports_found).min().unwrap_or(0));
    if !choice.small {
        far(&hub)?;
    }
    Ok(())
}

/// One scan of the small network, beside the truth.
fn small(hub: &Hub, what: &str) -> Result<Scan> {
    crate::network::run(&["ip", "neigh", "flush", "all"]);
    let scan = Scan::of(hub, &json!({"cidr": "10.77.5.0/24", "exclude": ["10.77.5.254", "10.77.5.252"]}))?;
    let hosts = HOUSED.iter().filter(|host| scan.host(&host.address()).is_some()).count();
    let (ports, labels) = (scan.ports_found(), scan.right_labels());
    let all_ports = HOUSED.iter().map(|host| host.ports().len()).sum::<usize>();
    let found = format!(
        "{hosts}/{} hosts, {ports}/{all_ports} ports, {labels}/{} labels, {} names; API p99 {:.0} ms of {}",
        HOUSED.len(),
        HOUSED.len(),
        scan.named(),
        scan.api_p99.as_secs_f64() * 1000.0,
        scan.api_asked,
    );
    let is_whole = hosts == HOUSED.len() && ports == all_ports && labels * 10 >= HOUSED.len() * 9;
    row(&format!("/24, {what}"), scan.took, 3.0, is_whole && scan.api_p99 <= API_BAR, &found);
    Ok(scan)
}

/// A /64 is never walked through: its hosts are those that answer when all are asked at once.
fn by_neighbours(hub: &Hub) -> Result<()> {
    let scan = Scan::of(hub, &json!({"cidr": "fd77:5::/64"}))?;
    let found = SPEAK_V6.iter().filter(|octet| scan.host(&format!("fd77:5::{octet}")).is_some()).count();
    row(
        "IPv6, a /64 by its neighbours",
        scan.took,
        3.0,
        found == SPEAK_V6.len(),
        &format!("{found}/{} hosts", SPEAK_V6.len()),
    );
    Ok(())
}

fn far(hub: &Hub) -> Result<()> {
    let before = hub.resident_mib()?;
    let scan = Scan::of(hub, &json!({"cidr": "10.78.0.0/16"}))?;
    let hosts = wide();
    let found = hosts.iter().filter(|(address, _)| scan.host(address).is_some()).count();
    let open = scan.ports_of_all();
    let told = format!(
        "{found}/{} hosts, {open}/{} ports; API p99 {:.0} ms of {}",
        hosts.len(),
        hosts.len() * 2,
        scan.api_p99.as_secs_f64() * 1000.0,
        scan.api_asked
    );
    let is_whole = found == hosts.len() && open == hosts.len() * 2;
    row("/16 behind a router, default rate", scan.took, 60.0, is_whole && scan.api_p99 <= API_BAR, &told);
    print_memory(before, hub.resident_mib()?);
    Ok(())
}

fn beside_nmap(ours: f64, our_ports: usize) {
    match nmap::scan("10.77.5.0/24", &Preset::Standard.ports()) {
        Err(reason) => println!("nmap was not asked: {reason}"),
        Ok(theirs) => {
            let share = ours / theirs.took.as_secs_f64();
            let verdict = if share <= 1.0 / 3.0 && our_ports >= theirs.ports { "met" } else { "MISSED" };
            println!(
                "{:<36}{:>7.2} s   {} hosts, {} ports; ours takes {:.0} % of that, bar 33 % {verdict}",
                "nmap -sT -sV --version-light -T4",
                theirs.took.as_secs_f64(),
                theirs.hosts,
                theirs.ports,
                share * 100.0
            );
        }
    }
}

/// `is_whole` says whether what was found meets its bars.
fn row(what: &str, took: Duration, bar: f64, is_whole: bool, found: &str) {
    let seconds = took.as_secs_f64();
    let verdict = if seconds <= bar && is_whole { "met" } else { "MISSED" };
    println!("{what:<36}{seconds:>7.2} s   bar {bar} {verdict:<7}{found}");
}

fn print_memory(before: f64, after: f64) {
    println!("{:<36}{before:>7.1} → {after:.1} MiB", "memory of the hub");
}
