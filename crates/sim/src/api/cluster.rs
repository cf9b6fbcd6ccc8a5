//! `/version`, `/cluster/…`, `/pools`: what is said of the cluster as a whole.

use serde_json::{Value, json};

use super::cx::{Cx, flag};
use super::resources::{guest_row, storage_rows};
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    if method != Method::Get {
        return None;
    }
    Some(match template {
        "/version" | "/nodes/{node}/version" => Ok(version(cx)),
        "/cluster" => index(
            "name",
            &[
                "acme",
                "backup",
                "backup-info",
                "ceph",
                "config",
                "firewall",
                "ha",
                "jobs",
                "log",
                "mapping",
                "metrics",
                "nextid",
                "notifications",
                "options",
                "replication",
                "resources",
                "sdn",
                "status",
                "tasks",
            ],
        ),
        "/cluster/status" => Ok(status(cx)),
        "/cluster/options" => Ok(options(cx)),
        "/cluster/nextid" => next_id(cx),
        "/cluster/ha/status/current" => Ok(quorum(cx)),
        "/cluster/ha/resources" | "/cluster/replication" | "/nodes/{node}/replication" => Ok(json!([])),
        "/pools" => Ok(pools(cx)),
        "/pools/{poolid}" => pool(cx),
        _ => return None,
    })
}

fn next_id(cx: &Cx<'_>) -> Answer {
    let taken = |id: &u32| cx.world.guests.contains_key(id);
    match cx.ask.number("vmid") {
        Some(id) if taken(&id) => Err(Refusal::parameter("vmid", format!("VM {id} already exists"))),
        Some(id) => Ok(id.to_string().into()),
        None => Ok((100..).find(|id| !taken(id)).map(|id| id.to_string()).into()),
    }
}

fn version(cx: &Cx<'_>) -> Value {
    let release = cx.world.release;
    json!({"release": release.minor(), "repoid": release.repository(), "version": release.version()})
}

fn status(cx: &Cx<'_>) -> Value {
    let world = &cx.world;
    let mut rows = Vec::new();
    if let Some(name) = &world.cluster {
        let online = world.nodes.values().filter(|node| node.online).count();
        rows.push(json!({
            "id": "cluster", "name": name, "nodes": world.nodes.len(),
            "quorate": flag(online * 2 > world.nodes.len()), "type": "cluster", "version": world.nodes.len(),
        }));
    }
    let first = world.nodes.keys().next().map(String::as_str);
    for node in world.nodes.values() {
        let number = if world.cluster.is_some() { node.id } else { 0 };
        rows.push(json!({
            "id": format!("node/{}", node.name), "ip": node.address, "level": "",
            "local": flag(Some(node.name.as_str()) == cx.door.or(first)), "name": node.name, "nodeid": number,
            "online": flag(node.online), "type": "node",
        }));
    }
    rows.into()
}

fn options(cx: &Cx<'_>) -> Value {
    if !cx.may("/", &["Sys.Audit"]) {
        return json!({"allowed-tags": []});
    }
    let mut tags: Vec<&String> = cx.world.guests.values().flat_map(|guest| &guest.tags).collect();
    tags.sort_unstable();
    tags.dedup();
    json!({"allowed-tags": tags, "description": "", "mac_prefix": "BC:24:11"})
}

fn quorum(cx: &Cx<'_>) -> Value {
    let online = cx.world.nodes.values().filter(|node| node.online);
    let first = online.clone().next().map(|node| node.name.clone());
    let quorate = online.count() * 2 > cx.world.nodes.len();
    let status = if quorate { "OK" } else { "No quorum!" };
    json!([{"id": "quorum", "node": first, "quorate": flag(quorate), "status": status, "type": "quorum"}])
}

fn pools(cx: &Cx<'_>) -> Value {
    let seen = cx
        .world
        .pools
        .iter()
        .filter(|(name, _)| cx.may(&format!("/pool/{name}"), &["Pool.Audit", "Pool.Allocate"]));
    seen.map(|(name, pool)| json!({"comment": pool.comment, "poolid": name})).collect()
}

fn pool(cx: &Cx<'_>) -> Answer {
    let name = cx.at("poolid").to_string();
    let pool = cx.world.pools.get(&name);
    let pool = pool.ok_or_else(|| Refusal::died(format!("no such pool '{name}'")))?;
    let wanted = cx.ask.parameters.get("type").map(String::as_str);
    let guests = pool.guests.iter().filter_map(|vmid| cx.world.guests.get(vmid));
    let guests = guests.filter(|guest| wanted.is_none_or(|wanted| guest.kind.as_str() == wanted));
    // The pool a member is in is no news here.
    let guests = guests.map(|guest| {
        let mut row = guest_row(cx, guest);
        row.as_object_mut().map(|row| row.remove("pool"));
        row
    });
    let storages = storage_rows(cx, |id| pool.storages.iter().any(|of| of == id));
    let storages = storages.filter(|_| wanted.is_none_or(|wanted| wanted == "storage"));
    let members: Vec<Value> = guests.chain(storages).collect();
    Ok(json!({"comment": pool.comment, "members": members, "poolid": name}))
}
