//! Granting roles and taking them back.

use super::acl::Holder;
use super::directory::Access;
use super::names::split_token;
use crate::answer::Refusal;

impl Access {
    /// Grants a role there; `path` is normalised.
    ///
    /// # Errors
    /// 500 when there is no such role or holder.
    pub fn grant(&mut self, path: &str, holder: Holder, role: &str, propagate: bool) -> Result<(), Refusal> {
        self.known(&holder, role)?;
        self.acl.grant(path, holder, role, propagate);
        Ok(())
    }

    /// Takes a role back; nothing happens when it was not granted.
    ///
    /// # Errors
    /// 500 when there is no such role or holder.
    pub fn revoke(&mut self, path: &str, holder: &Holder, role: &str) -> Result<(), Refusal> {
        self.known(holder, role)?;
        self.acl.revoke(path, holder, role);
        Ok(())
    }

    /// Whether there is that role and that holder.
    pub(crate) fn known(&self, holder: &Holder, role: &str) -> Result<(), Refusal> {
        let failed = |why: String| Refusal::died(format!("ACL update failed: {why}"));
        self.role(role).map_err(|refusal| failed(refusal.reason))?;
        match holder {
            Holder::User(user) if !self.users.contains_key(user) => {
                Err(failed(format!("user '{user}' does not exist")))
            }
            Holder::Group(group) => self.group(group).map(|_| ()).map_err(|refusal| failed(refusal.reason)),
            Holder::Token(full) => {
                let (user, token) = split_token(full).unwrap_or((full, ""));
                self.token(user, token).map(|_| ()).map_err(|refusal| failed(refusal.reason))
            }
            Holder::User(_) => Ok(()),
        }
    }
}
