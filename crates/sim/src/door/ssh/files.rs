//! The files of a node, as a Proxmox VE host has them where somebody looks from a script.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::super::guest::units::{self, State, Unit};
use super::super::guest::{ATTACH, tools};
use crate::shell::PROGRAMS;
use crate::world::{Kind, Service, World};

const SHIM: &str = include_str!("shim.pl");
const PERL: &str = "#!/usr/bin/perl\n";

/// Folders that a node starts with, empty or not.
const FOLDERS: &[&str] = &[
    "dev",
    "etc/pve/priv",
    "etc/ssh",
    "local/bin",
    "local/sbin",
    "proc",
    "root/.ssh",
    "run/sshd",
    "tmp",
    "usr",
    "var/lib/vz",
    "var/log",
    "var/tmp",
];

/// The server asks nobody but the keys in root's folder; the rest is as Debian has it.
const SSHD_CONFIG: &str = "\
ListenAddress 127.0.0.1
HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 100
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
Subsystem sftp internal-sftp
";

/// What is written into a node's files of the cluster it is in.
pub(super) struct Facts {
    pub(super) node: String,
    /// Lines of `/etc/hosts`.
    hosts: String,
    /// Paths below `/etc/pve/nodes`, and certificates.
    certificates: Vec<(String, String)>,
    /// All nodes of the cluster.
    nodes: Vec<String>,
    services: Vec<Service>,
    /// The second when the node was started.
    booted: i64,
}

impl Facts {
    /// What the node of that name knows.
    pub(super) fn of(world: &World, node: &str) -> io::Result<Self> {
        let Some(this) = world.nodes.get(node) else {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no node '{node}'")));
        };
        let (services, booted) = (this.services.clone(), this.booted_at);
        let mut hosts = String::from("127.0.0.1 localhost\n");
        let mut certificates = Vec::new();
        for node in world.nodes.values() {
            let name = &node.name;
            _ = writeln!(hosts, "{} {name}.home.arpa {name}", node.address);
            // A certificate that no door shows has no text.
            let shown = node.certificates.iter().filter(|certificate| !certificate.pem.is_empty());
            certificates.extend(shown.map(|shown| (format!("{name}/{}", shown.filename), shown.pem.clone())));
        }
        let nodes = world.nodes.keys().cloned().collect();
        Ok(Self { node: node.to_owned(), hosts, certificates, nodes, services, booted })
    }
}

/// Lays out the files below `root`, but for the keys.
pub(super) fn lay_out(root: &Path, facts: &Facts) -> io::Result<()> {
    for folder in FOLDERS {
        fs::create_dir_all(root.join(folder))?;
    }
    for (folder, mode) in
        [("root", 0o700), ("root/.ssh", 0o700), ("etc/pve/priv", 0o700), ("tmp", 0o1777), ("var/tmp", 0o1777)]
    {
        fs::set_permissions(root.join(folder), Permissions::from_mode(mode))?;
    }
    for (file, text) in [
        ("etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n"),
        ("etc/hostname", &format!("{}\n", facts.node)),
        ("etc/hosts", &facts.hosts),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"),
        ("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n"),
        ("etc/shadow", "root:*:20000:0:99999:7:::\nsshd:!:20000::::::\n"),
        ("etc/ssh/sshd_config", SSHD_CONFIG),
    ] {
        fs::write(root.join(file), text)?;
    }
    fs::set_permissions(root.join("etc/shadow"), Permissions::from_mode(0o600))?;
    symlink("../usr/lib/os-release", root.join("etc/os-release"))?;
    cluster_files(root, facts)?;
    services(root, facts)?;
    tools(&root.join("local/bin"))?;
    programs(&root.join("local/sbin"))
}

fn services(root: &Path, facts: &Facts) -> io::Result<()> {
    let names: Vec<String> =
        facts.services.iter().map(|service| format!("{}.service", service.name)).collect();
    let mut units = Vec::new();
    for (service, name) in facts.services.iter().zip(&names) {
        let state = if service.state == "running" { State::Runs } else { State::Stopped };
        units.push(Unit { name, description: service.description, state, said: &["Started."] });
    }
    units::write(root, &units, facts.booted)
}

fn cluster_files(root: &Path, facts: &Facts) -> io::Result<()> {
    let pve = root.join("etc/pve");
    let nodes = pve.join("nodes");
    for (node, kind) in facts.nodes.iter().flat_map(|node| [Kind::Lxc, Kind::Qemu].map(|kind| (node, kind))) {
        fs::create_dir_all(nodes.join(node).join(kind.folder()))?;
    }
    for (path, pem) in &facts.certificates {
        let file = nodes.join(path);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, pem)?;
    }
    symlink(format!("nodes/{}", facts.node), pve.join("local"))?;
    for kind in [Kind::Lxc, Kind::Qemu] {
        symlink(format!("nodes/{}/{}", facts.node, kind.folder()), pve.join(kind.folder()))?;
    }
    // Root's keys are those of the whole cluster. The link is relative, so that it leads nowhere else from outside.
    symlink("../../etc/pve/priv/authorized_keys", root.join("root/.ssh/authorized_keys"))
}

/// One script under every name.
fn programs(folder: &Path) -> io::Result<()> {
    let shim = folder.join(PROGRAMS[0]);
    fs::write(&shim, format!("{PERL}{ATTACH}{SHIM}"))?;
    fs::set_permissions(&shim, Permissions::from_mode(0o755))?;
    PROGRAMS[1..].iter().try_for_each(|program| fs::hard_link(&shim, folder.join(program)))
}
