//! Values without quotation marks: where they end.

use super::judge::is_opaque;
use crate::page::run;

/// What decides how far an unquoted value goes.
pub(crate) struct Setting {
    /// Nothing but indentation and the like stands before the key.
    pub(crate) is_first: bool,
    /// `key: value` or `key = value`, with a blank: the value may have several words.
    pub(crate) is_spaced: bool,
    /// Inside `{…}` or `[…]`.
    pub(crate) is_flow: bool,
    /// The quotation mark around key and value: `"KEY=value"`.
    pub(crate) around: Option<char>,
    /// In the query of an address.
    pub(crate) is_query: bool,
    /// Written in capitals, as variables of the environment are.
    pub(crate) is_variable: bool,
}

/// Programs that a variable is often set for, on one line.
const PROGRAMS: &[&str] = &[
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "mysql",
    "mysqldump",
    "mariadb",
    "redis-cli",
    "restic",
    "borg",
    "docker",
    "curl",
    "ssh",
    "rsync",
    "sudo",
    "env",
    "ansible-playbook",
    "sh",
    "bash",
    "sshpass",
    "proxmox-backup-client",
    "node",
    "python",
    "python3",
    "npm",
    "terraform",
    "kubectl",
    "helm",
    "rclone",
    "wget",
    "vault",
    "exec",
    "createdb",
    "dropdb",
    "go",
    "cargo",
    "make",
    "podman",
    "vzdump",
    "git",
    "openssl",
    "pass",
    "cat",
    "echo",
    "pwgen",
    "systemctl",
    "pvesh",
    "qm",
    "pct",
    "apt",
];

/// `otter kayak mustard violin`: words, and no command among them.
pub(crate) fn is_phrase(text: &str) -> bool {
    let words = text.split(' ');
    let is_word = |word: &str| {
        !word.is_empty()
            && word.trim_end_matches(['!', '?', '.']).bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    words.clone().count() >= 3
        && words.clone().all(is_word)
        && !words.clone().next().is_some_and(|first| PROGRAMS.contains(&first))
}

/// How long the value is that `rest` begins with, `rest` being the rest of its line.
pub(crate) fn length(rest: &str, setting: &Setting) -> usize {
    let rest = match setting.around.and_then(|mark| rest.find(mark)) {
        Some(end) => &rest[..end],
        None => rest,
    };
    let rest = escaped_break(rest).map_or(rest, |end| &rest[..end]);
    let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let may_have_words = setting.is_first && !setting.is_flow && !setting.is_query;
    if may_have_words && word < rest.len() && continues(rest, word, setting) {
        return trimmed(without_comment(rest));
    }
    trimmed(token(&rest[..word], &rest[word..], setting))
}

/// `\n` written out, as in strings that were escaped.
fn escaped_break(rest: &str) -> Option<usize> {
    if !rest.contains('\\') {
        return None;
    }
    ["\\n", "\\r", "\\u0000", "\\0"]
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()
        .filter(|at| *at > 0 && !rest[..*at].ends_with('\\'))
}

/// Whether what follows the first word belongs to the value.
fn continues(rest: &str, word: usize, setting: &Setting) -> bool {
    let after = rest[word..].trim_start();
    if after.is_empty()
        || after.starts_with("./")
        || after.starts_with("~/")
        || after.starts_with(['#', ';', '|', '&', '>', '<', '-', '\\', '/', '}'])
    {
        return after.starts_with('#') || after.starts_with(';') || after.is_empty();
    }
    let next = after.split_whitespace().next().unwrap_or_default();
    let has_pairs = after.split_whitespace().any(|word| {
        word.contains('=') && !word.starts_with('=') && !word.ends_with('=')
            || word.len() > 1 && word.ends_with(':')
    });
    let has_options = after.split_whitespace().any(|word| word.starts_with('-'));
    let is_command = setting.is_variable
        && !setting.is_spaced
        && (PROGRAMS.contains(&next) || has_options || is_opaque(&rest[..word]) && after.contains('/'));
    let is_list = rest[..word].ends_with([',', ';']) && (after.contains(": ") || has_pairs);
    !has_pairs && !is_command && !is_list && (setting.is_spaced || !next.starts_with('"'))
}

fn without_comment(rest: &str) -> &str {
    [" #", "\t#", " ; ", " //"].iter().filter_map(|mark| rest.find(mark)).min().map_or(rest, |at| &rest[..at])
}

/// The value in one word, cut where something else begins inside the word.
fn token<'t>(word: &'t str, after: &str, setting: &Setting) -> &'t str {
    let mut end = word.len();
    let mut cut = |at: Option<usize>| end = end.min(at.unwrap_or(word.len()));
    if setting.is_query {
        let is_framed = word.starts_with(['(', '[', '{', '<']);
        cut(word.find(['&', '#', '"', '\'', '`']));
        cut(word.find(['<', '>', ')', ']', '}']).filter(|_| !is_framed));
    }
    if setting.is_flow {
        cut(word.find([',', '}', ']']));
    }
    if !setting.is_first {
        cut(word.find(['"', '`']).filter(|at| *at > 0));
    }
    // `a=1,b=2` and `a=1;b=2`, but `a=x,y;z`.
    cut(word
        .char_indices()
        .filter(|(_, mark)| matches!(mark, ',' | ';' | '&' | '|'))
        .map(|(at, _)| at)
        .find(|at| begins_pair(&word[at + 1..], after)));
    if word.contains('<') {
        cut(word.find("</").filter(|at| *at > 0));
    }
    &word[..end]
}

/// Whether `rest`, or what follows after a blank, is `name=…`.
fn begins_pair(rest: &str, after: &str) -> bool {
    let name = run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '));
    if rest.is_empty() {
        let next = after.trim_start();
        let name = run(next, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        return name > 0 && next[name..].starts_with(['=', ':']);
    }
    name > 1 && rest[name..].starts_with('=')
}

/// Without what ends a statement, a list or a sentence after it.
fn trimmed(value: &str) -> usize {
    let mut value = value.trim_end();
    loop {
        let before = value;
        value = value.strip_suffix([',', ';', '"', '\'', '`']).unwrap_or(value).trim_end();
        for (open, close) in [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')] {
            if value.ends_with(close) && !value.contains(open) {
                value = &value[..value.len() - 1];
            }
        }
        if value == before {
            return value.len();
        }
    }
}
