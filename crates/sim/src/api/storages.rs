//! `/storage` and `/nodes/{node}/storage`: where bytes lie, how many, which.

use serde_json::{Value, json};

use super::cx::{Cx, flag};
use super::parameters::{Known, Type, verify};
use super::shape::index;
use crate::answer::{Answer, Method};
use crate::world::{Storage, Volume};

const SEEN_WITH: &[&str] = &["Datastore.Audit", "Datastore.AllocateSpace"];

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    if method != Method::Get {
        return None;
    }
    Some(match template {
        "/storage" => {
            Ok(cx.world.storages.values().filter(|storage| sees(cx, storage)).map(definition).collect())
        }
        "/storage/{storage}" => defined(cx),
        "/nodes/{node}/storage" => of_node(cx),
        "/nodes/{node}/storage/{storage}" => cx.storage().and_then(|_| {
            index(
                "subdir",
                &["content", "file-restore", "prunebackups", "rrd", "rrddata", "status", "upload"],
            )
        }),
        "/nodes/{node}/storage/{storage}/status" => status(cx),
        "/nodes/{node}/storage/{storage}/content" => content(cx),
        _ => return None,
    })
}

fn sees(cx: &Cx<'_>, storage: &Storage) -> bool {
    cx.may(&format!("/storage/{}", storage.id), SEEN_WITH)
}

fn definition(storage: &Storage) -> Value {
    let mut row = json!({
        "content": storage.content.join(","), "digest": "035919201080595cfa52c44bed4f3757e8dca584",
        "storage": storage.id, "type": storage.kind.as_str(),
    });
    for (key, value) in &storage.options {
        row[*key] = value.as_str().into();
    }
    if storage.shared {
        row["shared"] = flag(true);
    }
    row
}

fn defined(cx: &Cx<'_>) -> Answer {
    let id = cx.at("storage");
    let storage = cx.world.storages.get(id);
    storage.map(definition).ok_or_else(|| crate::Refusal::died(format!("storage '{id}' does not exist")))
}

fn of_node(cx: &Cx<'_>) -> Answer {
    let known: &[Known] = &[
        ("content", Type::Text, false),
        ("enabled", Type::Boolean, false),
        ("format", Type::Boolean, false),
        ("storage", Type::Text, false),
        ("target", Type::Text, false),
    ];
    verify(cx.ask, known)?;
    let node = cx.node()?.name.clone();
    let content = cx.ask.parameters.get("content").map(String::as_str);
    let rows = cx.world.storages_on(&node).filter(|storage| sees(cx, storage));
    let rows = rows.filter(|storage| {
        content.is_none_or(|content| content.split(',').any(|of| storage.content.contains(&of)))
    });
    Ok(rows
        .map(|storage| {
            let mut row = usage(storage, &node);
            row["storage"] = storage.id.as_str().into();
            let (total, used) = storage.usage[&node];
            if storage.active && total > 0 {
                row["used_fraction"] = (used as f64 / total as f64).into();
            }
            row
        })
        .collect())
}

fn usage(storage: &Storage, node: &str) -> Value {
    let (total, used) = if storage.active { storage.usage[node] } else { (0, 0) };
    json!({
        "active": flag(storage.active), "avail": total - used, "content": storage.content.join(","), "enabled": 1,
        "shared": flag(storage.shared), "total": total, "type": storage.kind.as_str(), "used": used,
    })
}

fn status(cx: &Cx<'_>) -> Answer {
    let node = cx.node()?.name.clone();
    cx.storage().map(|storage| usage(storage, &node))
}

fn content(cx: &Cx<'_>) -> Answer {
    verify(cx.ask, &[("content", Type::Text, false), ("vmid", Type::Integer, false)])?;
    let (node, storage) = (cx.node()?.name.clone(), cx.storage()?);
    if !storage.active {
        return Err(crate::Refusal::died(format!("storage '{}' is not online", storage.id)));
    }
    let given = |name: &str| cx.ask.parameters.get(name).map(String::as_str);
    let rows = storage.volumes_on(&node);
    let rows = rows.filter(|volume| given("content").is_none_or(|content| volume.content == content));
    let rows = rows.filter(|volume| {
        given("vmid").is_none_or(|vmid| volume.vmid.is_some_and(|of| of.to_string() == vmid))
    });
    Ok(rows.filter(|volume| may_see(cx, &storage.id, volume)).map(row).collect())
}

/// ISO images and templates are for everybody who sees the storage; a guest's volumes and backups need more.
fn may_see(cx: &Cx<'_>, storage: &str, volume: &Volume) -> bool {
    if matches!(volume.content, "iso" | "vztmpl")
        || cx.may(&format!("/storage/{storage}"), &["Datastore.Allocate"])
    {
        return true;
    }
    let Some(vmid) = volume.vmid else { return false };
    let needs: &[&str] = if volume.content == "backup" { &["VM.Backup"] } else { &["VM.Config.Disk"] };
    cx.may(&format!("/vms/{vmid}"), needs) && cx.may(&format!("/storage/{storage}"), SEEN_WITH)
}

fn row(volume: &Volume) -> Value {
    let mut row = json!({
        "content": volume.content, "ctime": volume.ctime, "format": volume.format, "size": volume.size,
        "volid": volume.volid,
    });
    if let Some(vmid) = volume.vmid {
        row["vmid"] = vmid.into();
    }
    match volume.content {
        "images" | "rootdir" => {
            row["parent"] = Value::Null;
            row["used"] = (volume.size / 3).into();
        }
        "backup" => {
            row["subtype"] = if volume.format.starts_with("vma") { "qemu" } else { "lxc" }.into();
            row["protected"] = flag(volume.protected);
            if let Some(notes) = &volume.notes {
                row["notes"] = notes.as_str().into();
            }
        }
        _ => {}
    }
    row
}
