//! What a change of a path deserves: it is as bad as the place where it is made.

use super::places::{Place, absolute};
use super::rule::{Rule, Weight, confirm, deny, plain};
use crate::effect::Touch;
use crate::judgement::Level::Confirm;
use crate::paths::PathClass;
use crate::word::{Value, Word};

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
pub(super) fn weigh_touch(touch: Touch, word: &Word, cwd: &Value) -> Option<Weight> {
    let places = absolute(&word.value, cwd);
    // Of rules that weigh the same the first is said: it is about the path itself, not about what lies below.
    let rules: Vec<(Rule, &Place)> = places
        .iter()
        .flat_map(|place| place.classes(touch).into_iter().map(move |class| (place, class)))
        .filter_map(|(place, class)| Some((rule_of_touch(touch, class)?, place)))
        .collect();
    let worst = rules.into_iter().rev().max_by_key(|(rule, _)| rule.level);
    let weight = worst.map(|(rule, place)| rule.weighs(place.shown(), false));
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
