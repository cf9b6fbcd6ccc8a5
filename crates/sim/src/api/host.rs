//! `/nodes/{node}/…`: what a node says of itself.

use serde_json::{Value, json};

use super::cx::{Cx, flag};
use super::resources::node_load;
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Disk, Node, ZfsPool};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    if method != Method::Get || !template.starts_with("/nodes/{node}/") {
        return None;
    }
    let of: fn(&Cx<'_>, &Node) -> Answer = match &template["/nodes/{node}".len()..] {
        "/status" => |cx, node| Ok(status(cx, node)),
        "/time" => |cx, _| {
            let now = cx.world.now();
            Ok(json!({"localtime": now, "time": now, "timezone": "Etc/UTC"}))
        },
        "/subscription" => subscription,
        "/services" => |_, node| Ok(node.services.iter().map(service).collect()),
        "/services/{service}" => |_, _| index("subdir", &["state", "start", "stop", "restart", "reload"]),
        "/services/{service}/state" => one_service,
        "/network" => networks,
        "/disks" => |_, _| {
            index("name", &["list", "initgpt", "smart", "lvm", "lvmthin", "directory", "wipedisk", "zfs"])
        },
        "/disks/list" => |_, node| Ok(node.disks.iter().map(disk).collect()),
        "/disks/zfs" => |_, node| Ok(node.zfs.iter().map(pool).collect()),
        "/disks/zfs/{name}" => one_pool,
        "/certificates" => |_, _| index("name", &["acme", "custom", "info"]),
        "/certificates/info" => |_, node| Ok(certificates(node)),
        "/apt" => |_, _| index("id", &["changelog", "repositories", "update", "versions"]),
        "/apt/update" => |_, node| Ok(updates(node)),
        "/config" => |_, _| Ok(json!({})),
        _ => return None,
    };
    Some(cx.node().and_then(|node| of(cx, node)))
}

fn status(cx: &Cx<'_>, node: &Node) -> Value {
    let (cpu, used) = node_load(cx, node);
    let load = cpu * f64::from(node.cpus);
    let release = cx.world.release;
    let about = format!("#1 SMP PREEMPT_DYNAMIC PMX {}", node.kernel);
    json!({
        "boot-info": {"mode": "efi", "secureboot": 0},
        "cpu": cpu,
        "cpuinfo": {
            "cores": node.cpus.div_ceil(2), "cpus": node.cpus, "family": "6", "flags": "fpu vme de pse tsc msr pae vmx svm",
            "hvm": "1", "mhz": "2900.000", "model": node.cpu_model, "sockets": 1, "user_hz": 100,
            "vendor": if node.cpu_model.starts_with("AMD") { "AuthenticAMD" } else { "GenuineIntel" },
        },
        "current-kernel": {"machine": "x86_64", "release": node.kernel, "sysname": "Linux", "version": about},
        "idle": 0,
        "ksm": {"shared": 0},
        "kversion": format!("Linux {} {about}", node.kernel),
        "loadavg": [format!("{load:.2}"), format!("{:.2}", load * 0.9), format!("{:.2}", load * 0.85)],
        "memory": {"available": node.memory - used, "free": (node.memory - used) / 2, "total": node.memory, "used": used},
        "pveversion": format!("pve-manager/{}/{}", release.version(), release.repository()),
        "rootfs": {
            "avail": node.root_bytes.saturating_sub(node.root_used), "free": node.root_bytes.saturating_sub(node.root_used),
            "total": node.root_bytes, "used": node.root_used,
        },
        "swap": {"free": 8u64 << 30, "total": 8u64 << 30, "used": 0},
        "uptime": cx.world.now() - node.booted_at,
        "wait": cpu / 40.0,
    })
}

fn subscription(cx: &Cx<'_>, node: &Node) -> Answer {
    let mut answer = json!({
        "message": "There is no subscription key", "status": "notfound",
        "url": "https://www.proxmox.com/en/proxmox-virtual-environment/pricing",
    });
    if cx.may(&format!("/nodes/{}", node.name), &["Sys.Audit"]) {
        answer["serverid"] = format!("546C9B6F3CB62F0E258BF28B5FC7{:04X}", 0x3380 + node.id).into();
    }
    Ok(answer)
}

fn service(service: &crate::world::Service) -> Value {
    let active = if service.state == "running" { "active" } else { "inactive" };
    let active = if service.state == "failed" { "failed" } else { active };
    json!({
        "active-state": active, "desc": service.description, "name": service.name, "service": service.name,
        "state": service.state, "unit-state": "enabled",
    })
}

/// A service that the real node knows and that is not installed is there too, dead.
fn one_service(cx: &Cx<'_>, node: &Node) -> Answer {
    let name = cx.at("service");
    let found = node.services.iter().find(|service| service.name == name);
    Ok(found.map_or_else(
        || {
            json!({
                "active-state": "inactive", "desc": format!("{name}.service"), "name": name, "service": name,
                "state": "dead", "unit-state": "not-found",
            })
        },
        service,
    ))
}

fn networks(cx: &Cx<'_>, node: &Node) -> Answer {
    let wanted = cx.ask.parameters.get("type").map(String::as_str);
    let of = |kind: &str| match wanted {
        None | Some("include_sdn") => true,
        Some("any_bridge" | "any_local_bridge") => kind == "bridge",
        Some(wanted) => kind == wanted,
    };
    let all = node.interfaces.iter().enumerate().filter(|(_, interface)| of(interface.kind));
    Ok(all.map(|(at, interface)| network(at, interface)).collect())
}

fn network(at: usize, interface: &crate::world::Interface) -> Value {
    let mut row = json!({
        "active": 1, "autostart": 1, "families": ["inet"], "iface": interface.name,
        "method": if interface.cidr.is_some() { "static" } else { "manual" }, "method6": "manual",
        "priority": at + 3, "type": interface.kind,
    });
    if let Some(cidr) = &interface.cidr {
        let (address, prefix) = cidr.split_once('/').unwrap_or((cidr, "24"));
        row["address"] = address.into();
        row["cidr"] = cidr.as_str().into();
        row["netmask"] = prefix.into();
    }
    if let Some(gateway) = &interface.gateway {
        row["gateway"] = gateway.as_str().into();
    }
    if interface.kind == "bridge" {
        row["bridge_ports"] = interface.ports.as_str().into();
        row["bridge_stp"] = "off".into();
        row["bridge_fd"] = "0".into();
        if interface.vlan_aware {
            row["bridge_vlan_aware"] = flag(true);
            row["bridge_vids"] = "2-4094".into();
        }
    }
    if let Some((raw, tag)) = interface.name.split_once('.').filter(|_| interface.kind == "vlan") {
        row["vlan-raw-device"] = raw.into();
        row["vlan-id"] = tag.into();
    }
    if !interface.comments.is_empty() {
        row["comments"] = format!("{}\n", interface.comments).into();
    }
    row
}

fn disk(disk: &Disk) -> Value {
    let mounted = (disk.used == "mounted").then_some(1);
    let wearout = disk.wearout.map_or_else(|| "N/A".into(), Value::from);
    let mut row = json!({
        "by_id_link": format!("/dev/disk/by-id/{}-{}", disk.kind, disk.serial), "devpath": disk.path, "gpt": 1,
        "health": disk.health, "model": disk.model, "osdid": -1, "osdid-list": null,
        "rpm": if disk.kind == "hdd" { 5400 } else { 0 }, "serial": disk.serial, "size": disk.size, "type": disk.kind,
        "used": disk.used, "vendor": "unknown", "wearout": wearout, "wwn": "unknown",
    });
    if let Some(mounted) = mounted {
        row["mounted"] = mounted.into();
    }
    row
}

fn pool(pool: &ZfsPool) -> Value {
    json!({
        "alloc": pool.alloc, "dedup": 1, "frag": pool.frag, "free": pool.size.saturating_sub(pool.alloc), "health": pool.health,
        "name": pool.name, "size": pool.size,
    })
}

fn one_pool(cx: &Cx<'_>, node: &Node) -> Answer {
    let name = cx.at("name");
    let pool = node.zfs.iter().find(|pool| pool.name == name);
    let pool =
        pool.ok_or_else(|| Refusal::died(format!("command 'zpool status -P {name}' failed: exit code 1")))?;
    let state = |name: &str, children: Value| json!({"cksum": 0, "leaf": flag(children.is_null()), "msg": "", "name": name, "read": 0, "state": pool.health, "write": 0, "children": children});
    let leaves: Vec<Value> = pool
        .devices
        .iter()
        .map(|device| {
            let mut leaf = state(device, Value::Null);
            leaf["state"] = "ONLINE".into();
            leaf.as_object_mut().map(|leaf| leaf.remove("children"));
            leaf
        })
        .collect();
    let mirror = state("mirror-0", leaves.into());
    Ok(json!({
        "children": [mirror], "errors": "No known data errors", "leaf": 0, "name": pool.name, "scan": pool.scan,
        "state": pool.health,
    }))
}

fn certificates(node: &Node) -> Value {
    let rows = node.certificates.iter().map(|certificate| {
        json!({
            "filename": certificate.filename, "fingerprint": certificate.fingerprint, "issuer": certificate.issuer,
            "notafter": certificate.not_after, "notbefore": certificate.not_before, "pem": certificate.pem, "public-key-bits": 2048,
            "public-key-type": "rsaEncryption",
            "san": [node.address, node.name, format!("{}.home.arpa", node.name), "localhost"],
            "subject": certificate.subject,
        })
    });
    rows.collect()
}

fn updates(node: &Node) -> Value {
    let rows = node.updates.iter().map(|(name, there, to_come)| {
        json!({
            "Arch": "amd64", "Description": "", "OldVersion": there, "Origin": "Debian", "Package": name,
            "Priority": "optional", "Section": "admin", "Title": name, "Version": to_come,
        })
    });
    rows.collect()
}
