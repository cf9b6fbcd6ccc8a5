//! What stands in the lab at a moment, and what can be asked of it.

use std::collections::BTreeMap;

use super::guest::{Guest, Kind};
use super::node::Node;
use super::storage::Storage;
use super::task::Task;
use crate::access::{Pools, Release};

/// A cluster of nodes with all that runs on them.
#[derive(Debug, Clone)]
pub struct World {
    /// Which Proxmox VE it is.
    pub release: Release,
    /// Name of the cluster; a single node has none.
    pub cluster: Option<String>,
    /// Nodes by name.
    pub nodes: BTreeMap<String, Node>,
    /// Guests by id.
    pub guests: BTreeMap<u32, Guest>,
    /// Storages by id, as the whole cluster defines them.
    pub storages: BTreeMap<String, Storage>,
    /// Pools by name.
    pub pools: BTreeMap<String, Pool>,
    /// Everything that was ever started, oldest first.
    pub tasks: Vec<Task>,
    /// How many times faster than usual tasks are, so that tests need not wait.
    pub haste: u32,
    pub(super) now: i64,
    pub(super) pids: u32,
    pub(super) happened: Vec<Happening>,
    /// What is in the archives, by volume.
    pub(super) archives: BTreeMap<String, Guest>,
}

/// What happened to the disks of a guest: for whoever has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A snapshot of that name was taken.
    Taken(u32, String),
    /// It was deleted.
    Deleted(u32, String),
    /// The guest went back to it.
    RolledBack(u32, String),
    /// What it has was written into the archive of that name.
    Archived(u32, String),
    /// What the archive of that name has is on its disks now.
    Restored(u32, String),
    /// The archive of that name is gone.
    Discarded(u32, String),
}

/// Guests and storages whose permissions are given together.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// What it is for.
    pub comment: String,
    /// Guests in it.
    pub guests: Vec<u32>,
    /// Storages in it.
    pub storages: Vec<String>,
}

impl World {
    /// An empty lab of that release; `now` in seconds since 1970.
    pub fn new(release: Release, now: i64) -> Self {
        Self {
            release,
            cluster: None,
            nodes: BTreeMap::new(),
            guests: BTreeMap::new(),
            storages: BTreeMap::new(),
            pools: BTreeMap::new(),
            tasks: Vec::new(),
            haste: 1,
            now: now * 1000,
            pids: 1000,
            happened: Vec::new(),
            archives: BTreeMap::new(),
        }
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        self.now / 1000
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now
    }

    /// The task of that UPID.
    pub fn task(&self, upid: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.upid == upid)
    }

    /// What happened to disks since this was asked last, in order.
    pub fn happened(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.happened)
    }

    /// The pool a guest is in.
    pub fn pool_of(&self, vmid: u32) -> Option<&str> {
        self.pools.iter().find(|(_, pool)| pool.guests.contains(&vmid)).map(|(name, _)| name.as_str())
    }

    /// Guests of one kind on one node, in order of id.
    pub fn guests_on(&self, node: &str, kind: Kind) -> impl Iterator<Item = &Guest> {
        self.guests.values().filter(move |guest| guest.node == node && guest.kind == kind)
    }

    /// Storages that a node has, in order of name.
    pub fn storages_on(&self, node: &str) -> impl Iterator<Item = &Storage> {
        self.storages.values().filter(move |storage| storage.is_on(node))
    }
}

impl Pools for World {
    fn holding(&self, member: &str) -> Vec<String> {
        let holds = |pool: &Pool| pool.members().any(|of| of == member);
        self.pools.iter().filter(|(_, pool)| holds(pool)).map(|(name, _)| name.clone()).collect()
    }

    fn members(&self) -> Vec<String> {
        self.pools.values().flat_map(Pool::members).collect()
    }
}

impl Pool {
    /// Paths of what is in it.
    fn members(&self) -> impl Iterator<Item = String> {
        let guests = self.guests.iter().map(|vmid| format!("/vms/{vmid}"));
        guests.chain(self.storages.iter().map(|id| format!("/storage/{id}")))
    }
}
