//! Ceph.

use super::call::Rows;
use super::does::{ask, benign, offline, read, snapshot_gone, storage};
use super::grammar::{PLAIN, anywhere};
use super::verbs::{Verbs, by_verb};

pub(super) const ROWS: Rows = &[
    ("ceph", |call| {
        by_verb(call, anywhere("cnkmfio", "cluster conf id name keyring format connect-timeout"), CEPH, ask)
    }),
    ("rbd", |call| {
        by_verb(call, anywhere("pcnm", "pool cluster conf name image namespace format"), RBD, ask)
    }),
    ("rados", |call| by_verb(call, anywhere("pcnmN", "pool"), RADOS, ask)),
    ("cephfs-top|crushtool|osdmaptool|monmaptool|ceph-conf|ceph-syn", read),
    ("ceph-volume", |call| by_verb(call, PLAIN, CEPH_VOLUME, storage)),
    (
        "ceph-osd|ceph-mon|ceph-mds|ceph-mgr|ceph-objectstore-tool|ceph-bluestore-tool|ceph-authtool|\
         ceph-deploy|cephadm",
        |call| {
            if call.any(&["--version", "-v", "show-label", "ls", "--print-key"]) {
                read(call)
            } else {
                storage(call)
            }
        },
    ),
];

const CEPH: Verbs = &[
    (
        "status|health|df|osd tree|osd ls|osd df|osd perf|osd stat|osd dump|osd find|osd metadata|\
         osd pool ls|osd pool stats|osd pool get|osd lspools|osd crush tree|osd crush rule|\
         osd crush dump|osd getmap|osd blocked-by|osd versions|osd utilization|osd safe-to-destroy|\
         osd ok-to-stop|mon stat|mon dump|mon versions|quorum_status|pg stat|pg dump|pg ls|pg map|\
         pg query|pg dump_stuck|mgr module ls|mgr services|mgr stat|mgr dump|fs ls|fs status|fs get|\
         fs dump|mds stat|config get|config dump|config show|config log|config help|auth ls|auth list|\
         auth get|auth get-key|versions|version|log last|device ls|device info|crash ls|crash info|\
         crash ls-new|crash stat|time-sync-status|node ls|features|orch ls|orch ps|orch host ls|\
         orch device ls|balancer status|progress|telemetry show|iostat|service dump|fsid|report",
        read,
    ),
    (
        "osd unset|osd in|osd pool create|crash archive|crash archive-all|pg scrub|pg deep-scrub|\
         pg repair|osd scrub|osd deep-scrub|balancer on|osd pool application|config-key get",
        benign,
    ),
    (
        "osd set|osd out|osd down|osd reweight|osd crush reweight|osd pool set|osd pool rename|\
         config set|config rm|mgr fail|mgr module|mds fail|osd pause|osd unpause|fs fail|fs set|\
         osd crush move|osd crush set|osd crush add|daemon|balancer off|\
         osd set-require-min-compat-client|health mute",
        offline,
    ),
    (
        "osd rm|osd purge|osd destroy|osd purge-new|osd crush remove|osd crush rm|osd crush unlink|\
         osd pool delete|osd pool rm|osd lost|osd new|fs rm|fs new|fs reset|osd tier|osd force-create-pg|\
         pg force-create-pg|osd erasure-code-profile rm|device zap|orch osd rm|orch device zap|\
         fs subvolume rm|fs volume rm",
        storage,
    ),
    ("tell", |call| {
        let reads = ["version", "dump", "perf", "status", "bench", "heap", "get", "show", "ls"];
        if call.any(&reads) && !call.any(&["set", "injectargs"]) { read(call) } else { offline(call) }
    }),
    ("mon remove|mon rm|mon add", super::does::cluster),
    (
        "auth del|auth rm|auth add|auth caps|auth import|auth get-or-create|auth get-or-create-key",
        super::does::access,
    ),
];

const RBD: Verbs = &[
    (
        "ls|list|info|du|disk-usage|status|diff|snap ls|snap list|showmapped|device list|export|\
         export-diff|lock ls|lock list|trash ls|trash list|mirror pool info|mirror pool status|\
         mirror image status|image-meta list|image-meta get|perf image iostat|perf image iotop|\
         namespace ls|pool stats|bench",
        read,
    ),
    (
        "create|snap create|snap protect|snap unprotect|map|device map|clone|copy|cp|import|\
         trash restore|feature enable|pool init",
        benign,
    ),
    (
        "unmap|device unmap|resize|mv|rename|lock rm|lock remove|feature disable|flatten|deep cp|\
         trash mv|trash move|mirror",
        offline,
    ),
    ("snap rm|snap remove", snapshot_gone),
    ("snap rollback|snap revert", super::does::guest_down),
    ("rm|remove|snap purge|trash purge|trash rm|trash remove|import-diff|namespace rm|migration", storage),
];

const RADOS: Verbs = &[
    ("ls|df|lspools|get|stat|listxattr|getxattr|bench|listomapkeys", read),
    ("put|append|create|setxattr", offline),
    ("rm|purge|rmpool|mkpool|cppool|cleanup|truncate|import", storage),
];

const CEPH_VOLUME: Verbs = &[
    ("lvm list|raw list|inventory|simple scan", read),
    ("lvm activate|lvm trigger|raw activate", benign),
    ("lvm deactivate", offline),
    ("lvm zap|lvm create|lvm prepare|lvm batch|raw prepare|lvm migrate|lvm new-db|lvm new-wal", storage),
];

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn ceph_keeps_its_data() {
        table(&[
            (Allow, "ceph -s"),
            (Allow, "ceph osd tree"),
            (Allow, "ceph health detail"),
            (Allow, "ceph df"),
            (Allow, "rbd ls -p vms"),
            (Allow, "ceph pg stat"),
            (Allow, "rados df"),
            (Allow, "rbd info vms/vm-100-disk-0"),
            (Allow, "ceph-volume lvm list"),
            (Confirm, "ceph osd out 3"),
            (Deny, "ceph osd pool delete a a --yes-i-really-really-mean-it"),
        ]);
    }
}
