//! Putting an archive in the place of a guest, and taking archives away. What the real worker says is from memory.

use super::guest::{Guest, Kind, Status};
use super::restoration::Restore;
use super::state::{Happening, World};

impl Restore {
    /// What keeps it from being done.
    pub(super) fn refused(&self, world: &World, node: &str, guest: &Guest) -> Option<String> {
        let Self { vmid, kind, archive, .. } = self;
        if let Some(lock) = &guest.lock {
            return Some(format!("{} is locked ({lock})", kind.noun()));
        }
        if guest.is_running() {
            return Some(match kind {
                Kind::Lxc => format!("unable to restore CT {vmid} - CT is running"),
                Kind::Qemu => format!("unable to restore VM {vmid} - vm is running"),
            });
        }
        if guest.more.get("protection").is_some_and(|set| set == "1") {
            let noun = kind.noun();
            return Some(format!("unable to restore {noun} {vmid} - protection mode enabled"));
        }
        let (id, _) = archive.split_once(':').unwrap_or((archive, ""));
        let storage = match world.storages.get(id) {
            None => return Some(format!("storage '{id}' does not exist")),
            Some(storage) if !storage.active => return Some(format!("storage '{id}' is not online")),
            Some(storage) => storage,
        };
        if !storage.volumes_on(node).any(|volume| volume.volid == *archive) {
            return Some(format!("volume '{archive}' does not exist"));
        }
        let kept = world.archives.get(archive).filter(|kept| kept.kind == *kind);
        if kept.is_none() {
            return Some(format!("unable to parse the configuration in '{archive}'"));
        }
        if let Some(id) = &self.storage {
            let wanted = if *kind == Kind::Lxc { "rootdir" } else { "images" };
            match world.storages.get(id) {
                None => return Some(format!("storage '{id}' does not exist")),
                Some(storage) if !storage.content.contains(&wanted) => {
                    let what = if *kind == Kind::Lxc { "container directories" } else { "vm images" };
                    return Some(format!("storage '{id}' does not support {what}"));
                }
                Some(_) => {}
            }
        }
        self.forbidden.clone()
    }

    /// The guest becomes what the archive has. Its snapshots are gone.
    pub(super) fn carry_out(&self, world: &mut World, at: i64, pid: u32) -> Result<(), String> {
        let kept = world.archives.get(&self.archive).cloned();
        let kept = kept.ok_or_else(|| format!("volume '{}' does not exist", self.archive))?;
        let guest = world.guests.get_mut(&self.vmid).expect("it was just found");
        let status = if self.start { Status::Running { since: at, pid } } else { Status::Stopped };
        let mut restored = Guest { vmid: self.vmid, node: guest.node.clone(), status, ..kept };
        if let Some(storage) = &self.storage {
            for (_, volume, _) in &mut restored.disks {
                let (_, name) = volume.split_once(':').unwrap_or(("", volume));
                *volume = format!("{storage}:{name}");
            }
        }
        *guest = restored;
        world.happened.push(Happening::Restored(self.vmid, self.archive.clone()));
        Ok(())
    }
}

impl World {
    /// Keeps what a guest is, under the name of an archive of it.
    pub(super) fn keep(&mut self, vmid: u32, archive: &str) {
        let Some(guest) = self.guests.get(&vmid) else { return };
        let kept = Guest { lock: None, snapshots: Vec::new(), parent: None, ..guest.clone() };
        self.archives.insert(archive.to_owned(), kept);
        self.happened.push(Happening::Archived(vmid, archive.to_owned()));
    }

    /// Forgets it.
    pub(super) fn discard(&mut self, archive: &str) {
        if let Some(kept) = self.archives.remove(archive) {
            self.happened.push(Happening::Discarded(kept.vmid, archive.to_owned()));
        }
    }

    /// Takes a volume of a storage away.
    pub(super) fn delete_volume(&mut self, node: &str, volid: &str) -> Result<(), String> {
        let id = volid.split(':').next().unwrap_or_default();
        let storage = self.storages.get_mut(id).ok_or_else(|| format!("storage '{id}' does not exist"))?;
        if !storage.active {
            return Err(format!("storage '{id}' is not online"));
        }
        let shared = storage.shared;
        let at =
            storage.volumes.iter().position(|(on, volume)| volume.volid == volid && (shared || on == node));
        let Some(at) = at else { return Err(format!("volume '{volid}' does not exist")) };
        if storage.volumes[at].1.protected {
            return Err(format!("cannot remove protected archive '{volid}'"));
        }
        let (_, gone) = storage.volumes.remove(at);
        storage.give_back(node, gone.size);
        self.discard(volid);
        Ok(())
    }
}
