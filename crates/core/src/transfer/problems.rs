//! What is odd about a whole file rather than about one row: circles, addresses used twice, containers
//! that were kept as VMs.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::incoming::{End, Incoming, IncomingItem, Place};
use super::report::Suggestion;
use crate::inventory::{Kind, Rel, address};

/// Items that would stand on themselves, directly or round a corner: the one with the lowest id of each
/// circle is set free.
pub(crate) fn break_parent_circles(incoming: &mut Incoming) {
    let parent_of: HashMap<usize, usize> = incoming
        .links
        .iter()
        .filter_map(|link| match link.to {
            End::Item(to) if link.rel == Rel::Parent => Some((link.from, to)),
            _ => None,
        })
        .filter(|(from, to)| {
            let kind = incoming.items[*to].kind;
            incoming.items[*from].kind.spec().parents().any(|(_, of)| of == kind)
        })
        .collect();
    let mut settled: HashSet<usize> = HashSet::new();
    let mut freed: Vec<usize> = Vec::new();
    let mut starts: Vec<usize> = parent_of.keys().copied().collect();
    starts.sort_unstable();
    for start in starts {
        let mut path: Vec<usize> = Vec::new();
        let mut at = Some(start);
        while let Some(item) = at.filter(|item| !settled.contains(item)) {
            if let Some(from) = path.iter().position(|known| *known == item) {
                let lowest =
                    path[from..].iter().copied().min_by_key(|item| rank(&incoming.items[*item], *item));
                freed.extend(lowest);
                break;
            }
            path.push(item);
            at = parent_of.get(&item).copied();
        }
        settled.extend(path);
    }
    for item in freed {
        let place = incoming.items[item].place.clone();
        let what = if parent_of.get(&item) == Some(&item) {
            "stands on itself"
        } else {
            "stands on itself round a corner"
        };
        let at = incoming.links.iter().position(|link| link.from == item && link.rel == Rel::Parent);
        let link = at.map(|at| incoming.links.remove(at));
        // A link that is a row of its own counts as left out; a column of an item does not.
        let own = link.and_then(|link| link.place);
        let problem = match own {
            Some(place) => place.left_out(what),
            None => place.problem(what, "imported, standing on nothing"),
        };
        incoming.problems.push(problem.field("parent_id"));
    }
}

fn rank(item: &IncomingItem, position: usize) -> (i64, usize) {
    (item.place.row.as_i64().unwrap_or(i64::MAX), position)
}

/// Kinds that own their address; an app or a share may well show its machine's.
const OWNERS: [Kind; 4] = [Kind::Hardware, Kind::Vms, Kind::Containers, Kind::Misc];

/// The same address on two machines is worth a look; both are imported.
pub(crate) fn warn_of_shared_addresses(incoming: &mut Incoming) {
    let mut users: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, item) in incoming.items.iter().enumerate().filter(|(_, item)| OWNERS.contains(&item.kind)) {
        let list = address::stored(item.fields.get("addresses"));
        let mut ips: Vec<String> = list.into_iter().filter_map(|address| address.ip).collect();
        ips.sort();
        ips.dedup();
        for ip in ips {
            users.entry(ip).or_default().push(at);
        }
    }
    for (ip, users) in users.into_iter().filter(|(_, users)| users.len() > 1) {
        let first = &incoming.items[users[0]];
        let also = format!("is the address of {} \"{}\" too", first.kind.spec().label, first.name);
        let warnings: Vec<_> = users[1..]
            .iter()
            .map(|at| {
                let item = &incoming.items[*at];
                let field = item.kind.spec().address_field().unwrap_or("ip_address");
                item.place.problem(&also, "imported as it is").field(field).value(&ip.clone().into())
            })
            .collect();
        incoming.problems.extend(warnings);
    }
}

/// LXC guests were kept as VMs, for want of a better place.
pub(crate) fn offer_containers(incoming: &mut Incoming) {
    let offers: Vec<Suggestion> = incoming
        .items
        .iter()
        .filter(|item| item.kind == Kind::Vms)
        .filter_map(|item| Some(offer(&item.place, &item.name, &clue(item)?)))
        .collect();
    incoming.suggestions.extend(offers);
}

fn offer(place: &Place, name: &str, clue: &str) -> Suggestion {
    Suggestion {
        table: place.table.clone(),
        row: place.row.clone(),
        name: name.into(),
        what: format!("looks like a container: {clue}; imported as a VM, make it a container if it is one"),
    }
}

fn clue(item: &IncomingItem) -> Option<String> {
    for field in ["os", "notes"] {
        let text = item.fields.get(field).and_then(Value::as_str).unwrap_or_default();
        let word = text.split(|c: char| !c.is_alphanumeric()).find(|word| {
            ["lxc", "ctid", "lxd", "turnkey"].iter().any(|known| word.eq_ignore_ascii_case(known))
        });
        if let Some(word) = word {
            return Some(format!("its {field} says {word}"));
        }
    }
    let name = item.name.to_lowercase();
    ["lxc-", "ct-"].iter().any(|head| name.starts_with(head)).then(|| "its name says so".to_string())
}
