//! What is otherwise than at the last scan of the same block: new, gone, moved, changed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What of a found host is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Address.
    pub ip: IpAddr,
    /// Hardware address, on the local segment.
    pub mac: Option<String>,
    /// What people would call it.
    pub name: String,
    /// What it was taken for.
    pub label: String,
    /// Ports that took connections.
    pub ports: BTreeSet<u16>,
}

/// The difference between two scans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Hosts that were not there before.
    pub new: Vec<Someone>,
    /// Hosts that are there no more, or do not answer.
    pub gone: Vec<Someone>,
    /// Hosts with another address than before, known by their hardware address.
    pub moved: Vec<Moved>,
    /// Hosts with other ports, or that look like something else.
    pub changed: Vec<Changed>,
}

/// A host in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Someone {
    /// Address.
    pub ip: IpAddr,
    /// What people would call it.
    pub name: String,
    /// What it is taken for.
    pub label: String,
}

/// A host that is elsewhere now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moved {
    /// Its hardware address.
    pub mac: String,
    /// Where it was.
    pub from: IpAddr,
    /// Where it is.
    pub to: IpAddr,
}

/// A host that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Address.
    pub ip: IpAddr,
    /// Ports that take connections now.
    pub opened: Vec<u16>,
    /// Ports that do no more.
    pub closed: Vec<u16>,
    /// What it was taken for, where that is another now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub was: Option<String>,
    /// What it is taken for, where it was another before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub is: Option<String>,
}

impl Difference {
    /// Compares two scans of one block. A hardware address that several hosts of a scan share is a router's, and tells nobody apart.
    pub fn between(before: &[Seen], now: &[Seen]) -> Self {
        let (then, today) = (by_address(before), by_address(now));
        let (macs_then, macs_today) = (own_macs(before), own_macs(now));
        let mut difference = Self::default();
        // Where that hardware address was before, if it is one host's own in both scans.
        let was_at = |seen: &Seen| {
            let mac = seen.mac.as_deref().filter(|mac| macs_today.contains_key(mac))?;
            Some((mac.to_owned(), *macs_then.get(mac)?))
        };
        for seen in now {
            let known = then.get(&seen.ip).filter(|known| is_same(known, seen));
            match (known, was_at(seen)) {
                (Some(known), _) => difference.changed.extend(changed(known, seen)),
                (None, Some((mac, from))) if from != seen.ip => {
                    difference.moved.push(Moved { mac, from, to: seen.ip });
                }
                (None, _) => difference.new.push(someone(seen)),
            }
        }
        for known in before {
            let is_there = today.get(&known.ip).is_some_and(|seen| is_same(known, seen));
            let moved = difference.moved.iter().any(|moved| known.mac.as_ref() == Some(&moved.mac));
            if !is_there && !moved {
                difference.gone.push(someone(known));
            }
        }
        difference
    }

    /// Nothing is otherwise.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Two hosts with hardware addresses of their own that differ are two, also at one address.
fn is_same(a: &Seen, b: &Seen) -> bool {
    match (&a.mac, &b.mac) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn by_address(all: &[Seen]) -> BTreeMap<IpAddr, &Seen> {
    all.iter().map(|seen| (seen.ip, seen)).collect()
}

fn own_macs(all: &[Seen]) -> BTreeMap<&str, IpAddr> {
    let mut found: BTreeMap<&str, Option<IpAddr>> = BTreeMap::new();
    for seen in all {
        if let Some(mac) = &seen.mac {
            found.entry(mac).and_modify(|known| *known = None).or_insert(Some(seen.ip));
        }
    }
    found.into_iter().filter_map(|(mac, ip)| Some((mac, ip?))).collect()
}

fn someone(seen: &Seen) -> Someone {
    Someone { ip: seen.ip, name: seen.name.clone(), label: seen.label.clone() }
}

fn changed(before: &Seen, now: &Seen) -> Option<Changed> {
    let opened: Vec<u16> = now.ports.difference(&before.ports).copied().collect();
    let closed: Vec<u16> = before.ports.difference(&now.ports).copied().collect();
    let is_other = before.label != now.label;
    (is_other || !opened.is_empty() || !closed.is_empty()).then(|| Changed {
        ip: now.ip,
        opened,
        closed,
        was: is_other.then(|| before.label.clone()),
        is: is_other.then(|| now.label.clone()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn seen(ip: &str, mac: &str, label: &str, ports: &[u16]) -> Seen {
        Seen {
            ip: ip.parse().unwrap(),
            mac: (!mac.is_empty()).then(|| mac.to_owned()),
            name: ip.into(),
            label: label.into(),
            ports: ports.iter().copied().collect(),
        }
    }

    fn addresses(all: &[Someone]) -> Vec<String> {
        all.iter().map(|one| one.ip.to_string()).collect()
    }

    #[test]
    fn who_came_who_went_and_who_is_otherwise() {
        let before = [
            seen("10.0.0.1", "", "OPNsense", &[443]),
            seen("10.0.0.2", "", "Web Server", &[80]),
            seen("10.0.0.3", "", "SSH Host", &[22]),
        ];
        let now = [
            seen("10.0.0.1", "", "OPNsense", &[443]),
            seen("10.0.0.2", "", "Grafana", &[80, 3000]),
            seen("10.0.0.4", "", "Printer", &[9100]),
        ];
        let difference = Difference::between(&before, &now);
        assert_eq!(addresses(&difference.new), ["10.0.0.4"]);
        assert_eq!(addresses(&difference.gone), ["10.0.0.3"]);
        let changed = &difference.changed[0];
        assert_eq!(
            (changed.opened.as_slice(), changed.closed.as_slice()),
            ([3000].as_slice(), [].as_slice())
        );
        assert_eq!((changed.was.as_deref(), changed.is.as_deref()), (Some("Web Server"), Some("Grafana")));
        assert!(Difference::between(&now, &now).is_empty());
    }

    #[test]
    fn a_host_with_another_address_moved_and_another_host_at_an_address_is_new() {
        let before = [seen("10.0.0.2", "aa", "nas", &[]), seen("10.0.0.3", "bb", "tv", &[])];
        let now = [seen("10.0.0.9", "aa", "nas", &[]), seen("10.0.0.3", "cc", "phone", &[])];
        let difference = Difference::between(&before, &now);
        assert_eq!(difference.moved.len(), 1);
        assert_eq!(difference.moved[0].to.to_string(), "10.0.0.9");
        assert_eq!(addresses(&difference.new), ["10.0.0.3"]);
        assert_eq!(addresses(&difference.gone), ["10.0.0.3"]);
    }

    #[test]
    fn a_router_that_answers_for_many_moves_nobody() {
        let before = [seen("10.0.0.2", "aa", "", &[]), seen("10.0.0.3", "aa", "", &[])];
        let now = [seen("10.0.0.4", "aa", "", &[])];
        let difference = Difference::between(&before, &now);
        assert_eq!((difference.moved.len(), difference.new.len(), difference.gone.len()), (0, 1, 2));
    }
}
