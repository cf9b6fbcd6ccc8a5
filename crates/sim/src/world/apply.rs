//! What a task does to the world, when it begins and when it ends, and what it says on the way.

use super::effect::{Effect, Power};
use super::guest::{Guest, Kind, Snapshot, Status};
use super::state::World;
use super::storage::{StorageKind, Volume};

/// What a task does at once. Answers the first lines of its log.
pub(super) fn begin(effect: &Effect, world: &mut World) -> Vec<String> {
    let now = world.now();
    let Some(guest) = world.guests.get_mut(&effect.vmid()).filter(|guest| guest.lock.is_none()) else {
        return Vec::new();
    };
    guest.lock = effect.lock().map(str::to_string);
    let Effect::Backup { storage, .. } = effect else { return Vec::new() };
    let noun = guest.kind.noun();
    vec![
        format!("INFO: starting new backup job: vzdump {} --storage {storage}", guest.vmid),
        format!("INFO: Starting Backup of {noun} {} ({})", guest.vmid, guest.kind.as_str()),
        format!("INFO: {noun} Name: {}", guest.name),
        format!("INFO: backup started at {now}"),
    ]
}

/// What a task has done by that second, or why it could not.
pub(super) fn finish(effect: &Effect, world: &mut World, node: &str, at: i64) -> Result<(), String> {
    world.pids += 3;
    let pid = world.pids;
    let kind = effect.kind();
    let Some(guest) = world
        .guests
        .get_mut(&effect.vmid())
        .filter(|guest| guest.node == node && kind.is_none_or(|kind| kind == guest.kind))
    else {
        return Err(missing(effect, node));
    };
    if let Some(lock) = guest.lock.as_deref().filter(|lock| Some(*lock) != effect.lock()) {
        return Err(format!("{} is locked ({lock})", guest.kind.noun()));
    }
    guest.lock = None;
    match effect {
        Effect::Power(_, _, power) => switch(guest, *power, at, pid),
        Effect::Snapshot { name, description, vmstate, .. } => {
            let disks: Vec<String> = guest.disks.iter().map(|(_, volume, _)| volume.clone()).collect();
            let can = |volume: &String| {
                let storage = volume.split(':').next().and_then(|id| world.storages.get(id));
                storage.is_some_and(|storage| guest_can_snapshot(kind, storage.kind))
            };
            if !disks.iter().all(can) {
                return Err("snapshot feature is not available".into());
            }
            let guest = world.guests.get_mut(&effect.vmid()).expect("it was there");
            take(guest, name, description, *vmstate, at)
        }
        Effect::DeleteSnapshot(_, _, name) => delete(guest, name),
        Effect::Rollback { name, start, .. } => roll_back(guest, name, *start, at, pid),
        Effect::Backup { storage, notes, .. } => {
            let guest = guest.clone();
            back_up(world, &guest, storage, notes.clone(), at)
        }
    }
}

fn missing(effect: &Effect, node: &str) -> String {
    let folder = effect.kind().unwrap_or(Kind::Lxc).folder();
    format!("Configuration file 'nodes/{node}/{folder}/{}.conf' does not exist", effect.vmid())
}

fn guest_can_snapshot(kind: Option<Kind>, storage: StorageKind) -> bool {
    // A virtual machine's qcow2 file carries its own snapshots wherever it lies.
    kind == Some(Kind::Qemu) || storage.snapshots_containers()
}

fn switch(guest: &mut Guest, power: Power, at: i64, pid: u32) -> Result<(), String> {
    match power {
        Power::Start if guest.template => return Err("you can't start a vm if it's a template".into()),
        Power::Start | Power::Reboot => guest.status = Status::Running { since: at, pid },
        Power::Stop | Power::Shutdown => guest.status = Status::Stopped,
    }
    Ok(())
}

fn take(guest: &mut Guest, name: &str, description: &str, vmstate: bool, at: i64) -> Result<(), String> {
    if guest.snapshots.iter().any(|snapshot| snapshot.name == name) {
        return Err(format!("snapshot name '{name}' already used"));
    }
    let snapshot = Snapshot {
        name: name.into(),
        description: description.into(),
        at,
        parent: guest.parent.replace(name.into()),
        vmstate,
        config: guest.config(),
    };
    guest.snapshots.push(snapshot);
    Ok(())
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

fn roll_back(guest: &mut Guest, name: &str, start: bool, at: i64, pid: u32) -> Result<(), String> {
    let Some(snapshot) = guest.snapshots.iter().find(|snapshot| snapshot.name == name) else {
        return Err(format!("snapshot '{name}' does not exist"));
    };
    let wakes = start || snapshot.vmstate;
    guest.parent = Some(snapshot.name.clone());
    // Whatever ran is stopped, also when the task says OK: the real one leaves it so.
    guest.status = if wakes { Status::Running { since: at, pid } } else { Status::Stopped };
    Ok(())
}

fn back_up(
    world: &mut World,
    guest: &Guest,
    storage: &str,
    notes: Option<String>,
    at: i64,
) -> Result<(), String> {
    let Some(to) = world.storages.get_mut(storage).filter(|to| to.is_on(&guest.node)) else {
        return Err(format!("storage '{storage}' does not exist"));
    };
    if !to.content.contains(&"backup") {
        return Err(format!("storage '{storage}' does not support backups"));
    }
    let volume = backup_of(guest, storage, at, notes);
    if let Some((_, used)) = to.usage.get_mut(&guest.node) {
        *used += volume.size;
    }
    to.volumes.push((guest.node.clone(), volume));
    Ok(())
}

/// The archive that a backup at that second leaves.
pub(super) fn backup_of(guest: &Guest, storage: &str, at: i64, notes: Option<String>) -> Volume {
    let (word, format) = match guest.kind {
        Kind::Lxc => ("lxc", "tar.zst"),
        Kind::Qemu => ("qemu", "vma.zst"),
    };
    let when = stamp(at);
    Volume {
        volid: format!("{storage}:backup/vzdump-{word}-{}-{when}.{format}", guest.vmid),
        content: "backup",
        format,
        size: guest.disk_bytes() / 5,
        ctime: at,
        vmid: Some(guest.vmid),
        notes: Some(notes.unwrap_or_else(|| guest.name.clone())),
        protected: false,
    }
}

/// `2026_11_28-07_00_00`, UTC.
fn stamp(at: i64) -> String {
    let text = labkeeper_core::stamp::Stamp(at * 1_000_000).text();
    text.chars()
        .take(19)
        .map(|c| {
            if c == '-' || c == ':' {
                '_'
            } else if c == 'T' {
                '-'
            } else {
                c
            }
        })
        .collect()
}
