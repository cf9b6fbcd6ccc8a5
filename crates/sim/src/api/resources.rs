//! `/cluster/resources` and `/nodes`: one row for everything the caller may see.

use serde_json::{Map, Value, json};

use super::cx::{Cx, flag};
use super::shape::index;
use crate::access::Release;
use crate::answer::{Answer, Method};
use crate::world::{Guest, Kind, Node, load};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    if method != Method::Get {
        return None;
    }
    Some(match template {
        "/cluster/resources" => resources(cx),
        "/nodes" => Ok(cx.world.nodes.values().map(|node| node_of_list(cx, node)).collect()),
        "/nodes/{node}" => cx.node().and_then(|_| {
            index(
                "name",
                &[
                    "apt",
                    "certificates",
                    "config",
                    "disks",
                    "lxc",
                    "network",
                    "qemu",
                    "services",
                    "status",
                    "storage",
                    "subscription",
                    "tasks",
                    "time",
                    "version",
                    "vzdump",
                ],
            )
        }),
        _ => return None,
    })
}

fn resources(cx: &Cx<'_>) -> Answer {
    let only = cx.ask.parameters.get("type").map(String::as_str);
    let is = |of: &str| only.is_none_or(|only| only == of);
    let mut rows = Vec::new();
    if only.is_none() {
        rows.extend(pools(cx));
    }
    if is("vm") {
        let seen = cx.world.guests.values().filter(|guest| sees(cx, guest));
        rows.extend(seen.map(|guest| guest_row(cx, guest)));
    }
    if is("node") {
        rows.extend(cx.world.nodes.values().map(|node| node_row(cx, node)));
    }
    if is("storage") {
        // To see a storage in the list of a node is not enough here.
        rows.extend(storage_rows(cx, |id| cx.may(&format!("/storage/{id}"), &["Datastore.Audit"])));
    }
    if is("sdn") {
        let online = cx
            .world
            .nodes
            .values()
            .filter(|node| node.online && cx.may("/sdn/zones/localnetwork", &["SDN.Audit"]));
        rows.extend(online.map(|node| {
            json!({"id": format!("network/{}/zone/localnetwork", node.name), "network": "localnetwork", "network-type": "zone", "node": node.name, "status": "ok", "type": "network"})
        }));
    }
    Ok(rows.into())
}

/// Whether a list shows that guest to the caller.
pub(super) fn sees(cx: &Cx<'_>, guest: &Guest) -> bool {
    cx.may(&format!("/vms/{}", guest.vmid), &["VM.Audit"])
}

/// A guest's row in lists of the cluster.
pub(super) fn guest_row(cx: &Cx<'_>, guest: &Guest) -> Value {
    let (world, now) = (&cx.world, cx.world.now());
    let online = world.nodes.get(&guest.node).is_some_and(|node| node.online);
    let mut row = Map::new();
    row.insert("id".into(), format!("{}/{}", guest.kind.as_str(), guest.vmid).into());
    for (key, value) in [("name", guest.name.as_str()), ("node", &guest.node), ("type", guest.kind.as_str())]
    {
        row.insert(key.into(), value.into());
    }
    row.insert("vmid".into(), guest.vmid.into());
    row.insert("template".into(), flag(guest.template));
    row.insert("maxcpu".into(), guest.cores.into());
    row.insert("maxmem".into(), (guest.memory << 20).into());
    row.insert("maxdisk".into(), guest.disk_bytes().into());
    // A node that is gone no longer says how its guests are.
    let status = match (online, guest.is_running()) {
        (false, _) => "unknown",
        (true, true) => "running",
        (true, false) => "stopped",
    };
    row.insert("status".into(), status.into());
    if online {
        let (received, sent) = load::traffic(guest, now);
        row.insert("cpu".into(), load::cpu(guest, world.now_ms()).into());
        row.insert("mem".into(), load::memory(guest, world.now_ms()).into());
        if world.release == Release::V9 {
            row.insert("memhost".into(), load::memory(guest, world.now_ms()).into());
        }
        row.insert("uptime".into(), guest.uptime(now).into());
        row.insert("netin".into(), received.into());
        row.insert("netout".into(), sent.into());
        row.insert("diskread".into(), (received / 3).into());
        row.insert("diskwrite".into(), (sent / 2).into());
        row.insert("disk".into(), used_disk(guest).into());
    }
    if !guest.tags.is_empty() {
        row.insert("tags".into(), guest.tags.join(";").into());
    }
    if let Some(lock) = &guest.lock {
        row.insert("lock".into(), lock.as_str().into());
    }
    if let Some(pool) = world.pool_of(guest.vmid) {
        row.insert("pool".into(), pool.into());
    }
    row.into()
}

/// A virtual machine's disk is a closed box to its node.
pub(super) fn used_disk(guest: &Guest) -> u64 {
    match guest.kind {
        Kind::Lxc if guest.is_running() => guest.disk_bytes() / 100 * (30 + u64::from(guest.vmid % 45)),
        _ => 0,
    }
}

/// Share of its processors that a node uses, and bytes of its memory.
pub(super) fn node_load(cx: &Cx<'_>, node: &Node) -> (f64, u64) {
    let on = cx.world.guests.values().filter(|guest| guest.node == node.name);
    let (mut busy, mut memory) = (0.02 * f64::from(node.cpus), 2 << 30);
    for guest in on {
        busy += load::cpu(guest, cx.world.now_ms()) * f64::from(guest.cores);
        memory += load::memory(guest, cx.world.now_ms());
    }
    ((busy / f64::from(node.cpus)).min(1.0), memory.min(node.memory))
}

fn node_row(cx: &Cx<'_>, node: &Node) -> Value {
    let mut row = json!({
        "id": format!("node/{}", node.name), "level": "", "node": node.name,
        "status": if node.online { "online" } else { "offline" }, "type": "node",
    });
    if node.online {
        row["cgroup-mode"] = 2.into();
    }
    measured(cx, node, &mut row);
    row
}

fn node_of_list(cx: &Cx<'_>, node: &Node) -> Value {
    let fingerprint = node.certificates.first().map(|certificate| certificate.fingerprint.clone());
    let mut row = json!({
        "id": format!("node/{}", node.name), "level": "", "node": node.name, "ssl_fingerprint": fingerprint,
        "status": if node.online { "online" } else { "offline" }, "type": "node",
    });
    measured(cx, node, &mut row);
    row
}

fn measured(cx: &Cx<'_>, node: &Node, row: &mut Value) {
    if !node.online || !cx.may(&format!("/nodes/{}", node.name), &["Sys.Audit"]) {
        return;
    }
    let (cpu, mem) = node_load(cx, node);
    row["cpu"] = cpu.into();
    row["mem"] = mem.into();
    row["maxcpu"] = node.cpus.into();
    row["maxmem"] = node.memory.into();
    row["disk"] = node.root_used.into();
    row["maxdisk"] = node.root_bytes.into();
    row["uptime"] = (cx.world.now() - node.booted_at).into();
}

fn pools<'a>(cx: &'a Cx<'_>) -> impl Iterator<Item = Value> + 'a {
    let seen = cx.world.pools.iter().filter(|(name, _)| cx.may(&format!("/pool/{name}"), &["Pool.Audit"]));
    seen.map(|(name, pool)| {
        let guests = pool.guests.iter().filter_map(|vmid| cx.world.guests.get(vmid));
        let (mut cores, mut memory, mut used, mut busy, mut uptime) = (0, 0, 0, 0.0, 0);
        for guest in guests.filter(|guest| guest.is_running()) {
            cores += guest.cores;
            busy += load::cpu(guest, cx.world.now_ms()) * f64::from(guest.cores);
            uptime = uptime.max(guest.uptime(cx.world.now()));
            memory += guest.memory << 20;
            used += load::memory(guest, cx.world.now_ms());
        }
        json!({
            "cpu": busy / f64::from(cores.max(1)), "id": format!("/pool/{name}"), "maxcpu": cores, "maxmem": memory,
            "mem": used, "pool": name, "type": "pool", "uptime": uptime,
        })
    })
}

/// A row for each node and storage that it has; a node that is gone no longer says how its storages are.
pub(super) fn storage_rows<'a>(
    cx: &'a Cx<'_>,
    wanted: impl Fn(&str) -> bool + Copy + 'a,
) -> impl Iterator<Item = Value> + 'a {
    cx.world.nodes.values().flat_map(move |node| {
        let wanted = cx.world.storages_on(&node.name).filter(move |storage| wanted(&storage.id));
        wanted.map(|storage| {
            let available = node.online && storage.active;
            let mut row = json!({
                "content": storage.content.join(","), "id": format!("storage/{}/{}", node.name, storage.id),
                "node": node.name, "plugintype": storage.kind.as_str(), "shared": flag(storage.shared),
                "status": if available { "available" } else { "unknown" }, "storage": storage.id, "type": "storage",
            });
            if available {
                let (total, used) = storage.usage_on(&node.name);
                row["disk"] = used.into();
                row["maxdisk"] = total.into();
            }
            row
        })
    })
}
