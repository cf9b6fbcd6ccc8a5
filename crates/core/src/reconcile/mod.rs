//! From what a cluster shows to what the inventory may note of it: pure, so that the same census always gives the same
//! sights.
//!
//! *Invariant:* a sight says what was seen and nothing else. What was not asked for, or not answered, is absent.

mod census;
mod guests;
mod networks;
mod nodes;
mod sight;
mod storages;

pub use census::{Census, SeenGuest, SeenNode};
pub use sight::{Key, Sight};

/// Everything of the cluster, what carries before what stands on it: nodes, networks, storages, guests.
pub fn sights(census: &Census) -> Vec<Sight> {
    let networks = networks::Networks::of(census);
    let mut sights = nodes::sights(census);
    sights.extend(networks.sights(census));
    sights.extend(storages::sights(census));
    sights.extend(guests::sights(census, &networks));
    sights
}
