//! The files that a guest has when nothing was ever done in it.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use super::busybox::busybox;
use super::services::services;
use super::tools::tools;
use super::units::{self, State, Unit};
use crate::world::{Guest, Kind};

/// Folders below `/`, empty or not; those that are mounted over too.
const FOLDERS: &[&str] = &[
    "dev",
    "etc",
    "home",
    "mnt/readonly",
    "mnt/small",
    "opt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var/cache",
    "var/lib",
    "var/log",
    "var/tmp",
];
/// Folders of programs, which on a Debian lead into `/usr`.
const PROGRAMS: &[&str] = &["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Whether it is an Alpine: one program for all, no bash, no GNU, no systemd.
fn is_alpine(guest: &Guest) -> bool {
    guest.ostype == "alpine"
}

/// Lays out `root` and `local` in a folder, unless they are there. `now` is the second when.
pub(super) fn lay_out(folder: &Path, guest: &Guest, now: i64) -> io::Result<()> {
    if folder.join("root").exists() {
        return Ok(());
    }
    let root = folder.join("new");
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    for part in FOLDERS {
        fs::create_dir_all(root.join(part))?;
    }
    for part in ["local/bin", "local/sbin"] {
        fs::create_dir_all(folder.join(part))?;
    }
    for (part, mode) in [("root", 0o700), ("tmp", 0o1777), ("var/tmp", 0o1777)] {
        fs::set_permissions(root.join(part), Permissions::from_mode(mode))?;
    }
    if is_alpine(guest) {
        alpine(&root)?;
    } else {
        debian(folder, &root, guest, now)?;
    }
    texts(&root, guest)?;
    fs::rename(root, folder.join("root"))
}

fn alpine(root: &Path) -> io::Result<()> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "no busybox without libraries");
    let program = busybox().ok_or_else(missing)?;
    for part in ["bin", "lib", "usr/local/bin"] {
        fs::create_dir_all(root.join(part))?;
    }
    fs::copy(&program, root.join("bin/busybox"))?;
    for (link, to) in [("sbin", "bin"), ("usr/bin", "../bin"), ("usr/sbin", "../bin")] {
        symlink(to, root.join(link))?;
    }
    let names = Command::new(program).arg("--list").output()?.stdout;
    let names = String::from_utf8_lossy(&names);
    let others = names.lines().filter(|name| *name != "busybox");
    others.into_iter().try_for_each(|name| symlink("busybox", root.join("bin").join(name)))
}

fn debian(folder: &Path, root: &Path, guest: &Guest, now: i64) -> io::Result<()> {
    for part in PROGRAMS {
        let here = Path::new("/").join(part);
        if here.is_symlink() {
            symlink(fs::read_link(here)?, root.join(part))?;
        } else if here.is_dir() {
            fs::create_dir_all(root.join(part))?;
        }
    }
    fs::create_dir_all(root.join("etc/alternatives"))?;
    tools(&folder.join("local/bin"))?;
    let services = services(&guest.name);
    let unit = |service: &&super::services::Service| Unit {
        name: service.unit,
        description: service.description,
        state: if service.runs { State::Runs } else { State::Failed },
        said: service.said,
    };
    units::write(root, &services.iter().map(unit).collect::<Vec<_>>(), now - 3_600)
}

fn texts(root: &Path, guest: &Guest) -> io::Result<()> {
    let name = &guest.name;
    let own = guest.nics.first().and_then(|nic| nic.ip.as_deref()).and_then(|ip| ip.split('/').next());
    let own = own.map(|ip| format!("{ip} {name}.home.arpa {name}\n")).unwrap_or_default();
    let shell = if is_alpine(guest) { "/bin/sh" } else { "/bin/bash" };
    for (file, text) in [
        ("etc/fstab", "# <file system> <mount point> <type> <options>\n".to_owned()),
        (
            "etc/group",
            "root:x:0:\nadm:x:4:\ntty:x:5:\nshadow:x:42:\nwww-data:x:33:\nusers:x:100:\nnogroup:x:65534:\n"
                .into(),
        ),
        ("etc/hostname", format!("{name}\n")),
        ("etc/hosts", format!("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n{own}")),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\n".into()),
        ("etc/os-release", release(guest)),
        (
            "etc/passwd",
            format!(
                "root:x:0:0:root:/root:{shell}\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
            ),
        ),
        ("etc/resolv.conf", "search home.arpa\nnameserver 192.168.1.53\n".into()),
        ("etc/shadow", "root:*:20000:0:99999:7:::\nwww-data:*:20000:0:99999:7:::\n".into()),
        ("mnt/mounted.conf", "a file that is a mount of its own\n".into()),
        ("mnt/readonly/kept.conf", "nobody can write here\n".into()),
        ("root/.profile", "PS1='$ '\n".into()),
        (
            "var/log/syslog",
            format!("2026-11-28T06:25:01+00:00 {name} CRON[411]: (root) CMD (run-parts /etc/cron.daily)\n"),
        ),
    ] {
        fs::write(root.join(file), text)?;
    }
    for service in services(name) {
        for (file, text) in service.files {
            let file = root.join(file);
            file.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(file, text)?;
        }
    }
    fs::set_permissions(root.join("etc/shadow"), Permissions::from_mode(0o640))
}

fn release(guest: &Guest) -> String {
    match guest.ostype.as_str() {
        "alpine" => "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME=\"Alpine Linux v3.22\"\n".into(),
        "ubuntu" => "PRETTY_NAME=\"Ubuntu 24.04.3 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\nID_LIKE=debian\n".into(),
        _ => {
            let kind = if guest.kind == Kind::Lxc { "container" } else { "machine" };
            format!(
                "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\nVERSION=\"13 (trixie)\"\nVERSION_CODENAME=trixie\nID=debian\nVARIANT={kind}\n"
            )
        }
    }
}
