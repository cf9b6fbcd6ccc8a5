//! A hub connected to a simulated cluster: the real client asks it over HTTPS, with a token that the nodes hold to its rights.

use std::sync::Arc;

use labkeeper_core::ports::Pve;
use labkeeper_core::pve::Secret;
use labkeeper_core::tier::Tier;
use labkeeper_ops::keeper::Clusters;
use labkeeper_proxmox::{Api, Endpoint, Limits, Settings, Trust};
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::door::{Https, Lab as Cluster, Options, now};
use labkeeper_sim::world::World;

use crate::lab::Lab;

pub(crate) struct Homelab {
    pub(crate) lab: Lab,
    pub(crate) cluster: Arc<Cluster>,
    _door: Https,
}

/// A hub whose token has those roles everywhere.
pub(crate) async fn connected(roles: &[&str]) -> Homelab {
    connected_for(None, roles).await
}

/// As [`connected`], by somebody who said for which tier.
pub(crate) async fn connected_for(tier: Option<Tier>, roles: &[&str]) -> Homelab {
    let mut world = World::homelab(Release::V9, now());
    world.haste = 20;
    let mut simulated = labkeeper_sim::Cluster::new(world);
    let access = &mut simulated.access;
    let operate = ["VM.PowerMgmt", "VM.Snapshot", "VM.Snapshot.Rollback"].map(str::to_string);
    access.add_role("Operate", operate.into()).unwrap();
    access.add_role("Backups", ["VM.Backup", "Datastore.AllocateSpace"].map(str::to_string).into()).unwrap();
    access.add_role("Bridges", ["SDN.Use".to_string()].into()).unwrap();
    access.add_user("hub@pve", UserChange { enabled: Some(true), ..UserChange::default() }).unwrap();
    access.add_token("hub@pve", "lab", TokenChange::default()).unwrap();
    access.set_secret("hub@pve!lab", "secret").unwrap();
    for role in roles {
        access.grant("/", Holder::User("hub@pve".into()), role, true).unwrap();
        access.grant("/", Holder::Token("hub@pve!lab".into()), role, true).unwrap();
    }
    let cluster = Arc::new(Cluster::new(simulated));
    let door = Https::open(Arc::clone(&cluster), "pve1", Options::default()).await.unwrap();
    let endpoint = Endpoint {
        address: door.address.to_string().parse().unwrap(),
        trust: Trust::Pin(door.fingerprint.parse().unwrap()),
    };
    let settings = Settings {
        cluster: "home".parse().unwrap(),
        endpoints: vec![endpoint],
        token: "hub@pve!lab".parse().unwrap(),
        secret: "secret".parse::<Secret>().unwrap(),
        tier,
        extras: Default::default(),
        limits: Limits::default(),
    };
    let api: Arc<dyn Pve> = Arc::new(Api::new(&settings).unwrap());
    let lab = Lab::connected_to(Clusters::new(vec![api])).await;
    Homelab { lab, cluster, _door: door }
}

pub(crate) const OBSERVE: &[&str] = &["PVEAuditor"];
/// What set-up gives where backups are switched on.
pub(crate) const BACKUPS: &[&str] = &["PVEAuditor", "Operate", "Backups", "Bridges"];
pub(crate) const OPERATE: &[&str] = &["PVEAuditor", "Operate"];
