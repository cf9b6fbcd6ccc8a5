//! What an effect deserves: the policy, as tables.
//!
//! Deny is for what cannot be undone and for the protected set; confirm for what disrupts and can be put right, or cannot be
//! known; the rest may go on.

use crate::effect::{Effect, ServiceVerb, Touch};
use crate::judgement::Level::{self, Confirm, Deny};
use crate::paths::{PathClass, classes_below, classes_of_pattern, classify, normalise};
use crate::word::{Value, Word};

/// What one effect deserves, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// At least [`Level::Confirm`].
    pub level: Level,
    /// The rule's stable id.
    pub rule: &'static str,
    /// One sentence: what would happen, and to what.
    pub says: String,
    /// A better way, when there is one.
    pub advice: Option<&'static str>,
    /// It is asked about because it cannot be known.
    pub undecidable: bool,
}

/// A rule: its id, what it deserves, what is said, a better way.
struct Rule {
    id: &'static str,
    level: Level,
    says: &'static str,
    advice: Option<&'static str>,
}

const fn deny(id: &'static str, says: &'static str, advice: &'static str) -> Rule {
    Rule { id, level: Deny, says, advice: Some(advice) }
}

const fn confirm(id: &'static str, says: &'static str, advice: &'static str) -> Rule {
    Rule { id, level: Confirm, says, advice: Some(advice) }
}

const fn plain(id: &'static str, says: &'static str) -> Rule {
    Rule { id, level: Confirm, says, advice: None }
}

/// What an effect deserves when it is done in the directory `cwd`; `None` when it may go on. Effects that run something else
/// weigh nothing by themselves: what they run is weighed.
pub fn weigh(effect: &Effect, cwd: &Value) -> Option<Weight> {
    if let Effect::Touch(touch, word) = effect {
        return weigh_touch(*touch, word, cwd);
    }
    let (rule, what) = rule_of(effect)?;
    Some(Weight {
        level: rule.level,
        rule: rule.id,
        says: if what.is_empty() { rule.says.to_owned() } else { format!("{}: {what}", rule.says) },
        advice: rule.advice,
        undecidable: matches!(effect, Effect::RunUnknown(_) | Effect::Unknown),
    })
}

/// The rule for an effect that is not about a path.
fn rule_of(effect: &Effect) -> Option<(Rule, &str)> {
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

/// The rule for a change of a path of one class.
fn rule_of_touch(touch: Touch, class: PathClass) -> Option<Rule> {
    use PathClass as C;
    use Touch as T;
    let pve = "Use the tools for Proxmox: they go through its API, which checks and keeps a digest.";
    let files = "Use write_file or edit_file: they keep a backup and can be undone.";
    Some(match (class, touch) {
        (C::Protected, _) => {
            deny("path.protected", "changes the identity or configuration of the Proxmox cluster", pve)
        }
        (C::Trust, _) => deny(
            "path.trust",
            "changes who may get in, or labkeeper's own files",
            "Let a person do this on the console.",
        ),
        (C::Fatal, _) => {
            deny("path.fatal", "stops the node at once, or pulls hardware from it", "Use reboot.")
        }
        (C::Kernel, _) => plain("path.kernel", "changes a setting of the running kernel"),
        (C::Device, T::Meta | T::MetaTree) => plain("path.device-mode", "changes the rights of a device"),
        (C::Device, T::Unmount) | (_, T::Unmount) => plain("path.unmount", "unmounts storage"),
        (C::Device, _) => deny(
            "path.device",
            "writes to a device that holds data",
            "Look at it with lsblk; write by hand on the console.",
        ),
        (C::SystemRoot, T::Write) => return None,
        (C::SystemRoot, T::MountOver) => {
            plain("path.mount-over", "mounts something over a directory of the system")
        }
        (C::SystemRoot, _) => {
            deny("path.system-root", "wrecks a directory that the system consists of", "Name what is to go.")
        }
        (C::SystemFile, T::MountOver) => {
            plain("path.mount-over", "mounts something over a directory of the system")
        }
        (C::SystemFile, _) => {
            deny("path.system-file", "changes programs or libraries of the system", "Use apt.")
        }
        (C::DataRoot, T::DeleteTree | T::MetaTree) => {
            deny("path.data-root", "wrecks a directory where data begins", "Name what is to go below it.")
        }
        (C::DataRoot, T::Delete) => plain("path.delete", "deletes something that is not scratch"),
        (C::DataRoot, _) => return None,
        (C::GuestDisk, T::Write | T::Delete | T::DeleteTree) => {
            deny("path.guest-disk", "overwrites or deletes a guest's disk", "Use the tools for guests.")
        }
        (C::RestorePoint | C::Backups, T::Delete | T::DeleteTree) => {
            deny("path.restore-point", "deletes backups", "Let the retention of the storage prune them.")
        }
        (C::AppData, T::Delete | T::DeleteTree) => deny(
            "path.app-data",
            "deletes files of a database or of a container's volume",
            "Back it up and rename it.",
        ),
        (C::GuestDisk | C::RestorePoint | C::AppData, _) => {
            plain("path.precious", "changes backups, guests' disks or data of applications")
        }
        (C::Config, _) => {
            confirm("path.config", "changes configuration of the host past backup and undo", files)
        }
        (C::Other, T::Delete | T::DeleteTree) => {
            plain("path.delete", "deletes something that is not scratch")
        }
        (C::Scratch | C::Other | C::Backups, _) => return None,
    })
}

/// The worst class that a word can be decides.
fn weigh_touch(touch: Touch, word: &Word, cwd: &Value) -> Option<Weight> {
    let places = absolute(&word.value, cwd);
    // Of rules that weigh the same the first is said: it is about the path itself, not about what lies below.
    let rules: Vec<(Rule, &Place)> = places
        .iter()
        .flat_map(|place| place.classes(touch).into_iter().map(move |class| (place, class)))
        .filter_map(|(place, class)| Some((rule_of_touch(touch, class)?, place)))
        .collect();
    let worst = rules.into_iter().rev().max_by_key(|(rule, _)| rule.level);
    let weight = worst.map(|(rule, place)| Weight {
        level: rule.level,
        rule: rule.id,
        says: format!("{}: {}", rule.says, place.shown()),
        advice: rule.advice,
        undecidable: false,
    });
    let open = places.iter().find(|place| place.open(touch));
    match (weight, open) {
        (Some(weight), _) => Some(weight),
        (None, Some(place)) => Some(Weight {
            level: Confirm,
            rule: "undecidable.path",
            says: format!("which path it {} cannot be known: {}…", verb(touch), place.shown()),
            advice: Some("Name the path."),
            undecidable: true,
        }),
        (None, None) => None,
    }
}

fn verb(touch: Touch) -> &'static str {
    match touch {
        Touch::Write => "writes",
        Touch::Delete | Touch::DeleteTree => "deletes",
        Touch::Meta | Touch::MetaTree => "changes the rights of",
        Touch::MountOver => "mounts over",
        Touch::Unmount => "unmounts",
    }
}

/// Where a word points.
enum Place {
    Exact(String),
    Glob(String),
    /// Begins so.
    Below(String),
}

/// The places that a word may stand for, absolute.
fn absolute(value: &Value, cwd: &Value) -> Vec<Place> {
    let here: Vec<&str> = cwd.possibilities().collect();
    let joined = |text: &str| -> Vec<String> {
        if text.starts_with('/') {
            return vec![normalise(text, "/")];
        }
        here.iter().map(|cwd| normalise(text, cwd)).collect()
    };
    match value {
        Value::Known(set) => set
            .iter()
            .flat_map(|text| match joined(text) {
                exact if exact.is_empty() => vec![Place::Below(String::new())],
                exact => exact.into_iter().map(Place::Exact).collect(),
            })
            .collect(),
        Value::Pattern(pattern) => match joined(pattern) {
            globs if globs.is_empty() => vec![Place::Below(String::new())],
            globs => globs.into_iter().map(Place::Glob).collect(),
        },
        Value::Tainted { prefix } if prefix.is_empty() => vec![Place::Below(String::new())],
        Value::Tainted { prefix } => {
            let ends = prefix.ends_with('/');
            match joined(prefix) {
                starts if starts.is_empty() => vec![Place::Below(String::new())],
                starts => starts
                    .into_iter()
                    .map(|start| {
                        Place::Below(if ends { format!("{start}/").replace("//", "/") } else { start })
                    })
                    .collect(),
            }
        }
    }
}

impl Place {
    fn shown(&self) -> &str {
        match self {
            Self::Exact(path) | Self::Glob(path) | Self::Below(path) => path,
        }
    }

    /// Every class that it may have, for such a change.
    fn classes(&self, touch: Touch) -> Vec<PathClass> {
        let deep = matches!(touch, Touch::DeleteTree | Touch::MetaTree | Touch::MountOver);
        match self {
            Self::Exact(path) => {
                let mut classes = vec![classify(path)];
                // Below a mount point lies what is mounted there, most often nothing yet.
                let mounts =
                    touch == Touch::MountOver && (path.starts_with("/mnt/") || path.starts_with("/media/"));
                if deep && !mounts && classes[0] != PathClass::Scratch {
                    classes.extend(classes_below(path));
                }
                classes
            }
            Self::Glob(pattern) => {
                let mut classes = classes_of_pattern(pattern);
                if deep && !classes.contains(&PathClass::Scratch) {
                    classes.extend(classes_below(pattern));
                    // All that lies in a directory is the directory.
                    if let Some((parent, "*" | ".*" | "?*" | ".[!.]*")) = pattern.rsplit_once('/') {
                        classes.extend(classes_of_pattern(if parent.is_empty() { "/" } else { parent }));
                    }
                }
                classes
            }
            Self::Below(prefix) if prefix.is_empty() => vec![],
            Self::Below(prefix) => classes_of_pattern(&format!("{prefix}*")),
        }
    }

    /// Nothing is known of it that would make the change harmless: what follows may lead anywhere.
    fn open(&self, touch: Touch) -> bool {
        let Self::Below(prefix) = self else { return false };
        match touch {
            Touch::Delete | Touch::DeleteTree | Touch::Unmount | Touch::MountOver | Touch::MetaTree => true,
            Touch::Write | Touch::Meta => prefix.matches('/').count() < 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn word(value: Value) -> Word {
        Word { value, span: 0..0, hollow: false }
    }

    fn level(touch: Touch, value: Value) -> Option<Level> {
        weigh(&Effect::Touch(touch, word(value)), &Value::known("/root")).map(|weight| weight.level)
    }

    fn at(touch: Touch, path: &str) -> Option<Level> {
        level(touch, Value::known(path))
    }

    fn glob(touch: Touch, path: &str) -> Option<Level> {
        level(touch, Value::Pattern(path.to_owned()))
    }

    fn tainted(touch: Touch, prefix: &str) -> Option<Level> {
        level(touch, Value::Tainted { prefix: prefix.to_owned() })
    }

    #[test]
    fn every_effect_has_its_level() {
        let what = || "x".to_owned();
        for (effect, level) in [
            (Effect::Pure, None),
            (Effect::Benign(what()), None),
            (Effect::Send(what()), None),
            (Effect::PackageInstall(what()), None),
            (Effect::Service(ServiceVerb::Up, what()), None),
            (Effect::StorageDestroy(what()), Some(Deny)),
            (Effect::GuestDestroy(what()), Some(Deny)),
            (Effect::DataDestroy(what()), Some(Deny)),
            (Effect::Crash(what()), Some(Deny)),
            (Effect::Cluster(what()), Some(Deny)),
            (Effect::Access(what()), Some(Deny)),
            (Effect::Exfiltrate(what()), Some(Deny)),
            (Effect::SystemWreck(what()), Some(Deny)),
            (Effect::SnapshotDelete(what()), Some(Confirm)),
            (Effect::NodePower(what()), Some(Confirm)),
            (Effect::GuestDown(what()), Some(Confirm)),
            (Effect::NetworkPath(what()), Some(Confirm)),
            (Effect::Service(ServiceVerb::Down, what()), Some(Confirm)),
            (Effect::Kill(what()), Some(Confirm)),
            (Effect::PackageRemove(what()), Some(Confirm)),
            (Effect::Kernel(what()), Some(Confirm)),
            (Effect::StorageOffline(what()), Some(Confirm)),
            (Effect::ContainerDown(what()), Some(Confirm)),
            (Effect::ContainerPrivileged(what()), Some(Confirm)),
            (Effect::WorkDiscard(what()), Some(Confirm)),
            (Effect::RunUnknown(what()), Some(Confirm)),
            (Effect::Unknown, Some(Confirm)),
        ] {
            assert_eq!(weigh(&effect, &Value::known("/")).map(|weight| weight.level), level, "{effect:?}");
        }
    }

    #[test]
    fn a_change_is_as_bad_as_the_place_it_is_made() {
        use Touch::{Delete, DeleteTree, Meta, MetaTree, MountOver, Unmount, Write};
        for (touch, path, level) in [
            (Write, "/etc/pve/user.cfg", Some(Deny)),
            (MountOver, "/etc", Some(Deny)),
            (Unmount, "/etc/pve", Some(Deny)),
            (Meta, "/etc/shadow", Some(Deny)),
            (Write, "/dev/sda", Some(Deny)),
            (Meta, "/dev/sda", Some(Confirm)),
            (Write, "/dev/null", None),
            (Write, "/proc/sysrq-trigger", Some(Deny)),
            (Write, "/proc/sys/vm/swappiness", Some(Confirm)),
            (DeleteTree, "/", Some(Deny)),
            (MetaTree, "/usr", Some(Deny)),
            (Delete, "/usr/bin/dpkg", Some(Deny)),
            (DeleteTree, "/srv/media", Some(Deny)),
            (Delete, "/srv/media/a.mkv", Some(Confirm)),
            (Write, "/srv/media/a.mkv", None),
            (DeleteTree, "/var/lib/vz", Some(Deny)),
            (Delete, "/var/lib/vz/dump/vzdump-qemu-1.vma.zst", Some(Deny)),
            (Write, "/var/lib/vz/images/1/vm-1-disk-0.raw", Some(Deny)),
            (Delete, "/var/lib/mysql/ibdata1", Some(Deny)),
            (Meta, "/var/lib/mysql/ibdata1", Some(Confirm)),
            (Write, "/etc/nginx/nginx.conf", Some(Confirm)),
            (DeleteTree, "/etc/nginx", Some(Confirm)),
            (Write, "/tmp/x", None),
            (DeleteTree, "/tmp/x", None),
            (Unmount, "/mnt/usb", Some(Confirm)),
            (MountOver, "/mnt/usb", None),
            (MountOver, "/usr/share", Some(Confirm)),
            (MountOver, "/usr/bin", Some(Deny)),
            (Write, "backup/x.tgz", None),
            (DeleteTree, "/mnt/nas/borg", Some(Deny)),
            (Write, "/mnt/nas/backup/x.tgz", None),
            (Delete, "notes.md", Some(Confirm)),
        ] {
            assert_eq!(at(touch, path), level, "{touch:?} {path}");
        }
    }

    #[test]
    fn what_a_pattern_can_match_counts() {
        use Touch::{Delete, DeleteTree, Write};
        assert_eq!(glob(DeleteTree, "/srv/media/*"), Some(Deny));
        assert_eq!(glob(DeleteTree, "/etc/*"), Some(Deny));
        assert_eq!(glob(Delete, "/e*/p*/user.cfg"), Some(Deny));
        assert_eq!(glob(DeleteTree, "/tmp/*"), None);
        assert_eq!(glob(Delete, "/tmp/*.log"), None);
        assert_eq!(glob(Write, "/tmp/x-*.tgz"), None);
        assert_eq!(glob(Delete, "/var/log/*.gz"), Some(Confirm));
    }

    #[test]
    fn what_is_not_known_is_asked_about() {
        use Touch::{Delete, DeleteTree, Write};
        assert_eq!(tainted(DeleteTree, ""), Some(Confirm));
        assert_eq!(tainted(Write, ""), Some(Confirm));
        assert_eq!(tainted(Write, "/tmp/x-"), None);
        assert_eq!(tainted(Delete, "/tmp/x-"), Some(Confirm));
        assert_eq!(tainted(Write, "/etc/pve/"), Some(Deny));
        let many = Value::Known(BTreeSet::from(["/tmp/a".to_owned(), "/etc/pve/b".to_owned()]));
        assert_eq!(level(Delete, many), Some(Deny), "the worst possibility counts");
        let lost = weigh(&Effect::Touch(Write, word(Value::known("x"))), &Value::tainted());
        assert!(lost.is_some_and(|weight| weight.undecidable), "a relative path in an unknown directory");
    }

    #[test]
    fn every_rule_has_an_example() {
        use Touch::{Delete, DeleteTree, Meta, MountOver, Unmount, Write};
        let what = || String::new();
        let effects = [
            Effect::StorageDestroy(what()),
            Effect::GuestDestroy(what()),
            Effect::SnapshotDelete(what()),
            Effect::DataDestroy(what()),
            Effect::NodePower(what()),
            Effect::GuestDown(what()),
            Effect::Crash(what()),
            Effect::Cluster(what()),
            Effect::Access(what()),
            Effect::Exfiltrate(what()),
            Effect::NetworkPath(what()),
            Effect::Service(ServiceVerb::Down, what()),
            Effect::Kill(what()),
            Effect::PackageRemove(what()),
            Effect::SystemWreck(what()),
            Effect::Kernel(what()),
            Effect::StorageOffline(what()),
            Effect::ContainerDown(what()),
            Effect::ContainerPrivileged(what()),
            Effect::WorkDiscard(what()),
            Effect::RunUnknown(what()),
            Effect::Unknown,
        ];
        let touches = [
            (Write, "/etc/pve/user.cfg"),
            (Write, "/etc/shadow"),
            (Write, "/proc/sysrq-trigger"),
            (Write, "/proc/sys/vm/swappiness"),
            (Write, "/dev/sda"),
            (Meta, "/dev/sda"),
            (Unmount, "/mnt/usb"),
            (MountOver, "/usr/share"),
            (DeleteTree, "/usr"),
            (Delete, "/usr/bin/dpkg"),
            (DeleteTree, "/srv/media"),
            (Delete, "/root/notes.md"),
            (Write, "/var/lib/vz/images/1/vm-1-disk-0.raw"),
            (Delete, "/var/lib/vz/dump/x.zst"),
            (Delete, "/var/lib/mysql/ibdata1"),
            (Write, "/var/lib/mysql/ibdata1"),
            (Write, "/etc/nginx/nginx.conf"),
        ];
        let touched = touches.map(|(touch, path)| Effect::Touch(touch, word(Value::known(path))));
        let open = Effect::Touch(Delete, word(Value::tainted()));
        let here = Value::known("/root");
        let seen: BTreeSet<&str> = effects
            .iter()
            .chain(&touched)
            .chain([&open])
            .filter_map(|effect| weigh(effect, &here).map(|weight| weight.rule))
            .collect();
        let source = include_str!("policy.rs");
        let head = source.split("mod tests").next().unwrap_or_default();
        let written: BTreeSet<&str> = head
            .split('"')
            .filter(|text| {
                text.split_once('.').is_some_and(|(area, rule)| {
                    [area, rule].iter().all(|part| {
                        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
                    })
                })
            })
            .collect();
        assert_eq!(seen, written, "rules with an example, and rules in the table");
    }
}
