//! Which row of a file is which item here.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash;

use serde_json::Value;

use super::incoming::{End, Incoming, IncomingItem};
use super::lab::Lab;
use super::plan::Mode;
use crate::inventory::{Item, Kind, Rel, address};
use crate::stamp::Stamp;

/// For each item of the file the position in `lab.items` of the item that it is; each item is taken once.
///
/// Strong evidence first: the same id and birth, an identity, the same birth to the microsecond, a serial number or
/// MAC. Then the name, with parent and addresses against a mix-up. A replacement takes the first only: what
/// remains must be the very same item.
pub(crate) fn matches(incoming: &Incoming, lab: &Lab, mode: Mode) -> Vec<Option<usize>> {
    let mut pairing =
        Pairing { incoming, lab, found: vec![None; incoming.items.len()], taken: HashSet::new() };
    pairing.by_id();
    if mode == Mode::Merge {
        pairing.by_identity();
    }
    pairing.by_unique(mode, |kind, birth, name| Some((kind, birth?, Some(name.to_string()))));
    // A time without a fraction was not measured; it may be anybody's.
    let measured = |birth: Option<Stamp>| birth.filter(|at| at.0 % 1_000_000 != 0);
    pairing.by_unique(mode, |kind, birth, _| Some((kind, measured(birth)?, None::<String>)));
    if mode == Mode::Merge {
        pairing.by_fact(|item| serial(item.0));
        pairing.by_fact(|item| mac(item.0));
        pairing.by_name();
    }
    pairing.found
}

struct Pairing<'a> {
    incoming: &'a Incoming,
    lab: &'a Lab,
    found: Vec<Option<usize>>,
    taken: HashSet<usize>,
}

/// The fields of an item, wherever it comes from.
struct Facts<'a>(&'a serde_json::Map<String, Value>);

impl Pairing<'_> {
    fn pair(&mut self, row: usize, item: usize) {
        if self.found[row].is_none() && self.taken.insert(item) {
            self.found[row] = Some(item);
        }
    }

    fn open_rows(&self) -> Vec<usize> {
        (0..self.found.len()).filter(|row| self.found[*row].is_none()).collect()
    }

    fn by_id(&mut self) {
        let here: HashMap<i64, usize> =
            self.lab.items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        for (row, given) in self.incoming.items.iter().enumerate() {
            let Some(at) = given.id.and_then(|id| here.get(&id)).copied() else { continue };
            let item = &self.lab.items[at];
            let same = match given.created_at {
                Some(birth) => birth == item.created_at,
                None => given.name == item.name,
            };
            if same && given.kind == item.kind {
                self.pair(row, at);
            }
        }
    }

    fn by_identity(&mut self) {
        let at_of: HashMap<i64, usize> =
            self.lab.items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
        let here: HashMap<(&str, &str), usize> = self
            .lab
            .identities
            .iter()
            .filter_map(|known| {
                Some(((known.scheme.as_str(), known.value.as_str()), *at_of.get(&known.item)?))
            })
            .collect();
        for known in &self.incoming.identities {
            if let Some(at) = here.get(&(known.scheme.as_str(), known.value.as_str())).copied()
                && may_be(&self.incoming.items[known.item], &self.lab.items[at])
            {
                self.pair(known.item, at);
            }
        }
    }

    /// Pairs rows and items whose key is the only one of its kind on both sides.
    fn by_unique<K: Eq + Hash>(&mut self, mode: Mode, key: impl Fn(Kind, Option<Stamp>, &str) -> Option<K>) {
        let grown_into = |kind: Kind| if mode == Mode::Merge { guest(kind) } else { kind };
        let rows = self.open_rows().into_iter().filter_map(|row| {
            let item = &self.incoming.items[row];
            Some((key(grown_into(item.kind), item.created_at, &item.name)?, row))
        });
        let rows = unique(rows);
        let items = self.lab.items.iter().enumerate().filter(|(at, _)| !self.taken.contains(at)).filter_map(
            |(at, item)| Some((key(grown_into(item.kind), Some(item.created_at), &item.name)?, at)),
        );
        let items = unique(items);
        self.pair_all(&rows, &items);
    }

    fn by_fact(&mut self, fact: impl Fn(&Facts<'_>) -> Option<String>) {
        let rows = self.open_rows().into_iter().filter_map(|row| {
            let item = &self.incoming.items[row];
            Some(((guest(item.kind), fact(&Facts(&item.fields))?), row))
        });
        let rows = unique(rows);
        let items = self.lab.items.iter().enumerate().filter(|(at, _)| !self.taken.contains(at));
        let items = unique(
            items.filter_map(|(at, item)| Some(((guest(item.kind), fact(&Facts(&item.fields))?), at))),
        );
        self.pair_all(&rows, &items);
    }

    fn pair_all<K: Eq + Hash>(
        &mut self,
        rows: &HashMap<K, Option<usize>>,
        items: &HashMap<K, Option<usize>>,
    ) {
        let mut pairs: Vec<(usize, usize)> =
            rows.iter().filter_map(|(key, row)| Some(((*row)?, (*items.get(key)?)?))).collect();
        pairs.sort_unstable();
        for (row, item) in pairs {
            if may_be(&self.incoming.items[row], &self.lab.items[item]) {
                self.pair(row, item);
            }
        }
    }

    /// Same kind and name. Of several candidates the one that agrees best; none whose machine and addresses both
    /// say otherwise.
    fn by_name(&mut self) {
        let mut here: HashMap<(Kind, String), Vec<usize>> = HashMap::new();
        for (at, item) in self.lab.items.iter().enumerate().filter(|(at, _)| !self.taken.contains(at)) {
            here.entry((guest(item.kind), item.name.to_lowercase())).or_default().push(at);
        }
        let parents_here: HashMap<i64, i64> = self
            .lab
            .links
            .iter()
            .filter(|link| link.rel == Rel::Parent)
            .map(|link| (link.from_id, link.to_id))
            .collect();
        let parents_there: HashMap<usize, usize> = self
            .incoming
            .links
            .iter()
            .filter_map(|link| match link.to {
                End::Item(to) if link.rel == Rel::Parent => Some((link.from, to)),
                _ => None,
            })
            .collect();
        // Parents before children, so that the children of namesakes can be told apart by them.
        let mut steps: BTreeMap<(Kind, usize), Vec<usize>> = BTreeMap::new();
        for row in self.open_rows() {
            steps.entry((self.incoming.items[row].kind, depth(row, &parents_there))).or_default().push(row);
        }
        for rows in steps.into_values() {
            let mut proposals: Vec<(Reverse<usize>, usize, usize)> = Vec::new();
            for row in rows {
                let given = &self.incoming.items[row];
                let candidates =
                    here.get(&(guest(given.kind), given.name.to_lowercase())).into_iter().flatten().copied();
                for at in candidates.filter(|at| !self.taken.contains(at)) {
                    let item = &self.lab.items[at];
                    let parent_here = parents_here.get(&item.id).copied();
                    let parent_there = parents_there
                        .get(&row)
                        .map(|parent| self.found[*parent].map(|at| self.lab.items[at].id));
                    let parent = match (parent_here, parent_there) {
                        (Some(here), Some(Some(there))) => Some(here == there),
                        (Some(_), Some(None)) => Some(false),
                        _ => None,
                    };
                    let score = agreement(given, item, parent).filter(|_| may_be(given, item));
                    proposals.extend(score.map(|score| (Reverse(score), row, at)));
                }
            }
            proposals.sort_unstable();
            for (_, row, at) in proposals {
                self.pair(row, at);
            }
        }
    }
}

/// How many things of the file a row stands on, one on the other.
fn depth(row: usize, parents: &HashMap<usize, usize>) -> usize {
    std::iter::successors(parents.get(&row), |above| parents.get(above)).take(parents.len()).count()
}

/// How well a row and an item of the same name agree; `None` when they contradict each other.
fn agreement(given: &IncomingItem, item: &Item, parent: Option<bool>) -> Option<usize> {
    let ips = |fields: &serde_json::Map<String, Value>| -> Vec<String> {
        address::stored(fields.get("addresses")).into_iter().filter_map(|address| address.ip).collect()
    };
    let (there, here) = (ips(&given.fields), ips(&item.fields));
    let address = match (there.is_empty(), here.is_empty()) {
        (false, false) => Some(there.iter().any(|ip| here.contains(ip))),
        _ => None,
    };
    if parent == Some(false) && address != Some(true) {
        return None;
    }
    let equal = given.fields.iter().filter(|(name, value)| item.fields.get(*name) == Some(value)).count();
    let spelling = usize::from(given.name == item.name);
    Some(spelling + equal + 40 * usize::from(address == Some(true)) + 80 * usize::from(parent == Some(true)))
}

/// A VM of the file may have been made a container here.
fn guest(kind: Kind) -> Kind {
    if kind == Kind::Containers { Kind::Vms } else { kind }
}

fn may_be(given: &IncomingItem, item: &Item) -> bool {
    given.kind == item.kind || (given.kind == Kind::Vms && item.kind == Kind::Containers)
}

fn serial(fields: &serde_json::Map<String, Value>) -> Option<String> {
    let text = fields.get("serial_number")?.as_str()?.trim().to_lowercase();
    (text.len() >= 4).then_some(text)
}

fn mac(fields: &serde_json::Map<String, Value>) -> Option<String> {
    address::stored(fields.get("addresses")).into_iter().find_map(|address| address.mac)
}

/// Keys with the one that has it; `None` when several have.
fn unique<K: Eq + Hash>(pairs: impl Iterator<Item = (K, usize)>) -> HashMap<K, Option<usize>> {
    let mut map: HashMap<K, Option<usize>> = HashMap::new();
    for (key, at) in pairs {
        map.entry(key).and_modify(|known| *known = None).or_insert(Some(at));
    }
    map
}
