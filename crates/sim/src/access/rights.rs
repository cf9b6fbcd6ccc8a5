//! What somebody may where. The order is the real one's: a path is walked from `/` down, what is said further down
//! replaces what was said above, at one path a user's grants replace those of the user's groups, `NoAccess` takes
//! everything, and pools add theirs at the end.

use std::collections::BTreeMap;

use super::acl::{Holder, Roles};
use super::caller::Caller;
use super::directory::{Access, ROOT};
use super::names::split_token;
use super::path::down_to;
use super::pools::Pools;
use super::role::NO_ACCESS;
use crate::answer::Refusal;

/// Names of privileges, and whether each goes on down.
pub type Privileges = BTreeMap<String, bool>;

/// Paths that `/access/permissions` always looks at.
const ALWAYS: &[&str] = &["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];

impl Access {
    /// Whether the caller has one of these privileges there.
    pub fn may(&self, caller: &Caller, path: &str, any_of: &[&str], pools: &dyn Pools) -> bool {
        let held = self.privileges(caller.name(), path, pools);
        any_of.iter().any(|privilege| held.contains_key(*privilege))
    }

    /// The caller must have one of these privileges there.
    ///
    /// # Errors
    /// 403 with all of them: `Permission check failed (/vms/100, VM.Audit|VM.Console)`.
    pub fn require_any(
        &self,
        caller: &Caller,
        path: &str,
        any_of: &[&str],
        pools: &dyn Pools,
    ) -> Result<(), Refusal> {
        if self.may(caller, path, any_of, pools) {
            return Ok(());
        }
        Err(Refusal::forbidden(&format!("{path}, {}", any_of.join("|"))))
    }

    /// The caller must have all of these privileges there.
    ///
    /// # Errors
    /// 403 with the first that is missing.
    pub fn require_all(
        &self,
        caller: &Caller,
        path: &str,
        all_of: &[&str],
        pools: &dyn Pools,
    ) -> Result<(), Refusal> {
        let held = self.privileges(caller.name(), path, pools);
        match all_of.iter().find(|privilege| !held.contains_key(**privilege)) {
            Some(missing) => Err(Refusal::forbidden(&format!("{path}, {missing}"))),
            None => Ok(()),
        }
    }

    /// The privileges of a user or token at a path; unknown ones have none.
    pub fn privileges(&self, name: &str, path: &str, pools: &dyn Pools) -> Privileges {
        if name == ROOT {
            return self.every_privilege().iter().map(|privilege| (privilege.clone(), true)).collect();
        }
        let Some((user, short)) = split_token(name) else {
            return self.granted(&Holder::User(name.to_owned()), path, pools);
        };
        let Some(token) = self.users.get(user).and_then(|user| user.tokens.get(short)) else {
            return Privileges::new();
        };
        let of_user = self.privileges(user, path, pools);
        if !token.separated {
            return of_user;
        }
        let of_token = self.granted(&Holder::Token(name.to_owned()), path, pools);
        of_token
            .into_iter()
            .filter_map(|(privilege, propagate)| {
                let also = *of_user.get(&privilege)?;
                Some((privilege, propagate && also))
            })
            .collect()
    }

    /// The answer of `/access/permissions`: privileges at every path that is granted or pooled, where there are any.
    pub fn permissions(&self, name: &str, pools: &dyn Pools) -> BTreeMap<String, Privileges> {
        let known = ALWAYS.iter().copied().chain(self.acl.paths()).map(str::to_owned);
        let paths = known.chain(pools.members());
        paths
            .map(|path| {
                let held = self.privileges(name, &path, pools);
                (path, held)
            })
            .filter(|(_, held)| !held.is_empty())
            .collect()
    }

    /// Whether the caller may grant things there: with `Permissions.Modify`, or as the one who manages that object.
    ///
    /// # Errors
    /// 403 with the privileges that would do.
    pub fn require_to_grant(&self, caller: &Caller, path: &str, pools: &dyn Pools) -> Result<(), Refusal> {
        let mut any_of = vec!["Permissions.Modify"];
        let managed =
            [("/storage/", "Datastore.Allocate"), ("/vms/", "VM.Allocate"), ("/pool/", "Pool.Allocate")];
        any_of.extend(
            managed.iter().filter(|(above, _)| path.starts_with(above)).map(|(_, privilege)| privilege),
        );
        self.require_any(caller, path, &any_of, pools)
    }

    /// The privileges of the roles that somebody has at a path, by grants there, above, and on pools.
    fn granted(&self, holder: &Holder, path: &str, pools: &dyn Pools) -> Privileges {
        let roles = self.with_pools(self.roles_at(holder, path), holder, path, pools);
        let mut privileges = Privileges::new();
        for (name, propagate) in &roles {
            for privilege in self.roles.get(name).into_iter().flat_map(|role| &role.privileges) {
                *privileges.entry(privilege.clone()).or_default() |= propagate;
            }
        }
        privileges
    }

    fn roles_at(&self, holder: &Holder, path: &str) -> Roles {
        let mut roles = Roles::new();
        for here in down_to(path) {
            let said = self.said_at(holder, here, here == path);
            if !said.is_empty() {
                roles = said;
            }
        }
        without_access(roles)
    }

    /// What is granted exactly there, to somebody or else to their groups. Above the last path only what goes on down.
    fn said_at(&self, holder: &Holder, here: &str, last: bool) -> Roles {
        let reaching = |roles: Option<&Roles>| -> Roles {
            let roles = roles.into_iter().flatten().filter(|(_, propagate)| last || **propagate);
            roles.map(|(role, propagate)| (role.clone(), *propagate)).collect()
        };
        let own = reaching(self.acl.at(here, holder));
        let Holder::User(user) = holder else { return own };
        if !own.is_empty() {
            return own;
        }
        self.groups_of(user)
            .flat_map(|group| reaching(self.acl.at(here, &Holder::Group(group.to_owned()))))
            .collect()
    }

    /// A pool's roles hold for its members, but go no further down; its `NoAccess` takes everything.
    fn with_pools(&self, mut roles: Roles, holder: &Holder, path: &str, pools: &dyn Pools) -> Roles {
        if roles.contains_key(NO_ACCESS) {
            return roles;
        }
        for pool in pools.holding(path) {
            for role in self.roles_at(holder, &format!("/pool/{pool}")).into_keys() {
                roles.entry(role).or_insert(false);
            }
        }
        without_access(roles)
    }
}

fn without_access(roles: Roles) -> Roles {
    match roles.get_key_value(NO_ACCESS) {
        Some((name, propagate)) => Roles::from([(name.clone(), *propagate)]),
        None => roles,
    }
}
