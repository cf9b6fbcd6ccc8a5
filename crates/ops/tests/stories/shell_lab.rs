//! A hub that reaches a simulated node and its guests by both doors: the API over HTTPS, and a real SSH server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use labkeeper_core::file::FileRules;
use labkeeper_core::ports::{Pve, Shell};
use labkeeper_core::pve::Secret;
use labkeeper_ops::keeper::{Clusters, Shells};
use labkeeper_proxmox::{
    Api, Endpoint, HostKey, Limits, PrivateKey, Settings, Ssh, SshLimits, SshNode, SshSettings, Trust,
};
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::door::{Https, Lab as Cluster, Options, Ssh as Door, now};
use labkeeper_sim::world::World;

use crate::lab::Lab;

/// Containers of the node: one like any Linux, one with nothing but BusyBox. And a machine with an agent.
pub(crate) const DEBIAN: u32 = 103;
pub(crate) const ALPINE: u32 = 105;
pub(crate) const MACHINE: u32 = 202;

pub(crate) struct ShellLab {
    pub(crate) lab: Lab,
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) ssh: Door,
    _door: Https,
}

/// See [`reached_with`], with the usual rules for files.
pub(crate) async fn reached(test: &str) -> Option<ShellLab> {
    reached_with(test, FileRules::default()).await
}

/// Nothing where this machine cannot open such a door, which is said aloud.
pub(crate) async fn reached_with(test: &str, rules: FileRules) -> Option<ShellLab> {
    reached_through(test, rules, |pve, shell| (pve, shell)).await
}

/// The same with something between the hub and its two doors.
#[allow(clippy::print_stderr, reason = "a skipped test must say so")]
pub(crate) async fn reached_through(
    test: &str,
    rules: FileRules,
    between: impl FnOnce(Arc<dyn Pve>, Arc<dyn Shell>) -> (Arc<dyn Pve>, Arc<dyn Shell>),
) -> Option<ShellLab> {
    if let Some(missing) = Door::missing() {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration to ask")]
        let must_run = std::env::var_os("LABKEEPER_TESTS_MAY_NOT_SKIP").is_some();
        assert!(!must_run, "{test} may not be skipped: {missing}");
        eprintln!("SKIPPED {test}: {missing}");
        return None;
    }
    let mut world = World::homelab(Release::V9, now());
    world.haste = 20;
    let mut simulated = labkeeper_sim::Cluster::new(world);
    let access = &mut simulated.access;
    access.add_user("hub@pve", UserChange { enabled: Some(true), ..UserChange::default() }).unwrap();
    access.add_token("hub@pve", "lab", TokenChange::default()).unwrap();
    access.set_secret("hub@pve!lab", "secret").unwrap();
    access.grant("/", Holder::User("hub@pve".into()), "PVEAdmin", true).unwrap();
    access.grant("/", Holder::Token("hub@pve!lab".into()), "PVEAdmin", true).unwrap();
    let cluster = Arc::new(Cluster::new(simulated));
    let door = Https::open(Arc::clone(&cluster), "pve1", Options::default()).await.unwrap();
    let ssh = Door::open(Arc::clone(&cluster), "pve1").await.unwrap();
    let (pve, shell) = between(api(&door), shell(&ssh));
    let lab = Lab::reaching(Clusters::new(vec![pve]), Shells::new(vec![shell]), rules).await;
    Some(ShellLab { lab, cluster, ssh, _door: door })
}

fn api(door: &Https) -> Arc<dyn Pve> {
    let trust = Trust::Pin(door.fingerprint.parse().unwrap());
    let settings = Settings {
        cluster: "home".parse().unwrap(),
        endpoints: vec![Endpoint { address: door.address.to_string().parse().unwrap(), trust }],
        token: "hub@pve!lab".parse().unwrap(),
        secret: "secret".parse::<Secret>().unwrap(),
        tier: None,
        extras: Default::default(),
        limits: Limits::default(),
    };
    Arc::new(Api::new(&settings).unwrap())
}

fn shell(door: &Door) -> Arc<dyn Shell> {
    let node = SshNode {
        node: "pve1".parse().unwrap(),
        addresses: vec![door.address.to_string().parse().unwrap()],
        user: "root".into(),
        host_key: HostKey::Pin(door.fingerprint.parse().unwrap()),
        key: PrivateKey::read(&door.client_key).unwrap(),
    };
    let settings =
        SshSettings { cluster: "home".parse().unwrap(), nodes: vec![node], limits: SshLimits::default() };
    Arc::new(Ssh::new(settings))
}

impl ShellLab {
    /// Where a file of a guest, or of the node when there is none, lies on this machine.
    pub(crate) fn file(&self, vmid: Option<u32>, path: &str) -> PathBuf {
        match vmid {
            Some(vmid) => self.ssh.inside(vmid).unwrap().file(path),
            None => self.ssh.root.join(path.trim_start_matches('/')),
        }
    }

    /// Puts a file there behind everybody's back.
    pub(crate) fn put(&self, vmid: Option<u32>, path: &str, bytes: &[u8], mode: u32) {
        let file = self.file(vmid, path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// What a file there has; `None` when there is none.
    pub(crate) fn get(&self, vmid: Option<u32>, path: &str) -> Option<Vec<u8>> {
        fs::read(self.file(vmid, path)).ok()
    }
}
