//! The Proxmox user that labkeeper's tokens belong to.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::pve::TokenId;

/// A user that belongs to labkeeper alone, `labkeeper@pve` unless told otherwise. *Invariant:* letters, digits, `.`, `_`, `-` and the one
/// `@`; never `root@pam`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PveUser(String);

/// A text that is no user for labkeeper.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserError {
    /// Not a user, or one with characters that we do not put into a script.
    #[error(
        "{0:?} is no user for labkeeper: give name@realm with letters, digits, . _ and - only, such as labkeeper@pve"
    )]
    Form(String),
    /// The owner of the node.
    #[error(
        "root@pam may everything, and setup takes rights away from the user it is given: let it make labkeeper@pve"
    )]
    Root,
}

impl PveUser {
    /// Its token of that name.
    pub fn token(&self, name: &str) -> Option<TokenId> {
        format!("{}!{name}", self.0).parse().ok()
    }

    /// As Proxmox writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for PveUser {
    fn default() -> Self {
        Self("labkeeper@pve".into())
    }
}

impl FromStr for PveUser {
    type Err = UserError;

    fn from_str(text: &str) -> Result<Self, UserError> {
        if text == "root@pam" {
            return Err(UserError::Root);
        }
        let fits = text.split_once('@').is_some_and(|(name, realm)| {
            is_word(name, 1..=60)
                && is_word(realm, 2..=32)
                && realm.starts_with(|c: char| c.is_ascii_alphabetic())
        });
        if fits { Ok(Self(text.to_owned())) } else { Err(UserError::Form(text.chars().take(40).collect())) }
    }
}

fn is_word(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

impl fmt::Display for PveUser {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Serialize for PveUser {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_a_plain_name_in_a_realm_and_never_root() {
        for good in ["labkeeper@pve", "mcp@pve", "lab.keeper-2@ldap_home"] {
            let user: PveUser = good.parse().unwrap();
            assert_eq!(user.token("observe").unwrap().as_str(), format!("{good}!observe"));
        }
        assert_eq!("root@pam".parse::<PveUser>(), Err(UserError::Root));
        for bad in [
            "",
            "labkeeper",
            "@pve",
            "a@",
            "a@b@pve",
            "-a@pve",
            "a'@pve",
            "a b@pve",
            "a$(id)@pve",
            "a@pve!x",
            "a@pve\n",
        ] {
            assert!(bad.parse::<PveUser>().is_err(), "{bad:?}");
        }
    }
}
