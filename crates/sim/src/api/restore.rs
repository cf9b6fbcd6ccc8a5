//! `POST …/lxc` and `…/qemu`, as far as they put a backup in the place of a guest that is there.

use super::cx::Cx;
use super::guests::split;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Effect, Guest, Kind, Restore};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    match (method, split(template)?) {
        (Method::Post, (kind, "")) => Some(restore(cx, kind)),
        _ => None,
    }
}

fn restore(cx: &mut Cx<'_>, kind: Kind) -> Answer {
    let given = |name: &str| cx.ask.parameters.get(name).cloned();
    let archive = match kind {
        Kind::Lxc => given("ostemplate").filter(|_| cx.ask.flag("restore") == Some(true)),
        Kind::Qemu => given("archive"),
    };
    let Some(archive) = archive else {
        return Err(Refusal::new(501, "the simulated node does not model new guests"));
    };
    let node = cx.node()?.name.clone();
    let vmid = given("vmid").and_then(|vmid| vmid.parse::<u32>().ok()).unwrap_or_default();
    let noun = kind.noun();
    let Some(guest) = cx.world.guests.get(&vmid) else {
        return Err(Refusal::new(501, "the simulated node does not model restores as a new guest"));
    };
    if cx.ask.flag("force") != Some(true) {
        return Err(Refusal::died(format!(
            "unable to restore {noun} {vmid} - {noun} {vmid} already exists on node '{}'",
            guest.node
        )));
    }
    // A container's disks all go to one storage, which is `local` when nobody says which.
    let storage = given("storage").or_else(|| (kind == Kind::Lxc).then(|| "local".to_owned()));
    if let Some(storage) = &storage
        && !cx.may(&format!("/storage/{storage}"), &["Datastore.AllocateSpace"])
    {
        return Err(Refusal::forbidden(&format!("/storage/{storage}, Datastore.AllocateSpace")));
    }
    let forbidden = bridge_forbidden(cx, guest);
    let start = cx.ask.flag("start") == Some(true);
    let user = cx.user();
    let effect = Effect::Restore(Restore { vmid, kind, archive, storage, start, forbidden });
    Ok(cx.world.begin(&node, &user, effect).into())
}

/// A bridge that the restored guest would use and the caller may not.
fn bridge_forbidden(cx: &Cx<'_>, guest: &Guest) -> Option<String> {
    let path = |bridge: &str| format!("/sdn/zones/localnet/{bridge}");
    let bridges = guest.nics.iter().map(|nic| path(&nic.bridge));
    let missing = bridges.into_iter().find(|path| !cx.may(path, &["SDN.Use"]));
    missing.map(|path| format!("Permission check failed ({path}, SDN.Use)"))
}
