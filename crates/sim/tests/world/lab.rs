//! The homelab, and two tokens in it: one may only look, one may everything.

use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::world::World;
use labkeeper_sim::{Answer, Ask, Cluster, Method, Reply};
use serde_json::Value;

pub(crate) const NOW: i64 = 1_795_305_841;

pub(crate) fn lab(release: Release) -> Cluster {
    let mut cluster = Cluster::new(World::homelab(release, NOW));
    for (token, role) in [("observe", "PVEAuditor"), ("admin", "Administrator")] {
        add_token(&mut cluster, token, &[("/", role)]);
    }
    cluster
}

/// A token of a user of its own, both with those roles there.
pub(crate) fn add_token(cluster: &mut Cluster, name: &str, roles: &[(&str, &str)]) {
    let access = &mut cluster.access;
    let user = format!("{name}@pve");
    let full = format!("{user}!key");
    access.add_user(&user, UserChange { enabled: Some(true), ..UserChange::default() }).unwrap();
    access.add_token(&user, "key", TokenChange::default()).unwrap();
    access.set_secret(&full, "secret").unwrap();
    for (path, role) in roles {
        access.grant(path, Holder::Token(full.clone()), role, true).unwrap();
        access.grant(path, Holder::User(user.clone()), role, true).unwrap();
    }
}

pub(crate) fn request(token: &str, method: Method, path: &str, given: &[(&str, &str)]) -> Ask {
    let parameters = given.iter().map(|(key, value)| ((*key).to_string(), (*value).to_string())).collect();
    let authorization = Some(format!("PVEAPIToken={token}@pve!key=secret"));
    Ask { method, path: path.into(), parameters, authorization }
}

pub(crate) fn ask(
    cluster: &mut Cluster,
    token: &str,
    method: Method,
    path: &str,
    given: &[(&str, &str)],
) -> Answer {
    cluster.answer(&request(token, method, path, given))
}

/// What the admin reads.
pub(crate) fn get(cluster: &mut Cluster, path: &str) -> Value {
    ask(cluster, "admin", Method::Get, path, &[]).unwrap()
}

/// What the admin reads, whole.
pub(crate) fn reply(cluster: &mut Cluster, path: &str, given: &[(&str, &str)]) -> Reply {
    cluster.reply(None, &request("admin", Method::Get, path, given)).unwrap()
}

pub(crate) fn post(cluster: &mut Cluster, path: &str, given: &[(&str, &str)]) -> Answer {
    ask(cluster, "admin", Method::Post, path, given)
}

pub(crate) fn refused(answer: Answer) -> (u16, String) {
    let refusal = answer.unwrap_err();
    (refusal.status, refusal.reason)
}

pub(crate) fn pass(cluster: &mut Cluster, milliseconds: i64) {
    let now = cluster.world.now_ms();
    cluster.world.advance(now + milliseconds);
}

/// How a task ended; nothing while it runs.
pub(crate) fn exit(cluster: &Cluster, upid: &Value) -> Option<String> {
    cluster.world.task(upid.as_str().unwrap()).unwrap().exitstatus().map(str::to_string)
}

/// What a task said.
pub(crate) fn log(cluster: &Cluster, upid: &Value) -> Vec<String> {
    cluster.world.task(upid.as_str().unwrap()).unwrap().log.clone()
}

/// What holds a guest.
pub(crate) fn held(cluster: &Cluster, vmid: u32) -> Option<&str> {
    cluster.world.guests[&vmid].lock.as_deref()
}
