//! `pveum`: users, their tokens, groups, roles, and who was granted what.

use super::arguments::{flag, list, must, text};
use super::command::{Command, Program, Shows};
use crate::answer::Method;

pub(super) const PVEUM: Program = Program {
    name: "pveum",
    commands: COMMANDS,
    beyond: &["passwd", "pool", "realm", "ticket", "user tfa", "user token permissions", "help"],
};

const USER: &str = "/access/users/{userid}";
const TOKEN: &str = "/access/users/{userid}/token/{tokenid}";

/// One that says nothing when it worked.
const fn quiet(
    words: &'static str,
    method: Method,
    path: &'static str,
    arguments: &'static [&'static str],
) -> Command {
    Command { words, method, path, arguments, options: &[], fixed: &[], shows: Shows::Nothing }
}

/// One that says what was answered.
const fn formatted(
    words: &'static str,
    method: Method,
    path: &'static str,
    arguments: &'static [&'static str],
) -> Command {
    Command { words, method, path, arguments, options: &[], fixed: &[], shows: Shows::Formatted }
}

const COMMANDS: &[Command] = &[
    Command {
        options: &[list("groups"), flag("propagate"), must("roles"), list("tokens"), list("users")],
        fixed: &[("delete", "1")],
        ..quiet("acl delete", Method::Put, "/access/acl", &["path"])
    },
    formatted("acl list", Method::Get, "/access/acl", &[]),
    Command {
        options: &[list("groups"), flag("propagate"), must("roles"), list("tokens"), list("users")],
        ..quiet("acl modify", Method::Put, "/access/acl", &["path"])
    },
    Command {
        options: &[text("comment")],
        ..quiet("group add", Method::Post, "/access/groups", &["groupid"])
    },
    quiet("group delete", Method::Delete, "/access/groups/{groupid}", &["groupid"]),
    formatted("group list", Method::Get, "/access/groups", &[]),
    Command {
        options: &[text("comment")],
        ..quiet("group modify", Method::Put, "/access/groups/{groupid}", &["groupid"])
    },
    Command { options: &[list("privs")], ..quiet("role add", Method::Post, "/access/roles", &["roleid"]) },
    quiet("role delete", Method::Delete, "/access/roles/{roleid}", &["roleid"]),
    formatted("role list", Method::Get, "/access/roles", &[]),
    Command {
        options: &[flag("append"), list("privs")],
        ..quiet("role modify", Method::Put, "/access/roles/{roleid}", &["roleid"])
    },
    Command {
        options: &[
            text("comment"),
            text("email"),
            flag("enable"),
            text("expire"),
            text("firstname"),
            list("groups"),
            text("keys"),
            text("lastname"),
            text("password"),
        ],
        ..quiet("user add", Method::Post, "/access/users", &["userid"])
    },
    quiet("user delete", Method::Delete, USER, &["userid"]),
    Command {
        options: &[flag("enabled"), flag("full")],
        ..formatted("user list", Method::Get, "/access/users", &[])
    },
    Command {
        options: &[
            flag("append"),
            text("comment"),
            text("email"),
            flag("enable"),
            text("expire"),
            text("firstname"),
            list("groups"),
            text("keys"),
            text("lastname"),
        ],
        ..quiet("user modify", Method::Put, USER, &["userid"])
    },
    Command {
        options: &[text("path")],
        ..formatted("user permissions", Method::Get, "/access/permissions", &["userid?"])
    },
    Command {
        options: &[text("comment"), text("expire"), flag("privsep")],
        ..formatted("user token add", Method::Post, TOKEN, &["userid", "tokenid"])
    },
    formatted("user token delete", Method::Delete, TOKEN, &["userid", "tokenid"]),
    formatted("user token list", Method::Get, "/access/users/{userid}/token", &["userid"]),
    Command {
        options: &[text("comment"), text("expire"), flag("privsep")],
        ..formatted("user token modify", Method::Put, TOKEN, &["userid", "tokenid"])
    },
    formatted("user token remove", Method::Delete, TOKEN, &["userid", "tokenid"]),
];
