//! File systems: made fit, mounted, unmounted; images of disks.

use super::call::{Call, Rows, head, text, touch_all};
use super::does::{ask, benign, kernel, offline, read, snapshot_gone, storage};
use super::grammar::{PLAIN, Parsed, anywhere, parse};
use super::storage::{dd, only_reads};
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("xfs_repair", |call| repair(call, "n", "L")),
    (
        "fsck|e2fsck|fsck.ext2|fsck.ext3|fsck.ext4|fsck.vfat|fsck.fat|fsck.xfs|fsck.btrfs|dosfsck|\
         fsck.exfat|fsck.f2fs|ntfsfix|thin_repair|reiserfsck",
        |call| repair(call, "nN", ""),
    ),
    ("xfs_freeze|fsfreeze", offline),
    ("xfs_admin", |call| only_reads(call, "l u", "", storage)),
    (
        "xfs_db",
        |call| if parse(call, anywhere("clp", "")).says(&["-r"]) { read(call) } else { storage(call) },
    ),
    ("tune2fs", tune2fs),
    (
        "debugfs",
        |call| if parse(call, anywhere("bsfRd", "")).has(&["-w"]) { storage(call) } else { read(call) },
    ),
    ("e2label|swaplabel|xfs_io", |call| if call.args.len() > 1 { storage(call) } else { read(call) }),
    ("resize2fs", resize2fs),
    ("kpartx|partx|addpart|delpart|resizepart", kpartx),
    ("losetup", losetup),
    ("mount|mount.nfs|mount.cifs|mount.nfs4|mount.fuse|sshfs|systemd-mount", mount),
    ("umount|fusermount|fusermount3|systemd-umount", umount),
    ("swapon|swapoff|zramctl", |call| {
        if call.args.is_empty() || call.any(&["-s", "--show", "--summary", "--noheadings"]) {
            if call.name == "swapoff" { kernel(call) } else { read(call) }
        } else {
            kernel(call)
        }
    }),
    ("qemu-img", |call| by_verb(call, PLAIN, QEMU_IMG, ask)),
    ("qemu-nbd|nbd-client", |call| {
        if parse(call, anywhere("cfbopksPx", "connect format bind port socket")).has(&["-d", "--disconnect"])
        {
            offline(call)
        } else if call.any(&["-l", "--list"]) {
            read(call)
        } else {
            benign(call)
        }
    }),
    ("qemu-io", storage),
];

const QEMU_IMG: Verbs = &[
    ("info|map|compare|measure|bench", read),
    ("check", |call| if call.any(&["-r"]) { storage(call) } else { read(call) }),
    ("create", |call| image(call, 0)),
    ("convert|rebase|commit|amend|resize", resize_image),
    ("dd", dd),
    ("snapshot", |call| {
        let parsed = parse(call, anywhere("acdf", ""));
        if parsed.has(&["-d"]) {
            snapshot_gone(call)
        } else if parsed.has(&["-a"]) {
            super::does::guest_down(call)
        } else {
            benign(call)
        }
    }),
];

/// A file system check: harmless with one of the `dry` letters, destructive with one of the `fatal` ones.
fn repair(call: &Call<'_>, dry: &str, fatal: &str) -> Vec<Effect> {
    let parsed = parse(call, anywhere("bBClEjtoLo", ""));
    let given = |letters: &str| {
        let flags: Vec<String> = letters.chars().map(|letter| format!("-{letter}")).collect();
        call.texts().any(|arg| flags.iter().any(|flag| flag == arg))
            || parsed.options.iter().any(|given| flags.contains(&given.name))
    };
    if given(dry) && !given(fatal) {
        read(call)
    } else if given(fatal) {
        storage(call)
    } else {
        offline(call)
    }
}

fn tune2fs(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("cCeEgiIJLmMoOQrTuUz", ""));
    if parsed.has(&["-L", "-U", "-O", "-I"]) {
        storage(call)
    } else if parsed.options.iter().all(|given| given.name == "-l") {
        read(call)
    } else {
        offline(call)
    }
}

fn resize2fs(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("dSz", ""));
    if parsed.has(&["-P"]) {
        read(call)
    } else if parsed.operands.len() > 1 || parsed.has(&["-M"]) {
        storage(call)
    } else {
        benign(call)
    }
}

fn kpartx(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("pot", "nr output type"));
    if parsed.has(&["-d", "--delete"]) || call.name.ends_with("part") {
        offline(call)
    } else if parsed.has(&["-l", "-s", "--show", "--list"]) {
        read(call)
    } else {
        benign(call)
    }
}

fn losetup(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("ojO", "offset sizelimit associated output"));
    if parsed.has(&["-d", "--detach", "-D", "--detach-all"]) { offline(call) } else { benign(call) }
}

fn mount(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("toOLUNTF", "types options label uuid fstab source target namespace"));
    if parsed.has(&["-f", "--fake"]) || call.args.is_empty() || parsed.has(&["-l", "--show-labels"]) {
        return read(call);
    }
    let options = parsed
        .values(&["-o", "--options"])
        .iter()
        .map(|word| head(word).to_owned())
        .collect::<Vec<_>>()
        .join(",");
    if options.contains("remount") || parsed.options.iter().any(|given| given.name.starts_with("--make-")) {
        // As disruptive as taking it away.
        let place = parsed.operands.last().map(|target| Effect::Touch(Touch::Unmount, (*target).clone()));
        return match place {
            Some(_) if options.contains("rw") && !options.contains("ro") => benign(call),
            place => place.into_iter().chain(offline(call)).collect(),
        };
    }
    match parsed.value(&["--target"]).or(parsed.operands.last().copied()) {
        Some(target) => vec![Effect::Touch(Touch::MountOver, target.clone()), Effect::Benign(call.line())],
        None if parsed.has(&["-a", "--all"]) => benign(call),
        None => read(call),
    }
}

fn umount(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tO", "types test-opts"));
    if parsed.operands.is_empty() || parsed.has(&["-a", "--all"]) {
        return offline(call);
    }
    touch_all(Touch::Unmount, parsed.operands)
}

fn image_options<'a>(call: &Call<'a>) -> Parsed<'a> {
    parse(call, anywhere("fFobOtTlsSmwB", "object"))
}

fn image(call: &Call<'_>, place: usize) -> Vec<Effect> {
    let parsed = image_options(call);
    parsed.operands.get(place).map_or_else(
        || read(call),
        |word| vec![Effect::Touch(Touch::Write, (*word).clone()), Effect::Benign(call.line())],
    )
}

fn resize_image(call: &Call<'_>) -> Vec<Effect> {
    let parsed = image_options(call);
    if parsed.operands.len() > 1 && text(parsed.operands[1]).is_some_and(|size| size.starts_with('+')) {
        return benign(call);
    }
    let shrinks =
        parsed.has(&["--shrink"]) || parsed.operands.get(1).is_some_and(|size| head(size).starts_with('-'));
    let target = if shrinks {
        parsed.operands.first()
    } else {
        parsed.operands.last().filter(|word| !is_size(word)).or(parsed.operands.first())
    };
    target.map_or_else(|| read(call), |word| vec![Effect::Touch(Touch::Write, (*word).clone())])
}

fn is_size(word: &Word) -> bool {
    let size = head(word).trim_start_matches(['+', '-']);
    size.starts_with(|char: char| char.is_ascii_digit())
        && size
            .trim_end_matches(|char: char| "kKmMgGtTB".contains(char))
            .bytes()
            .all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn what_is_mounted_is_not_everyday() {
        table(&[
            (Allow, "swapon --show"),
            (Allow, "mount -t nfs 10.0.0.5:/export /mnt/nas"),
            (Allow, "losetup -a"),
            (Allow, "qemu-img info /var/lib/vz/images/100/vm-100-disk-0.qcow2"),
            (Allow, "zramctl"),
            (Confirm, "umount /mnt/nas"),
            (Confirm, "umount -l /mnt/pve/nas"),
            (Confirm, "swapoff /dev/sda2"),
            (Confirm, "losetup -d /dev/loop0"),
            (Confirm, "swapon /dev/sdb2"),
            (Confirm, "mount -o remount,ro /"),
            (Confirm, "umount -a"),
            (Deny, "umount /etc/pve"),
            (Deny, "mount -t tmpfs tmpfs /etc/pve"),
            (Deny, "qemu-img convert -O raw /tmp/x.qcow2 /dev/pve/vm-100-disk-0"),
            (Deny, "resize2fs /dev/pve/root 5G"),
            (Deny, "tune2fs -U random /dev/sda1"),
            (Deny, "xfs_repair -L /dev/sdb1"),
            (Deny, "mount --bind /tmp /etc/pve"),
            (Deny, "umount -lf /etc/pve"),
            (Deny, "fusermount -u /etc/pve"),
        ]);
    }
}
