//! Packages of distributions.

use super::call::{Call, Rows, among, head, shown, text};
use super::does::{ask, benign, package, package_gone, read, wreck};
use super::files::spilled;
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use super::verbs::by_verb;
use crate::effect::Effect;
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("apt|apt-get|aptitude|nala|apt-mark|apt-key|add-apt-repository|apt-file|tasksel", apt),
    (
        "apt-offline|apt-clone|debfoster|debconf-show|debconf-get-selections|dpkg-scanpackages|\
         apt-ftparchive|apt-sortpkgs|popularity-contest|dpkg-split",
        read,
    ),
    ("dpkg", dpkg),
    ("dpkg-deb", |call| match call.args.first().and_then(text) {
        Some("-x" | "-X" | "--extract" | "--vextract" | "-R" | "--raw-extract") => {
            call.args.get(2).map_or_else(|| ask(call), |to| spilled(call, to))
        }
        Some("-b" | "--build") => benign(call),
        _ => read(call),
    }),
    ("dpkg-divert|dpkg-statoverride|update-alternatives|alternatives|dpkg-trigger", |call| {
        if call.any(&[
            "--list",
            "--display",
            "--query",
            "--get-selections",
            "--truename",
            "--listpackage",
            "-l",
        ]) {
            read(call)
        } else {
            super::does::kernel(call)
        }
    }),
    ("dpkg-reconfigure|debconf-set-selections|debconf-communicate", super::does::kernel),
    ("unattended-upgrade|unattended-upgrades", |call| {
        if call.any(&["--dry-run"]) { read(call) } else { package_gone(call) }
    }),
    ("needrestart", |call| {
        if call.any(&["-b", "-l", "-r l", "-p", "-k"]) || call.args.is_empty() {
            read(call)
        } else {
            ask(call)
        }
    }),
    ("do-release-upgrade|apt-dater|deb-get", package_gone),
    ("yum|dnf|microdnf|zypper|pacman|apk|opkg|emerge|xbps-install|pkg|rpm|snap|flatpak|brew|port", foreign),
];

/// Without these the system does not come up or cannot be managed.
const ESSENTIAL: &str = "\
    libc6 libc-bin proxmox-ve pve-manager pve-cluster pve-kernel proxmox-default-kernel qemu-server \
    pve-container pve-qemu-kvm corosync systemd systemd-sysv init dpkg apt bash dash coreutils \
    util-linux mount login passwd base-files base-passwd debianutils libpam-modules libpam-runtime \
    openssh-server ifupdown2 lvm2 zfsutils-linux zfs-initramfs zfs-zed grub-common grub-pc \
    grub-efi-amd64 tar gzip sed grep findutils perl-base libpve-common-perl libpve-storage-perl \
    libpve-access-control pve-firewall pve-ha-manager udev e2fsprogs initramfs-tools libcrypt1 \
    libgcc-s1 libstdc++6 zlib1g gcc-12-base proxmox-backup-server hostname ncurses-base libselinux1 \
    lxc-pve libpve-guest-common-perl pve-edk2-firmware novnc-pve spiceterm vncterm \
    proxmox-widget-toolkit python3-minimal sysvinit-utils openssh-client libssl3";

fn essential(words: &[&Word]) -> bool {
    words.iter().any(|word| {
        let name = head(word).trim_end_matches('-').split([':', '=']).next().unwrap_or_default();
        let stem = name.split(['*', '?']).next().unwrap_or_default();
        among(ESSENTIAL, name)
            || name.contains(['*', '?'])
                && ESSENTIAL.split_ascii_whitespace().any(|essential| essential.starts_with(stem))
            || matches!(word.value, crate::word::Value::Pattern(_))
                && ["", "lib", "pve", "proxmox", "pve-", "libc", "proxmox-"].contains(&name)
            || matches!(name, "pve*" | "proxmox*" | ".*" | "*")
    })
}

const APT: Grammar = anywhere(
    "otcaq",
    "option target-release config-file default-release \
    host-architecture",
);

fn apt(call: &Call<'_>) -> Vec<Effect> {
    match call.name {
        "apt-mark" => {
            return by_verb(
                call,
                PLAIN,
                &[
                    ("showauto|showmanual|showhold|showinstall|showremove|showpurge", read),
                    ("hold|unhold|auto|manual", benign),
                ],
                package_gone,
            );
        }
        "apt-key" => {
            return by_verb(
                call,
                anywhere("", "keyring"),
                &[("list|finger|export|exportall|adv", read)],
                super::does::kernel,
            );
        }
        "add-apt-repository" => return super::does::kernel(call),
        "apt-file" => return by_verb(call, PLAIN, &[("update|search|find|list|show", read)], ask),
        "tasksel" => return by_verb(call, PLAIN, &[("install", package), ("remove", package_gone)], read),
        _ => {}
    }
    let parsed = parse(call, APT);
    let simulates = parsed.says(&[
        "-s",
        "--simulate",
        "--just-print",
        "--dry-run",
        "--recon",
        "--no-act",
        "--assume-no",
        "--print-uris",
        "-d",
        "--download-only",
    ]);
    for option in parsed.values(&["-o", "--option"]) {
        if runs_something(head(option)) {
            return ask(call);
        }
    }
    let Some((verb, names)) = parsed.operands.split_first() else { return read(call) };
    let Some(verb) = text(verb) else { return ask(call) };
    if simulates {
        return read(call);
    }
    let removes = names.iter().any(|word| head(word).ends_with('-') && head(word).len() > 1);
    match verb {
        "update" | "check" | "source" | "download" | "changelog" | "indextargets" | "build-dep" | "clean"
        | "autoclean" | "auto-clean" | "distclean" | "install" | "reinstall" | "satisfy"
            if !removes =>
        {
            installed(call, names)
        }
        "list" | "search" | "show" | "showsrc" | "policy" | "depends" | "rdepends" | "madison"
        | "versions" | "why" | "why-not" | "help" | "moo" | "history" => read(call),
        "remove" | "purge" | "install" | "autoremove" | "autopurge" | "auto-remove" if essential(names) => {
            wreck(call)
        }
        "remove" | "purge" | "install" | "autoremove" | "autopurge" | "auto-remove" | "upgrade"
        | "full-upgrade" | "dist-upgrade" | "safe-upgrade" | "dselect-upgrade" | "hold" | "unhold" => {
            package_gone(call)
        }
        "edit-sources" | "modernize-sources" => super::does::kernel(call),
        _ => ask(call),
    }
}

/// Options of apt that name a program to run.
fn runs_something(option: &str) -> bool {
    let option = option.to_ascii_lowercase();
    ["invoke", "proxy-auto-detect", "dpkg::options", "dir::bin", "pager", "changelog", "rcommand"]
        .iter()
        .any(|name| option.contains(name))
        && !option.contains("force-conf")
}

/// What comes from the distribution by its name is signed by it. A file from who knows where brings scripts that run as root,
/// and is as unknown as a script.
fn installed(call: &Call<'_>, packages: &[&Word]) -> Vec<Effect> {
    const FILES: &[&str] = &[".deb", ".rpm", ".apk", ".ipk", ".xbps", ".pkg.tar.zst", ".pkg.tar.xz", ".snap"];
    let is_file = |word: &&Word| {
        let name = shown(word);
        let is_path =
            ["/", "./", "../", "~/", "http://", "https://"].iter().any(|lead| name.starts_with(lead));
        is_path || FILES.iter().any(|end| name.ends_with(end))
    };
    if packages.iter().any(is_file) { ask(call) } else { package(call) }
}

fn dpkg(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("", "root admindir instdir"));
    if parsed.says(&["--dry-run", "--simulate", "--no-act"]) {
        return read(call);
    }
    if parsed.has(&["--pre-invoke", "--post-invoke"]) || call.texts().any(|arg| arg.contains("-invoke=")) {
        return ask(call);
    }
    if parsed.says(&["-r", "-P", "--remove", "--purge"]) {
        return if essential(&parsed.operands) { wreck(call) } else { package_gone(call) };
    }
    if parsed.says(&["--clear-selections", "--forget-old-unavail", "--clear-avail"]) {
        return package_gone(call);
    }
    // It knows nothing but files.
    if parsed.has(&["-i", "--install", "--unpack"]) {
        return ask(call);
    }
    if parsed.says(&[
        "--configure",
        "--triggers-only",
        "--add-architecture",
        "--remove-architecture",
        "--set-selections",
        "--update-avail",
        "-a",
    ]) {
        return package(call);
    }
    if parsed.has(&["-x", "--extract"]) {
        return parsed.operands.get(1).map_or_else(|| ask(call), |to| spilled(call, to));
    }
    read(call)
}

/// Package managers of guests.
fn foreign(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("xc", "root installroot enablerepo disablerepo repo"));
    let words = parsed.words();
    let flags: Vec<&str> = parsed.options.iter().map(|given| given.name.as_str()).collect();
    match call.name {
        "pacman" if flags.contains(&"-R") => return package_gone(call),
        "pacman" if flags.contains(&"-S") => {
            return if flags.contains(&"-u") { package_gone(call) } else { package(call) };
        }
        "pacman" if flags.contains(&"-U") => return ask(call),
        "pacman" if flags.contains(&"-Q") || flags.contains(&"-F") || flags.contains(&"-V") => {
            return read(call);
        }
        "rpm" if flags.iter().any(|flag| matches!(*flag, "-q" | "--query" | "-V" | "--verify")) => {
            return read(call);
        }
        "rpm" if flags.iter().any(|flag| matches!(*flag, "-e" | "--erase")) => {
            return if essential(&parsed.operands) { wreck(call) } else { package_gone(call) };
        }
        "rpm" if flags.iter().any(|flag| matches!(*flag, "-i" | "-U" | "-F" | "--install" | "--upgrade")) => {
            return ask(call);
        }
        "rpm" if flags.contains(&"--import") => {
            return package(call);
        }
        "emerge" if flags.iter().any(|flag| matches!(*flag, "-C" | "-c" | "--unmerge" | "--depclean")) => {
            return package_gone(call);
        }
        _ => {}
    }
    match words.first().copied() {
        None if call.open() => ask(call),
        None => read(call),
        Some(
            "list" | "search" | "info" | "show" | "repolist" | "check-update" | "provides" | "history"
            | "version" | "policy" | "find" | "lr" | "lu" | "se" | "services" | "connections" | "changes"
            | "known" | "deps" | "leaves" | "outdated" | "doctor" | "config" | "files" | "query" | "audit"
            | "dot" | "stats" | "repoquery" | "logs" | "interfaces" | "remotes" | "remote-ls" | "warnings"
            | "tasks" | "check",
        ) => read(call),
        Some(
            "install" | "add" | "update" | "makecache" | "clean" | "fetch" | "refresh" | "in" | "reinstall"
            | "localinstall" | "groupinstall" | "cleanup" | "tap" | "start" | "restart" | "enable"
            | "connect" | "run",
        ) if !(matches!(call.name, "yum" | "dnf" | "zypper" | "snap" | "flatpak")
            && words[0] == "update"
            && words.len() == 1
            && call.name != "snap")
            && words[0] != "run" =>
        {
            installed(call, &parsed.operands[1..])
        }
        Some(
            "remove" | "erase" | "autoremove" | "purge" | "del" | "uninstall" | "upgrade" | "update" | "dup"
            | "dist-upgrade" | "distro-sync" | "system-upgrade" | "rm" | "downgrade" | "refresh-all" | "up"
            | "delete" | "stop" | "disable" | "disconnect" | "revert" | "swap" | "groupremove",
        ) => {
            if essential(&parsed.operands) && words[0] != "update" {
                wreck(call)
            } else {
                package_gone(call)
            }
        }
        Some(_) => ask(call),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn packages_come_and_seldom_go() {
        table(&[
            (Allow, "apt update"),
            (Allow, "apt list --upgradable"),
            (Allow, "apt-get -s dist-upgrade"),
            (Allow, "apt-mark showhold"),
            (Allow, "dpkg -S /usr/bin/qm"),
            (Allow, "apt-get install --only-upgrade nginx"),
            (Allow, "apt-get clean"),
            (Allow, "apt-get download x"),
            (Allow, "apt show pve-manager"),
            (Allow, "dpkg --configure -a"),
            (Allow, "dpkg -I /tmp/x.deb"),
            (Allow, "dpkg -i --dry-run /tmp/x.deb"),
            (Allow, "apt-key list"),
            (Allow, "unattended-upgrade --dry-run -d"),
            (Allow, "needrestart -b"),
            (Confirm, "apt-get remove nginx"),
            (Confirm, "apt-get purge -y nginx"),
            (Confirm, "apt full-upgrade -y"),
            (Confirm, "apt upgrade -y"),
            (Confirm, "apt-get autoremove"),
            (Confirm, "apt-get install foo-"),
            (Confirm, "apt autoremove --purge -y"),
            (Confirm, "snap remove lxd"),
            (Confirm, "do-release-upgrade"),
            (Confirm, "update-alternatives --set editor /usr/bin/vim.basic"),
            (Confirm, "dpkg -i /tmp/x.deb"),
            (Confirm, "dpkg --unpack x.deb"),
            (Confirm, "dpkg -iGE x.deb"),
            (Confirm, "apt install ./x.deb"),
            (Confirm, "apt-get install -y --no-install-recommends /root/x.deb"),
            (Confirm, "dnf install https://example.org/x.rpm"),
            (Confirm, "rpm -ivh x.rpm"),
            (Deny, "apt-get remove -y proxmox-ve"),
            (Deny, "dpkg --purge --force-all libc6"),
            (Deny, "apt remove libc6"),
            (Deny, "dpkg -r --force-depends systemd"),
            (Deny, "apt-get autoremove --purge proxmox-ve -y"),
        ]);
    }
}
