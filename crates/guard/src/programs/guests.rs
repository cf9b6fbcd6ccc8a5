//! Guests: virtual machines and containers of Proxmox and of its kin.

use super::call::{Call, Rows, head, text};
use super::does::{access, ask, benign, guest_down, guest_gone, offline, read, snapshot_gone};
use super::grammar::{PLAIN, anywhere, dashed, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Nested, Touch};
use crate::invocation::Stdin;
use crate::word::{Value, Word};

pub(super) const ROWS: Rows = &[
    ("qm", |call| by_verb(call, PLAIN, QM, ask)),
    ("pct", |call| by_verb(call, PLAIN, PCT, ask)),
    ("qmrestore", create),
    ("lxc-ls|lxc-info|lxc-top|lxc-monitor|lxc-config|lxc-checkconfig|lxc-cgroup|lxc-wait", read),
    ("lxc-start|lxc-unfreeze|lxc-snapshot|lxc-create|lxc-copy", benign),
    ("lxc-stop|lxc-freeze|lxc-checkpoint|lxc-autostart", guest_down),
    ("lxc-destroy", guest_gone),
    ("virsh", |call| by_verb(call, anywhere("cdl", "connect"), VIRSH, ask)),
];

const QM: Verbs = &[
    (
        "list|status|config|pending|showcmd|cloudinit dump|cloudinit pending|listsnapshot|\
         guest exec-status|wait|vncproxy|help",
        read,
    ),
    ("guest cmd|agent", agent),
    (
        "start|resume|snapshot|clone|importdisk|import|importovf|template|cloudinit update|unlock|resize|\
         rescan|disk rescan|disk import|disk resize|disk move|move-disk|move_disk|set-agent|cleanup|\
         mtunnel|nbdstop",
        benign,
    ),
    ("set", qm_set),
    ("create", create),
    (
        "stop|shutdown|reset|reboot|suspend|rollback|migrate|remote-migrate|sendkey|terminal|dbus-vmstate",
        guest_down,
    ),
    ("destroy|unlink|disk unlink", guest_gone),
    ("delsnapshot", snapshot_gone),
    ("guest exec", guest_exec),
    ("guest passwd", access),
    ("monitor", monitor),
];

const PCT: Verbs = &[
    ("list|status|config|pending|listsnapshot|df|cpusets|help", read),
    (
        "start|resume|snapshot|clone|template|unlock|resize|rescan|fstrim|move-volume|move_volume|mount|\
         fsck",
        benign,
    ),
    ("unmount", offline),
    ("set", qm_set),
    ("create|restore", create),
    ("stop|shutdown|reboot|suspend|rollback|migrate|remote-migrate", guest_down),
    ("destroy", guest_gone),
    ("delsnapshot", snapshot_gone),
    ("exec", guest_exec),
    ("enter|console", pct_enter),
    ("push", pct_push),
    ("pull", pct_pull),
];

const VIRSH: Verbs = &[
    (
        "list|dominfo|domstate|domblklist|domiflist|dumpxml|net-list|net-info|net-dumpxml|pool-list|\
         pool-info|vol-list|vol-info|nodeinfo|capabilities|version|snapshot-list|domstats|uri|hostname|\
         domifaddr|schedinfo|vcpuinfo|freecell|domblkinfo|domblkstat|dommemstat|iface-list|nwfilter-list",
        read,
    ),
    (
        "start|resume|snapshot-create|snapshot-create-as|net-start|pool-start|autostart|define|create|\
         pool-refresh|net-autostart|pool-autostart|vol-create-as|vol-create",
        benign,
    ),
    (
        "shutdown|destroy|reboot|reset|suspend|save|managedsave|migrate|snapshot-revert|net-destroy|\
         pool-destroy|detach-disk|detach-device|attach-disk|setmem|setvcpus|edit|blockjob|send-key|\
         inject-nmi",
        guest_down,
    ),
    ("snapshot-delete", snapshot_gone),
    ("undefine|vol-delete|vol-wipe|pool-delete|pool-undefine|blockcommit|blockpull", guest_gone),
];

fn qm_set(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, dashed("delete force revert hookscript args"));
    let deleted: Vec<&str> = parsed.values(&["--delete", "-delete"]).into_iter().map(head).collect();
    let disks = ["scsi", "virtio", "sata", "ide", "efidisk", "tpmstate", "unused", "mp", "rootfs"];
    if deleted
        .iter()
        .flat_map(|names| names.split(','))
        .any(|name| name != "ide2" && disks.iter().any(|disk| name.starts_with(disk)))
    {
        let unused = deleted.iter().any(|names| names.contains("unused"));
        return if unused || parsed.has(&["--force", "-force"]) {
            guest_gone(call)
        } else {
            guest_down(call)
        };
    }
    let name = |given: &str| given.trim_start_matches('-').to_owned();
    if parsed.options.iter().any(|given| matches!(name(&given.name).as_str(), "hookscript" | "args")) {
        return ask(call);
    }
    if parsed.options.iter().any(|given| name(&given.name).starts_with("mp")) && binds_host(call) {
        return super::does::privileged(call);
    }
    let cuts = parsed.options.iter().any(|given| name(&given.name).starts_with("lxc"));
    if cuts { ask(call) } else { benign(call) }
}

/// A mount point that is a directory of the host which is not data.
fn binds_host(call: &Call<'_>) -> bool {
    call.texts().any(|arg| {
        let path = arg.split(',').next().unwrap_or_default();
        path == "/"
            || ["/etc", "/root", "/var/lib/pve", "/dev", "/proc", "/sys", "/run", "/boot", "/usr"]
                .iter()
                .any(|root| path == *root || path.starts_with(&format!("{root}/")))
    })
}

/// A new guest, or one restored: over an existing one only with force.
fn create(call: &Call<'_>) -> Vec<Effect> {
    let forced = call
        .texts()
        .any(|arg| matches!(arg, "--force" | "-force" | "--force=1" | "-force=1" | "--force=true"));
    if forced { guest_gone(call) } else { benign(call) }
}

/// `qm agent VMID COMMAND`, `qm guest cmd VMID COMMAND`.
fn agent(call: &Call<'_>) -> Vec<Effect> {
    match call.args.get(1).map(|word| text(word)) {
        Some(Some(verb))
            if verb.starts_with("get-")
                || matches!(verb, "ping" | "info" | "network-get-interfaces" | "fsfreeze-status") =>
        {
            read(call)
        }
        Some(Some("fstrim" | "fsfreeze-thaw")) => benign(call),
        Some(Some(_)) => guest_down(call),
        Some(None) => ask(call),
        None => read(call),
    }
}

/// What runs in a guest, after its number.
fn guest_exec(call: &Call<'_>) -> Vec<Effect> {
    let mut rest = call.args.get(1..).unwrap_or_default();
    while let Some(arg) = rest.first().and_then(text).filter(|arg| arg.starts_with('-')) {
        if arg == "--" {
            rest = &rest[1..];
            break;
        }
        let takes = !arg.contains('=');
        rest = rest.get(1 + usize::from(takes)..).unwrap_or_default();
    }
    in_guest(call, rest)
}

fn in_guest(call: &Call<'_>, command: &[Word]) -> Vec<Effect> {
    match command.first().map(|word| (text(word), word)) {
        None => ask(call),
        // Windows' own shutdown, cmd and powershell are no programs of ours.
        Some((Some(name), _)) if name.to_ascii_lowercase().trim_end_matches(".exe").ends_with("shutdown") => {
            guest_down(call)
        }
        Some((Some(name), _)) if windows_reads(name, &command[1..]) => read(call),
        Some(_) => {
            vec![Effect::Run(Nested { cwd: Some(Value::known("/root")), ..call.nested(command).elsewhere() })]
        }
    }
}

fn windows_reads(name: &str, args: &[Word]) -> bool {
    const READING: &[&str] = &[
        "get-",
        "select-",
        "where-",
        "format-",
        "sort-",
        "measure-",
        "test-",
        "convertto-",
        "write-output",
        "out-string",
    ];
    let name = name.to_ascii_lowercase();
    if matches!(name.trim_end_matches(".exe"), "powershell" | "pwsh") {
        let line = super::joined::joined(args);
        let script = text(&line).unwrap_or("?").to_ascii_lowercase();
        let script = script
            .trim_start_matches(['-', '/'])
            .trim_start_matches("noprofile ")
            .trim_start_matches("-command ")
            .trim_start_matches("command ");
        let plain = !script.contains([';', '&', '(', '`', '$', '{', '\n']);
        return plain
            && script.split('|').all(|step| READING.iter().any(|verb| step.trim().starts_with(verb)));
    }
    matches!(
        name.trim_end_matches(".exe"),
        "ipconfig" | "whoami" | "hostname" | "netstat" | "systeminfo" | "tasklist" | "ver"
    )
}

/// A shell in a guest: it runs what comes on standard input.
fn pct_enter(call: &Call<'_>) -> Vec<Effect> {
    match &call.invocation.stdin {
        Stdin::Null => read(call),
        Stdin::Text(value) => vec![Effect::Run(Nested::text(value.clone(), vec![], Stdin::Null).elsewhere())],
        Stdin::Unknown => ask(call),
    }
}

/// A file into a guest: there it is written.
fn pct_push(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, dashed("user group perms"));
    let (Some(from), Some(to)) = (parsed.operands.get(1), parsed.operands.get(2)) else { return ask(call) };
    vec![Effect::Read((*from).clone()), Effect::Touch(Touch::Write, (*to).clone())]
}

fn pct_pull(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, dashed("user group perms"));
    parsed.operands.get(2).map_or_else(|| ask(call), |to| vec![Effect::Touch(Touch::Write, (*to).clone())])
}

/// QEMU's monitor: its commands come on standard input.
fn monitor(call: &Call<'_>) -> Vec<Effect> {
    match call.stdin() {
        Some(script) => {
            let words = script.lines().filter_map(|line| line.split_whitespace().next());
            let reads = words.clone().all(|word| matches!(word, "info" | "help" | "print" | "x" | "xp"));
            if reads {
                read(call)
            } else if words
                .clone()
                .any(|word| matches!(word, "drive_del" | "commit" | "snapshot_blkdev" | "block_resize"))
            {
                guest_gone(call)
            } else {
                guest_down(call)
            }
        }
        None => ask(call),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn guests_start_and_stop_and_are_not_destroyed() {
        table(&[
            (Allow, "qm list"),
            (Allow, "qm config 100"),
            (Allow, "qm start 101"),
            (Allow, "qm snapshot 100 pre-upgrade --description 'before upgrade'"),
            (Allow, "qm set 100 --memory 4096 --cores 4"),
            (Allow, "qm clone 9000 123 --name web --full"),
            (Allow, "qm agent 100 ping"),
            (Allow, "qm guest cmd 100 get-osinfo"),
            (Allow, "qm terminal --help"),
            (Allow, "qm cloudinit dump 100 user"),
            (Allow, "qm disk rescan"),
            (Allow, "qm importdisk 100 /tmp/debian.qcow2 local-lvm"),
            (Allow, "qm template 9000"),
            (Allow, "pct list"),
            (Allow, "pct exec 200 -- apt-get update"),
            (Allow, "pct snapshot 200 before"),
            (
                Allow,
                "pct create 210 local:vztmpl/debian-12-standard_12.2-1_amd64.tar.zst --hostname x --memory 512 --net0 name=eth0,bridge=vmbr0,ip=dhcp",
            ),
            (Allow, "pct push 200 /tmp/app.conf /tmp/app.conf"),
            (Confirm, "qm stop 100"),
            (Confirm, "qm shutdown 100 --timeout 60"),
            (Confirm, "qm reset 100"),
            (Confirm, "qm reboot 100"),
            (Confirm, "qm suspend 100 --todisk"),
            (Confirm, "qm rollback 100 pre"),
            (Confirm, "qm migrate 100 pve2 --online"),
            (Confirm, "qm delsnapshot 100 pre"),
            (Confirm, "pct stop 200"),
            (Confirm, "pct rollback 200 pre"),
            (Confirm, "pct exec 200 -- reboot"),
            (Confirm, "qm guest exec 100 -- reboot"),
            (Confirm, "qm sendkey 100 ctrl-alt-delete"),
            (Confirm, "lxc-stop -n 101"),
            (Confirm, "virsh shutdown vm"),
            (Confirm, "virsh destroy vm"),
            (Deny, "qm destroy 100 --purge"),
            (Deny, "qm unlink 100 --idlist scsi1 --force"),
            (Deny, "qmrestore /mnt/nas/dump/vzdump-qemu-100.vma.zst 100 --force"),
            (Deny, "pct destroy 200"),
            (Deny, "pct restore 200 local:backup/vzdump-lxc-200.tar.zst --force 1"),
            (Deny, "pct exec 200 -- rm -rf /"),
            (Deny, "qm disk unlink 100 --idlist unused0 --force"),
            (Deny, "virsh undefine vm --remove-all-storage"),
            (Deny, "lxc-destroy -n 101"),
        ]);
    }
}
