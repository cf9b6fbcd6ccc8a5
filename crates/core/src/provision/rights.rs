//! What the token of each tier must be allowed, and whether a token may just that: too little breaks things, too much is
//! what the owner never agreed to.
//!
//! The names are those of Proxmox VE's own roles, as 8.0.1, 8.2.2, 9.0.3, 9.0.6 and 9.1.1 list them.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::pve::Permissions;
use crate::tier::Tier;

/// A privilege and the first release that knows it.
struct Known {
    name: &'static str,
    since: u32,
}

const fn known(name: &'static str, since: u32) -> Known {
    Known { name, since }
}

/// What the role `PVEAuditor` holds.
const AUDITOR: &[Known] = &[
    known("Datastore.Audit", 7),
    known("Mapping.Audit", 8),
    known("Pool.Audit", 7),
    known("SDN.Audit", 7),
    known("Sys.Audit", 7),
    known("VM.Audit", 7),
    // Release 8 has `VM.Monitor` in its place, which may also change a machine, and so is not an auditor's.
    known("VM.GuestAgent.Audit", 9),
];

/// What starting, stopping and snapshots need beside it.
const OPERATOR: &[Known] =
    &[known("VM.PowerMgmt", 7), known("VM.Snapshot", 7), known("VM.Snapshot.Rollback", 7)];

/// What making, restoring and deleting backups of guests needs beside it. A restored guest has its network cards plugged in again.
const BACKUPS: &[Known] = &[known("Datastore.AllocateSpace", 7), known("SDN.Use", 8), known("VM.Backup", 7)];

/// What the owner of a connection switched on beyond its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extras {
    /// Backups of guests may be made, restored and deleted.
    pub backups: bool,
}

/// What a token is to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// How far it reaches.
    pub tier: Tier,
    /// And what beside that.
    pub extras: Extras,
}

impl From<Tier> for Wish {
    fn from(tier: Tier) -> Self {
        Self { tier, extras: Extras::default() }
    }
}

/// What labkeeper's own role of that tier holds beside `PVEAuditor`, as far as the release knows it; nothing for observe.
///
/// Commands in guests and on the host go over SSH, so companion and root ask for no more of the API than operate does.
pub fn role_privileges(wish: impl Into<Wish>, major: u32) -> BTreeSet<&'static str> {
    let Wish { tier, extras } = wish.into();
    match tier {
        Tier::Observe => BTreeSet::new(),
        // The tools for backups are companion's.
        Tier::Companion | Tier::Root if extras.backups => {
            names(OPERATOR, major).into_iter().chain(names(BACKUPS, major)).collect()
        }
        Tier::Operate | Tier::Companion | Tier::Root => names(OPERATOR, major),
    }
}

/// Everything a token of that tier holds: no more and no less.
pub fn allowed(wish: impl Into<Wish>, major: u32) -> BTreeSet<&'static str> {
    let mut all = names(AUDITOR, major);
    all.extend(role_privileges(wish, major));
    all
}

fn names(list: &[Known], major: u32) -> BTreeSet<&'static str> {
    list.iter().filter(|known| known.since <= major).map(|known| known.name).collect()
}

/// How what a token may differs from what its tier wants.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Rights {
    /// Privileges that do not hold throughout the part of the cluster where they count.
    pub missing: BTreeSet<String>,
    /// Privileges that the tier does not want.
    pub surplus: BTreeSet<Surplus>,
}

impl Rights {
    /// Whether the token may just what it should.
    pub fn are_right(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty()
    }
}

/// A privilege too much.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Surplus {
    /// Such as `VM.Allocate`.
    pub privilege: String,
    /// The highest place where it holds, such as `/` or `/vms/101`.
    pub path: String,
}

/// Compares what a token holds, on every path, with what its tier wants.
///
/// A single guest or storage that the owner keeps from labkeeper (`NoAccess`) is no lack: that is the owner's decision.
pub fn compare(held: &Permissions, wish: impl Into<Wish>, major: u32) -> Rights {
    let wanted = allowed(wish, major);
    let lacking = wanted.iter().filter(|name| !held.allow_below(place(name), name));
    Rights { missing: lacking.map(|name| (*name).to_owned()).collect(), surplus: surplus(held, &wanted) }
}

/// The lowest tier that wants all that a token holds; `None` when none does.
pub fn lowest_covering(held: &Permissions, major: u32) -> Option<Tier> {
    [Tier::Observe, Tier::Operate].into_iter().find(|tier| surplus(held, &allowed(*tier, major)).is_empty())
}

fn surplus(held: &Permissions, wanted: &BTreeSet<&'static str>) -> BTreeSet<Surplus> {
    let everywhere = held.iter().flat_map(|(path, held)| held.keys().map(move |name| (path, name)));
    everywhere
        .filter(|(path, name)| !wanted.contains(name.as_str()) && !held.comes_from_above(path, name))
        .map(|(path, name)| Surplus { privilege: name.clone(), path: path.to_owned() })
        .collect()
}

/// Where what a privilege is about begins.
fn place(privilege: &str) -> &'static str {
    match privilege.split('.').next() {
        Some("Datastore") => "/storage",
        Some("Mapping") => "/mapping",
        Some("Pool") => "/pool",
        Some("SDN") => "/sdn",
        Some("VM") => "/vms",
        _ => "/nodes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What Proxmox answers when these are held everywhere: it repeats them on the paths it always names.
    fn everywhere<'a>(privileges: impl IntoIterator<Item = &'a str>) -> serde_json::Value {
        let held: serde_json::Map<_, _> =
            privileges.into_iter().map(|name| (name.to_owned(), json!(1))).collect();
        json!({"/": held, "/access": held, "/nodes": held, "/storage": held, "/vms": held})
    }

    fn read(sent: serde_json::Value) -> Permissions {
        serde_json::from_value(sent).unwrap()
    }

    fn too_much(rights: &Rights) -> Vec<(&str, &str)> {
        rights.surplus.iter().map(|surplus| (surplus.privilege.as_str(), surplus.path.as_str())).collect()
    }

    #[test]
    fn releases_differ_in_who_may_ask_the_agent() {
        assert!(!allowed(Tier::Observe, 8).contains("VM.GuestAgent.Audit"));
        assert!(allowed(Tier::Observe, 9).contains("VM.GuestAgent.Audit"));
        assert!(!allowed(Tier::Observe, 7).contains("Mapping.Audit"), "it came with 8");
        assert_eq!(
            allowed(Tier::Observe, 10),
            allowed(Tier::Observe, 9),
            "a release to come is taken for the last"
        );
    }

    #[test]
    fn a_role_of_ours_adds_power_and_snapshots_and_nothing_else() {
        assert!(role_privileges(Tier::Observe, 9).is_empty());
        for tier in [Tier::Operate, Tier::Companion, Tier::Root] {
            let role: Vec<_> = role_privileges(tier, 8).into_iter().collect();
            assert_eq!(role, ["VM.PowerMgmt", "VM.Snapshot", "VM.Snapshot.Rollback"]);
        }
    }

    #[test]
    fn backups_are_wanted_only_where_the_owner_switched_them_on() {
        let wish = |tier| Wish { tier, extras: Extras { backups: true } };
        let added = |tier| -> Vec<_> {
            let plain = role_privileges(tier, 9);
            role_privileges(wish(tier), 9).into_iter().filter(|name| !plain.contains(name)).collect()
        };
        assert_eq!(added(Tier::Companion), ["Datastore.AllocateSpace", "SDN.Use", "VM.Backup"]);
        assert!(added(Tier::Operate).is_empty() && added(Tier::Observe).is_empty());
        let held = read(everywhere(allowed(wish(Tier::Companion), 9)));
        assert!(compare(&held, wish(Tier::Companion), 9).are_right());
        assert_eq!(
            too_much(&compare(&held, Tier::Companion, 9)),
            [("Datastore.AllocateSpace", "/"), ("SDN.Use", "/"), ("VM.Backup", "/")]
        );
    }

    #[test]
    fn a_token_made_for_its_tier_is_right() {
        for (tier, major) in
            [(Tier::Observe, 8), (Tier::Observe, 9), (Tier::Operate, 9), (Tier::Companion, 8)]
        {
            let held = read(everywhere(allowed(tier, major)));
            assert!(compare(&held, tier, major).are_right());
            assert_eq!(lowest_covering(&held, major), Some(tier.min(Tier::Operate)));
        }
    }

    #[test]
    fn a_surplus_is_named_once_where_it_begins() {
        let mut sent = everywhere(allowed(Tier::Observe, 9).into_iter().chain(["VM.Allocate"]));
        sent["/vms/101"] = json!({"VM.Audit": 1, "VM.Allocate": 1, "VM.Console": 1});
        let held = read(sent);
        let rights = compare(&held, Tier::Observe, 9);
        assert_eq!(too_much(&rights), [("VM.Allocate", "/"), ("VM.Console", "/vms/101")]);
        assert!(rights.missing.is_empty());
        assert_eq!(lowest_covering(&held, 9), None);
    }

    #[test]
    fn what_holds_at_the_root_alone_is_missing_below() {
        let mut held: serde_json::Map<_, _> =
            allowed(Tier::Observe, 9).into_iter().map(|name| (name.to_owned(), json!(1))).collect();
        held["VM.Audit"] = json!(0);
        let missing = compare(&read(json!({"/": held})), Tier::Observe, 9).missing;
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["VM.Audit"]);
    }

    #[test]
    fn a_token_without_any_right_lacks_them_all() {
        let rights = compare(&Permissions::default(), Tier::Operate, 9);
        assert_eq!(rights.missing.len(), allowed(Tier::Operate, 9).len());
        assert!(rights.surplus.is_empty());
    }

    #[test]
    fn a_guest_that_the_owner_keeps_for_himself_is_no_lack() {
        let mut sent = everywhere(allowed(Tier::Observe, 9));
        sent["/vms/101"] = json!({});
        assert!(compare(&read(sent), Tier::Observe, 9).are_right());
    }
}
