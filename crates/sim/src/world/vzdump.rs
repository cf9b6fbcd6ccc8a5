//! A backup job as `vzdump` runs one: guest after guest, with a log that says so.

use super::backup::{Archive, Backup, said};
use super::guest::{Kind, Status};
use super::state::World;

impl Backup {
    /// What ends the job before its first guest.
    pub(super) fn refused(&self, world: &World, node: &str) -> Option<String> {
        let id = &self.storage;
        let wrong = match world.storages.get(id) {
            None => format!("storage '{id}' does not exist"),
            Some(storage) if !storage.is_on(node) => {
                format!("storage '{id}' is not available on node '{node}'")
            }
            Some(storage) if !storage.content.contains(&"backup") => {
                return Some(format!("can't use storage '{id}' for backups - wrong content type"));
            }
            Some(storage) if !storage.active => format!("storage '{id}' is not online"),
            Some(_) => return None,
        };
        Some(format!("could not get storage information for '{id}': {wrong}"))
    }

    /// Takes the next guest in hand, or says in the log why not.
    pub(super) fn open(
        &self,
        world: &mut World,
        node: &str,
        vmid: u32,
        log: &mut Vec<String>,
    ) -> Option<Archive> {
        let now = world.now();
        world.pids += 3;
        let pid = world.pids;
        let path = world.storages.get(&self.storage).and_then(|storage| storage.options.get("path")).cloned();
        let Some(guest) = world.guests.get_mut(&vmid).filter(|guest| guest.node == node) else {
            log.push(format!("ERROR: Backup of VM {vmid} failed - unable to find VM '{vmid}'"));
            log.push(format!("INFO: Failed at {}", said(now)));
            return None;
        };
        let (noun, running) = (guest.kind.noun(), guest.is_running());
        let mode = if self.stops || !running { "stop" } else { "snapshot" };
        log.push(format!("INFO: Starting Backup of VM {vmid} ({})", guest.kind.as_str()));
        log.push(format!("INFO: Backup started at {}", said(now)));
        log.push(format!("INFO: status = {}", if running { "running" } else { "stopped" }));
        if let Some(lock) = &guest.lock {
            log.push(format!("ERROR: Backup of VM {vmid} failed - {noun} is locked ({lock})"));
            log.push(format!("INFO: Failed at {}", said(now)));
            return None;
        }
        guest.lock = Some("backup".into());
        let how = [format!("INFO: backup mode: {mode}"), "INFO: ionice priority: 7".into()];
        let name = format!("INFO: {noun} Name: {}", guest.name);
        let of_guest = std::iter::once(name).chain(guest.disks.iter().map(|disk| said_of(guest.kind, disk)));
        if mode == "stop" {
            log.extend(how.into_iter().chain(of_guest));
        } else {
            log.extend(of_guest.chain(how));
        }
        let (kind, stops) = (guest.kind, self.stops && running);
        if stops {
            log.push("INFO: stopping virtual guest".into());
        } else if kind == Kind::Lxc && running {
            log.push("INFO: create storage snapshot 'vzdump'".into());
        }
        let volume = self.archive_of(guest, now);
        let file = volume.volid.rsplit('/').next().unwrap_or_default();
        let path = format!("{}/dump/{file}", path.unwrap_or_default());
        log.push(format!("INFO: creating vzdump archive '{path}'"));
        // A machine runs again as soon as its disks are frozen, a container once they are read. The former is from memory.
        let wakes = stops && kind == Kind::Lxc;
        if wakes {
            guest.status = Status::Stopped;
        } else if stops {
            guest.status = Status::Running { since: now, pid };
            log.push("INFO: starting kvm to execute backup task".into());
            log.push("INFO: started backup task".into());
            log.push("INFO: resuming VM again".into());
        }
        world.keep(vmid, &volume.volid);
        Some(Archive { vmid, started: now, path, volume, wakes })
    }

    /// The guest's turn is over: its archive lies there, or the log says why not.
    pub(super) fn close(
        &self,
        world: &mut World,
        node: &str,
        archive: &Archive,
        log: &mut Vec<String>,
    ) -> bool {
        let Archive { vmid, started, volume, wakes, .. } = archive;
        let at = world.now();
        world.pids += 3;
        let pid = world.pids;
        let guest = world.guests.get_mut(vmid);
        if let Some(guest) = guest {
            guest.lock = None;
            if *wakes {
                guest.status = Status::Running { since: at, pid };
            }
        }
        let stored = self.store(world, node, archive, log);
        if let Err(why) = stored {
            world.discard(&volume.volid);
            log.push(format!("ERROR: Backup of VM {vmid} failed - {why}"));
            log.push(format!("INFO: Failed at {}", said(at)));
            return false;
        }
        log.push(format!("INFO: archive file size: {}MB", volume.size >> 20));
        let took = at - started;
        if *wakes {
            log.push("INFO: restarting vm".into());
            log.push(format!("INFO: guest is online again after {took} seconds"));
        }
        let took = format!("{:02}:{:02}:{:02}", took / 3600, took / 60 % 60, took % 60);
        log.push(format!("INFO: Finished Backup of VM {vmid} ({took})"));
        log.push(format!("INFO: Backup finished at {}", said(at)));
        true
    }

    fn store(
        &self,
        world: &mut World,
        node: &str,
        archive: &Archive,
        log: &mut Vec<String>,
    ) -> Result<(), String> {
        let id = &self.storage;
        let storage = world.storages.get_mut(id).ok_or_else(|| format!("storage '{id}' does not exist"))?;
        if !storage.active {
            return Err(format!("storage '{id}' is not online"));
        }
        if !storage.take(node, archive.volume.size) {
            let why = "zstd: error 70 : Write error : cannot write block : No space left on device";
            log.push(format!("INFO: {why}"));
            return Err(format!("command 'set -o pipefail && … >{}.dat' failed: exit code 70", archive.path));
        }
        storage.volumes.push((node.to_string(), archive.volume.clone()));
        Ok(())
    }
}

fn said_of(kind: Kind, (key, volume, gib): &(String, String, u64)) -> String {
    match (kind, key.as_str()) {
        (Kind::Lxc, "rootfs") => "INFO: including mount point rootfs ('/') in backup".into(),
        (Kind::Lxc, _) => {
            format!("INFO: excluding volume mount point {key} ('{volume}') from backup (disabled)")
        }
        (Kind::Qemu, _) => format!("INFO: include disk '{key}' '{volume}' {gib}G"),
    }
}
