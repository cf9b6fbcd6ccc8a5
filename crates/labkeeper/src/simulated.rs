//! The simulated Proxmox cluster of the demo: three nodes on loopback, asked by the same client as real ones, with a token
//! that they hold to its rights.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::{Endpoint, Limits, Settings, Trust};
use labkeeper_sim::access::Release;
use labkeeper_sim::door::{Https, Lab, Options, now};
use labkeeper_sim::world::World;
use labkeeper_sim::{Cluster, tier_token};

const USER: &str = "labkeeper@pve";
const TOKEN: &str = "labkeeper@pve!operate";

/// A cluster that runs as long as this is kept.
pub(crate) struct Simulated {
    /// How to reach it.
    pub(crate) settings: Settings,
    _doors: Vec<Https>,
}

/// Opens the doors of a simulated lab.
///
/// # Errors
/// When loopback has no port to give.
pub(crate) async fn open() -> Result<Simulated> {
    let mut cluster = Cluster::new(World::homelab(Release::V9, now()));
    let nodes: Vec<String> = cluster.world.nodes.keys().cloned().collect();
    let secret = tier_token(&mut cluster, USER, Tier::Operate)
        .map_err(|refusal| anyhow!("the simulated cluster: {}", refusal.reason))?;
    let lab = Arc::new(Lab::new(cluster));
    let (mut doors, mut endpoints) = (Vec::new(), Vec::new());
    for node in &nodes {
        let door = Https::open(Arc::clone(&lab), node, Options::default()).await?;
        let trust = Trust::Pin(door.fingerprint.parse()?);
        endpoints.push(Endpoint { address: door.address.to_string().parse()?, trust });
        doors.push(door);
    }
    let settings = Settings {
        cluster: "simulated".parse()?,
        endpoints,
        token: TOKEN.parse()?,
        secret: secret.parse()?,
        tier: Some(Tier::Operate),
        limits: Limits::default(),
    };
    Ok(Simulated { settings, _doors: doors })
}
