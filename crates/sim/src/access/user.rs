//! People, their tokens, and their groups.

use std::collections::{BTreeMap, BTreeSet};

/// Somebody who may sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// May sign in at all.
    pub enabled: bool,
    /// Seconds since 1970 until which the account is good; 0 is for ever.
    pub expire: i64,
    /// First name, or nothing.
    pub firstname: String,
    /// Last name, or nothing.
    pub lastname: String,
    /// Mail address, or nothing.
    pub email: String,
    /// What the account is for, or nothing.
    pub comment: String,
    /// API tokens by their short name.
    pub tokens: BTreeMap<String, Token>,
}

/// A way in for a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Token {
    /// Has only what is granted to it, and of that only what its user has as well.
    pub separated: bool,
    /// Seconds since 1970 until which it is good; 0 is for ever.
    pub expire: i64,
    /// What it is for, or nothing.
    pub comment: String,
    /// `None` lets nobody in: the secret is not in `user.cfg`.
    pub secret: Option<String>,
}

/// Users who are granted things together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Ids of its users.
    pub members: BTreeSet<String>,
    /// What it is for, or nothing.
    pub comment: String,
}

/// Whether a date of expiry has come.
pub(super) fn is_over(expire: i64, now: i64) -> bool {
    expire != 0 && expire < now
}
