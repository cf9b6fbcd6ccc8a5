//! All that is known of who there is and what they were granted.

use std::collections::{BTreeMap, BTreeSet};

use super::acl::Acl;
use super::realm::{self, Realm};
use super::release::Release;
use super::role::{self, ADMINISTRATOR, Role};
use super::secrets::Secrets;
use super::user::{Group, User};

/// The user who may everything.
pub(super) const ROOT: &str = "root@pam";

/// Users, groups, tokens, roles, realms and grants of a cluster.
#[derive(Debug, Clone)]
pub struct Access {
    pub(super) release: Release,
    pub(super) users: BTreeMap<String, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) realms: BTreeMap<String, Realm>,
    pub(super) acl: Acl,
    pub(super) secrets: Secrets,
}

impl Access {
    /// A fresh node: `root@pam`, the roles of the release, and no grants.
    pub fn new(release: Release) -> Self {
        let root = User { enabled: true, ..User::default() };
        Self {
            release,
            users: BTreeMap::from([(ROOT.to_owned(), root)]),
            groups: BTreeMap::new(),
            roles: role::built_in(release),
            realms: realm::built_in(),
            acl: Acl::default(),
            secrets: Secrets::seeded(0),
        }
    }

    /// Which Proxmox VE it is.
    pub fn release(&self) -> Release {
        self.release
    }

    /// Users by id.
    pub fn users(&self) -> &BTreeMap<String, User> {
        &self.users
    }

    /// Groups by name.
    pub fn groups(&self) -> &BTreeMap<String, Group> {
        &self.groups
    }

    /// Roles by name, built-in ones among them.
    pub fn roles(&self) -> &BTreeMap<String, Role> {
        &self.roles
    }

    /// Realms by name.
    pub fn realms(&self) -> &BTreeMap<String, Realm> {
        &self.realms
    }

    /// Realms by name, to change them.
    pub fn realms_mut(&mut self) -> &mut BTreeMap<String, Realm> {
        &mut self.realms
    }

    /// All grants.
    pub fn acl(&self) -> &Acl {
        &self.acl
    }

    /// Every privilege of the release.
    pub fn every_privilege(&self) -> &BTreeSet<String> {
        &self.roles[ADMINISTRATOR].privileges
    }

    /// Groups that a user is in.
    pub fn groups_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a str> {
        let with = self.groups.iter().filter(move |(_, group)| group.members.contains(user));
        with.map(|(name, _)| name.as_str())
    }
}
