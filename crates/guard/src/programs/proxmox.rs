//! Proxmox VE itself: storages, cluster, accounts, backups.

use super::call::{Call, Rows, head, shown, text};
use super::does::{
    access, ask, benign, cluster, container_down, guest_down, guest_gone, kernel, network, offline, read,
    snapshot_gone, storage, up,
};
use super::grammar::{PLAIN, anywhere, dashed, parse};
use super::pve_api::{api, method_of};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("pvesh", pvesh),
    ("pvesm", |call| by_verb(call, PLAIN, PVESM, ask)),
    ("pvecm", |call| by_verb(call, PLAIN, PVECM, cluster)),
    ("pveum", |call| by_verb(call, PLAIN, PVEUM, access)),
    ("pvenode", |call| by_verb(call, PLAIN, PVENODE, ask)),
    ("vzdump", vzdump),
    ("ha-manager", |call| by_verb(call, PLAIN, HA, guest_down)),
    ("pveceph", |call| by_verb(call, PLAIN, PVECEPH, storage)),
    ("pve-firewall|proxmox-firewall", |call| by_verb(call, PLAIN, FIREWALL, network)),
    ("pvesr", |call| by_verb(call, PLAIN, PVESR, ask)),
    ("pveam", |call| {
        by_verb(call, PLAIN, &[("list|available|update|download", benign), ("remove", container_down)], ask)
    }),
    ("pvesubscription", |call| {
        by_verb(
            call,
            PLAIN,
            &[("get", read), ("set|update|set-offline-key", benign), ("delete", kernel)],
            ask,
        )
    }),
    (
        "pveversion|pveperf|pvereport|pmxcfs-status|proxmox-boot-status|pvebanner|pve8to9|pve7to8|\
         pve6to7|pbs3to4|pbs2to3|pmg7to8|proxmox-backup-debug|proxmox-file-restore|qm-list|ksmtuned",
        read,
    ),
    ("pveproxy|pvedaemon|pvestatd|spiceproxy|pvescheduler|pvefw-logger", |call| {
        by_verb(
            call,
            PLAIN,
            &[("status", read), ("start|restart|reload", up), ("stop", super::does::down)],
            ask,
        )
    }),
    ("pmxcfs", cluster),
    ("corosync|corosync-quorumtool|corosync-cfgtool|corosync-cmapctl|corosync-keygen", corosync),
    ("qmeventd|qmigrate|qmtest", guest_down),
    ("pveupgrade|pveupdate", |call| {
        if call.name == "pveupdate" { benign(call) } else { super::does::package_gone(call) }
    }),
    ("pve-efiboot-tool|proxmox-boot-tool", |call| {
        by_verb(call, PLAIN, &[("status|kernel list", read), ("format", storage)], kernel)
    }),
    (
        "proxmox-mini-journalreader|proxmox-termproxy|proxmox-network-interface-pinning|proxmox-auto-install-assistant",
        benign,
    ),
    ("pveum-token", access),
    ("pvelocalnode|pve-lxc-syscalld|vncproxy|pve-ha-simulator", ask),
    ("pve-zsync", |call| {
        by_verb(
            call,
            PLAIN,
            &[
                ("list|status|printpod", read),
                ("create|sync|enable|disable", benign),
                ("destroy", guest_gone),
            ],
            ask,
        )
    }),
];

const PVESM: Verbs = &[
    (
        "list|status|path|extractconfig|scan|nfsscan|cifsscan|glusterfsscan|iscsiscan|lvmscan|\
         lvmthinscan|zfsscan|apiinfo|export|help|import-metadata",
        read,
    ),
    ("add|alloc|import", benign),
    ("set", |call| {
        if call.any(&["--disable", "-disable", "--nodes", "-nodes", "--delete", "-delete"])
            || call.texts().any(|arg| arg.contains("disable=1"))
        {
            offline(call)
        } else {
            prunes(call, benign)
        }
    }),
    ("free|remove", guest_gone),
    ("prune-backups", |call| {
        let parsed = parse(
            call,
            dashed(
                "keep-last keep-daily keep-hourly keep-weekly keep-monthly keep-yearly type vmid keep-all",
            ),
        );
        if parsed.says(&["--dry-run", "-dry-run"]) { read(call) } else { prunes(call, snapshot_gone) }
    }),
];

const PVECM: Verbs = &[
    ("status|nodes|mtunnel|apiver|help", read),
    ("updatecerts", |call| if call.any(&["-f", "--force", "-force"]) { cluster(call) } else { benign(call) }),
    ("add|addnode|create|delnode|expected|keygen|qdevice", cluster),
];

const PVEUM: Verbs = &[
    (
        "user list|user permissions|user token list|user token permissions|user tfa list|group list|\
         role list|realm list|acl list|ticket|pool list|help|user tfa",
        read,
    ),
    ("realm sync", |call| if call.any(&["--dry-run", "-dry-run"]) { read(call) } else { access(call) }),
    (
        "user add|group add|role add|pool add|useradd|groupadd|roleadd|pool modify|user modify|usermod",
        |call| {
            let master =
                call.texts().next() == Some("root@pam") || call.any(&["--enable", "-enable", "--password"]);
            if grants(call) || master { access(call) } else { benign(call) }
        },
    ),
    ("user token add", |call| {
        if grants(call)
            || call.texts().any(|arg| arg.starts_with("root@"))
                && !call.texts().any(|arg| matches!(arg, "--privsep=1"))
                && privsep_off(call)
        {
            access(call)
        } else {
            benign(call)
        }
    }),
    ("acl modify|aclmod", |call| if grants(call) { access(call) } else { benign(call) }),
    ("user token modify", |call| if privsep_off(call) { access(call) } else { benign(call) }),
    (
        "user delete|userdel|user token delete|user token remove|group delete|groupdel|role delete|\
         roledel|role modify|rolemod|realm delete|realm modify|realm add|acl delete|acldel|pool delete|\
         passwd|user tfa delete|user tfa unlock|group modify|groupmod",
        access,
    ),
];

const PVENODE: Verbs = &[
    (
        "task list|task log|task status|config get|cert info|acme account list|acme account info|\
         acme plugin list|acme plugin config|help",
        read,
    ),
    (
        "startall|wakeonlan|acme cert renew|acme cert order|acme account register|acme account update|\
         acme plugin add|acme plugin set|cert set",
        benign,
    ),
    ("stopall|migrateall", guest_down),
    ("config set|acme cert revoke|acme account deactivate|acme plugin remove|cert delete", kernel),
];

const HA: Verbs = &[
    ("status|config|groupconfig|rules config|rules list|help", read),
    ("add|groupadd|rules add", benign),
    (
        "set|remove|migrate|relocate|groupset|groupremove|crm-command|rules set|rules remove|pause|resume",
        |call| if call.any(&["started"]) { benign(call) } else { guest_down(call) },
    ),
];

const PVECEPH: Verbs = &[
    ("status|lspools|pool ls|pool get|osd details|fs status|help", read),
    ("start|install|createpool|pool create|mgr create|createmgr|mds create", benign),
    ("stop|pool set|mgr destroy|destroymgr|mds destroy", offline),
    ("destroypool|pool destroy|osd destroy|destroyosd|purge|fs destroy|osd create|createosd", storage),
    ("init|mon create|createmon|mon destroy|destroymon", cluster),
];

const FIREWALL: Verbs =
    &[("status|compile|localnet|simulate|help", read), ("start|restart", network), ("stop", network)];

const PVESR: Verbs = &[
    ("list|status|read|help", read),
    ("create-local-job|schedule-now|run|enable|update|set-state|prepare-local-job", benign),
    ("disable", super::does::down),
    ("delete|finalize-local-job", guest_down),
];

/// Rights that make somebody master of the node.
fn grants(call: &Call<'_>) -> bool {
    call.args.iter().any(|word| {
        let value = head(word);
        let master = [
            "Administrator",
            "PVEAdmin",
            "Permissions.Modify",
            "Sys.Modify",
            "Realm.Allocate",
            "Sys.Console",
            "User.Modify",
        ];
        master.iter().any(|role| value.contains(role))
            || value.starts_with("root@pam!") && privsep_off(call)
            || text(word).is_none()
    })
}

fn privsep_off(call: &Call<'_>) -> bool {
    let parsed = parse(call, dashed("privsep comment expire"));
    parsed
        .values(&["--privsep", "-privsep"])
        .iter()
        .any(|word| !matches!(text(word), Some("1" | "yes" | "true" | "on")))
}

/// Which retention leaves one restore point or none: that is no pruning but losing them.
pub(super) fn prunes(call: &Call<'_>, otherwise: super::call::Does) -> Vec<Effect> {
    let mut kept = 0u64;
    let mut said = false;
    let mut rest = call.args.iter().peekable();
    while let Some(word) = rest.next() {
        let arg = head(word);
        let Some(at) = arg.find("keep-") else { continue };
        let inline: Vec<&str> = arg[at..].split([',', ' ']).collect();
        for one in inline {
            let value = match one.split_once('=') {
                Some((_, value)) => value.to_owned(),
                None => rest.peek().map(|next| shown(next).to_owned()).unwrap_or_default(),
            };
            said = true;
            kept = kept.max(if one.starts_with("keep-all") && value != "0" {
                u64::MAX
            } else {
                value.parse().unwrap_or(0)
            });
        }
    }
    if said && kept <= 1 { guest_gone(call) } else { otherwise(call) }
}

fn vzdump(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        dashed(
            "script mode storage compress all dumpdir exclude tmpdir prune-backups remove maxfiles \
             bwlimit ionice lockwait mailto mailnotification node notes-template pigz pool stdexcludes \
             stopwait zstd fleecing protected job-id performance quiet",
        ),
    );
    if parsed.has(&["--script", "-script"]) {
        return ask(call);
    }
    let value = |names: &[&str]| parsed.value(names).and_then(text);
    if value(&["--maxfiles", "-maxfiles"]) == Some("1") && value(&["--remove", "-remove"]) != Some("0") {
        return guest_gone(call);
    }
    if parsed.has(&["--stop", "-stop"]) {
        return guest_down(call);
    }
    prunes(call, benign)
}

fn corosync(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("einokcsdtrgbDSmv", ""));
    let changes = match call.name {
        "corosync-cfgtool" => parsed.has(&["-R", "-k", "-H", "-F", "-a", "-L"]),
        "corosync-cmapctl" => parsed.has(&["-s", "-d", "-D", "-p", "-c"]),
        "corosync-quorumtool" => parsed.has(&["-e", "-n", "-v"]),
        _ => !call.any(&["-v", "-h"]),
    };
    if changes { cluster(call) } else { read(call) }
}

/// `pvesh METHOD PATH`: the same as the sub-commands, by their address.
fn pvesh(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, dashed("output-format quiet noproxy human-readable"));
    let (method, path) = match parsed.operands.as_slice() {
        [] => return read(call),
        [method, rest @ ..] => (text(method), rest.first()),
    };
    match (method, path) {
        (Some("get" | "ls" | "usage" | "help"), _) => read(call),
        (Some(verb), Some(path)) => match method_of(verb) {
            Some(method) => api(call, method, path),
            None => ask(call),
        },
        (Some(_), None) => read(call),
        (None, _) => ask(call),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn the_cluster_is_left_alone() {
        table(&[
            (Allow, "pvesh get /cluster/resources --type vm"),
            (Allow, "pvesh create /nodes/pve/qemu/100/status/start"),
            (Allow, "pvesh ls /"),
            (Allow, "pvesm status"),
            (Allow, "pvesm list local"),
            (Allow, "pvecm status"),
            (Allow, "pvecm nodes"),
            (Allow, "pveum user list"),
            (Allow, "pveum acl list"),
            (Allow, "pvenode config get"),
            (Allow, "pvenode task log UPID:pve:0001"),
            (Allow, "vzdump 101 --storage nas --mode snapshot --compress zstd"),
            (Allow, "vzdump --all --mode snapshot"),
            (Allow, "ha-manager status"),
            (Allow, "ha-manager config"),
            (Allow, "pveceph status"),
            (Allow, "pve-firewall status"),
            (Allow, "pvesr status"),
            (Confirm, "pvesh create /nodes/pve/status --command reboot"),
            (Confirm, "pvesh delete /nodes/pve/qemu/100/snapshot/pre"),
            (Confirm, "pvesm prune-backups nas --keep-last 3"),
            (Confirm, "pvenode stopall"),
            (Confirm, "pve-firewall stop"),
            (Confirm, "ha-manager remove vm:100"),
            (Confirm, "pvesh set /cluster/firewall/options --enable 1"),
            (Confirm, "proxmox-boot-tool refresh"),
            (Confirm, "proxmox-boot-tool kernel pin 6.8.4-2-pve"),
            (Confirm, "pvesm set nas --disable 1"),
            (Deny, "pvesh delete /nodes/pve/qemu/100"),
            (Deny, "pvesh set /nodes/pve/disks/wipedisk --disk /dev/sdb"),
            (Deny, "pvesm remove nas"),
            (Deny, "pvesm free local-lvm:vm-100-disk-0"),
            (Deny, "pvesm prune-backups nas --keep-last 1"),
            (Deny, "pvecm delnode pve2"),
            (Deny, "pvecm expected 1"),
            (Deny, "pvecm add 10.0.0.1"),
            (Deny, "pveum acl modify / --users x@pve --roles Administrator"),
            (Deny, "pveum user token add root@pam t --privsep 0"),
            (Deny, "pveum passwd root@pam"),
            (Deny, "pveceph osd destroy 1"),
            (Deny, "pveceph pool destroy vms"),
            (Deny, "pvecm create cl"),
            (Deny, "corosync-cfgtool -R"),
            (Deny, "corosync-quorumtool -e 1"),
            (Deny, "pmxcfs -l"),
            (Deny, "pveum role modify X --privs Permissions.Modify"),
        ]);
    }
}
