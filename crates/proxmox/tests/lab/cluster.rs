//! The cluster with its doors open, and clients with the tokens that labkeeper mints.

use std::sync::Arc;
use std::time::Duration;

use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::cluster;
use labkeeper_core::pve::{GuestAt, Resource};
use labkeeper_proxmox::{Api, Endpoint, Limits, Settings, Trust};
use labkeeper_sim::Cluster;
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::door::{Https, Lab, Options, now};
use labkeeper_sim::world::World;

/// What the tier `operate` may, and no more.
const OPERATE: [&str; 2] = ["VM.PowerMgmt", "VM.Snapshot"];

/// What a token may besides where backup tools are on.
const BACKUP: [&str; 2] = ["VM.Backup", "Datastore.AllocateSpace"];

pub(crate) struct Home {
    pub(crate) lab: Arc<Lab>,
    pub(crate) doors: Vec<Https>,
}

impl Home {
    pub(crate) async fn of(release: Release) -> Self {
        let mut world = World::homelab(release, now());
        world.haste = 20;
        let mut cluster = Cluster::new(world);
        let access = &mut cluster.access;
        access.add_role("LabkeeperOperate", OPERATE.map(str::to_string).into()).unwrap();
        access.add_role("LabkeeperBackup", BACKUP.map(str::to_string).into()).unwrap();
        access.add_user("labkeeper@pve", UserChange::default()).unwrap();
        for role in ["PVEAuditor", "LabkeeperOperate", "LabkeeperBackup"] {
            access.grant("/", Holder::User("labkeeper@pve".into()), role, true).unwrap();
        }
        let tokens = [
            ("nothing", &[][..]),
            ("observe", &["PVEAuditor"]),
            ("operate", &["PVEAuditor", "LabkeeperOperate"]),
            ("backup", &["PVEAuditor", "LabkeeperBackup"]),
        ];
        for (token, roles) in tokens {
            let separated = TokenChange { separated: Some(true), ..TokenChange::default() };
            access.add_token("labkeeper@pve", token, separated).unwrap();
            access.set_secret(&format!("labkeeper@pve!{token}"), "a-secret").unwrap();
            for role in roles {
                access.grant("/", Holder::Token(format!("labkeeper@pve!{token}")), role, true).unwrap();
            }
        }
        let lab = Arc::new(Lab::new(cluster));
        let mut doors = Vec::new();
        for node in ["pve1", "pve2", "pve3"] {
            let options = Options { refusal_takes: Duration::from_millis(20), ..Options::default() };
            doors.push(Https::open(Arc::clone(&lab), node, options).await.unwrap());
        }
        Self { lab, doors }
    }

    pub(crate) async fn open() -> Self {
        Self::of(Release::V9).await
    }

    pub(crate) fn client(&self, token: &str) -> Api {
        self.client_with(token, "a-secret")
    }

    pub(crate) fn client_with(&self, token: &str, secret: &str) -> Api {
        let endpoints = self.doors.iter().map(|door| Endpoint {
            address: door.address.to_string().parse().unwrap(),
            trust: Trust::Pin(door.fingerprint.parse().unwrap()),
        });
        let settings = Settings {
            cluster: "homelab".parse().unwrap(),
            endpoints: endpoints.collect(),
            token: format!("labkeeper@pve!{token}").parse().unwrap(),
            secret: secret.parse().unwrap(),
            tier: None,
            extras: Default::default(),
            limits: Limits::default(),
        };
        Api::new(&settings).unwrap()
    }
}

pub(crate) fn pve(api: &Api) -> &dyn Pve {
    api
}

/// Where a guest of that name is.
pub(crate) async fn find(api: &Api, name: &str) -> GuestAt {
    let resources = pve(api).call(&cluster::resources()).await.unwrap();
    let named = |resource: Resource| match resource {
        Resource::Guest(guest) if guest.name.as_deref() == Some(name) => Some(guest.at()),
        _ => None,
    };
    resources.into_iter().find_map(named).unwrap()
}
