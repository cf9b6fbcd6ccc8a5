//! The simulated lab over HTTPS, for clients that are no part of this program: one door for each node, addresses,
//! fingerprints and tokens as JSON on stdout, until stdin ends. Words: `8` for that release, `ssh` for the SSH door of
//! the first node as well, which needs root.
#![allow(clippy::print_stdout, reason = "what it is for")]

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use labkeeper_core::tier::Tier;
use labkeeper_sim::access::{Release, TokenChange};
use labkeeper_sim::door::{Https, Lab, Options, Ssh, now};
use labkeeper_sim::world::World;
use labkeeper_sim::{Cluster, Refusal, tier_token};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked = |word: &str| std::env::args().skip(1).any(|argument| argument == word);
    let release = if asked("8") { Release::V8 } else { Release::V9 };
    let mut cluster = Cluster::new(World::homelab(release, now()));
    let tokens = tokens(&mut cluster).map_err(|refusal| refusal.reason)?;
    let lab = Arc::new(Lab::new(cluster));
    let mut doors = Vec::new();
    for node in ["pve1", "pve2", "pve3"] {
        doors.push((node, Https::open(Arc::clone(&lab), node, Options::default()).await?));
    }
    let shown = doors.iter().map(|(node, door)| {
        json!({"node": node, "address": door.address.to_string(), "fingerprint": door.fingerprint})
    });
    let ssh = if asked("ssh") { Some(Ssh::open(Arc::clone(&lab), "pve1").await?) } else { None };
    let mut opened = json!({"doors": shown.collect::<Vec<_>>(), "tokens": tokens});
    if let Some(door) = &ssh {
        opened["ssh"] = json!({
            "node": "pve1", "address": door.address.to_string(), "fingerprint": door.fingerprint,
            "host_key": door.host_key, "client_key": door.client_key, "known_hosts": door.known_hosts,
        });
    }
    println!("{opened}");
    std::io::stdout().flush()?;
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    Ok(())
}

/// One token for each of the tiers that the node itself enforces, and one that may do nothing.
fn tokens(cluster: &mut Cluster) -> Result<serde_json::Value, Refusal> {
    let mut tokens = serde_json::Map::new();
    for tier in [Tier::Observe, Tier::Operate] {
        let secret = tier_token(cluster, USER, tier)?;
        tokens.insert(tier.as_str().into(), json!(format!("{USER}!{}={secret}", tier.as_str())));
    }
    let secret = cluster.access.add_token(USER, "nothing", TokenChange::default())?;
    tokens.insert("nothing".into(), json!(format!("{USER}!nothing={secret}")));
    Ok(tokens.into())
}

const USER: &str = "labkeeper@pve";
