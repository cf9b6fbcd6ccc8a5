//! The lab of the demo and of the tests: a three-node cluster as somebody might have at home, with what such labs have:
//! VLANs, a NAS, backups that are not complete, a template, a guest without an agent, a worn disk.

mod guests;
mod nodes;
mod storages;
mod units;

use super::state::{Pool, World};
use crate::access::Release;

impl World {
    /// Three nodes and some 25 guests, as somebody might have at home.
    pub fn homelab(release: Release, now: i64) -> Self {
        homelab(release, now)
    }
}

impl World {
    /// The archives that lie there have in them what their guests are.
    fn fill_archives(&mut self) {
        let volumes = self.storages.values().flat_map(|storage| &storage.volumes);
        let backups = volumes.filter(|(_, volume)| volume.content == "backup");
        let known: Vec<_> =
            backups.filter_map(|(_, volume)| Some((volume.vmid?, volume.volid.clone()))).collect();
        known.into_iter().for_each(|(vmid, volid)| self.keep(vmid, &volid));
        // Nobody has any disks yet.
        self.happened.clear();
    }
}

fn homelab(release: Release, now: i64) -> World {
    let mut world = World::new(release, now);
    world.cluster = Some("homelab".into());
    for number in 1..=3 {
        let node = nodes::node(release, number, now);
        world.nodes.insert(node.name.clone(), node);
    }
    for row in guests::GUESTS {
        let guest = guests::guest(row, now);
        world.guests.insert(guest.vmid, guest);
    }
    for storage in storages::storages() {
        world.storages.insert(storage.id.clone(), storage);
    }
    storages::fill(&mut world, now);
    world.fill_archives();
    let pool = |comment: &str, guests: &[u32], storages: &[&str]| Pool {
        comment: comment.into(),
        guests: guests.into(),
        storages: storages.iter().map(|id| (*id).to_string()).collect(),
    };
    world.pools.insert(
        "production".into(),
        pool("what the family notices", &[100, 101, 102, 103, 112, 201], &["tank"]),
    );
    world.pools.insert("lab".into(), pool("may break", &[115, 203, 204, 205, 209], &[]));
    world
}
