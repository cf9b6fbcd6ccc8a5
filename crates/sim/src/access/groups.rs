//! Adding, changing and removing groups. Who is in one is said of the user.

use super::acl::Holder;
use super::directory::Access;
use super::user::Group;
use crate::answer::Refusal;

impl Access {
    /// A new group with nobody in it.
    ///
    /// # Errors
    /// 500 when there is one of that name.
    pub fn add_group(&mut self, name: &str, comment: &str) -> Result<(), Refusal> {
        if self.groups.contains_key(name) {
            return Err(Refusal::died(format!("create group failed: group '{name}' already exists")));
        }
        self.groups.insert(name.to_owned(), Group { comment: comment.to_owned(), ..Group::default() });
        Ok(())
    }

    /// Changes what a group is for.
    ///
    /// # Errors
    /// 500 when there is none.
    pub fn change_group(&mut self, name: &str, comment: &str) -> Result<(), Refusal> {
        let group = self.groups.get_mut(name);
        let group = group.ok_or_else(|| missing("update group failed: ", name))?;
        comment.clone_into(&mut group.comment);
        Ok(())
    }

    /// Removes a group and all that was granted to it.
    ///
    /// # Errors
    /// 500 when there is none.
    pub fn remove_group(&mut self, name: &str) -> Result<(), Refusal> {
        self.groups.remove(name).ok_or_else(|| missing("delete group failed: ", name))?;
        self.acl.forget(|holder| matches!(holder, Holder::Group(group) if group == name));
        Ok(())
    }

    /// # Errors
    /// 500 when there is none.
    pub fn group(&self, name: &str) -> Result<&Group, Refusal> {
        self.groups.get(name).ok_or_else(|| missing("", name))
    }
}

fn missing(during: &str, name: &str) -> Refusal {
    Refusal::died(format!("{during}group '{name}' does not exist"))
}
