//! Files whose content a system runs by itself, or in place of what somebody meant to run.

use super::class::alternatives;
use super::glob::{lies_in, matches};
use super::lexical::normalise;

/// Such files and directories, with all below: `*` is one component, `{a,b}` are alternatives.
const PLACES: &str = "\
    /etc/{crontab,anacrontab,cron*,init.d,rc*,inittab,systemd,init,profile*,bash.bashrc,zsh,environment*,ld.so*} \
    /etc/{apt/apt.conf*,dpkg/dpkg.cfg*,kernel,initramfs-tools,udev,modprobe.d,modules-load.d,binfmt.d,tmpfiles.d} \
    /etc/{logrotate*,network/if-*,network/interfaces*,dhcp,ppp,networkd-dispatcher,NetworkManager/dispatcher.d} \
    /etc/{periodic,local.d,runit,s6,supervisor,monit,xinetd*,inetd.conf,update-motd.d,X11,vzdump.conf,docker} \
    /{lib,usr/lib,usr/local/lib}/{systemd,udev} /var/spool/{cron,at} /run/systemd /var/lib/vz/snippets \
    /{bin,sbin,lib,lib32,lib64,boot} /usr/{bin,sbin,lib,lib32,lib64,libexec,local/bin,local/sbin,local/lib} \
    /{root,home/*}/{.bash*,.profile,.zsh*,.xprofile,.config/systemd,.config/autostart,.config/fish,bin,.local/bin} \
    /{root,home/*}/{.gitconfig,.vimrc,.config/nvim,.config/git,.ssh/config,.ssh/rc,.forward,.pam_environment} \
    /{root,home/*}/.local/share/systemd /usr/share /usr/local/share /etc/{perl,default,conf.d,sysconfig,wireguard} \
    /etc/{sysctl.conf,sysctl.d,bash,bashrc,bash_completion.d,zshenv,zshrc,zprofile,csh*,fish,xdg} /var/lib/dpkg/info";
/// Where a node has the files of its containers: below lies what the container sees as its root.
const GUEST_ROOTS: &str = "\
    /var/lib/lxc/*/rootfs /*/subvol-*-disk-* /*/*/subvol-*-disk-* \
    /*/*/*/subvol-*-disk-* /var/lib/vz/private/* /var/lib/vz/images/*/subvol-*-disk-*.subvol /mnt/*/images/*/subvol-*";
/// Start files of shells and of sessions, whoever's home they lie in.
const DOT_FILES: &str =
    ".bash* .profile .zsh* .kshrc .cshrc .tcshrc .xprofile .xsession* .pam_environment .forward .envrc";

/// Whether whoever writes there decides what runs there later.
pub fn runs_by_itself(path: &str) -> bool {
    let path = normalise(path, "/");
    let inside = below_a_guest_root(&path).unwrap_or(path);
    let base = inside.rsplit('/').next().unwrap_or_default();
    PLACES.split_ascii_whitespace().flat_map(alternatives).any(|place| lies_in(&place, &inside))
        || DOT_FILES.split_ascii_whitespace().any(|name| matches(name, base))
        || inside.contains("/.git/hooks/")
}

/// The path as the container sees it.
fn below_a_guest_root(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    GUEST_ROOTS.split_ascii_whitespace().flat_map(alternatives).find_map(|root| {
        let depth = root.split('/').count();
        let is_below = parts.len() > depth && lies_in(&root, path);
        is_below.then(|| format!("/{}", parts[depth..].join("/")))
    })
}

#[cfg(test)]
mod tests {
    use super::runs_by_itself;

    #[test]
    fn what_a_system_starts_runs_by_itself_and_what_programs_read_does_not() {
        for path in [
            "/etc/cron.d/backup",
            "/etc/crontab",
            "/var/spool/cron/crontabs/root",
            "/etc/systemd/system/x.service",
            "/etc/systemd/system/nginx.service.d/override.conf",
            "/root/.bashrc",
            "/root/.config/systemd/user/x.timer",
            "/etc/../etc/profile.d/x.sh",
            "/usr/local/bin/tool",
            "/etc/ld.so.preload",
            "/srv/repo/.git/hooks/post-commit",
            "/etc/network/if-up.d/route",
            "/etc/apt/apt.conf.d/99hook",
            "/usr/share/perl5/PVE/API2.pm",
            "/etc/default/grub",
            "/etc/bash/bashrc",
            "/var/lib/postgresql/.bashrc",
            "/rpool/data/subvol-103-disk-0/etc/cron.d/x",
            "/var/lib/lxc/103/rootfs/etc/cron.d/x",
        ] {
            assert!(runs_by_itself(path), "{path}");
        }
        for path in [
            "/etc/hosts",
            "/etc/nginx/nginx.conf",
            "/etc/fstab",
            "/srv/data/notes.txt",
            "/var/www/index.html",
            "/root/notes.md",
            "/root/.config/app/settings.json",
            "/etc/resolv.conf",
            "/srv/media/docker-compose.yml",
            "/rpool/data/subvol-103-disk-0/etc/hosts",
        ] {
            assert!(!runs_by_itself(path), "{path}");
        }
    }
}
