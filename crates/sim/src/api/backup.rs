//! Backups: which guests no job covers, and `vzdump`.

use serde_json::{Value, json};

use super::cx::Cx;
use super::parameters::{Known, Type, verify};
use super::resources::sees;
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Effect, Guest};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    Some(match (method, template) {
        (Method::Get, "/cluster/backup") => Ok(job(cx)),
        (Method::Get, "/cluster/backup-info/not-backed-up") => Ok(uncovered(cx)),
        (Method::Get, "/cluster/backup-info") => index("subdir", &["not-backed-up"]),
        (Method::Post, "/nodes/{node}/vzdump") => back_up(cx),
        _ => return None,
    })
}

/// Who the nightly job takes: whatever starts by itself.
fn is_covered(guest: &Guest) -> bool {
    guest.onboot
}

fn job(cx: &Cx<'_>) -> Value {
    let ids: Vec<String> = cx
        .world
        .guests
        .values()
        .filter(|guest| is_covered(guest))
        .map(|guest| guest.vmid.to_string())
        .collect();
    if ids.is_empty() || !cx.world.storages.contains_key("nas") {
        return json!([]);
    }
    json!([{
        "compress": "zstd", "enabled": 1, "fleecing": {"enabled": "0"}, "id": "backup-5f3c1b2a-9d04", "mode": "snapshot",
        "next-run": cx.world.now() - cx.world.now().rem_euclid(86_400) + 86_400 + 7_200, "notes-template": "{{guestname}}",
        "prune-backups": {"keep-daily": "3", "keep-weekly": "2"}, "schedule": "02:00", "storage": "nas", "type": "vzdump",
        "vmid": ids.join(","),
    }])
}

fn uncovered(cx: &Cx<'_>) -> Value {
    let guests = cx.world.guests.values().filter(|guest| !is_covered(guest) && sees(cx, guest));
    guests.map(|guest| json!({"name": guest.name, "type": guest.kind.as_str(), "vmid": guest.vmid})).collect()
}

fn back_up(cx: &mut Cx<'_>) -> Answer {
    let known: &[Known] = &[
        ("vmid", Type::Integer, true),
        ("storage", Type::Text, false),
        ("mode", Type::Enum(&["snapshot", "suspend", "stop"]), false),
        ("compress", Type::Enum(&["0", "1", "gzip", "lzo", "zstd"]), false),
        ("notes-template", Type::Text, false),
        ("protected", Type::Boolean, false),
        ("remove", Type::Boolean, false),
    ];
    verify(cx.ask, known)?;
    let node = cx.node()?.name.clone();
    let vmid: u32 =
        cx.ask.parameters["vmid"].parse().map_err(|_| Refusal::parameter("vmid", "invalid format"))?;
    if !cx.may(&format!("/vms/{vmid}"), &["VM.Backup"]) {
        return Err(Refusal::forbidden(&format!("/vms/{vmid}, VM.Backup")));
    }
    let storage = cx.ask.parameters.get("storage").cloned().unwrap_or_else(|| "local".into());
    if !cx.may(&format!("/storage/{storage}"), &["Datastore.AllocateSpace"]) {
        return Err(Refusal::forbidden(&format!("/storage/{storage}, Datastore.AllocateSpace")));
    }
    let notes = cx.ask.parameters.get("notes-template").cloned();
    let user = cx.user();
    Ok(cx.world.begin(&node, &user, Effect::Backup { vmid, storage, notes }).into())
}
