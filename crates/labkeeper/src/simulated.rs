//! The simulated Proxmox cluster of the demo: three nodes on loopback, asked by the same clients as real ones, with a token that they hold
//! to its rights; and, where this machine can have that, a way into one of them and its guests over SSH.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use labkeeper_core::pve::ClusterName;
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::{Endpoint, Limits, Settings, Trust};
use labkeeper_sim::access::Release;
use labkeeper_sim::door::{Https, Lab, Options, Ssh, now};
use labkeeper_sim::world::World;
use labkeeper_sim::{Cluster, tier_token};

use crate::config::Shell;

const USER: &str = "labkeeper@pve";
/// The node with most of the guests.
const OPEN: &str = "pve1";

/// A cluster that runs as long as this is kept.
pub(crate) struct Simulated {
    /// How to reach it.
    pub(crate) settings: Settings,
    /// How to get inside.
    pub(crate) shells: Vec<Shell>,
    /// Why that is nowhere.
    pub(crate) without_shells: Option<String>,
    // The way in is closed before what it leads to.
    _ssh: Option<Ssh>,
    _doors: Vec<Https>,
}

/// Opens the doors of a simulated lab.
///
/// # Errors
/// When loopback has no port to give.
pub(crate) async fn open() -> Result<Simulated> {
    let name: ClusterName = "simulated".parse()?;
    let lab = Arc::new(Lab::new(Cluster::new(World::homelab(Release::V9, now()))));
    let (mut doors, mut endpoints) = (Vec::new(), Vec::new());
    let nodes: Vec<String> = lab.cluster().world.nodes.keys().cloned().collect();
    for node in &nodes {
        let door = Https::open(Arc::clone(&lab), node, Options::default()).await?;
        let trust = Trust::Pin(door.fingerprint.parse()?);
        endpoints.push(Endpoint { address: door.address.to_string().parse()?, trust });
        doors.push(door);
    }
    let (ssh, without_shells) = match way_in(&lab).await {
        Ok(ssh) => (Some(ssh), None),
        Err(missing) => (None, Some(missing)),
    };
    let tier = if ssh.is_some() { Tier::Companion } else { Tier::Operate };
    let secret = tier_token(&mut lab.cluster(), USER, tier)
        .map_err(|refusal| anyhow!("the simulated cluster: {}", refusal.reason))?;
    let settings = Settings {
        cluster: name.clone(),
        endpoints,
        token: format!("{USER}!{}", tier.as_str()).parse()?,
        secret: secret.parse()?,
        tier: Some(tier),
        extras: Default::default(),
        limits: Limits::default(),
    };
    let shells = ssh.iter().map(|ssh| shell(&name, ssh)).collect::<Result<_>>()?;
    Ok(Simulated { settings, shells, without_shells, _ssh: ssh, _doors: doors })
}

/// The way into one node, or what this machine lacks for it.
async fn way_in(lab: &Arc<Lab>) -> Result<Ssh, String> {
    let missing = tokio::task::spawn_blocking(Ssh::missing).await.map_err(|error| error.to_string())?;
    match missing {
        Some(missing) => Err(missing),
        None => Ssh::open(Arc::clone(lab), OPEN).await.map_err(|error| error.to_string()),
    }
}

fn shell(cluster: &ClusterName, ssh: &Ssh) -> Result<Shell> {
    Ok(Shell {
        cluster: cluster.clone(),
        node: OPEN.parse()?,
        host: ssh.address.ip().to_string(),
        port: ssh.address.port(),
        user: "root".into(),
        key: ssh.client_key.clone(),
        host_key: ssh.fingerprint.parse()?,
    })
}
