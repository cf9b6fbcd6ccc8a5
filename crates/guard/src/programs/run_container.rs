//! A new container: what of the host it gets.

use super::call::{Call, among, head, text};
use super::does::{benign, privileged};
use super::grammar::{Grammar, Parsed, front, parse};
use crate::effect::{Effect, Nested};
use crate::paths::{PathClass, classify};
use crate::word::{Value, Word};

const RUN: Grammar = front(
    "vpewulmhacH",
    "volume publish env env-file name network net workdir user label restart mount memory cpus hostname \
     entrypoint cap-add cap-drop device security-opt pid ipc uts userns platform pull log-driver log-opt \
     add-host dns ip mac-address tmpfs ulimit shm-size cpuset-cpus cpu-shares memory-swap gpus runtime \
     volumes-from link expose health-cmd health-interval stop-signal stop-timeout cidfile init-path \
     group-add isolation sysctl cgroup-parent cgroupns network-alias annotation oom-score-adj pids-limit \
     device-cgroup-rule blkio-weight storage-opt pod systemd secret label-file tz",
);

/// Programs that mean in a container what they mean anywhere. What else an image runs is its own.
const RUNNABLE: &str = "\
    sh bash ash dash zsh env sudo chroot nsenter unshare rm dd mv cp tee chmod chown find xargs sed awk \
    tar reboot poweroff halt shutdown systemctl mount umount mkfs.ext4 mkfs wipefs kill killall pkill \
    ln truncate shred rmdir unlink install busybox zpool zfs qm pct python3 python perl timeout nohup \
    touch mkdir blkdiscard sgdisk parted fdisk sfdisk";

/// A new container: with the host's rights or its root it is as good as the host.
pub(super) fn run(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, RUN);
    let mut effects = benign(call);
    if host_rights(&parsed) {
        effects.extend(privileged(call));
    }
    let mounts = binds(&parsed);
    if mounts.iter().any(|(from, _)| reaches_host(from)) || engine_socket(&parsed) {
        effects.extend(privileged(call));
    }
    // The last operands run inside; where the host's directories are mounted their paths are the host's.
    if let Some((_, command)) = parsed.rest.split_first() {
        let command: Vec<Word> = match parsed.value(&["--entrypoint"]) {
            Some(program) => std::iter::once(program.clone()).chain(command.iter().cloned()).collect(),
            None => command.to_vec(),
        };
        if !command.is_empty() {
            let known = text(&command[0])
                .is_some_and(|name| among(RUNNABLE, name.rsplit('/').next().unwrap_or(name)));
            // Arguments of an image's own program say nothing to us.
            if known || text(&command[0]).is_none() {
                effects.push(Effect::Run(Nested {
                    cwd: Some(Value::known("/")),
                    mounts: mounts.clone(),
                    ..call.nested(&command).elsewhere()
                }));
            }
        }
    }
    effects
}

fn host_rights(parsed: &Parsed<'_>) -> bool {
    let says = |names: &[&str], values: &[&str]| {
        parsed.values(names).iter().any(|word| {
            values.iter().any(|value| head(word).eq_ignore_ascii_case(value))
                || text(word).is_none() && names.contains(&"--privileged")
        })
    };
    let privileged = parsed
        .options
        .iter()
        .any(|given| given.name == "--privileged" && given.value.as_ref().and_then(text) != Some("false"));
    privileged
        || says(&["--pid", "--ipc", "--userns", "--uts", "--cgroupns"], &["host"])
        || says(
            &["--cap-add"],
            &[
                "ALL",
                "SYS_ADMIN",
                "SYS_MODULE",
                "SYS_PTRACE",
                "SYS_RAWIO",
                "CAP_SYS_ADMIN",
                "DAC_READ_SEARCH",
                "SYS_BOOT",
            ],
        )
        || parsed
            .values(&["--device"])
            .iter()
            .any(|word| device_of_data(head(word).split(':').next().unwrap_or_default()))
        || parsed.values(&["--security-opt"]).iter().any(|word| head(word).contains("unconfined"))
}

fn device_of_data(path: &str) -> bool {
    [
        "/dev/sd",
        "/dev/nvme",
        "/dev/vd",
        "/dev/mapper",
        "/dev/dm-",
        "/dev/md",
        "/dev/zd",
        "/dev/mem",
        "/dev/kmem",
    ]
    .iter()
    .any(|start| path.starts_with(start))
        || path == "/dev"
}

/// The directories of the host that are mounted, and where.
fn binds(parsed: &Parsed<'_>) -> Vec<(String, String)> {
    let volumes = parsed.values(&["-v", "--volume"]).into_iter().filter_map(|word| {
        let mut parts = head(word).split(':');
        let from = parts.next()?.to_owned();
        Some((from, parts.next().unwrap_or_default().to_owned()))
    });
    let mounts = parsed.values(&["--mount"]).into_iter().filter_map(|word| {
        let part = |names: &[&str]| {
            head(word)
                .split(',')
                .filter_map(|part| part.split_once('='))
                .find(|(name, _)| names.contains(name))
                .map(|(_, value)| value.to_owned())
        };
        Some((part(&["source", "src"])?, part(&["target", "destination", "dst"])?))
    });
    volumes.chain(mounts).filter(|(from, _)| from.starts_with('/')).collect()
}

/// The engine's socket is as good as root; those who only look at it have it read-only.
fn engine_socket(parsed: &Parsed<'_>) -> bool {
    parsed.values(&["-v", "--volume", "--mount"]).iter().any(|word| {
        let mount = head(word);
        let named = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock"]
            .iter()
            .any(|name| mount.contains(name));
        named && !mount.ends_with(":ro") && !mount.contains("readonly")
    })
}

/// A directory that gives the container the host, or its ways to it.
fn reaches_host(path: &str) -> bool {
    let harmless = [
        "/etc/localtime",
        "/etc/timezone",
        "/etc/ssl",
        "/etc/ca-certificates",
        "/usr/share/zoneinfo",
        "/etc/letsencrypt",
        "/usr/share/ca-certificates",
        "/etc/machine-id",
    ];
    if harmless.iter().any(|start| path.starts_with(start)) {
        return false;
    }
    let mounted = path.trim_end_matches('/');
    let everyday = matches!(mounted, "/tmp" | "/opt" | "/proc" | "/sys" | "/run" | "/root" | "/home");
    let classes =
        [PathClass::SystemRoot, PathClass::Protected, PathClass::Trust, PathClass::Fatal, PathClass::Device];
    (classes.contains(&classify(path)) && !everyday)
        || mounted == "/var/lib/docker"
        || path.starts_with("/root/.ssh")
}
