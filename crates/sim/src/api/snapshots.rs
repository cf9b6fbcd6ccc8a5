//! `…/{vmid}/snapshot`: list, take, delete, roll back.

use serde_json::{Value, json};

use super::cx::{Cx, flag};
use super::guests::{snapshot_config, split, typed};
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Effect, Guest, Kind};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    let (kind, below) = split(template)?;
    Some(match (method, below) {
        (Method::Get, "/{vmid}/snapshot") => cx.guest(kind).map(list),
        (Method::Post, "/{vmid}/snapshot") => take(cx, kind),
        (Method::Get, "/{vmid}/snapshot/{snapname}") => index("cmd", &["rollback", "config"]),
        (Method::Get, "/{vmid}/snapshot/{snapname}/config") => {
            cx.guest(kind).and_then(|guest| snapshot_config(guest, cx.at("snapname")))
        }
        (Method::Delete, "/{vmid}/snapshot/{snapname}") => delete(cx, kind),
        (Method::Post, "/{vmid}/snapshot/{snapname}/rollback") => roll_back(cx, kind),
        _ => return None,
    })
}

fn list(guest: &Guest) -> Value {
    let mut rows: Vec<Value> = Vec::new();
    for snapshot in &guest.snapshots {
        let mut row =
            json!({"description": snapshot.description, "name": snapshot.name, "snaptime": snapshot.at});
        if let Some(parent) = &snapshot.parent {
            row["parent"] = parent.as_str().into();
        }
        if guest.kind == Kind::Qemu {
            row["vmstate"] = flag(snapshot.vmstate);
        }
        rows.push(row);
    }
    let mut now = json!({
        "description": "You are here!", "digest": typed(guest)["digest"], "name": "current",
        "running": flag(guest.is_running()),
    });
    if let Some(parent) = &guest.parent {
        now["parent"] = parent.as_str().into();
    }
    rows.push(now);
    rows.into()
}

fn take(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    let (vmid, name) = (cx.vmid()?, cx.ask.parameters.get("snapname").cloned().unwrap_or_default());
    if matches!((kind, name.as_str()), (_, "current") | (Kind::Qemu, "pending") | (Kind::Lxc, "vzdump")) {
        return Err(Refusal::died(format!("unable to use snapshot name '{name}' (reserved name)")));
    }
    let description = cx.ask.parameters.get("description").cloned().unwrap_or_default();
    let vmstate = cx.ask.flag("vmstate") == Some(true);
    begin(cx, Effect::Snapshot { vmid, kind, name, description, vmstate })
}

fn delete(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    let (vmid, name) = (cx.vmid()?, cx.at("snapname").to_string());
    begin(cx, Effect::DeleteSnapshot(kind, vmid, name))
}

fn roll_back(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    let (vmid, name) = (cx.vmid()?, cx.at("snapname").to_string());
    let start = cx.ask.flag("start") == Some(true);
    begin(cx, Effect::Rollback { vmid, kind, name, start })
}

/// Whether there is such a guest, and such a snapshot, is the task's to find out.
fn begin(cx: &mut Cx<'_>, effect: Effect) -> Answer {
    let (node, user) = (cx.node()?.name.clone(), cx.user());
    Ok(cx.world.begin(&node, &user, effect).into())
}
