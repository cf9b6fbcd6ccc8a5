//! Adding, changing and removing users.

use std::collections::BTreeSet;

use super::acl::Holder;
use super::directory::{Access, ROOT};
use super::names::split_token;
use super::user::User;
use crate::answer::Refusal;

/// What is to be said of a user; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// May sign in.
    pub enabled: Option<bool>,
    /// Seconds since 1970; 0 is for ever.
    pub expire: Option<i64>,
    /// First name.
    pub firstname: Option<String>,
    /// Last name.
    pub lastname: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// What the account is for.
    pub comment: Option<String>,
    /// Groups to be in.
    pub groups: Option<Vec<String>>,
    /// Stay in the other groups as well.
    pub append: bool,
}

impl Access {
    /// A new user, enabled unless said otherwise.
    ///
    /// # Errors
    /// 500 when there is one of that id, or a group is missing.
    pub fn add_user(&mut self, id: &str, with: UserChange) -> Result<(), Refusal> {
        let failed = |why: String| Refusal::died(format!("create user failed: {why}"));
        if self.users.contains_key(id) {
            return Err(failed(format!("user '{id}' already exists")));
        }
        self.known_groups(with.groups.as_deref()).map_err(failed)?;
        self.users.insert(id.to_owned(), User { enabled: true, ..User::default() });
        self.apply(id, with);
        Ok(())
    }

    /// Changes a user.
    ///
    /// # Errors
    /// 500 when there is none, or a group is missing.
    pub fn change_user(&mut self, id: &str, with: UserChange) -> Result<(), Refusal> {
        let failed = |why: String| Refusal::died(format!("update user failed: {why}"));
        self.user(id).map_err(|refusal| failed(refusal.reason))?;
        self.known_groups(with.groups.as_deref()).map_err(failed)?;
        self.apply(id, with);
        Ok(())
    }

    /// Removes a user with their tokens and all that was granted to either. `root@pam` comes back bare.
    ///
    /// # Errors
    /// 500 when there is none.
    pub fn remove_user(&mut self, id: &str) -> Result<(), Refusal> {
        if self.users.remove(id).is_none() {
            return Err(Refusal::died(format!("delete user failed: no such user ('{id}')")));
        }
        if id == ROOT {
            self.users.insert(ROOT.to_owned(), User { enabled: true, ..User::default() });
        }
        for group in self.groups.values_mut() {
            group.members.remove(id);
        }
        self.acl.forget(|holder| match holder {
            Holder::User(user) => user == id,
            Holder::Token(token) => split_token(token).is_some_and(|(user, _)| user == id),
            Holder::Group(_) => false,
        });
        Ok(())
    }

    /// # Errors
    /// 500 when there is none.
    pub fn user(&self, id: &str) -> Result<&User, Refusal> {
        self.users.get(id).ok_or_else(|| Refusal::died(format!("no such user ('{id}')")))
    }

    fn known_groups(&self, groups: Option<&[String]>) -> Result<(), String> {
        let missing = groups.unwrap_or_default().iter().find(|name| !self.groups.contains_key(*name));
        missing.map_or(Ok(()), |name| Err(format!("no such group '{name}'")))
    }

    /// The user is there, and so are the groups.
    fn apply(&mut self, id: &str, with: UserChange) {
        let user = self.users.entry(id.to_owned()).or_default();
        user.enabled = with.enabled.unwrap_or(user.enabled);
        user.expire = with.expire.unwrap_or(user.expire);
        for (text, said) in [
            (&mut user.firstname, with.firstname),
            (&mut user.lastname, with.lastname),
            (&mut user.email, with.email),
            (&mut user.comment, with.comment),
        ] {
            *text = said.unwrap_or_else(|| std::mem::take(text));
        }
        let Some(groups) = with.groups else { return };
        let groups: BTreeSet<String> = groups.into_iter().collect();
        for (name, group) in &mut self.groups {
            if groups.contains(name) {
                group.members.insert(id.to_owned());
            } else if !with.append {
                group.members.remove(id);
            }
        }
    }
}
