//! What a task does to the world, when it begins and when it ends. What forbids it is looked at when it begins, as the
//! real worker does: who came first is not disturbed by who comes later.

use super::effect::{Effect, Power};
use super::guest::{Guest, Kind, Snapshot, Status};
use super::state::{Happening, World};

/// Looks whether a task about one guest can do its work, and holds the guest for it.
pub(super) fn begin(effect: &Effect, world: &mut World, node: &str) -> Result<(), String> {
    if let Effect::DeleteVolume(_) = effect {
        return Ok(());
    }
    let guest = found(effect, world, node)?;
    let (kind, lock) = (guest.kind, guest.lock.clone());
    let locked = || lock.map_or(Ok(()), |lock| Err(format!("{} is locked ({lock})", kind.noun())));
    match effect {
        Effect::Power(_, vmid, power) => {
            // A machine that does not run is as stopped as anybody may wish.
            if kind == Kind::Qemu && matches!(power, Power::Stop | Power::Shutdown) && !guest.is_running() {
                return Ok(());
            }
            if *power == Power::Start && guest.template {
                let word = if kind == Kind::Lxc { "CT" } else { "vm" };
                return Err(format!("you can't start a {word} if it's a template"));
            }
            locked()?;
            if *power == Power::Start {
                if guest.is_running() {
                    return Err(format!("{} {vmid} already running", kind.noun()));
                }
                reachable(guest, world)?;
            }
        }
        Effect::Snapshot { name, .. } => {
            if guest.template {
                return Err("you can't take a snapshot if it's a template".into());
            }
            locked()?;
            if guest.snapshots.iter().any(|snapshot| snapshot.name == *name) {
                return Err(format!("snapshot name '{name}' already used"));
            }
            if !guest.disks.iter().all(|(_, volume, _)| can_snapshot(volume, world)) {
                return Err("snapshot feature is not available".into());
            }
            reachable(guest, world)?;
        }
        Effect::DeleteSnapshot(_, _, name) => {
            locked()?;
            snapshot(guest, name)?;
        }
        Effect::Rollback { name, .. } => {
            snapshot(guest, name)?;
            locked()?;
            reachable(guest, world)?;
        }
        Effect::Restore(restore) => {
            if let Some(why) = restore.refused(world, node, guest) {
                return Err(why);
            }
        }
        Effect::Backup(_) | Effect::DeleteVolume(_) => {}
    }
    if let (Some(lock), Some(vmid)) = (effect.lock(), effect.vmid()) {
        let guest = world.guests.get_mut(&vmid).expect("it was just found");
        guest.lock = Some(lock.into());
    }
    Ok(())
}

/// What a task about one guest has done by that second, or why it could not. `started` is the second it began in.
pub(super) fn finish(
    effect: &Effect,
    world: &mut World,
    node: &str,
    (started, at): (i64, i64),
) -> Result<(), String> {
    world.pids += 3;
    let pid = world.pids;
    if let Effect::DeleteVolume(volid) = effect {
        return world.delete_volume(node, volid);
    }
    found(effect, world, node)?;
    if let Effect::Restore(restore) = effect {
        return restore.carry_out(world, at, pid);
    }
    let vmid = effect.vmid().unwrap_or_default();
    let guest = world.guests.get_mut(&vmid).expect("it was just found");
    // Only what it holds itself is let go.
    if effect.lock().is_some() {
        guest.lock = None;
    }
    match effect {
        Effect::Power(_, _, power) => switch(guest, *power, at, pid),
        Effect::Snapshot { name, description, vmstate, .. } => {
            take(guest, name, description, *vmstate, started);
        }
        Effect::DeleteSnapshot(_, _, name) => delete(guest, name)?,
        Effect::Rollback { name, start, .. } => roll_back(guest, name, *start, at, pid)?,
        Effect::Backup(_) | Effect::Restore(_) | Effect::DeleteVolume(_) => {}
    }
    world.happened.extend(match effect {
        Effect::Snapshot { name, .. } => Some(Happening::Taken(vmid, name.clone())),
        Effect::DeleteSnapshot(_, _, name) => Some(Happening::Deleted(vmid, name.clone())),
        Effect::Rollback { name, .. } => Some(Happening::RolledBack(vmid, name.clone())),
        Effect::Power(..) | Effect::Backup(_) | Effect::Restore(_) | Effect::DeleteVolume(_) => None,
    });
    Ok(())
}

fn found<'a>(effect: &Effect, world: &'a World, node: &str) -> Result<&'a Guest, String> {
    let (kind, vmid) = (effect.kind().unwrap_or(Kind::Lxc), effect.vmid().unwrap_or_default());
    let guest = world.guests.get(&vmid).filter(|guest| guest.node == node && guest.kind == kind);
    guest.ok_or_else(|| {
        format!("Configuration file 'nodes/{node}/{}/{vmid}.conf' does not exist", kind.folder())
    })
}

fn can_snapshot(volume: &str, world: &World) -> bool {
    let storage = volume.split(':').next().and_then(|id| world.storages.get(id));
    storage.is_some_and(|storage| storage.kind.snapshots(volume))
}

/// Whether the storages of a guest's disks are there.
fn reachable(guest: &Guest, world: &World) -> Result<(), String> {
    for (_, volume, _) in &guest.disks {
        let id = volume.split(':').next().unwrap_or_default();
        match world.storages.get(id) {
            None => return Err(format!("storage '{id}' does not exist")),
            Some(storage) if !storage.active => return Err(format!("storage '{id}' is not online")),
            Some(_) => {}
        }
    }
    Ok(())
}

fn snapshot<'a>(guest: &'a Guest, name: &str) -> Result<&'a Snapshot, String> {
    let found = guest.snapshots.iter().find(|snapshot| snapshot.name == name);
    found.ok_or_else(|| format!("snapshot '{name}' does not exist"))
}

fn switch(guest: &mut Guest, power: Power, at: i64, pid: u32) {
    guest.status = match power {
        Power::Start | Power::Reboot => Status::Running { since: at, pid },
        Power::Stop | Power::Shutdown => Status::Stopped,
    };
}

fn take(guest: &mut Guest, name: &str, description: &str, vmstate: bool, at: i64) {
    let was = Guest { snapshots: Vec::new(), parent: None, ..guest.clone() };
    let snapshot = Snapshot {
        name: name.into(),
        description: description.into(),
        at,
        parent: guest.parent.replace(name.into()),
        // There is no memory to keep of what does not run.
        vmstate: vmstate && guest.is_running(),
        guest: Box::new(was),
    };
    guest.snapshots.push(snapshot);
}

fn delete(guest: &mut Guest, name: &str) -> Result<(), String> {
    let at = guest.snapshots.iter().position(|snapshot| snapshot.name == name);
    let Some(at) = at else { return Err(format!("snapshot '{name}' does not exist")) };
    let gone = guest.snapshots.remove(at);
    for snapshot in &mut guest.snapshots {
        if snapshot.parent.as_deref() == Some(name) {
            snapshot.parent.clone_from(&gone.parent);
        }
    }
    if guest.parent.as_deref() == Some(name) {
        guest.parent = gone.parent;
    }
    Ok(())
}

/// The guest becomes what it was; where it is, and its snapshots, stay.
fn roll_back(guest: &mut Guest, name: &str, start: bool, at: i64, pid: u32) -> Result<(), String> {
    let snapshot = snapshot(guest, name)?;
    let wakes = start || snapshot.vmstate;
    let was = Guest {
        node: guest.node.clone(),
        // Whatever ran is stopped, also when the task says OK: the real one leaves it so.
        status: if wakes { Status::Running { since: at, pid } } else { Status::Stopped },
        lock: None,
        parent: Some(snapshot.name.clone()),
        snapshots: Vec::new(),
        ..(*snapshot.guest).clone()
    };
    let snapshots = std::mem::take(&mut guest.snapshots);
    *guest = Guest { snapshots, ..was };
    Ok(())
}
