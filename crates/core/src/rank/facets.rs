//! What a hit must be beside matching: tags, the host it stands on, the network it is in.

use std::collections::HashSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::{Map, Value};

use super::query::Filters;
use crate::inventory::{Item, ItemId, Kind, address};

/// What is known of an item for filtering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// Kind.
    pub kind: Kind,
    /// Tags, lower case.
    pub tags: Vec<Box<str>>,
    /// Every address.
    pub ips: Vec<IpAddr>,
    /// What it stands on.
    pub stands_on: Option<ItemId>,
    /// Networks it is said to be in.
    pub networks: Vec<ItemId>,
    /// Bundled or uploaded icon.
    pub icon: Option<Box<str>>,
    /// The addresses a network spans.
    pub subnet: Option<IpNet>,
}

impl Facets {
    /// Reads them from a row. `networks` are those with explicit membership.
    pub fn of(
        item: &Item,
        row: &Map<String, Value>,
        stands_on: Option<ItemId>,
        networks: Vec<ItemId>,
    ) -> Self {
        let addresses = address::stored(row.get("addresses"));
        let shown = item.kind.spec().address_field().and_then(|field| row.get(field)).and_then(Value::as_str);
        let mut ips: Vec<IpAddr> = addresses
            .iter()
            .filter_map(|address| address.ip.as_deref())
            .chain(shown)
            .filter_map(|ip| ip.parse().ok())
            .collect();
        ips.sort_unstable();
        ips.dedup();
        Self {
            kind: item.kind,
            tags: item.tags().into_iter().map(|tag| tag.to_lowercase().into()).collect(),
            ips,
            stands_on,
            networks: addresses.iter().filter_map(|address| address.network_id).chain(networks).collect(),
            icon: row.get("icon").and_then(Value::as_str).map(Into::into),
            subnet: row.get("subnet").and_then(Value::as_str).and_then(|text| text.parse::<IpNet>().ok()),
        }
    }
}

/// The operators of a question, with names looked up.
#[derive(Debug, Default)]
pub struct Sieve<'a> {
    /// As typed.
    pub filters: Option<&'a Filters>,
    /// Items that `host:` names; `None` when it was not asked.
    pub hosts: Option<HashSet<ItemId>>,
    /// Networks that `net:` names.
    pub nets: Option<HashSet<ItemId>>,
    /// Items that pass what only the store knows (`is:`, `@source`).
    pub allowed: Option<HashSet<ItemId>>,
}

impl Sieve<'_> {
    /// Whether the item passes. `above` says what an item stands on, `net_of` which network an address is in.
    pub fn passes(
        &self,
        id: ItemId,
        facets: &Facets,
        above: impl Fn(ItemId) -> Option<ItemId>,
        net_of: impl Fn(IpAddr) -> Option<ItemId>,
    ) -> bool {
        let Some(filters) = self.filters else { return true };
        (filters.kinds.is_empty() && filters.records.is_empty() || filters.kinds.contains(&facets.kind))
            && filters.tags.iter().all(|tag| facets.tags.iter().any(|known| **known == **tag))
            && filters.ips.iter().all(|net| facets.ips.iter().any(|ip| net.contains(ip)))
            && self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&id))
            && self.hosts.as_ref().is_none_or(|hosts| stands_on_any(id, hosts, &above))
            && self.nets.as_ref().is_none_or(|nets| {
                facets.networks.iter().any(|net| nets.contains(net))
                    || facets.ips.iter().any(|ip| net_of(*ip).is_some_and(|net| nets.contains(&net)))
            })
    }
}

/// Walks down to the ground; a hundred steps are more than any lab stacks, and end a circle.
fn stands_on_any(id: ItemId, hosts: &HashSet<ItemId>, above: &impl Fn(ItemId) -> Option<ItemId>) -> bool {
    std::iter::successors(above(id), |id| above(*id)).take(100).any(|id| hosts.contains(&id))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::rank::query::parse;

    fn facets(kind: Kind, tags: &[&str], ips: &[&str]) -> Facets {
        Facets {
            kind,
            tags: tags.iter().map(|tag| (*tag).into()).collect(),
            ips: ips.iter().map(|ip| ip.parse().unwrap()).collect(),
            stands_on: None,
            networks: Vec::new(),
            icon: None,
            subnet: None,
        }
    }

    #[test]
    fn every_operator_must_be_met() {
        let vm = facets(Kind::Vms, &["prod", "web"], &["10.0.20.7"]);
        let table = [
            ("kind:vm", true),
            ("kind:vm kind:app", true),
            ("kind:app", false),
            ("tag:prod tag:web", true),
            ("tag:prod tag:db", false),
            ("ip:10.0.20.0/24", true),
            ("ip:10.0.21.", false),
            ("kind:changes", false),
        ];
        for (question, wanted) in table {
            let filters = parse(question).filters;
            let sieve = Sieve { filters: Some(&filters), ..Sieve::default() };
            assert_eq!(sieve.passes(1, &vm, |_| None, |_| None), wanted, "{question}");
        }
    }

    #[test]
    fn a_guest_of_a_guest_stands_on_the_host_and_a_circle_ends() {
        let filters = parse("host:pve1").filters;
        let sieve = Sieve { filters: Some(&filters), hosts: Some(HashSet::from([1])), ..Sieve::default() };
        let app = facets(Kind::Apps, &[], &[]);
        let above = |id| (id > 1).then(|| id - 1);
        assert!(sieve.passes(3, &app, above, |_| None));
        assert!(!sieve.passes(1, &app, above, |_| None), "a host does not stand on itself");
        assert!(!sieve.passes(9, &app, |id| Some(if id == 9 { 8 } else { 9 }), |_| None));
    }
}
