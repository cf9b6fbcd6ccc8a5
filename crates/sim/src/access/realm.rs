//! Realms: where a user's password would be checked. Nothing here checks one.

use std::collections::BTreeMap;

/// A source of users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Realm {
    /// `pam`, `pve`, `ldap`, `ad` or `openid`.
    pub kind: String,
    /// What is shown at sign-in, or nothing.
    pub comment: String,
    /// Whatever else was said of it, as it was said.
    pub options: BTreeMap<String, String>,
}

/// The two that every node has.
pub(super) fn built_in() -> BTreeMap<String, Realm> {
    let realm = |kind: &str, comment: &str| {
        let realm = Realm { kind: kind.into(), comment: comment.into(), options: BTreeMap::new() };
        (kind.to_owned(), realm)
    };
    BTreeMap::from([
        realm("pam", "Linux PAM standard authentication"),
        realm("pve", "Proxmox VE authentication server"),
    ])
}
