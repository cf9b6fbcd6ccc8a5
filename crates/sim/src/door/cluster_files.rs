//! `/etc/pve` of a node: the configurations of guests and storages as files, which say how the world is. On a real node they are
//! the cluster; here what a client writes to them changes nothing, and is told to who asks for it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::world::{Guest, Kind, Storage, World};

/// Folders below `/etc/pve` that are looked at for what a client left there.
const WATCHED: &[&str] = &["lxc", "qemu-server"];

/// Where the kernel counts for a container: who looks for one that runs finds it here.
const RUNNING: &str = "sys/fs/cgroup/lxc";

/// The files of one node.
#[derive(Debug)]
pub(super) struct ClusterFiles {
    node: String,
    /// Its `/`.
    root: PathBuf,
    /// Where a file is before it has its name, so that nobody sees a part of one.
    beside: PathBuf,
    written: Mutex<BTreeMap<String, String>>,
}

impl ClusterFiles {
    /// Those below that `/`; `beside` is a folder of the same file system.
    pub(super) fn new(node: &str, root: &Path, beside: &Path) -> Self {
        let (root, beside) = (root.to_owned(), beside.to_owned());
        Self { node: node.to_owned(), root, beside, written: Mutex::default() }
    }

    /// Writes what changed in the world since it was asked last.
    pub(super) fn follow(&self, world: &World) {
        let wanted = texts(world, &self.node);
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if *written == wanted {
            return;
        }
        for (path, text) in &wanted {
            if written.get(path) != Some(text) {
                // Where it cannot be written, a test has seen to that.
                _ = self.write(path, text);
            }
        }
        for path in written.keys().filter(|path| !wanted.contains_key(*path)) {
            let file = self.root.join(path);
            _ = fs::remove_file(&file);
            // A container that does not run has no folder there.
            _ = file.parent().filter(|_| path.starts_with(RUNNING)).map(fs::remove_dir);
        }
        *written = wanted;
    }

    fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let (new, file) = (self.beside.join("new"), self.root.join(path));
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&new, text)?;
        fs::rename(new, file)
    }

    /// Paths whose files are not as the world is, because somebody wrote, added or removed them.
    pub(super) fn touched(&self) -> Vec<String> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = |(path, text): &(&String, &String)| {
            fs::read_to_string(self.root.join(path)).ok().as_ref() != Some(text)
        };
        let mut touched: Vec<String> = written.iter().filter(differs).map(|(path, _)| path.clone()).collect();
        let nodes = fs::read_dir(self.root.join("etc/pve/nodes")).into_iter().flatten().flatten();
        for folder in nodes.flat_map(|node| WATCHED.iter().map(move |watched| node.path().join(watched))) {
            let files = fs::read_dir(folder).into_iter().flatten().flatten();
            let paths = files
                .filter_map(|file| file.path().strip_prefix(&self.root).ok()?.to_str().map(str::to_owned));
            touched.extend(paths.filter(|path| !written.contains_key(path)));
        }
        touched
    }
}

/// Path and text of every file.
fn texts(world: &World, node: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for guest in world.guests.values() {
        let path = format!("etc/pve/nodes/{}/{}/{}.conf", guest.node, guest.kind.folder(), guest.vmid);
        texts.insert(path, configuration(guest));
        if guest.kind == Kind::Lxc && guest.is_running() && guest.node == node {
            texts.insert(format!("{RUNNING}/{}/cgroup.procs", guest.vmid), String::new());
        }
    }
    let all = world.nodes.len();
    let storages = world.storages.values().map(|storage| definition(storage, all));
    texts.insert("etc/pve/storage.cfg".into(), storages.collect());
    texts.insert("etc/pve/datacenter.cfg".into(), "keyboard: en-us\n".into());
    texts
}

/// A guest's configuration, and after it that of each of its snapshots.
fn configuration(guest: &Guest) -> String {
    let mut text = section(guest.config());
    for snapshot in &guest.snapshots {
        let mut config = snapshot.config();
        config.remove("lock");
        text += &format!("\n[{}]\n{}", snapshot.name, section(config));
    }
    text
}

fn section(mut config: BTreeMap<String, String>) -> String {
    let description = config.remove("description").unwrap_or_default();
    let mut text: String =
        description.lines().map(|line| format!("#{}\n", line.replace('%', "%25"))).collect();
    for (key, value) in config {
        _ = writeln!(text, "{key}: {value}");
    }
    text
}

fn definition(storage: &Storage, nodes: usize) -> String {
    let mut text = format!("{}: {}\n", storage.kind.as_str(), storage.id);
    for (key, value) in &storage.options {
        _ = writeln!(text, "\t{key} {value}");
    }
    _ = writeln!(text, "\tcontent {}", storage.content.join(","));
    if storage.usage.len() < nodes {
        let names: Vec<&str> = storage.usage.keys().map(String::as_str).collect();
        _ = writeln!(text, "\tnodes {}", names.join(","));
    }
    text + "\n"
}
