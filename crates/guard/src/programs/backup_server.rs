//! Proxmox Backup Server.

use super::call::{Rows, text};
use super::does::{access, ask, benign, guest_gone, kernel, network, offline, read, snapshot_gone, storage};
use super::grammar::{PLAIN, dashed, parse};
use super::proxmox::prunes;
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Touch};

pub(super) const ROWS: Rows = &[
    ("proxmox-backup-client", |call| by_verb(call, PLAIN, PBS_CLIENT, ask)),
    ("proxmox-backup-manager", |call| by_verb(call, PLAIN, PBS_MANAGER, ask)),
    ("pmt|pmtx|proxmox-tape", |call| {
        by_verb(
            call,
            PLAIN,
            &[(
                "inventory|status|media list|media content|drive list|changer list|changer status|\
                 pool list|backup-job list|drive status|key list",
                read,
            )],
            storage,
        )
    }),
];

const PBS_CLIENT: Verbs = &[
    (
        "list|snapshots|snapshot list|snapshot files|catalog dump|catalog shell|status|task list|\
         task log|group list|version|benchmark|key show|key show-master-pubkey|key info|\
         snapshot notes show|snapshot protected show|namespace list|login|logout|files|help",
        read,
    ),
    (
        "backup|mount|map|key create|key create-master-key|key import-master-pubkey|\
         key import-with-master-key|key paperkey|snapshot notes update|snapshot protected update|\
         namespace create|upload-log|garbage-collect",
        benign,
    ),
    ("unmap", offline),
    ("restore", |call| {
        let target = parse(call, dashed("repository crypt-mode keyfile ns format"));
        target.operands.get(2).map_or_else(
            || benign(call),
            |word| {
                if text(word) == Some("-") {
                    vec![Effect::Pure]
                } else {
                    vec![Effect::Touch(Touch::Write, (*word).clone())]
                }
            },
        )
    }),
    ("prune", |call| {
        if call.any(&["--dry-run"]) || call.texts().any(|arg| arg == "--dry-run=true") {
            read(call)
        } else {
            prunes(call, snapshot_gone)
        }
    }),
    ("forget|snapshot forget|group forget|group delete|namespace delete", guest_gone),
    ("change-owner|key change-passphrase|snapshot protected|task stop", kernel),
];

const PBS_MANAGER: Verbs = &[
    (
        "datastore list|datastore show|garbage-collection status|garbage-collection list|sync-job list|\
         sync-job show|verify-job list|verify-job show|prune-job list|prune-job show|remote list|\
         remote show|user list|user permissions|acl list|task list|task log|disk list|\
         disk smart-attributes|disk fs list|disk zpool list|network list|dns get|cert info|versions|\
         report|node show|subscription get|traffic-control list|acme account list|acme cert list|status|\
         openid list|ldap list|notification|user list-tokens|user tfa list|node get|node config|help",
        read,
    ),
    (
        "garbage-collection start|verify|verify-job run|sync-job run|sync-job create|verify-job create|\
         prune-job create|datastore create|pull|push|remote create|datastore update|sync-job update|\
         verify-job update|subscription set|acme cert order|traffic-control create|datastore mount|s3",
        benign,
    ),
    ("prune-job run|prune-job update", |call| prunes(call, snapshot_gone)),
    (
        "sync-job remove|verify-job remove|prune-job remove|remote remove|task stop|\
         traffic-control remove|datastore unmount",
        super::does::down,
    ),
    (
        "datastore remove|disk initialize|disk wipe|disk fs create|disk zpool create|disk fs delete",
        guest_gone,
    ),
    ("network|dns set", network),
    ("user|acl|openid|ldap|ad", access),
    ("cert update|node update|remote update", kernel),
];

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Deny};

    #[test]
    fn backups_are_not_forgotten() {
        table(&[
            (Allow, "proxmox-backup-client list --repository root@pam@pbs:store"),
            (Allow, "proxmox-backup-client snapshot list"),
            (Allow, "proxmox-backup-manager datastore list"),
            (Allow, "proxmox-backup-manager garbage-collection status store1"),
            (Allow, "proxmox-backup-client backup root.pxar:/ --repository x@pbs!t@10.0.0.5:store"),
            (Allow, "proxmox-backup-client key create"),
            (Allow, "proxmox-backup-manager verify-job run v1"),
            (Allow, "proxmox-backup-manager task list"),
            (Allow, "proxmox-backup-manager prune-job list"),
            (Deny, "proxmox-backup-client forget vm/100/2024 --repository x"),
            (Deny, "proxmox-backup-manager datastore remove store1"),
            (Deny, "proxmox-backup-client prune vm/100 --keep-last 1"),
            (Deny, "proxmox-backup-client group forget vm/100"),
        ]);
    }
}
