//! `/storage` and `/nodes/{node}/storage`: where bytes lie, how many, which.

use serde_json::{Value, json};

use super::cx::{Cx, flag};
use super::parameters::list;
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Effect, Storage, StorageKind, Volume};

const SEEN_WITH: &[&str] = &["Datastore.Audit", "Datastore.AllocateSpace"];

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    if (method, template) == (Method::Delete, "/nodes/{node}/storage/{storage}/content/{volume}") {
        return Some(delete(cx));
    }
    if method != Method::Get {
        return None;
    }
    Some(match template {
        "/storage" => {
            let of = |storage: &&Storage| given(cx, "type").is_none_or(|kind| storage.kind.as_str() == kind);
            let seen = cx.world.storages.values().filter(|storage| sees(cx, storage));
            Ok(seen.filter(of).map(definition).collect())
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

fn given<'a>(cx: &'a Cx<'_>, name: &str) -> Option<&'a str> {
    cx.ask.parameters.get(name).map(String::as_str)
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
    storage.map(definition).ok_or_else(|| Refusal::died(format!("storage '{id}' does not exist")))
}

fn of_node(cx: &Cx<'_>) -> Answer {
    let node = &cx.node()?.name;
    let rows = cx.world.storages_on(node).filter(|storage| sees(cx, storage));
    let rows = rows.filter(|storage| {
        given(cx, "content").is_none_or(|content| list(content).any(|of| storage.content.contains(&of)))
    });
    let rows = rows.filter(|storage| given(cx, "storage").is_none_or(|id| storage.id == id));
    let row = |storage: &Storage| {
        let mut row = usage(storage, node);
        row["storage"] = storage.id.as_str().into();
        let (total, used) = storage.usage_on(node);
        if total > 0 {
            row["used_fraction"] = (used as f64 / total as f64).into();
        }
        row
    };
    Ok(rows.map(row).collect())
}

fn usage(storage: &Storage, node: &str) -> Value {
    let (total, used) = storage.usage_on(node);
    json!({
        "active": flag(storage.active), "avail": total.saturating_sub(used), "content": storage.content.join(","),
        "enabled": 1, "shared": flag(storage.shared), "total": total, "type": storage.kind.as_str(), "used": used,
    })
}

fn status(cx: &Cx<'_>) -> Answer {
    let node = &cx.node()?.name;
    cx.storage().map(|storage| usage(storage, node))
}

fn content(cx: &Cx<'_>) -> Answer {
    let (node, storage) = (&cx.node()?.name, cx.storage()?);
    if !storage.active {
        return Err(Refusal::died(format!("storage '{}' is not online", storage.id)));
    }
    let rows = storage.volumes_on(node);
    let rows = rows.filter(|volume| given(cx, "content").is_none_or(|content| volume.content == content));
    let vmid = cx.ask.number("vmid");
    let rows = rows.filter(|volume| vmid.is_none() || volume.vmid == vmid);
    Ok(rows.filter(|volume| may_see(cx, &storage.id, volume)).map(row).collect())
}

/// Removes a volume in a task. A backup goes by the right to make one.
fn delete(cx: &mut Cx<'_>) -> Answer {
    let (node, storage) = (cx.node()?.name.clone(), cx.storage()?.id.clone());
    let volume = cx.at("volume");
    let volid = if volume.contains(':') { volume.to_owned() } else { format!("{storage}:{volume}") };
    let (_, name) = volid.split_once(':').unwrap_or_default();
    let is_folder = matches!(cx.storage()?.kind, StorageKind::Dir | StorageKind::Nfs);
    if is_folder && !name.contains('/') {
        return Err(Refusal::died(format!("unable to parse directory volume name '{name}'")));
    }
    let known = cx.world.storages.get(&storage).and_then(|there| {
        there.volumes_on(&node).find(|known| known.volid == volid).map(|known| (known.content, known.vmid))
    });
    let place = format!("/storage/{storage}");
    match known {
        _ if cx.may(&place, &["Datastore.Allocate"]) => {}
        Some(("backup", Some(vmid))) => {
            for (path, privilege) in
                [(place, "Datastore.AllocateSpace"), (format!("/vms/{vmid}"), "VM.Backup")]
            {
                if !cx.may(&path, &[privilege]) {
                    return Err(Refusal::forbidden(&format!("{path}, {privilege}")));
                }
            }
        }
        _ => return Err(Refusal::forbidden(&format!("{place}, Datastore.Allocate"))),
    }
    let user = cx.user();
    Ok(cx.world.begin(&node, &user, Effect::DeleteVolume(volid)).into())
}

/// ISO images and templates are for everybody who sees the storage; a guest's volumes and backups need more.
fn may_see(cx: &Cx<'_>, storage: &str, volume: &Volume) -> bool {
    let storage = format!("/storage/{storage}");
    if matches!(volume.content, "iso" | "vztmpl") || cx.may(&storage, &["Datastore.Allocate"]) {
        return true;
    }
    let Some(vmid) = volume.vmid else { return false };
    let (of_storage, of_guest) = if volume.content == "backup" {
        ("Datastore.AllocateSpace", "VM.Backup")
    } else {
        ("Datastore.Audit", "VM.Config.Disk")
    };
    cx.may(&storage, &[of_storage]) && cx.may(&format!("/vms/{vmid}"), &[of_guest])
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
            if volume.protected {
                row["protected"] = flag(true);
            }
            if let Some(notes) = &volume.notes {
                row["notes"] = notes.as_str().into();
            }
        }
        _ => {}
    }
    row
}
