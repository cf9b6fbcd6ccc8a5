//! Roles: a name for a set of privileges. Most come with the release; `Administrator` has every privilege there is.

use std::collections::{BTreeMap, BTreeSet};

use super::release::Release;

/// A set of privileges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    /// Names of privileges.
    pub privileges: BTreeSet<String>,
    /// It came with the release and cannot be changed.
    pub built_in: bool,
}

/// The role that has every privilege of the release.
pub(super) const ADMINISTRATOR: &str = "Administrator";

/// The role that takes away what was granted further up.
pub(super) const NO_ACCESS: &str = "NoAccess";

/// The roles that come with a release.
pub(super) fn built_in(release: Release) -> BTreeMap<String, Role> {
    let table = match release {
        Release::V8 => include_str!("../../data/roles-8.2.tsv"),
        Release::V9 => include_str!("../../data/roles-9.1.tsv"),
    };
    table.lines().filter_map(|line| line.split_once('\t')).map(role_of).collect()
}

fn role_of((name, privileges): (&str, &str)) -> (String, Role) {
    let privileges = privileges.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (name.to_owned(), Role { privileges, built_in: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_release_8_has_vm_monitor_and_only_9_the_guest_agents_privileges() {
        let has = |release, privilege: &str| {
            built_in(release)
                .values()
                .any(|role| role.privileges.iter().any(|name| name.starts_with(privilege)))
        };
        assert!(has(Release::V8, "VM.Monitor") && !has(Release::V8, "VM.GuestAgent."));
        assert!(has(Release::V9, "VM.GuestAgent.") && !has(Release::V9, "VM.Monitor"));
    }

    #[test]
    fn the_administrator_has_what_any_role_has() {
        for release in [Release::V8, Release::V9] {
            let roles = built_in(release);
            let all = &roles[ADMINISTRATOR].privileges;
            assert!(roles.values().all(|role| role.privileges.is_subset(all)));
            assert!(roles[NO_ACCESS].privileges.is_empty());
        }
    }
}
