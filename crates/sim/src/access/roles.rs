//! Adding, changing and removing roles. Those of the release stay as they are.

use std::collections::BTreeSet;

use super::directory::Access;
use super::role::Role;
use crate::answer::Refusal;

impl Access {
    /// A new role.
    ///
    /// # Errors
    /// 400 for a name that the release keeps for itself, 500 when there is one of that name.
    pub fn add_role(&mut self, name: &str, privileges: BTreeSet<String>) -> Result<(), Refusal> {
        if name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("PVE")) {
            let kept = "cannot use role ID starting with the (case-insensitive) 'PVE' namespace";
            return Err(Refusal::parameter("roleid", kept));
        }
        if self.roles.contains_key(name) {
            return Err(Refusal::died(format!("create role failed: role '{name}' already exists")));
        }
        self.roles.insert(name.to_owned(), Role { privileges, built_in: false });
        Ok(())
    }

    /// Gives a role these privileges, with `append` besides those that it has.
    ///
    /// # Errors
    /// 500 when there is none, or it came with the release.
    pub fn change_role(
        &mut self,
        name: &str,
        privileges: BTreeSet<String>,
        append: bool,
    ) -> Result<(), Refusal> {
        let role = self.own_role("update", "modified", name)?;
        if !append {
            role.privileges.clear();
        }
        role.privileges.extend(privileges);
        Ok(())
    }

    /// Removes a role and takes it back from everybody.
    ///
    /// # Errors
    /// 500 when there is none, or it came with the release.
    pub fn remove_role(&mut self, name: &str) -> Result<(), Refusal> {
        self.own_role("delete", "deleted", name)?;
        self.roles.remove(name);
        self.acl.forget_role(name);
        Ok(())
    }

    /// # Errors
    /// 500 when there is none.
    pub fn role(&self, name: &str) -> Result<&Role, Refusal> {
        self.roles.get(name).ok_or_else(|| Refusal::died(format!("role '{name}' does not exist")))
    }

    fn own_role(&mut self, verb: &str, done: &str, name: &str) -> Result<&mut Role, Refusal> {
        let failed = |why: String| Refusal::died(format!("{verb} role failed: {why}"));
        match self.roles.get_mut(name) {
            None => Err(failed(format!("role '{name}' does not exist"))),
            Some(role) if role.built_in => {
                Err(failed(format!("auto-generated role '{name}' cannot be {done}")))
            }
            Some(role) => Ok(role),
        }
    }
}
