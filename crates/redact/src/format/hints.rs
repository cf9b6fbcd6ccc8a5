//! What the words of a line let expect, before it is read.

/// What the words of a line let expect, found by the one search for all words.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Hints {
    /// Part of a secret's name.
    pub(crate) has_key: bool,
    /// Where the first of them is, in the page.
    pub(crate) first_key: usize,
    /// Says that somebody gets in.
    pub(crate) has_login: bool,
    /// Says who.
    pub(crate) has_user: bool,
    /// ` / `, as people part a user from a password, or a user who is everywhere.
    pub(crate) has_slash: bool,
    /// A user who everywhere may do everything.
    pub(crate) has_admin: bool,
    /// Part of a command that prints a secret.
    pub(crate) has_show: bool,
    /// Part of the name of a program that dials in: `pptpd`, `l2tpd`.
    pub(crate) has_dialer: bool,
}

/// Words that say that somebody gets in; what the text is searched for.
pub(crate) const LOGINS: &[&str] = &[
    "login",
    "logon",
    "log in",
    "sign in",
    "signin",
    "cred",
    "zugang",
    "anmeld",
    "account",
    "konto",
    "sudo ",
    "snmp",
    "use one of",
    "wifi",
    "wlan",
    "ssid",
];

/// Words that say who.
pub(crate) const USERS: &[&str] = &["user ", "username ", "benutzer ", "nutzer ", "enter "];

/// What stands between a user and a password, or a user whom every machine has before one.
pub(crate) const BETWEEN: &[&str] = &[
    " / ",
    " → ",
    " -> ",
    " :: ",
    " + ",
    "admin/",
    "administrator/",
    "root/",
    "admin:",
    "root:",
    "admin  ",
    "admin —",
    "root —",
    "admin –",
    "root –",
    "ubnt:",
    "admin) ",
    "root) ",
    "admin@",
    "ubnt/",
];

/// A user who everywhere may do everything, and what may stand between that and a password.
pub(crate) const ADMINS: &[&str] = &[
    "\"admin\", ",
    "'admin', ",
    "\"root\", ",
    "'root', ",
    "root auf ",
    "root on ",
    "admin on ",
    "admin auf ",
    "admin ",
    "admin=",
    "|root|",
    "|admin|",
    ";root;",
    ";admin;",
    "root@",
    "root with",
    " root: ",
];
