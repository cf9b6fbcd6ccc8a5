//! Platforms and appliances with sub-commands of their own: schedulers, object stores, sites, downloads, cooling.

use super::call::{Call, Rows};
use super::does::{
    access, ask, ask_unless_reading, benign, container_down, data_gone, down, guest_gone, kernel, read,
    snapshot_gone, storage,
};
use super::grammar::{PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("nomad", |call| by_verb(call, anywhere("", "address namespace region token"), NOMAD, ask)),
    ("radosgw-admin", |call| by_verb(call, anywhere("", "uid bucket realm"), GATEWAY, ask)),
    ("s3cmd|s5cmd|gsutil|b2", |call| {
        by_verb(call, anywhere("c", "config profile endpoint-url"), OBJECTS, ask)
    }),
    ("wp", |call| by_verb(call, anywhere("", "path url user"), SITE, ask)),
    ("zrepl|btrbk|znapzendzetup|zfs_autobackup", |call| {
        if call.any(&["-n", "--dry-run", "-t", "--test"]) {
            read(call)
        } else {
            by_verb(call, anywhere("c", "config"), REPLICATION, ask)
        }
    }),
    ("varnishadm", |call| by_verb(call, anywhere("nSTt", ""), VARNISH, ask)),
    ("pgbackrest|barman|patronictl|wal-g", |call| {
        by_verb(call, anywhere("cd", "stanza config repo config-file"), DATABASE_BACKUPS, ask)
    }),
    ("transmission-remote", transmission),
    ("beet|calibredb|deluge-console|mpc", |call| by_verb(call, PLAIN, LIBRARIES, ask)),
    ("multipass|lima|limactl|colima", |call| by_verb(call, PLAIN, MACHINES, ask)),
    (
        "liquidctl|tlp|tlp-stat|usbip|portablectl|importctl|updatectl|systemd-sysext|systemd-creds|pwrstat",
        |call| {
            by_verb(
                call,
                anywhere("m", "match"),
                &[("status|list|cat|show|get|info|initialize|is-attached|inspect|check-new", read)],
                kernel,
            )
        },
    ),
    ("pxar", |call| {
        by_verb(call, PLAIN, &[("list|dump|help", read)], |call| {
            super::call::touch_all(crate::effect::Touch::Write, call.args.get(1))
        })
    }),
    (
        "keytool",
        |call| if call.any(&["-list", "-printcert", "-printcertreq"]) { read(call) } else { ask(call) },
    ),
    ("helmfile|skaffold|tilt|kpt", |call| {
        by_verb(call, anywhere("fel", "file environment selector"), DEPLOYMENTS, ask)
    }),
    ("integritysetup|veritysetup", |call| {
        by_verb(call, PLAIN, &[("status|dump|verify", read), ("open|create", benign)], storage)
    }),
    ("zinject|zhack|e2undo|mklost+found", storage),
    (
        "calicoctl|pdnsutil|nvm|nebula-cert|upnpc|immich-admin|rabbitmqadmin|redfishtool|mosquitto_ctrl",
        ask_unless_reading,
    ),
    ("document_exporter|document_sanity_checker|document_thumbnails|byobu", benign),
    ("ttyd|gotty|tmate|upterm|sshx", access),
    ("cppw|cpgr|update-passwd|add-shell|remove-shell", access),
];

const NOMAD: Verbs = &[
    (
        "status|node status|job status|job inspect|job history|job plan|plan|job validate|job allocs|alloc status|alloc logs|alloc fs|logs|\
         version|server members|agent-info|deployment status|deployment list|namespace list|var list|volume status|\
         operator raft list-peers|operator api|eval status|eval list|ui|monitor|scaling policy list",
        read,
    ),
    ("run|job run|job restart|alloc restart|job scale|operator snapshot save|job init", benign),
    (
        "stop|job stop|alloc stop|node drain|node eligibility|deployment fail|system gc|system reconcile",
        container_down,
    ),
    ("job stop -purge|namespace delete|volume delete|volume deregister|var purge", data_gone),
    ("acl|operator root", access),
];

const GATEWAY: Verbs = &[
    (
        "user list|user info|user stats|bucket list|bucket stats|bucket limit check|realm list|zone list|zonegroup list|\
         sync status|usage show|quota get|period get|gc list|lc list|metadata list|log list",
        read,
    ),
    ("user rm|bucket rm|object rm|realm rm|zone rm|metadata rm", data_gone),
    ("user create|key create|subuser create|caps add|key rm|user modify", access),
];

const OBJECTS: Verbs = &[
    (
        "ls|la|info|du|cat|head|stat|version|list-buckets|list-file-names|get-account-info|accesslog|signurl|hash",
        read,
    ),
    ("put|cp|sync|get|mb|mv|upload-file|upload|download|download-file-by-name|rsync|pipe", benign),
    ("rb|del|rm|delete-bucket|delete-file-version|expire", data_gone),
];

const SITE: Verbs = &[
    (
        "core version|core check-update|core verify-checksums|core is-installed|plugin list|plugin status|plugin get|theme list|\
         theme status|user list|user get|option get|option list|post list|db size|db check|db tables|cron event list|cron schedule list|\
         cron test|cache type|config get|config list|site list|cli version|cli info|transient get|role list",
        read,
    ),
    (
        "core update|core update-db|plugin update|plugin install|plugin activate|theme update|cache flush|db export|db optimize|\
         db repair|rewrite flush|transient delete|cron event run|media regenerate|maintenance-mode",
        benign,
    ),
    ("plugin deactivate|plugin delete|plugin uninstall|theme delete|post delete", down),
    ("db drop|db reset|db clean|site empty|site delete|user delete", data_gone),
    ("user create|user update|user set-role|super-admin add|user reset-password", access),
];

const REPLICATION: Verbs = &[
    ("status|test|list|stats|origin|diff|ls|version|configcheck|dryrun|usage|config|export", read),
    ("run|snapshot|snap|resume|signal|archive|create", benign),
    ("clean|prune", snapshot_gone),
];

const VARNISH: Verbs = &[
    (
        "status|ping|banner|backend.list|param.show|vcl.list|vcl.show|panic.show|storage.list|ban.list|help|pid",
        read,
    ),
    ("ban|vcl.load|vcl.use|vcl.discard|backend.set_health|param.set|panic.clear", benign),
    ("stop", down),
];

const DATABASE_BACKUPS: Verbs = &[
    (
        "info|check|verify|version|list-servers|list-server|list-backup|list-backups|list-files|show-backup|show-server|status|\
         list|topology|history|show-config|dsn|backup-list|wal-show|repo-ls|ls",
        read,
    ),
    ("backup|backup-push|stanza-create|wal-push|cron|archive-push|reload|resume|pause", benign),
    ("delete|stanza-delete|expire|delete-backup|delete-all|remove", guest_gone),
    ("restart|switchover|failover|reinit|stop|start", down),
    ("restore|recover|backup-fetch", data_gone),
];

const LIBRARIES: Verbs = &[
    (
        "list|ls|stats|info|fields|version|config|status|search|current|outputs|queue|playlist|lsplaylists|show_metadata|check_library",
        read,
    ),
    (
        "import|update|write|add|pause|resume|play|next|prev|stop|toggle|volume|add_custom_column|set_metadata|export|catalog|\
         backup_metadata|random|repeat",
        benign,
    ),
    ("remove|rm|del|clear|remove_custom_column", down),
];

const MACHINES: Verbs = &[
    ("list|ls|info|version|find|networks|status|aliases|get|help", read),
    ("start|launch|transfer|mount|create|recover|validate", benign),
    ("stop|suspend|restart|umount", super::does::guest_down),
    ("delete|purge|prune", guest_gone),
    ("exec|shell|ssh", |call| match call.args.get(1..) {
        Some(rest) if !rest.is_empty() => {
            let rest = if super::call::text(&rest[0]) == Some("--") { &rest[1..] } else { rest };
            vec![call.runs(rest)]
        }
        _ => read(call),
    }),
];

const DEPLOYMENTS: Verbs = &[
    (
        "list|diff|template|status|lint|version|build|render|diagnose|deps|fetch|show-dag|get|config|cache|repos",
        read,
    ),
    ("destroy|delete|down", container_down),
    ("apply|sync|run|dev|deploy|up", benign),
];

/// `-rad` takes the files with the torrent.
fn transmission(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tanNgGpsSwuUdDLy", "torrent add auth download-dir"));
    if call.any(&["-r", "--remove", "-rad", "--remove-and-delete", "--exit"]) {
        down(call)
    } else if parsed.says(&["-l", "-i", "-f", "-ip", "-it", "-si", "-st", "--list", "--info", "--files"]) {
        read(call)
    } else {
        benign(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn platforms_are_looked_at_and_their_data_kept() {
        table(&[
            (Allow, "nomad job status web"),
            (Allow, "nomad node status -self"),
            (Confirm, "nomad job stop web"),
            (Allow, "radosgw-admin bucket stats --bucket=x"),
            (Deny, "radosgw-admin bucket rm --bucket=x"),
            (Allow, "s3cmd ls s3://backup"),
            (Deny, "s3cmd rb s3://backup"),
            (Allow, "wp plugin list --path=/var/www/html"),
            (Deny, "wp db reset --yes"),
            (Allow, "zrepl status"),
            (Confirm, "btrbk prune"),
            (Allow, "pgbackrest info"),
            (Deny, "pgbackrest stanza-delete --stanza=main"),
            (Allow, "transmission-remote -l"),
            (Confirm, "transmission-remote -t 3 -rad"),
            (Allow, "liquidctl status"),
            (Confirm, "liquidctl set fan speed 40"),
            (Allow, "multipass exec vm -- uptime"),
            (Deny, "multipass delete vm"),
            (Deny, "integritysetup format /dev/sdb"),
            (Deny, "tmate -F"),
        ]);
    }
}
