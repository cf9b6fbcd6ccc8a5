//! One scan over HTTP, as the web app asks for it, while somebody else keeps asking the hub for something.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use serde_json::Value;

use super::lab::HOUSED;
use crate::client::Client;
use crate::hub::Hub;

/// What came of it.
pub(crate) struct Scan {
    pub(crate) took: Duration,
    /// What 99 of 100 other requests took at most meanwhile.
    pub(crate) api_p99: Duration,
    /// How many those were.
    pub(crate) api_asked: usize,
    hosts: Vec<Value>,
    problems: Value,
}

impl Scan {
    pub(crate) fn of(hub: &Hub, wish: &Value) -> Result<Self> {
        let mut client = Client::patient(&hub.address, Duration::from_secs(600))?;
        let over = AtomicBool::new(false);
        let (answer, took, mut waits) = std::thread::scope(|scope| {
            let others = scope.spawn(|| ask_on(&hub.address, &over));
            let begun = Instant::now();
            let answer = client.ask("POST", "/api/discovery/scan", &wish.to_string());
            let took = begun.elapsed();
            over.store(true, Ordering::Relaxed);
            let waits = others.join().map_err(|_| anyhow!("the other client broke"))?;
            anyhow::Ok((answer?, took, waits?))
        })?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let hosts = answer["hosts"].as_array().context("no hosts in the answer")?;
        waits.sort_unstable();
        Ok(Self {
            took,
            api_p99: waits.get(waits.len() * 99 / 100).copied().unwrap_or_default(),
            api_asked: waits.len(),
            hosts: hosts.iter().filter(|host| host["alive"] == true).cloned().collect(),
            problems: answer["problems"].clone(),
        })
    }

    pub(crate) fn host(&self, address: &str) -> Option<&Value> {
        self.hosts.iter().find(|host| host["ip"] == address)
    }

    /// Open ports that were found of those that are there.
    pub(crate) fn ports_found(&self) -> usize {
        let found = |host: &super::lab::Housed| {
            let open = self.host(&host.address()).map(|host| &host["open_ports"]);
            let is_open =
                |port: &u16| open.and_then(Value::as_array).is_some_and(|all| all.contains(&(*port).into()));
            host.ports().into_iter().filter(is_open).count()
        };
        HOUSED.iter().map(found).sum()
    }

    pub(crate) fn ports_of_all(&self) -> usize {
        self.hosts.iter().filter_map(|host| host["open_ports"].as_array()).map(Vec::len).sum()
    }

    /// Boxes that are told for what they are; of one that shows nothing, `Unknown` is right.
    pub(crate) fn right_labels(&self) -> usize {
        HOUSED.iter().filter(|host| self.label(host) == Some(wanted(host))).count()
    }

    pub(crate) fn named(&self) -> usize {
        self.hosts.iter().filter(|host| host["hostname"].is_string()).count()
    }

    /// What differs from the truth, a line each, and what the scan says limited it.
    pub(crate) fn say_what_is_wrong(&self) {
        for host in HOUSED {
            let seen = self.host(&host.address());
            let ports: Value = host.ports().into();
            if seen.is_none_or(|seen| seen["open_ports"] != ports) || self.label(host) != Some(wanted(host)) {
                let (open, label) =
                    seen.map_or((Value::Null, ""), |seen| (seen["open_ports"].clone(), label(seen)));
                println!(
                    "  {}: {} with {ports}, seen as {label:?} with {open}",
                    host.address(),
                    wanted(host)
                );
            }
        }
        for problem in self.problems.as_array().into_iter().flatten() {
            println!("  {problem}");
        }
    }

    fn label(&self, host: &super::lab::Housed) -> Option<&str> {
        self.host(&host.address()).map(label)
    }
}

fn label(seen: &Value) -> &str {
    seen["fingerprint"].as_str().unwrap_or_default()
}

fn wanted(host: &super::lab::Housed) -> &'static str {
    if host.label.is_empty() { "Unknown" } else { host.label }
}

/// Asks for something small until told to stop; how long each answer took.
fn ask_on(address: &str, over: &AtomicBool) -> Result<Vec<Duration>> {
    let mut client = Client::connect(address)?;
    let mut waits = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        client.ask("GET", "/api/hardware", "")?;
        waits.push(asked.elapsed());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    Ok(waits)
}
