//! `…/{vmid}/snapshot`: list, take, delete, roll back.

use serde_json::{Value, json};

use super::cx::{Cx, flag};
use super::guests::{split, typed};
use super::parameters::{Type, is_set, verify};
use super::shape::{index, text_map};
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Effect, Guest, Kind};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    let (kind, below) = split(template)?;
    Some(match (method, below) {
        (Method::Get, "/{vmid}/snapshot") => cx.guest(kind).map(list),
        (Method::Post, "/{vmid}/snapshot") => take(cx, kind),
        (Method::Get, "/{vmid}/snapshot/{snapname}") => index("cmd", &["rollback", "config"]),
        (Method::Get, "/{vmid}/snapshot/{snapname}/config") => config(cx, kind),
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

fn config(cx: &Cx<'_>, kind: Kind) -> Answer {
    let (guest, name) = (cx.guest(kind)?, cx.at("snapname"));
    let snapshot = guest.snapshots.iter().find(|snapshot| snapshot.name == name);
    snapshot.map(|snapshot| text_map(&snapshot.config)).ok_or_else(|| missing(name))
}

fn take(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    let with_state = [
        ("snapname", Type::Name(40), true),
        ("description", Type::Text, false),
        ("vmstate", Type::Boolean, false),
    ];
    let known = if kind == Kind::Lxc { &with_state[..2] } else { &with_state[..] };
    verify(cx.ask, known)?;
    let name = cx.ask.parameters["snapname"].clone();
    if name == "current" || name == "pending" {
        return Err(Refusal::parameter(
            "snapname",
            format!("unable to use snapshot name '{name}' (reserved name)"),
        ));
    }
    let vmid = cx.guest(kind)?.vmid;
    let description = cx.ask.parameters.get("description").cloned().unwrap_or_default();
    let vmstate = is_set(cx.ask, "vmstate");
    begin(cx, Effect::Snapshot { vmid, kind, name, description, vmstate })
}

fn delete(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    verify(cx.ask, &[("force", Type::Boolean, false)])?;
    let (vmid, name) = (cx.guest(kind)?.vmid, cx.at("snapname").to_string());
    begin(cx, Effect::DeleteSnapshot(kind, vmid, name))
}

fn roll_back(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    verify(cx.ask, &[("start", Type::Boolean, false)])?;
    let (vmid, name) = (cx.guest(kind)?.vmid, cx.at("snapname").to_string());
    let start = is_set(cx.ask, "start");
    begin(cx, Effect::Rollback { vmid, kind, name, start })
}

fn begin(cx: &mut Cx<'_>, effect: Effect) -> Answer {
    let (node, user) = (cx.at("node").to_string(), cx.user());
    Ok(cx.world.begin(&node, &user, effect).into())
}

fn missing(name: &str) -> Refusal {
    Refusal::died(format!("snapshot '{name}' does not exist"))
}
