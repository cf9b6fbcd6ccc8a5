//! The census of a larger cluster, three nodes and a hundred guests, each call 20 ms late. At depth `status` beside the same
//! questions asked one after another, which is how the predecessor asks; the others by themselves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use clap::Args;
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::Resource;
use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::{agent, cluster, guest, node, storage};
use labkeeper_core::tier::Tier;
use labkeeper_ops::keeper::Clusters;
use labkeeper_proxmox::{Api, Endpoint, Limits, Settings, Trust};
use labkeeper_sim::access::Release;
use labkeeper_sim::door::{Https, Lab, Mishap, Options, What, now};
use labkeeper_sim::world::World;
use labkeeper_sim::{Cluster, Refusal, tier_token};
use labkeeper_store::Store;
use serde_json::json;

use crate::in_process::{call, connected_to};

/// What asks the peer's questions, and by how many times it has to be quicker.
const STATUS: &str = "describe_homelab status";
const BAR: f64 = 5.0;

#[derive(Args)]
pub(crate) struct Choice {
    /// Guests of the simulated cluster.
    #[arg(long, default_value_t = 100)]
    guests: u32,
    /// How late each answer is, in ms.
    #[arg(long, default_value_t = 20)]
    late: u64,
    /// Runs, of which the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

pub(crate) async fn run(choice: &Choice) -> Result<()> {
    let (cluster, secret) = simulated(choice.guests).map_err(|refusal| anyhow!(refusal.reason))?;
    let lab = Arc::new(Lab::new(cluster));
    let mut doors = Vec::new();
    for node in ["pve1", "pve2", "pve3"] {
        doors.push(Https::open(Arc::clone(&lab), node, Options::default()).await?);
    }
    lab.let_happen(Mishap {
        below: String::new(),
        what: What::Slow(Duration::from_millis(choice.late)),
        times: None,
    });
    let pve: Arc<dyn Pve> = Arc::new(Api::new(&settings(&doors, &secret)?)?);
    let dir = tempfile::tempdir()?;
    let store = Store::open(&dir.path().join("lab.db")).await?;
    let no_model = || Err("none is needed".to_string());
    let hub = connected_to(store, Arc::new(no_model), dir.path(), Clusters::new(vec![Arc::clone(&pve)]));
    println!(
        "3 nodes, {} guests, every answer {} ms late; median of {} runs",
        choice.guests, choice.late, choice.runs
    );

    let mut one_by_one = Vec::new();
    let mut calls = 0;
    for _ in 0..choice.runs {
        let begun = Instant::now();
        calls = ask_one_by_one(&pve).await?;
        one_by_one.push(begun.elapsed());
    }
    let peer = median(one_by_one);
    println!("  one after another, {calls} calls       {:>7.0} ms", millis(peer));
    for (what, name, input) in [
        ("describe_homelab summary", "describe_homelab", json!({"depth": "summary", "saveSnapshot": false})),
        (STATUS, "describe_homelab", json!({"depth": "status", "saveSnapshot": false})),
        ("describe_homelab full", "describe_homelab", json!({"depth": "full", "saveSnapshot": false})),
        ("health_check", "health_check", json!({})),
        ("reconcile", "reconcile", json!({})),
    ] {
        let mut took = Vec::new();
        for _ in 0..choice.runs {
            let begun = Instant::now();
            call(&hub, name, input.clone()).await?;
            took.push(begun.elapsed());
        }
        let took = median(took);
        let times = peer.as_secs_f64() / took.as_secs_f64();
        let verdict = match what {
            STATUS if times >= BAR => format!("{times:>5.1}x   bar {BAR}x met"),
            STATUS => format!("{times:>5.1}x   bar {BAR}x MISSED"),
            _ => String::new(),
        };
        println!("  {what:<28} {:>7.0} ms   {verdict}", millis(took));
    }
    Ok(())
}

/// What a census at depth `status` takes, each question after the answer to the one before.
async fn ask_one_by_one(pve: &Arc<dyn Pve>) -> Result<usize> {
    let mut calls = 1;
    let mut guests = Vec::new();
    let mut nodes = Vec::new();
    for resource in pve.call(&cluster::resources()).await? {
        match resource {
            Resource::Guest(row) => guests.push(row.at()),
            Resource::Node(row) => nodes.push(row.node),
            _ => {}
        }
    }
    for name in &nodes {
        pve.call(&node::status(name)).await?;
        pve.call(&storage::list(name)).await?;
        pve.call(&node::network(name)).await?;
        calls += 3;
    }
    for at in &guests {
        let config = pve.call(&guest::config(at)).await?;
        calls += 1;
        if let Some(machine) = MachineAt::of(at).filter(|_| config.expects_agent()) {
            // It may be silent; that is an answer too.
            let _ = pve.call(&agent::os_info(&machine)).await;
            calls += 1;
        }
    }
    Ok(calls)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The homelab of the tests with copies of its guests up to that many, and a token that may look.
fn simulated(guests: u32) -> Result<(Cluster, String), Refusal> {
    let mut world = World::homelab(Release::V9, now());
    let models: Vec<_> = world.guests.values().cloned().collect();
    let mut vmid = 300;
    while world.guests.len() < guests as usize {
        let mut copy = models[vmid as usize % models.len()].clone();
        copy.vmid = vmid;
        copy.name = format!("copy-{vmid}");
        for (at, nic) in copy.nics.iter_mut().enumerate() {
            nic.mac = format!("BC:24:11:{at:02X}:{:02X}:{:02X}", vmid / 256, vmid % 256);
        }
        world.guests.insert(vmid, copy);
        vmid += 1;
    }
    let mut cluster = Cluster::new(world);
    let secret = tier_token(&mut cluster, "hub@pve", Tier::Observe)?;
    Ok((cluster, secret))
}

fn settings(doors: &[Https], secret: &str) -> Result<Settings> {
    let endpoint = |door: &Https| -> Result<Endpoint> {
        let trust = Trust::Pin(door.fingerprint.parse()?);
        Ok(Endpoint { address: door.address.to_string().parse()?, trust })
    };
    Ok(Settings {
        cluster: "home".parse()?,
        tier: None,
        endpoints: doors.iter().map(endpoint).collect::<Result<_>>()?,
        token: "hub@pve!observe".parse()?,
        secret: secret.parse()?,
        extras: Default::default(),
        limits: Limits::default(),
    })
}
