//! Which ids the rows of a file get: those of the items they are, their own, or new ones.

use std::collections::HashSet;

use super::format::Format;
use super::incoming::{Incoming, IncomingItem};
use super::lab::Lab;
use super::plan::{IdSpace, Mode};
use crate::inventory::ItemId;

impl Incoming {
    /// Ids that the file would like to keep; the store says which of them were ever given here.
    pub fn wanted_ids(&self) -> Vec<ItemId> {
        match self.format {
            Format::Labkeeper => self.items.iter().filter_map(|item| item.id).collect(),
            _ => Vec::new(),
        }
    }
}

/// The highest id that is taken over from a file; beyond it ids would run out of what clients carry exactly.
const HIGHEST_KEPT: ItemId = 2_000_000_000;

/// An id of the file is kept when nobody else ever had it here.
pub(crate) fn give_ids(
    incoming: &Incoming,
    lab: &Lab,
    found: &[Option<usize>],
    space: &IdSpace,
    mode: Mode,
) -> Vec<ItemId> {
    let live: HashSet<ItemId> = lab.items.iter().map(|item| item.id).collect();
    let last = space.last.max(live.iter().copied().max().unwrap_or(0));
    let roomy = lab.items.is_empty() || mode == Mode::Replace;
    let mut given: HashSet<ItemId> = HashSet::new();
    let mut keep = |item: &IncomingItem| -> Option<ItemId> {
        let id = item.id.filter(|_| incoming.format == Format::Labkeeper)?;
        let was_it = space
            .former
            .get(&id)
            .is_some_and(|(kind, birth)| *kind == item.kind && Some(*birth) == item.created_at);
        let never_given = roomy && id > last && id <= HIGHEST_KEPT;
        let free = (was_it || never_given) && !live.contains(&id) && id > 0;
        (free && given.insert(id)).then_some(id)
    };
    let kept: Vec<Option<ItemId>> = incoming
        .items
        .iter()
        .zip(found)
        .map(|(item, found)| found.map(|at| lab.items[at].id).or_else(|| keep(item)))
        .collect();
    let mut next = kept.iter().flatten().copied().max().unwrap_or(0).max(last);
    kept.into_iter()
        .map(|id| {
            id.unwrap_or_else(|| {
                next += 1;
                next
            })
        })
        .collect()
}
