//! Pools, as far as permissions go: what is granted on a pool holds for the guests and storages in it.

use std::collections::{BTreeMap, BTreeSet};

/// Which pools things are in. Members are named by their path, such as `/vms/100` or `/storage/local`.
pub trait Pools {
    /// The pools that hold this member.
    fn holding(&self, member: &str) -> Vec<String>;

    /// Every member of any pool.
    fn members(&self) -> Vec<String>;
}

/// Pools of their own, by what is in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolMembers {
    pools: BTreeMap<String, BTreeSet<String>>,
}

impl PoolMembers {
    /// Puts a guest into a pool.
    pub fn add_guest(&mut self, pool: &str, vmid: u32) {
        self.add(pool, format!("/vms/{vmid}"));
    }

    /// Puts a storage into a pool.
    pub fn add_storage(&mut self, pool: &str, storage: &str) {
        self.add(pool, format!("/storage/{storage}"));
    }

    fn add(&mut self, pool: &str, member: String) {
        self.pools.entry(pool.to_owned()).or_default().insert(member);
    }
}

impl Pools for PoolMembers {
    fn holding(&self, member: &str) -> Vec<String> {
        let holding = self.pools.iter().filter(|(_, members)| members.contains(member));
        holding.map(|(pool, _)| pool.clone()).collect()
    }

    fn members(&self) -> Vec<String> {
        self.pools.values().flatten().cloned().collect()
    }
}
