//! Questions about the whole web of links: what stands on what, and what breaks if something stops.

use std::collections::{HashMap, HashSet, VecDeque};

use super::item::ItemId;
use super::link::Rel;

/// The ends of a link, all that these questions need.
#[derive(Debug, Clone, Copy)]
pub struct Arrow {
    /// From.
    pub from: ItemId,
    /// Relation.
    pub rel: Rel,
    /// To.
    pub to: ItemId,
}

/// An item reached from another, with the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The item.
    pub id: ItemId,
    /// Steps away, 1 for direct.
    pub depth: usize,
    /// The way from the start, exclusive, to the item, inclusive.
    pub path: Vec<(ItemId, Rel)>,
}

/// Everything that depends on `start`, directly or not, nearest first. Cycles are walked once.
pub fn affected_by(start: ItemId, arrows: &[Arrow]) -> Vec<Reached> {
    let mut dependants: HashMap<ItemId, Vec<(ItemId, Rel)>> = HashMap::new();
    for arrow in arrows.iter().filter(|arrow| arrow.rel.carries_impact()) {
        dependants.entry(arrow.to).or_default().push((arrow.from, arrow.rel));
    }
    let mut seen = HashSet::from([start]);
    let mut queue: VecDeque<(ItemId, Vec<(ItemId, Rel)>)> = VecDeque::from([(start, Vec::new())]);
    let mut reached = Vec::new();
    while let Some((id, path)) = queue.pop_front() {
        for &(next, rel) in dependants.get(&id).into_iter().flatten() {
            if seen.insert(next) {
                let mut way = path.clone();
                way.push((next, rel));
                reached.push(Reached { id: next, depth: way.len(), path: way.clone() });
                queue.push_back((next, way));
            }
        }
    }
    reached
}

/// The chain that would close if `from` were given the parent `to`; `None` when there is no cycle.
/// `parent_of` answers the current parent of an item.
pub fn cycle(
    from: ItemId,
    to: ItemId,
    mut parent_of: impl FnMut(ItemId) -> Option<ItemId>,
) -> Option<Vec<ItemId>> {
    let mut chain = vec![from];
    let mut at = Some(to);
    while let Some(id) = at {
        chain.push(id);
        if id == from {
            return Some(chain);
        }
        if chain.len() > 10_000 {
            return Some(chain);
        }
        at = parent_of(id);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn on(from: ItemId, to: ItemId) -> Arrow {
        Arrow { from, rel: Rel::Parent, to }
    }

    #[test]
    fn impact_is_transitive_with_the_shortest_way_and_survives_cycles() {
        let arrows = [on(2, 1), on(3, 2), on(1, 3), Arrow { from: 9, rel: Rel::ConnectedTo, to: 1 }];
        let reached = affected_by(1, &arrows);
        assert_eq!(reached.iter().map(|r| (r.id, r.depth)).collect::<Vec<_>>(), [(2, 1), (3, 2)]);
        assert_eq!(reached[1].path, [(2, Rel::Parent), (3, Rel::Parent)]);
    }

    #[test]
    fn a_parent_that_closes_a_ring_is_named() {
        let parents = HashMap::from([(2, 1), (3, 2)]);
        assert_eq!(cycle(1, 3, |id| parents.get(&id).copied()), Some(vec![1, 3, 2, 1]));
        assert_eq!(cycle(5, 3, |id| parents.get(&id).copied()), None);
        assert_eq!(cycle(5, 5, |_| None), Some(vec![5, 5]));
    }

    proptest! {
        #[test]
        fn nothing_is_reached_twice_and_never_the_start(edges in proptest::collection::vec((0i64..30, 0i64..30), 0..80)) {
            let arrows: Vec<Arrow> = edges.into_iter().map(|(from, to)| on(from, to)).collect();
            let reached = affected_by(0, &arrows);
            let ids: HashSet<_> = reached.iter().map(|r| r.id).collect();
            prop_assert_eq!(ids.len(), reached.len());
            prop_assert!(!ids.contains(&0));
        }
    }
}
