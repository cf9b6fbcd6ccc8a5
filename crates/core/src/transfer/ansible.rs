//! The machines as an Ansible inventory in YAML: hosts by kind, by tag and by network.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write;

use serde_json::Value;

use super::lab::Lab;
use crate::inventory::network::Networks;
use crate::inventory::{Item, ItemId, Kind, Rel, address};

/// Kinds that Ansible can reach.
const MACHINES: [Kind; 3] = [Kind::Hardware, Kind::Vms, Kind::Containers];

/// Writes the inventory; machines with neither address nor hostname are left out, with a comment that says so.
pub fn write(lab: &Lab) -> String {
    let networks = Networks::new(&lab.items);
    let names: HashMap<ItemId, &Item> = lab.items.iter().map(|item| (item.id, item)).collect();
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut hosts: BTreeMap<String, Vec<(&str, String)>> = BTreeMap::new();
    let mut unreachable = Vec::new();
    let mut taken: HashSet<String> = HashSet::new();
    for item in lab.items.iter().filter(|item| MACHINES.contains(&item.kind)) {
        let list = address::stored(item.fields.get("addresses"));
        let ip = address::primary(&list).and_then(|address| address.ip.clone());
        let hostname =
            item.fields.get("hostname").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let Some(target) = ip.clone().or_else(|| hostname.map(str::to_string)) else {
            unreachable.push(item.name.as_str());
            continue;
        };
        let mut host = slug(&item.name, '-');
        if !taken.insert(host.clone()) {
            host = format!("{host}-{}", item.id);
            taken.insert(host.clone());
        }
        let mut join = |group: String| {
            groups.entry(group).or_default().insert(host.clone());
        };
        join(item.kind.key().into());
        for tag in item.tags() {
            join(format!("tag_{}", slug(tag, '_')));
        }
        let explicit = lab.links.iter().filter(|link| link.rel == Rel::MemberOf && link.from_id == item.id);
        for network in explicit.filter_map(|link| networks.get(link.to_id)) {
            join(format!("network_{}", slug(&network.name, '_')));
        }
        if let Some(network) = ip.as_deref().and_then(|ip| networks.containing(ip)) {
            join(format!("network_{}", slug(&network.name, '_')));
        }
        let mut variables = vec![("ansible_host", target), ("labkeeper_id", item.id.to_string())];
        variables.push(("labkeeper_name", item.name.clone()));
        let parent = lab.links.iter().find(|link| link.rel == Rel::Parent && link.from_id == item.id);
        if let Some(parent) = parent.and_then(|link| names.get(&link.to_id)) {
            variables.push(("labkeeper_host", parent.name.clone()));
        }
        if let Some(os) = item.fields.get("os").and_then(Value::as_str) {
            variables.push(("labkeeper_os", os.into()));
        }
        hosts.insert(host, variables);
    }
    render(&hosts, &groups, &unreachable)
}

fn render(
    hosts: &BTreeMap<String, Vec<(&str, String)>>,
    groups: &BTreeMap<String, BTreeSet<String>>,
    unreachable: &[&str],
) -> String {
    let mut out = String::from(
        "---\n# Machines known to labkeeper. Variables beginning with labkeeper_ are what it knows.\n",
    );
    for name in unreachable {
        let _ = writeln!(out, "# left out, no address or hostname: {}", name.replace(char::is_control, " "));
    }
    out.push_str("all:\n");
    if hosts.is_empty() {
        out.push_str("  hosts: {}\n");
        return out;
    }
    out.push_str("  hosts:\n");
    for (host, variables) in hosts {
        let _ = writeln!(out, "    {host}:");
        for (name, value) in variables {
            // Text from the lab is data; without the mark Ansible would run a "{{ … }}" in it.
            let _ = writeln!(out, "      {name}: !unsafe {}", Value::from(value.as_str()));
        }
    }
    out.push_str("  children:\n");
    for (group, members) in groups {
        let _ = writeln!(out, "    {group}:\n      hosts:");
        for host in members {
            let _ = writeln!(out, "        {host}: {{}}");
        }
    }
    out
}

/// Letters, digits and the joint; a name that would read as a number or a word of YAML is told apart.
fn slug(text: &str, joint: char) -> String {
    let mut out = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() || (c == '.' && joint == '-') {
            out.push(c);
        } else if !out.ends_with(joint) && !out.is_empty() {
            out.push(joint);
        }
    }
    let out = out.trim_end_matches([joint, '.']).to_string();
    let plain_word = matches!(
        out.as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "all" | "ungrouped" | "y" | "n"
    );
    if plain_word || !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("host{joint}{out}")
    } else {
        out
    }
}
