//! What an effect deserves.

use super::effects::rule_of;
use super::rule::Weight;
use super::touches::weigh_touch;
use crate::effect::Effect;
use crate::word::Value;

/// What an effect deserves when it is done in the directory `cwd`; `None` when it may go on. Effects that run something else
/// weigh nothing by themselves: what they run is weighed.
pub fn weigh(effect: &Effect, cwd: &Value) -> Option<Weight> {
    if let Effect::Touch(touch, word) = effect {
        return weigh_touch(*touch, word, cwd);
    }
    let (rule, what) = rule_of(effect)?;
    Some(rule.weighs(what, matches!(effect, Effect::RunUnknown(_) | Effect::Unknown)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::effect::{ServiceVerb, Touch};
    use crate::judgement::Level::{self, Confirm, Deny};
    use crate::word::Word;

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
        let sources = [include_str!("effects.rs"), include_str!("touches.rs")];
        let written: BTreeSet<&str> = sources
            .iter()
            .flat_map(|source| source.split('"'))
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
