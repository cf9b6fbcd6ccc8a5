//! Reads the text of `/etc/pve/user.cfg`. What does not fit together is left out, as on a real node: a grant to
//! somebody who is not there, a privilege that the release does not know.

use std::collections::BTreeSet;

use super::acl::Holder;
use super::directory::Access;
use super::names::{check_user_name, split_token};
use super::path::normalise;
use super::pools::PoolMembers;
use super::release::Release;
use super::role::Role;
use super::user::{Group, Token, User};

impl Access {
    /// What the text says, and what is in the pools of which it speaks. Tokens have no secrets yet.
    pub fn from_user_cfg(release: Release, text: &str) -> (Self, PoolMembers) {
        let (mut access, mut pools) = (Self::new(release), PoolMembers::default());
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.trim().split(':').collect()).collect();
        // Users come before what names them, wherever they stand.
        for sorts in [&["user"][..], &["token", "group", "role", "pool"], &["acl"]] {
            for line in lines.iter().filter(|line| sorts.contains(&line[0])) {
                access.read(line, &mut pools);
            }
        }
        (access, pools)
    }

    fn read(&mut self, line: &[&str], pools: &mut PoolMembers) {
        let at = |index: usize| line.get(index).copied().unwrap_or_default();
        match at(0) {
            "user" if check_user_name(at(1)).is_ok() => {
                let user = User {
                    enabled: at(2) == "1",
                    expire: at(3).parse().unwrap_or_default(),
                    firstname: decoded(at(4)),
                    lastname: decoded(at(5)),
                    email: at(6).to_owned(),
                    comment: decoded(at(7)),
                    ..User::default()
                };
                self.users.insert(at(1).to_owned(), user);
            }
            "token" => self.read_token(at(1), at(2), at(3), at(4)),
            "group" => {
                let known = list(at(2)).filter(|user| self.users.contains_key(*user));
                let members = known.map(str::to_owned).collect();
                self.groups.insert(at(1).to_owned(), Group { members, comment: decoded(at(3)) });
            }
            "role" => self.read_role(at(1), at(2)),
            "pool" => {
                for vmid in list(at(3)).filter_map(|vmid| vmid.parse().ok()) {
                    pools.add_guest(at(1), vmid);
                }
                list(at(4)).for_each(|storage| pools.add_storage(at(1), storage));
            }
            "acl" => self.read_grants(at(1) == "1", at(2), at(3), at(4)),
            _ => {}
        }
    }

    fn read_token(&mut self, full: &str, expire: &str, separated: &str, comment: &str) {
        let Some((user, name)) = split_token(full) else { return };
        let Some(user) = self.users.get_mut(user) else { return };
        let token = Token {
            separated: separated == "1",
            expire: expire.parse().unwrap_or_default(),
            comment: decoded(comment),
            secret: None,
        };
        user.tokens.insert(name.to_owned(), token);
    }

    fn read_role(&mut self, name: &str, privileges: &str) {
        if self.roles.get(name).is_some_and(|role| role.built_in) {
            return;
        }
        let every = self.every_privilege();
        let privileges: BTreeSet<String> =
            list(privileges).filter(|privilege| every.contains(*privilege)).map(str::to_owned).collect();
        self.roles.insert(name.to_owned(), Role { privileges, built_in: false });
    }

    fn read_grants(&mut self, propagate: bool, path: &str, holders: &str, roles: &str) {
        let Some(path) = normalise(path) else { return };
        for holder in list(holders) {
            let holder = match holder.strip_prefix('@') {
                Some(group) => Holder::Group(group.to_owned()),
                None if split_token(holder).is_some() => Holder::Token(holder.to_owned()),
                None => Holder::User(holder.to_owned()),
            };
            for role in list(roles) {
                // A grant to nobody is left out.
                let _ = self.grant(&path, holder.clone(), role, propagate);
            }
        }
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', ' ']).filter(|part| !part.is_empty())
}

/// Comments are written with `%3A` for a colon, and so on.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_nobody_is_left_out() {
        let text = "acl:1:/:@ops,gone@pve,anna@pve!ro:PVEAuditor,NoSuchRole:\n\
                    group:ops:anna@pve,gone@pve::\nrole:Own:VM.Audit,VM.Nothing:\n\
                    user:anna@pve:1:0:Anna:::what%3A it is::\ntoken:anna@pve!ro:0:1::\n";
        let (access, _) = Access::from_user_cfg(Release::V9, text);
        let holders: Vec<&str> = access.acl().iter().map(|grant| grant.holder.name()).collect();
        assert_eq!(holders, ["ops", "anna@pve!ro"]);
        assert_eq!(access.users()["anna@pve"].comment, "what: it is");
        assert_eq!(access.groups()["ops"].members.len(), 1);
        assert_eq!(access.roles()["Own"].privileges.len(), 1);
        assert!(access.users().contains_key("root@pam"));
    }
}
