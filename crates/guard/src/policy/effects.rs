//! What an effect deserves that is not about a path.

use super::rule::{Rule, confirm, deny, plain};
use crate::effect::{Effect, ServiceVerb};

/// The rule for an effect that is not about a path.
pub(super) fn rule_of(effect: &Effect) -> Option<(Rule, &str)> {
    let (rule, what) = match effect {
        Effect::Pure
        | Effect::Read(_)
        | Effect::Touch(..)
        | Effect::Run(_)
        | Effect::Benign(_)
        | Effect::Send(_)
        | Effect::PackageInstall(_)
        | Effect::Service(ServiceVerb::Up, _) => return None,
        Effect::StorageDestroy(what) => (
            deny(
                "storage.destroy",
                "overwrites or relabels storage",
                "Look first: lsblk, pvs, zpool status. Then do it by hand on the console.",
            ),
            what,
        ),
        Effect::GuestDestroy(what) => (
            deny(
                "guest.destroy",
                "destroys a guest, a volume, a storage or a backup",
                "Use the typed tool for it, which shows what would be lost and asks; or stop the guest and leave it.",
            ),
            what,
        ),
        Effect::SnapshotDelete(what) => (plain("snapshot.delete", "deletes a snapshot"), what),
        Effect::DataDestroy(what) => (
            deny(
                "data.destroy",
                "destroys data of an application without a way back",
                "Back it up and rename it in place of deleting it.",
            ),
            what,
        ),
        Effect::NodePower(what) => (
            confirm(
                "node.power",
                "takes the node and every guest on it off line",
                "See which guests run first: qm list, pct list.",
            ),
            what,
        ),
        Effect::GuestDown(what) => (
            confirm(
                "guest.down",
                "interrupts a guest",
                "Use the typed tools for guests: they wait for the end of the task.",
            ),
            what,
        ),
        Effect::Crash(what) => (
            deny(
                "node.crash",
                "brings the node down without stopping anything properly",
                "Use reboot, which stops the guests first.",
            ),
            what,
        ),
        Effect::Cluster(what) => (
            deny(
                "cluster.change",
                "changes the membership, quorum or identity of the cluster",
                "Read with pvecm status; change it on the console.",
            ),
            what,
        ),
        Effect::Access(what) => (
            deny(
                "access.change",
                "changes who may get in, or with which rights",
                "Let a person do this on the console.",
            ),
            what,
        ),
        Effect::Exfiltrate(what) => (
            deny(
                "data.leave",
                "sends keys, credentials or a shell to another machine",
                "Copy only what is not secret.",
            ),
            what,
        ),
        Effect::NetworkPath(what) => (
            confirm(
                "network.path",
                "can cut the way to this machine",
                "Have a console at hand, or set a timer that undoes it.",
            ),
            what,
        ),
        Effect::Service(ServiceVerb::Down, what) => {
            (plain("service.down", "stops or disables a service"), what)
        }
        Effect::Kill(what) => (plain("process.kill", "ends processes"), what),
        Effect::PackageRemove(what) => (
            confirm("package.remove", "removes or upgrades many packages", "Simulate it first: apt-get -s …"),
            what,
        ),
        Effect::SystemWreck(what) => {
            (deny("system.wreck", "removes parts that the system cannot run without", "Don't."), what)
        }
        Effect::Kernel(what) => {
            (plain("kernel.change", "changes boot, modules, kernel settings or swap"), what)
        }
        Effect::StorageOffline(what) => (
            confirm(
                "storage.offline",
                "takes storage off line",
                "See who uses it first: fuser -vm, findmnt.",
            ),
            what,
        ),
        Effect::ContainerDown(what) => {
            (plain("container.down", "stops or removes containers, images or networks"), what)
        }
        Effect::ContainerPrivileged(what) => {
            (plain("container.privileged", "runs a container with the host's rights or files"), what)
        }
        Effect::WorkDiscard(what) => {
            (confirm("work.discard", "throws away uncommitted work", "Keep it first: git stash."), what)
        }
        Effect::RunUnknown(what) => {
            (plain("undecidable.script", "what runs cannot be known from the text"), what)
        }
        Effect::Unknown => {
            return Some((plain("undecidable.program", "this program is not known to the guard"), ""));
        }
    };
    Some((rule, what))
}
