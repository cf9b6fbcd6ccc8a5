//! Grants: which role whom, from where on down.

use std::collections::BTreeMap;

/// Whom something is granted to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A user, such as `anna@pve`.
    User(String),
    /// A group, such as `ops`.
    Group(String),
    /// A token by its full name, such as `anna@pve!ro`.
    Token(String),
}

impl Holder {
    /// What the API calls this sort.
    pub fn sort(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Token(_) => "token",
        }
    }

    /// The name without the sort.
    pub fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Token(name) => name,
        }
    }
}

/// One line of the list of grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// Where, such as `/vms`.
    pub path: &'a str,
    /// Whom.
    pub holder: &'a Holder,
    /// What.
    pub role: &'a str,
    /// Also for everything below.
    pub propagate: bool,
}

/// Names of roles, and whether each goes on down.
pub(super) type Roles = BTreeMap<String, bool>;

/// All grants by path and holder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acl {
    grants: BTreeMap<String, BTreeMap<Holder, Roles>>,
}

impl Acl {
    /// Grants a role, or changes whether it goes on down. `path` is normalised.
    pub fn grant(&mut self, path: &str, holder: Holder, role: &str, propagate: bool) {
        let here = self.grants.entry(path.to_owned()).or_default();
        here.entry(holder).or_default().insert(role.to_owned(), propagate);
    }

    /// Takes a role back; nothing happens when it was not granted.
    pub fn revoke(&mut self, path: &str, holder: &Holder, role: &str) {
        if let Some(roles) = self.grants.get_mut(path).and_then(|here| here.get_mut(holder)) {
            roles.remove(role);
        }
        self.sweep();
    }

    /// Takes back everything from these holders.
    pub(super) fn forget(&mut self, gone: impl Fn(&Holder) -> bool) {
        for here in self.grants.values_mut() {
            here.retain(|holder, _| !gone(holder));
        }
        self.sweep();
    }

    /// Takes a role back from everybody.
    pub(super) fn forget_role(&mut self, role: &str) {
        for here in self.grants.values_mut() {
            for roles in here.values_mut() {
                roles.remove(role);
            }
        }
        self.sweep();
    }

    fn sweep(&mut self) {
        for here in self.grants.values_mut() {
            here.retain(|_, roles| !roles.is_empty());
        }
        self.grants.retain(|_, here| !here.is_empty());
    }

    /// The roles a holder was granted exactly there.
    pub(super) fn at(&self, path: &str, holder: &Holder) -> Option<&Roles> {
        self.grants.get(path)?.get(holder)
    }

    /// The paths that have grants.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.grants.keys().map(String::as_str)
    }

    /// Every grant, by path; there users before groups before tokens.
    pub fn iter(&self) -> impl Iterator<Item = Grant<'_>> {
        self.grants.iter().flat_map(|(path, here)| {
            here.iter().flat_map(move |(holder, roles)| {
                roles.iter().map(move |(role, propagate)| Grant { path, holder, role, propagate: *propagate })
            })
        })
    }
}
