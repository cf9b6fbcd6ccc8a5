//! Whether a check is true of a caller, and the words in which it is refused when not. A refusal inside of an `or` has no
//! words: the whole `or` says no more than that it failed.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Check, Groups, Rule};
use crate::access::{Access, Caller, Pools, check_user_name, normalise};
use crate::answer::Refusal;

/// A request, as far as permissions look at it.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub(super) access: &'a Access,
    pub(super) caller: &'a Caller,
    /// Placeholders of the route.
    pub(super) path: &'a BTreeMap<String, String>,
    /// Parameters of the request.
    pub(super) parameters: &'a BTreeMap<String, String>,
    pub(super) pools: &'a dyn Pools,
}

/// `Ok(false)` is a no without words.
type Verdict = Result<bool, Refusal>;

impl Judge<'_> {
    pub(super) fn admit(&self, rule: &Rule) -> Result<(), Refusal> {
        if self.caller.is_nobody() {
            return if *rule == Rule::World { Ok(()) } else { Err(Refusal::forbidden("user == null")) };
        }
        match rule {
            Rule::World | Rule::Everyone => Ok(()),
            _ if self.caller.is_root() => Ok(()),
            Rule::Root => Err(Refusal::forbidden("user != root@pam")),
            Rule::Check(check) => self.require(check),
        }
    }

    pub(super) fn require(&self, check: &Check) -> Result<(), Refusal> {
        if self.caller.is_root() || self.judge(check)? { Ok(()) } else { Err(failed()) }
    }

    fn judge(&self, check: &Check) -> Verdict {
        match check {
            Check::And(checks) => checks.iter().try_for_each(|check| self.require(check)).map(|()| true),
            Check::Or(checks) => self.one_of(checks),
            Check::Privileges { path, privileges, any, given } => {
                if given.as_ref().is_some_and(|name| self.parameter(name).is_none()) {
                    return Ok(false);
                }
                self.holds(&self.filled(path), privileges, *any)
            }
            Check::Oneself => {
                let user = self.parameter("userid").unwrap_or_default();
                check_user_name(user).map_err(Refusal::died)?;
                self.access.user(user)?;
                Ok(self.caller.name() == user)
            }
            Check::RealmOfUser => {
                let user = self.parameter("userid").unwrap_or_default();
                let realm = check_user_name(user).map_err(Refusal::died)?;
                self.holds(&format!("/access/realm/{realm}"), &["Realm.AllocateUser".to_owned()], false)
            }
            Check::GroupOfUser { privileges, groups } => self.holds_on_group(privileges, *groups),
            Check::ToGrant(path) => {
                self.access.require_to_grant(self.caller, &self.filled(path), self.pools).map(|()| true)
            }
            Check::EachGuest { list, privileges } => self.holds_for_each(list, privileges),
            Check::UnlessOwner { upid, check } => {
                // An id that is none is refused as a parameter.
                let Some(starter) = self.parameter(upid).and_then(starter) else { return Ok(true) };
                let own =
                    starter == self.caller.name() || starter.split('!').next() == Some(self.caller.name());
                if own { Ok(true) } else { self.judge(check) }
            }
        }
    }

    /// Words are lost here, but for what is no matter of permission and for an `and`, which the real one lets speak.
    fn one_of(&self, checks: &[Check]) -> Verdict {
        for check in checks {
            match self.judge(check) {
                Ok(true) => return Ok(true),
                Err(refusal) if matches!(check, Check::And(_)) => return Err(refusal),
                Err(refusal) if refusal.status != 403 && !is_missing_user(&refusal) => return Err(refusal),
                _ => {}
            }
        }
        Ok(false)
    }

    fn holds(&self, path: &str, privileges: &[String], any: bool) -> Verdict {
        let privileges: Vec<&str> = privileges.iter().map(String::as_str).collect();
        if any {
            self.access.require_any(self.caller, path, &privileges, self.pools)?;
        } else {
            self.access.require_all(self.caller, path, &privileges, self.pools)?;
        }
        Ok(true)
    }

    fn holds_for_each(&self, list: &str, privileges: &[String]) -> Verdict {
        let guests: Vec<&str> = self.parameter(list).map(names).into_iter().flatten().collect();
        if guests.is_empty() {
            return self.holds("/", privileges, false);
        }
        guests
            .iter()
            .try_for_each(|vmid| self.holds(&format!("/vms/{vmid}"), privileges, false).map(|_| ()))?;
        Ok(true)
    }

    /// A privilege on all groups, or on each group that is given, or on one that the user is in.
    fn holds_on_group(&self, privileges: &[String], groups: Groups) -> Verdict {
        let user = self.parameter("userid").unwrap_or_default();
        if groups != Groups::OfNewUser {
            self.access.user(user)?;
        }
        if self.holds("/access/groups", privileges, true).is_ok() {
            return Ok(true);
        }
        let managed = |group: &str| self.holds(&format!("/access/groups/{group}"), privileges, true);
        if groups != Groups::Ignored {
            let given: Vec<&str> = self.parameter("groups").map(names).into_iter().flatten().collect();
            if given.is_empty() {
                return self.holds("/access/groups", privileges, true);
            }
            for group in given {
                managed(group)?;
            }
        }
        if groups == Groups::OfNewUser {
            return Ok(true);
        }
        let of_user: BTreeSet<&str> = self.access.groups_of(user).collect();
        Ok(of_user.into_iter().any(|group| managed(group).is_ok()))
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.path.get(name).or_else(|| self.parameters.get(name)).map(String::as_str)
    }

    /// The path with its placeholders filled. A parameter that is not given is `-`; a path that is none is empty, and
    /// nobody has anything there.
    fn filled(&self, template: &str) -> String {
        let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => part.to_owned(),
            Some(name) => {
                let (name, otherwise) = name.split_once('=').unwrap_or((name, "-"));
                self.parameter(name).unwrap_or(otherwise).to_owned()
            }
        };
        let path: Vec<String> = template.split('/').map(part).collect();
        normalise(&path.join("/")).unwrap_or_default()
    }
}

/// Who started a task: `UPID:pve1:0000162B:000A0085:6B023709:qmstop:200:anna@pve!op:`.
fn starter(upid: &str) -> Option<&str> {
    let parts: Vec<&str> = upid.split(':').collect();
    (parts.len() == 9 && parts[0] == "UPID").then(|| parts[7])
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ';', ' ']).filter(|name| !name.is_empty())
}

fn failed() -> Refusal {
    Refusal::new(403, "Permission check failed")
}

/// That a user is not there is a plain no inside of an `or`.
fn is_missing_user(refusal: &Refusal) -> bool {
    refusal.reason.starts_with("no such user (")
}
