//! All guests of a lab, as far as somebody went into them.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::agent::{self, Executions};
use super::layout::lay_out;
use super::running::Running;
use super::scratch::Scratch;
use super::tools::PATH;
use crate::api::{Execution, Interior};
use crate::world::{Guest, Happening, Status, World};

/// Something that was run in a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// In which.
    pub vmid: u32,
    /// The program and its words.
    pub argv: Vec<String>,
}

/// The insides of the guests of one lab.
///
/// *Invariant:* nothing in here asks the lab for its cluster: whoever calls may hold it.
#[derive(Debug, Default)]
pub(in super::super) struct Guests {
    state: Mutex<State>,
    executions: Executions,
}

#[derive(Debug, Default)]
struct State {
    /// Before the folder, which goes when they have ended.
    running: BTreeMap<u32, Begun>,
    folder: Option<Scratch>,
    /// Processes of the nodes whose door is open.
    nodes: BTreeMap<String, PathBuf>,
    ran: VecDeque<Ran>,
    now: i64,
    /// Why the disks are not as they should be any more.
    broken: Option<String>,
}

/// How much of what was run is remembered.
const REMEMBERED: usize = 100_000;

/// A guest with the state of the world that it began in: when that changes, it ends.
#[derive(Debug)]
struct Begun {
    status: Status,
    node: String,
    running: Running,
}

impl Guests {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The door of a node is open: its guests run among these processes.
    pub(in super::super) fn attend(&self, node: &str, processes: &Path) {
        self.state().nodes.insert(node.to_owned(), processes.to_owned());
    }

    /// The door is to be closed: what runs there ends.
    pub(in super::super) fn leave(&self, node: &str, processes: &Path) {
        let mut state = self.state();
        if state.nodes.get(node).is_some_and(|known| known == processes) {
            state.nodes.remove(node);
            state.running.retain(|_, begun| begun.node != node);
        }
    }

    /// Ends what does not run any more in the world, and does to the files what happened to the disks.
    pub(in super::super) fn follow(&self, world: &mut World) {
        let happened = world.happened();
        let mut state = self.state();
        state.now = world.now();
        if state.folder.is_none() {
            return;
        }
        state.running.retain(|vmid, begun| {
            let guest = world.guests.get(vmid);
            guest.is_some_and(|guest| guest.status == begun.status && guest.node == begun.node)
        });
        for happening in happened {
            // Nobody can be told here. Whoever goes into a guest from now on is.
            if let Err(error) = state.happened(&happening) {
                state.broken =
                    Some(format!("{happening:?} could not be done to the simulated disks: {error}"));
            }
        }
    }

    /// Where the files of a guest lie on this machine; laid out when they are not yet.
    pub(in super::super) fn files(&self, guest: &Guest) -> io::Result<PathBuf> {
        self.state().laid_out(guest)
    }

    /// The number of its first process on this machine and on its node; it begins when it has not.
    pub(in super::super) fn enter(&self, guest: &Guest) -> io::Result<Entered> {
        let mut state = self.state();
        if let Some(begun) = state.running.get_mut(&guest.vmid)
            && begun.running.is_there()
        {
            return Ok(begun.entered());
        }
        state.running.remove(&guest.vmid);
        let closed = || io::Error::other(format!("the SSH door of {} is closed", guest.node));
        let processes = state.nodes.get(&guest.node).cloned().ok_or_else(closed)?;
        let folder = state.laid_out(guest)?;
        let running = Running::begin(&folder, &guest.name, &processes)?;
        let begun = Begun { status: guest.status, node: guest.node.clone(), running };
        let entered = begun.entered();
        state.running.insert(guest.vmid, begun);
        Ok(entered)
    }

    /// Notes what is run.
    pub(in super::super) fn note(&self, vmid: u32, argv: &[String]) {
        let mut state = self.state();
        if state.ran.len() == REMEMBERED {
            state.ran.pop_front();
        }
        state.ran.push_back(Ran { vmid, argv: argv.to_vec() });
    }

    /// Everything that was run, oldest first.
    pub(in super::super) fn ran(&self) -> Vec<Ran> {
        self.state().ran.iter().cloned().collect()
    }
}

/// How a guest that runs is reached.
#[derive(Debug, Clone)]
pub(in super::super) struct Entered {
    /// Number of its first process on this machine.
    pub(in super::super) pid: u32,
    /// The same on its node.
    pub(in super::super) pid_on_node: u32,
}

impl Begun {
    fn entered(&self) -> Entered {
        Entered { pid: self.running.pid, pid_on_node: self.running.pid_on_node }
    }
}

impl State {
    fn folder_of(&self, vmid: u32) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.path().join(vmid.to_string()))
    }

    fn laid_out(&mut self, guest: &Guest) -> io::Result<PathBuf> {
        if let Some(why) = &self.broken {
            return Err(io::Error::other(why.clone()));
        }
        if self.folder.is_none() {
            self.folder = Some(Scratch::new("labkeeper-guests-")?);
        }
        let folder = self.folder_of(guest.vmid).unwrap_or_default();
        fs::create_dir_all(&folder)?;
        lay_out(&folder, guest, self.now)?;
        Ok(folder)
    }

    /// A guest that nobody went into has the files it always has, so that of it there is nothing to keep.
    fn happened(&mut self, happening: &Happening) -> io::Result<()> {
        match happening {
            Happening::Taken(vmid, name) => {
                let Some(folder) = self.folder_of(*vmid).filter(|folder| folder.exists()) else {
                    return Ok(());
                };
                copy(&folder, &kept(&folder, name))
            }
            Happening::Deleted(vmid, name) => {
                let Some(folder) = self.folder_of(*vmid) else { return Ok(()) };
                remove(&kept(&folder, name))
            }
            Happening::RolledBack(vmid, name) => {
                let Some(folder) = self.folder_of(*vmid).filter(|folder| folder.exists()) else {
                    return Ok(());
                };
                // A container stops for it; a machine that is to run again begins anew.
                self.running.remove(vmid);
                DISKS.iter().try_for_each(|disk| remove(&folder.join(disk)))?;
                copy(&kept(&folder, name), &folder)
            }
            Happening::Archived(vmid, archive) => {
                let Some(folder) = self.folder_of(*vmid).filter(|folder| folder.exists()) else {
                    return Ok(());
                };
                copy(&folder, &archived(&folder, archive))
            }
            Happening::Restored(vmid, archive) => {
                let Some(folder) = self.folder_of(*vmid).filter(|folder| folder.exists()) else {
                    return Ok(());
                };
                self.running.remove(vmid);
                remove(&folder.join("snapshots"))?;
                DISKS.iter().try_for_each(|disk| remove(&folder.join(disk)))?;
                // Of one that was made before anybody went in nothing is kept: it is laid out anew.
                let kept = archived(&folder, archive);
                if kept.exists() { copy(&kept, &folder) } else { Ok(()) }
            }
            Happening::Discarded(vmid, archive) => {
                let Some(folder) = self.folder_of(*vmid) else { return Ok(()) };
                remove(&archived(&folder, archive))
            }
        }
    }
}

/// What of a guest's folder is its own.
const DISKS: &[&str] = &["root", "local"];

fn kept(folder: &Path, snapshot: &str) -> PathBuf {
    folder.join("snapshots").join(snapshot)
}

fn archived(folder: &Path, archive: &str) -> PathBuf {
    folder.join("archives").join(archive.replace(['/', ':'], "_"))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for disk in DISKS.iter().map(|disk| from.join(disk)).filter(|disk| disk.exists()) {
        run(Command::new("cp").args(["-a", "--"]).arg(disk).arg(to))?;
    }
    Ok(())
}

/// What is immutable goes with its disk too.
fn remove(path: &Path) -> io::Result<()> {
    if !path.exists() {
        return Ok(());
    }
    _ = Command::new("chattr").env("PATH", PATH).args(["-R", "-f", "-i", "-a", "--"]).arg(path).output();
    fs::remove_dir_all(path)
}

fn run(command: &mut Command) -> io::Result<()> {
    let done = command.env("PATH", PATH).output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&done.stderr).into_owned()))
}

impl Interior for Guests {
    fn execute(&self, guest: &Guest, argv: &[String], input: &[u8]) -> Result<i64, String> {
        self.note(guest.vmid, argv);
        let entered = self.enter(guest).map_err(|error| error.to_string())?;
        self.executions.begin(guest.vmid, entered.pid, argv, input)
    }

    fn executed(&self, guest: &Guest, pid: i64) -> Result<Execution, String> {
        self.executions.look(guest.vmid, pid)
    }

    fn read(&self, guest: &Guest, path: &str, offset: u64, count: u64) -> Result<(Vec<u8>, bool), String> {
        let entered = self.enter(guest).map_err(|error| error.to_string())?;
        agent::read(entered.pid, path, offset, count)
    }

    fn write(&self, guest: &Guest, path: &str, bytes: &[u8]) -> Result<(), String> {
        let entered = self.enter(guest).map_err(|error| error.to_string())?;
        agent::write(entered.pid, path, bytes)
    }
}
