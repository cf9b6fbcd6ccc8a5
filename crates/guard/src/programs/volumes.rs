//! Volumes: LVM, MD, LUKS, ZFS, btrfs.

use super::call::{Call, Rows, head, text};
use super::does::{ask, benign, offline, read, snapshot_gone, storage};
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    (
        "pvs|vgs|lvs|pvdisplay|vgdisplay|lvdisplay|pvscan|vgscan|lvscan|lvmdiskscan|lvmconfig|pvck|vgck|\
         lvmdump|lvmsar|lvmsadc",
        read,
    ),
    ("lvm", |call| vec![call.runs(call.args)]),
    (
        "lvremove|vgremove|pvremove|lvreduce|vgreduce|pvcreate|vgcreate|vgextend|lvconvert|vgcfgrestore|\
         vgmerge|vgsplit|vgimportclone|vgimportdevices",
        lvm_destroys,
    ),
    ("lvcreate|lvextend|vgimport|vgcfgbackup|vgmknodes", benign),
    ("lvresize", lvresize),
    ("lvchange|vgchange", activation),
    ("vgexport|vgrename|lvrename|pvmove|pvchange|pvresize|lvmdevices", lvm_disrupts),
    ("dmsetup", |call| by_verb(call, anywhere("cCjmou", "columns options sort uuid"), DMSETUP, offline)),
    ("mdadm", mdadm),
    ("mdmon", ask),
    ("cryptsetup", |call| by_verb(call, CRYPT, CRYPTSETUP, storage)),
    ("zpool", |call| by_verb(call, PLAIN, ZPOOL, storage)),
    ("zfs", |call| by_verb(call, PLAIN, ZFS, offline)),
    ("zdb|zstream|zstreamdump|arcstat|arc_summary|zilstat|dbufstat", read),
    ("zed|zfs_ids_to_path|mount.zfs", offline),
    ("btrfs", |call| by_verb(call, PLAIN, BTRFS, offline)),
];

const DMSETUP: Verbs = &[
    ("ls|info|status|table|deps|targets|version|splitname|measure|help|udevcookies|report", read),
    ("resume|mknodes|udevcomplete_all", benign),
    ("remove|suspend|clear|rename|message|create", offline),
    ("remove_all|wipe_table|load|reload|mangle", storage),
];

const CRYPT: Grammar =
    anywhere("chslotydpM", "key-file cipher hash key-size type header key-slot size offset device-size");

const CRYPTSETUP: Verbs = &[
    ("status|luksDump|isLuks|luksUUID|benchmark|tcryptDump|bitlkDump|fvault2Dump", read),
    ("open|luksOpen|plainOpen|create|loopaesOpen|tcryptOpen|luksHeaderBackup|luksResume|refresh", benign),
    ("close|luksClose|remove|luksSuspend|suspend|resize|config|token", offline),
    (
        "luksFormat|format|erase|luksErase|luksKillSlot|luksRemoveKey|luksAddKey|luksChangeKey|\
         luksConvertKey|reencrypt|luksHeaderRestore|convert|repair",
        storage,
    ),
];

const ZPOOL: Verbs = &[
    ("status|list|get|iostat|history|events|version|wait|sync|prefetch", read),
    ("online|clear|trim|scrub|resilver|set|initialize|reopen", benign),
    ("create|add", |call| {
        if parse(call, anywhere("ofORmt", "")).says(&["-n"]) { read(call) } else { storage(call) }
    }),
    ("import", |call| if call.any(&["-F", "-X", "-fF", "-Ff"]) { storage(call) } else { benign(call) }),
    ("upgrade", |call| if call.args.is_empty() || call.any(&["-v"]) { read(call) } else { offline(call) }),
    ("checkpoint", |call| if call.any(&["-d", "--discard"]) { snapshot_gone(call) } else { benign(call) }),
    ("export|offline", offline),
    ("destroy|labelclear|attach|detach|remove|replace|split|reguid|ddtprune", storage),
];

const ZFS: Verbs = &[
    ("list|get|diff|holds|version|userspace|groupspace|projectspace|send|wait", read),
    ("snapshot|snap|create|clone|bookmark|hold|mount|share|load-key|promote|redact", benign),
    ("receive|recv", zfs_receive),
    ("destroy", zfs_destroy),
    ("rollback", |call| {
        if parse(call, PLAIN).has(&["-r", "-R"]) { storage(call) } else { super::does::guest_down(call) }
    }),
    ("set|inherit", zfs_set),
    ("rename", |call| if call.any(&["-n"]) { read(call) } else { offline(call) }),
    ("unmount|umount|unshare|unload-key|change-key|jail|unjail|zone|unzone", offline),
    ("release", snapshot_gone),
    ("upgrade", |call| if call.args.is_empty() || call.any(&["-v"]) { read(call) } else { offline(call) }),
    ("allow|unallow", |call| if call.args.len() < 2 { read(call) } else { super::does::kernel(call) }),
    ("program|project", ask),
];

const BTRFS: Verbs = &[
    (
        "subvolume list|subvolume show|subvolume get-default|subvolume find-new|subvolume sync|su list|\
         sub list|sub show|filesystem show|filesystem df|filesystem usage|filesystem du|filesystem sync|\
         fi show|fi df|fi usage|fi du|device stats|device usage|device scan|device ready|dev stats|\
         dev usage|scrub status|balance status|inspect-internal|property get|property list|qgroup show|\
         replace status|send|version|quota status",
        read,
    ),
    (
        "subvolume snapshot|subvolume create|su snapshot|sub snapshot|sub create|filesystem defragment|\
         fi defrag|scrub start|scrub resume|balance start|balance resume|receive|quota enable|\
         quota rescan|restore|filesystem mkswapfile|qgroup limit",
        benign,
    ),
    ("subvolume delete|su delete|sub delete|su del|sub del|subvolume del", subvolume_delete),
    ("check", |call| {
        if call.any(&["--repair", "--init-csum-tree", "--init-extent-tree"]) {
            storage(call)
        } else {
            read(call)
        }
    }),
    (
        "device add|device delete|device remove|dev add|dev delete|dev remove|dev del|replace start|rescue",
        storage,
    ),
];

fn tested(call: &Call<'_>) -> bool {
    call.any(&["--test", "-t"])
}

fn lvm_destroys(call: &Call<'_>) -> Vec<Effect> {
    let named = |word: &&Word| head(word).rsplit('/').next().is_some_and(|name| name.starts_with("snap"));
    let volumes = parse(call, PLAIN).operands;
    if call.name == "lvremove" && volumes.len() == 1 && volumes.iter().all(named) && !tested(call) {
        return snapshot_gone(call);
    }
    if tested(call) || call.args.is_empty() { read(call) } else { storage(call) }
}

fn lvm_disrupts(call: &Call<'_>) -> Vec<Effect> {
    if tested(call) { read(call) } else { offline(call) }
}

fn lvresize(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("Ll", "size extents"));
    let sizes = parsed.values(&["-L", "-l", "--size", "--extents"]);
    let grows = !sizes.is_empty() && sizes.iter().all(|size| head(size).starts_with('+'));
    if tested(call) {
        read(call)
    } else if grows {
        benign(call)
    } else {
        storage(call)
    }
}

fn activation(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("apCcjMpl", "activate"));
    let value = parsed.value(&["-a", "--activate"]).and_then(text).unwrap_or("?");
    if tested(call) {
        read(call)
    } else if value.contains('y') && !value.contains('n') {
        benign(call)
    } else {
        offline(call)
    }
}

fn mdadm(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere("clnxeNbu", "config level raid-devices spare-devices metadata name bitmap uuid"),
    );
    if parsed.has(&[
        "--create",
        "-C",
        "--zero-superblock",
        "--build",
        "-B",
        "--add",
        "-a",
        "--add-spare",
        "--grow",
        "-G",
        "--kill-subarray",
        "--update-subarray",
        "--replace",
    ]) {
        return storage(call);
    }
    if parsed.has(&[
        "--stop",
        "-S",
        "--fail",
        "-f",
        "--remove",
        "-r",
        "--readonly",
        "-o",
        "--incremental",
        "-I",
        "--set-faulty",
    ]) {
        return offline(call);
    }
    if parsed.has(&["--assemble", "-A", "--re-add", "--readwrite", "-w", "--run", "-R"]) {
        return benign(call);
    }
    let reads = parsed.has(&[
        "--detail",
        "-D",
        "--examine",
        "-E",
        "--query",
        "-Q",
        "--monitor",
        "-F",
        "--scan",
        "-s",
        "--wait",
        "-W",
        "--detail-platform",
        "--examine-bitmap",
        "-X",
        "--misc",
        "--version",
        "-V",
        "--test",
        "-t",
    ]);
    if reads || call.args.is_empty() { read(call) } else { offline(call) }
}

fn zfs_receive(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("ox", ""));
    if parsed.says(&["-n"]) {
        read(call)
    } else if parsed.has(&["-F"]) {
        storage(call)
    } else {
        benign(call)
    }
}

fn zfs_destroy(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, PLAIN);
    if parsed.says(&["-n"]) {
        return read(call);
    }
    let one = |word: &&Word| {
        let name = head(word);
        let many = name.contains(['%', ','])
            || name.ends_with('@')
            || matches!(word.value, crate::word::Value::Pattern(_));
        (name.contains('@') && !many) || name.contains('#')
    };
    if parsed.operands.is_empty() {
        return read(call);
    }
    if parsed.operands.len() == 1 && parsed.operands.iter().all(one) && !parsed.has(&["-R"]) {
        snapshot_gone(call)
    } else {
        storage(call)
    }
}

fn zfs_set(call: &Call<'_>) -> Vec<Effect> {
    const DISRUPTIVE: &[&str] = &[
        "mountpoint",
        "canmount",
        "readonly",
        "sharenfs",
        "sharesmb",
        "volsize",
        "quota",
        "refquota",
        "exec",
        "setuid",
        "keylocation",
    ];
    let disrupts = call.args.iter().any(|word| {
        DISRUPTIVE.contains(&head(word).split('=').next().unwrap_or_default()) || text(word).is_none()
    });
    if disrupts && !call.texts().any(|arg| arg.starts_with("quota=") || arg.starts_with("refquota=")) {
        offline(call)
    } else {
        benign(call)
    }
}

fn subvolume_delete(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("i", "subvolid"));
    let snapshots = parsed.operands.iter().all(|word| head(word).contains("snap"));
    if snapshots && parsed.operands.len() == 1 { snapshot_gone(call) } else { storage(call) }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn volumes_are_not_destroyed() {
        table(&[
            (Allow, "zpool status -v"),
            (Allow, "zpool list -o name,size,health"),
            (Allow, "zpool scrub tank"),
            (Allow, "zfs list -t snapshot -o name,used -s creation"),
            (Allow, "zfs snapshot tank/data@daily"),
            (Allow, "zfs get compression tank"),
            (Allow, "zfs set compression=lz4 tank/data"),
            (Allow, "zfs destroy -nv tank/data@old"),
            (Allow, "zfs create tank/new"),
            (Allow, "lvs -a -o +devices"),
            (Allow, "pvs"),
            (Allow, "lvdisplay pve"),
            (Allow, "mdadm --detail /dev/md0"),
            (Allow, "lvcreate -s -n snap -L 5G pve/vm-100-disk-0"),
            (Allow, "lvextend -L +10G /dev/pve/data"),
            (Allow, "pvdisplay"),
            (Allow, "vgdisplay"),
            (Allow, "arcstat 1 5"),
            (Confirm, "zpool export tank"),
            (Confirm, "zpool offline tank sda"),
            (Confirm, "zfs destroy tank/data@old"),
            (Confirm, "zfs rollback tank/data@x"),
            (Confirm, "mdadm --stop /dev/md0"),
            (Confirm, "zfs set mountpoint=none tank/data"),
            (Confirm, "zfs unmount tank/data"),
            (Confirm, "lvchange -an pve/data"),
            (Confirm, "vgchange -an pve"),
            (Confirm, "cryptsetup close data"),
            (Confirm, "dmsetup remove pve-data"),
            (Deny, "zpool destroy tank"),
            (Deny, "zpool labelclear -f /dev/sda"),
            (Deny, "zfs destroy -r tank/data"),
            (Deny, "lvremove -y pve/data"),
            (Deny, "vgremove pve"),
            (Deny, "pvcreate /dev/sdb"),
            (Deny, "mdadm --zero-superblock /dev/sdb1"),
            (Deny, "cryptsetup luksFormat /dev/sdb"),
            (Deny, "cryptsetup erase /dev/sdb"),
            (Deny, "btrfs subvolume delete /mnt/pool/data"),
            (Deny, "zpool remove tank sdc"),
            (Deny, "zpool create -f tank /dev/sdb"),
            (Deny, "zpool add tank mirror sdc sdd"),
            (Deny, "zpool replace tank sdb sdc"),
            (Deny, "zpool split tank new"),
            (Deny, "lvconvert --merge pve/snap"),
            (Deny, "lvresize -L 5G pve/root"),
            (Deny, "pvremove -ff -y /dev/sdb"),
        ]);
    }
}
