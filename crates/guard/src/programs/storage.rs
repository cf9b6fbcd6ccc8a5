//! Disks and partitions: what writes to them, and what looks at them.

use super::call::{Call, Rows, among, head, text, touch_all};
use super::does::{ask, benign, crash, offline, read, storage};
use super::grammar::{Grammar, anywhere, operand, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Touch};
use crate::paths::{PathClass, classify};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("dd|dcfldd|dc3dd", dd),
    ("ddrescue", |call| last_written(call, anywhere("bcimortT", ""), 1)),
    (
        "mkfs|newfs|mkfs.ext2|mkfs.ext3|mkfs.ext4|mke2fs|mkfs.xfs|mkfs.btrfs|mkfs.vfat|mkfs.fat|mkdosfs|\
         mkfs.ntfs|mkntfs|mkfs.f2fs|mkfs.exfat|mkfs.minix|mkfs.bfs|mkfs.cramfs|mkfs.jfs|mkfs.reiserfs|\
         mkfs.msdos|mkfs.udf|mkudffs|mkswap",
        make,
    ),
    (
        "blkdiscard|btrfs-convert|make-bcache|bcache-super-show|sg_format|sg_sanitize|sg_write_buffer|\
         sg_write_same|sg_unmap|sg_wr_mode|growpart|fatlabel|ntfslabel|exfatlabel|dosfslabel|mlabel|\
         ntfsresize|ntfsclone|partclone.restore|systemd-cryptenroll|nvmetcli",
        unless_dry,
    ),
    ("wipefs", wipefs),
    ("fio|bonnie++|bonnie|iozone|dbench", bench),
    ("parted", parted),
    ("sgdisk", |call| {
        only_reads(
            call,
            "p i v L E F f D b",
            "print info verify list-types end-of-largest first-aligned-in-largest first-in-largest \
             display-alignment pretend backup",
            storage,
        )
    }),
    ("fdisk", |call| only_reads(call, "l s x L o", "list list-details getsz", storage)),
    ("gdisk|cgdisk|cfdisk", |call| only_reads(call, "l", "list", storage)),
    ("sfdisk", |call| {
        only_reads(
            call,
            "l d J F s V T x n",
            "list dump json list-free show-size verify list-types no-act",
            storage,
        )
    }),
    ("hdparm", hdparm),
    ("nvme", |call| by_verb(call, anywhere("", ""), NVME, ask)),
    (
        "xfs_info|xfs_bmap|xfs_estimate|xfs_spaceman|xfs_metadump|xfs_logprint|xfs_quota|dumpe2fs|\
         e2freefrag|filefrag|e2image|blkid|lsblk|findmnt|blkzone|thin_check|thin_dump|era_check|\
         cache_check|lsscsi|sg_inq|sg_vpd|sg_logs|sg_map|sg_readcap|sg_luns|sg_scan|lsattr|smartctl|\
         skdump|btrfs-find-root|ioping|ntfsinfo|ntfsls|mountpoint|quota|repquota|blktrace|cryptsetup-ssh",
        read,
    ),
    (
        "xfs_growfs|fstrim|e4defrag|xfs_fsr|partprobe|quotaon|quotacheck|zfs-auto-snapshot|sanoid|\
         syncoid|zfs-prune-snapshots|thin_trim",
        benign,
    ),
    ("badblocks", |call| {
        if parse(call, anywhere("bcdeiopt", "")).has(&["-w", "-n"]) { storage(call) } else { read(call) }
    }),
    ("blockdev", |call| {
        if call.texts().all(|arg| !arg.starts_with("--set")) { benign(call) } else { offline(call) }
    }),
    ("multipath|multipathd", |call| {
        if call.any(&["-l", "-ll", "-v3", "-d", "show", "-t"]) { read(call) } else { offline(call) }
    }),
    ("iscsiadm", iscsiadm),
    (
        "targetcli",
        |call| if call.any(&["ls", "status", "version", "help"]) { read(call) } else { storage(call) },
    ),
    (
        "storcli|storcli64|perccli|perccli64|megacli|MegaCli|MegaCli64|ssacli|hpssacli|arcconf|tw_cli|\
         sas2ircu|sas3ircu|mpt-status|areca-cli",
        raid,
    ),
    ("snapraid|bcachefs|gluster|drbdadm|drbdsetup|linstor|sedutil-cli|mstflint|sas3flash|sas2flash", arrays),
    ("rdfind|hardlink", |call| {
        let words: Vec<&str> = call.texts().collect();
        let is_on = |flag: &str| words.windows(2).any(|pair| pair[0] == flag && pair[1] == "true");
        if is_on("-dryrun") || is_on("-n") && call.name == "rdfind" || call.any(&["--dry-run"]) {
            read(call)
        } else if words.iter().any(|arg| matches!(*arg, "true" | "-deleteduplicates")) {
            offline(call)
        } else {
            benign(call)
        }
    }),
    ("mergerfs|unionfs|bindfs|s3fs|ntfs-3g|mount.ntfs|curlftpfs|gocryptfs|encfs", |call| {
        parse(call, anywhere("o", ""))
            .operands
            .get(1)
            .map_or_else(|| read(call), |place| vec![Effect::Touch(Touch::MountOver, (*place).clone())])
    }),
    ("virt-customize|virt-sysprep|virt-resize|virt-format|virt-edit|virt-rescue|nbdcopy|guestfish", |call| {
        if call.any(&["--ro", "-r"]) && !call.any(&["--rw", "-w"]) { read(call) } else { storage(call) }
    }),
    ("virt-install|virt-clone|virt-sparsify|cloud-localds|isohybrid|virt-builder", benign),
    ("flashrom", |call| {
        if parse(call, anywhere("prcwEoil", "programmer")).has(&["-w", "-E", "--write", "--erase"]) {
            storage(call)
        } else {
            read(call)
        }
    }),
    ("rescan-scsi-bus.sh", |call| if call.any(&["-r", "--remove"]) { crash(call) } else { benign(call) }),
    ("sg_start|sdparm|eject|udisksctl", |call| {
        if call.any(&["status", "info", "dump", "--all", "-a"]) || call.args.is_empty() {
            read(call)
        } else {
            offline(call)
        }
    }),
    ("genisoimage|mkisofs|xorrisofs|mksquashfs", |call| {
        vec![out(call, anywhere("oVprJ", "output"), &["-o", "--output"]), Effect::Benign(call.line())]
    }),
    ("unsquashfs|isoinfo|isosize", benign),
];

const NVME: Verbs = &[
    (
        "list|list-subsys|list-ns|list-ctrl|id-ctrl|id-ns|smart-log|error-log|fw-log|get-log|get-feature|\
         show-regs|show-topology|self-test-log|effects-log|endurance-log|telemetry-log|device-self-test|\
         ns-descs|version|ana-log|changed-ns-list-log|persistent-event-log|intel|wdc|micron|samsung|\
         gen-hostnqn|show-hostnqn|discover|get-property|supported-log-pages|zns list|zns id-ns",
        read,
    ),
    ("connect|connect-all|ns-rescan", benign),
    ("reset|subsystem-reset|disconnect|disconnect-all|set-feature", offline),
    (
        "format|sanitize|write|write-zeroes|write-uncor|dsm|create-ns|delete-ns|attach-ns|detach-ns|\
         fw-download|fw-activate|fw-commit|security-send|zns reset-zone|compare|resv-acquire|\
         admin-passthru|io-passthru|sanitize-log",
        storage,
    ),
];

pub(super) fn dd(call: &Call<'_>) -> Vec<Effect> {
    let mut effects: Vec<Effect> = operand(call, "if").map(Effect::Read).into_iter().collect();
    match operand(call, "of") {
        Some(to) => effects.push(Effect::Touch(Touch::Write, to)),
        None if call.open() => effects.push(Effect::RunUnknown(call.line())),
        None => effects.push(Effect::Pure),
    }
    effects
}

/// A place that is made to be thrown away, for certain.
fn scratch(word: &Word) -> bool {
    text(word).is_some_and(|path| path.starts_with('/') && classify(path) == PathClass::Scratch)
}

fn make(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tLUbiIgGmEoOTdJNCDMzeFSRlnrs", "label uuid fs-type"));
    let dry = match call.name {
        "mke2fs" | "mkfs.ext2" | "mkfs.ext3" | "mkfs.ext4" => call.any(&["-n"]),
        "mkfs.xfs" => call.any(&["-N"]),
        _ => false,
    };
    let place = parsed.operands.iter().chain(&call.args.last()).copied().any(scratch);
    if dry || (place && !call.texts().any(|arg| arg.starts_with("/dev/"))) {
        return benign(call);
    }
    // A swap file is a file; what it was is overwritten all the same.
    let file =
        |word: &&Word| text(word).is_some_and(|path| path.starts_with('/') && !path.starts_with("/dev/"));
    if call.name == "mkswap" && parsed.operands.first().is_some_and(file) {
        return parsed
            .operands
            .iter()
            .map(|word| Effect::Touch(Touch::Write, (*word).clone()))
            .chain(super::does::kernel(call))
            .collect();
    }
    if call.args.is_empty() { read(call) } else { storage(call) }
}

fn unless_dry(call: &Call<'_>) -> Vec<Effect> {
    if call.args.is_empty() || call.any(&["--dry-run", "-N", "--info", "-i"]) {
        read(call)
    } else {
        storage(call)
    }
}

/// A benchmark writes to the file or device that it is given, or reads it only.
fn bench(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        Grammar {
            letters: "",
            longs: "filename directory rw readwrite name size bs ioengine runtime iodepth numjobs output",
            front: false,
            words: true,
        },
    );
    if parsed.operands.iter().any(|word| head(word).ends_with(".fio") || text(word).is_none()) {
        return ask(call);
    }
    let reads = call.texts().any(|arg| {
        matches!(
            arg,
            "--rw=read" | "--rw=randread" | "--readonly" | "--readwrite=read" | "-rw=read" | "-rw=randread"
        )
    });
    let places = parsed.values(&["--filename", "-filename", "--directory", "-directory"]);
    let mut effects = if reads { vec![] } else { touch_all(Touch::Write, places) };
    effects.extend(benign(call));
    effects
}

fn wipefs(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("otOp", "offset types output"));
    if parsed.says(&["-n", "--no-act"]) || !parsed.has(&["-a", "--all", "-o", "--offset"]) {
        return read(call);
    }
    if parsed.operands.iter().all(|word| scratch(word)) && !parsed.operands.is_empty() {
        return benign(call);
    }
    storage(call)
}

fn parted(call: &Call<'_>) -> Vec<Effect> {
    const READS: &[&str] = &["print", "p", "unit", "help", "align-check", "version", "select", "quit"];
    const WRITES: &str = "\
        mklabel mktable mkpart mkpartfs rm resizepart resize move name set toggle disk_set disk_toggle \
        rescue type mkfs cp";
    let parsed = parse(call, anywhere("a", "align"));
    if parsed.operands.iter().any(|word| scratch(word)) {
        return benign(call);
    }
    let script = call.stdin().unwrap_or("?");
    let certain = parsed.words();
    if certain.iter().any(|word| among(WRITES, word))
        || script.split_whitespace().any(|word| among(WRITES, word))
    {
        return storage(call);
    }
    if parsed.has(&["-l", "--list"]) || certain.iter().any(|word| READS.contains(word)) || certain.is_empty()
    {
        return read(call);
    }
    if certain.len() < 2 && !call.open() && script.is_empty() { read(call) } else { storage(call) }
}

/// Harmless when every option is one of these; the `otherwise` is done when another is given, or none.
pub(super) fn only_reads(
    call: &Call<'_>,
    letters: &str,
    longs: &str,
    otherwise: super::call::Does,
) -> Vec<Effect> {
    let parsed = parse(call, anywhere(if call.name == "sgdisk" { "iDEFb" } else { "oubcnwHSC" }, ""));
    let known = |name: &str| match name.strip_prefix("--") {
        Some(long) => {
            longs.split(' ').any(|known| known == long)
                || matches!(long, "help" | "version" | "output" | "bytes")
        }
        None => {
            letters.split(' ').any(|letter| name[1..] == *letter)
                || matches!(name, "-h" | "-V" | "-o" | "-b" | "-u")
        }
    };
    let shows = |name: &str| {
        !matches!(name, "-o" | "-b" | "-u" | "--output" | "--bytes") || letters.contains(&name[1..])
    };
    let dry = parsed.says(&["--no-act", "--pretend", "-P"]);
    if call.args.is_empty() || dry {
        return read(call);
    }
    if parsed.options.iter().all(|given| known(&given.name))
        && parsed.options.iter().any(|given| shows(&given.name))
    {
        return read(call);
    }
    if !parsed.operands.is_empty() && parsed.operands.iter().all(|word| scratch(word)) {
        return benign(call);
    }
    otherwise(call)
}

fn hdparm(call: &Call<'_>) -> Vec<Effect> {
    const WRITES: &str = "\
        --security-erase --security-erase-enhanced --security-set-pass --security-disable \
        --trim-sector-ranges --trim-sector-ranges-stdin --write-sector --repair-sector --fwdownload \
        --fwdownload-mode3 --fwdownload-mode7 --make-bad-sector --dco-restore --dco-setmax \
        --yes-i-know-what-i-am-doing --please-destroy-my-drive --sanitize-block-erase \
        --sanitize-crypto-scramble --sanitize-overwrite --drq-hsm-error";
    let parsed = parse(call, anywhere("SBMNAWxsX", "write-sector make-bad-sector repair-sector"));
    if parsed.has_of(WRITES) {
        return storage(call);
    }
    if parsed.options.iter().all(|given| {
        matches!(
            given.name.as_str(),
            "-i" | "-I"
                | "-t"
                | "-T"
                | "-C"
                | "-g"
                | "-v"
                | "-H"
                | "--direct"
                | "-q"
                | "-V"
                | "--Istdout"
                | "--dco-identify"
                | "--read-sector"
        )
    }) {
        return read(call);
    }
    let harmless =
        parsed.options.iter().all(|given| matches!(given.name.as_str(), "-S" | "-B" | "-M" | "-A"));
    if harmless { benign(call) } else { offline(call) }
}

/// The operand at this place, counted without the first, is what is written.
fn last_written(call: &Call<'_>, grammar: Grammar, place: usize) -> Vec<Effect> {
    let parsed = parse(call, grammar);
    parsed
        .operands
        .get(place)
        .map_or_else(|| ask(call), |word| vec![Effect::Touch(Touch::Write, (*word).clone())])
}

/// The value of these options is a file that is written.
fn out(call: &Call<'_>, grammar: Grammar, names: &[&str]) -> Effect {
    let parsed = parse(call, grammar);
    parsed.value(names).map_or(Effect::Pure, |word| Effect::Touch(Touch::Write, word.clone()))
}

fn iscsiadm(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("motpnvIPr", "mode op targetname portal name value interface"));
    let delete =
        parsed.values(&["-o", "--op"]).iter().any(|word| matches!(text(word), Some("delete") | None));
    if delete || parsed.has(&["-u", "--logout", "-U", "--logoutall"]) { offline(call) } else { benign(call) }
}

/// Tools for arrays of disks: what reads is named, what makes it whole is everyday.
fn arrays(call: &Call<'_>) -> Vec<Effect> {
    let reads = "status list diff smart info show usage peer get dump up-list role cstate dstate --scan --query \
                 --isValidSED -listall -list q query devices";
    let destroys = "delete destroy format fix create create-md wipe-md --revertTPer --PSIDrevert -o -e burn remove-brick \
                    detach touch reset";
    if call.any_of(destroys) {
        storage(call)
    } else if call.any_of(reads) || call.args.is_empty() {
        read(call)
    } else if call.any_of("sync scrub start resume up connect check") {
        benign(call)
    } else {
        offline(call)
    }
}

fn raid(call: &Call<'_>) -> Vec<Effect> {
    let reads = call.texts().any(|arg| {
        let arg = arg.to_ascii_lowercase();
        ["show", "info", "getconfig", "display", "status", "detail"].iter().any(|read| arg.contains(read))
            || (arg.starts_with('-')
                && ["list", "pdinfo", "ldinfo", "adpallinfo", "encinfo"]
                    .iter()
                    .any(|read| arg.contains(read)))
    });
    let writes = call.texts().any(|arg| {
        let arg = arg.to_ascii_lowercase();
        ["del", "erase", "init", "clr", "clear", "create", "add", "set", "flash", "offline", "remove"]
            .iter()
            .any(|write| arg.trim_start_matches('-').starts_with(write))
    });
    // The tools for LSI's host adapters have plain words.
    let lists = call.name.ends_with("ircu") && call.texts().any(|arg| arg.eq_ignore_ascii_case("list"));
    if (reads || lists) && !writes || call.args.is_empty() { read(call) } else { storage(call) }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Deny};

    #[test]
    fn disks_are_looked_at_and_not_written() {
        table(&[
            (Allow, "smartctl -a /dev/sda"),
            (Allow, "smartctl -t short /dev/sda"),
            (Allow, "nvme list"),
            (Allow, "nvme smart-log /dev/nvme0"),
            (Allow, "lsblk -f"),
            (Allow, "blkid"),
            (Allow, "fdisk -l"),
            (Allow, "parted -l"),
            (Allow, "parted /dev/sda print"),
            (Allow, "sgdisk -p /dev/sda"),
            (Allow, "sfdisk -d /dev/sda"),
            (Allow, "wipefs /dev/sda"),
            (Allow, "dd if=/dev/zero of=/tmp/test bs=1M count=100"),
            (Allow, "dd if=/dev/sda of=/dev/null bs=1M count=1000 status=progress"),
            (Allow, "hdparm -tT /dev/sda"),
            (Allow, "hdparm -I /dev/sda"),
            (Allow, "smartctl --scan"),
            (Allow, "smartctl -x /dev/nvme0n1"),
            (Deny, "mkfs.ext4 /dev/sdb1"),
            (Deny, "mkswap /dev/sdb2"),
            (Deny, "wipefs -a /dev/sdb"),
            (Deny, "sgdisk --zap-all /dev/sdb"),
            (Deny, "parted -s /dev/sdb mklabel gpt"),
            (Deny, "blkdiscard /dev/sdb"),
            (Deny, "dd if=/dev/zero of=/dev/sda"),
            (Deny, "hdparm --security-erase x /dev/sda"),
            (Deny, "nvme format /dev/nvme0n1"),
            (Deny, "dd if=/tmp/x of=/etc/pve/corosync.conf"),
            (Deny, "parted /dev/sda rm 1"),
            (Deny, "sgdisk -o /dev/sdb"),
            (Deny, "sgdisk -n 1:0:0 -t 1:bf01 /dev/sdb"),
            (Deny, "badblocks -wsv /dev/sdb"),
            (Deny, "nvme sanitize /dev/nvme0 -a 2"),
            (Deny, "sg_format --format /dev/sg1"),
            (Deny, "mkfs -t xfs -f /dev/sdb"),
            (Deny, "mke2fs /dev/sdb1"),
        ]);
    }
}
