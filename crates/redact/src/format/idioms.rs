//! Finds the secret behind a phrase that announces one by its place.

use std::ops::Range;

use super::headers::is_encoded_setting;
use super::persons::is_given;
use super::phrases::Idiom;
use super::phrases::Place::{After, AfterColon, AfterSlash, Argument, Field, Login, WithUser, Word};
use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_diceware, is_joined, is_marked, is_opaque, is_random};
use crate::key::quoted::{self, mark};
use crate::page::{Page, offset, run, words};
use crate::span::Span;

/// The secret behind the phrase at `at`.
pub(crate) fn secret_at(page: &Page<'_>, idiom: &Idiom, at: usize) -> Option<Span> {
    let start = at + idiom.phrase.len();
    // Words of protocols are written as here; prose that has them is not.
    let is_upper = idiom.phrase.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_upper && !page.text[at..].starts_with(idiom.phrase) {
        return None;
    }
    // Those of `chpasswd` say whose.
    if idiom.phrase == "passwd <<< " && page.before(at).ends_with("ch") {
        return None;
    }
    let range = match idiom.place {
        Word(index) => word(page, start, index)?,
        // Of directories; other things are bound too.
        Argument(_) if idiom.phrase.ends_with("bind(") && !binds(page, start) => return None,
        Argument(index) => argument(page, start, index)?,
        Login => password_argument(page, start)?,
        AfterColon => {
            let word = word(page, start, 0)?;
            let user = page.text[word.clone()].find(':')?;
            word.start + user + 1..word.end
        }
        AfterSlash => {
            let word = word(page, start, 0)?;
            let login = &page.text[word.clone()];
            let user = login.find('/')? + 1;
            let end = login[user..].find('@').map_or(login.len(), |at| user + at);
            word.start + user..word.start + end
        }
        WithUser => {
            let before = page.before(at);
            let names = [" -u ", " -U ", " --user ", " --username ", " -username ", " -user "];
            let word = word(page, start, 0)?;
            let said = &page.text[word.clone()];
            let is_other =
                ["mkdir", " cp", " tar", " rsync", " scp"].iter().any(|program| before.ends_with(program));
            if is_other
                || !names.iter().any(|name| before.contains(name)) && !is_marked(said)
                || said.contains([':', '=', '/'])
            {
                return None;
            }
            word
        }
        After(text) => {
            let rest = page.rest(start);
            let key = rest.find(text)? + text.len();
            let is_kind = rest[key..].starts_with(|first: char| first.is_ascii_digit())
                && rest[key + 1..].starts_with(' ');
            word(page, start + key, usize::from(is_kind))?
        }
        Field => {
            let rest = page.rest(start);
            start..start + rest.find(':')?
        }
    };
    let said = &page.text[range.clone()];
    let is_strict = matches!(idiom.place, Login | AfterColon)
        || matches!(idiom.phrase, " LOGIN " | "allow " | "net user ");
    let fits = said.len() >= if idiom.phrase == "login with " { 8 } else { 4 }
        && (is_opaque(said) || is_random(said) || is_app_password(said) || is_sure(page, idiom, at, said))
        && !(is_strict
            && (said.starts_with(['/', '-'])
                || said.contains("//")
                || said.contains(' ') && !is_app_password(said)))
        && is_likely(idiom, page.before(at), said)
        && !said.contains("\\n")
        && !is_reference(said)
        && !is_stand_in(said);
    let core = core_of(said).filter(|_| fits)?;
    Some(Span::new(range.start + core.start..range.start + core.end, idiom.name))
}

/// Nothing else can stand there, whatever it looks like.
fn is_sure(page: &Page<'_>, idiom: &Idiom, at: usize, said: &str) -> bool {
    let is_set = || {
        let lead = page.before(at).trim_start();
        lead.starts_with("set ") || lead.starts_with('/')
    };
    let is_word = !said.contains(' ') && !matches!(said, "public" | "private");
    match idiom.name {
        "wifi_password" => said.len() >= 8,
        "recovery_key" => is_diceware(said),
        "password" if idiom.phrase.contains("echo ") => is_joined(said),
        "snmp_community" => is_word && is_set(),
        _ => false,
    }
}

/// `abcd efgh ijkl mnop`: as providers of mail give them to programs.
fn is_app_password(said: &str) -> bool {
    let mut groups = said.split(' ');
    said.len() == 19
        && groups.all(|group| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// What stands behind some phrases is seldom a secret, and looks like nothing else then.
fn is_likely(idiom: &Idiom, lead: &str, said: &str) -> bool {
    if idiom.phrase.starts_with("routing_key") {
        return is_random(said) && !said.contains(['.', '-', '_', '/']);
    }
    // A key of WireGuard, and nothing that is called private.
    if idiom.name == "private_key" {
        return said.len() == 44 && said.ends_with('=');
    }
    // Somebody who typed the password where the name belongs.
    if idiom.phrase.ends_with("nvalid user ") {
        return is_marked(said);
    }
    // The command, and not a word of another.
    if idiom.phrase == "AUTH " {
        return lead.trim().is_empty()
            && is_given(said)
            && !["CRAM-", "DIGEST-", "SCRAM-", "XOAUTH"].iter().any(|kind| said.starts_with(kind));
    }
    if idiom.phrase == "-m str " {
        return is_random(said);
    }
    if idiom.name == "encoded_setting" {
        return is_encoded_setting(said);
    }
    if idiom.name == "pushover_user" {
        return said.len() == 30 && is_random(said);
    }
    true
}

/// That word from `start` on, over a line end when nothing is left on this one, without quotation marks.
fn word(page: &Page<'_>, start: usize, index: usize) -> Option<Range<usize>> {
    let rest = page.rest(start);
    let (start, rest) = if rest.trim().is_empty() {
        let next = page.next_line(start)?;
        (next, page.rest(next))
    } else {
        (start, rest)
    };
    let arrow = rest.trim_start().strip_prefix("->").map_or(0, |after| rest.len() - after.len());
    let (start, rest) = (start + arrow, &rest[arrow..]);
    let (_, word) = words(rest).nth(index)?;
    let bare = word.trim_matches(['"', '\'', ';', ',', ')']);
    let at = start + offset(bare, rest);
    Some(at..at + bare.len())
}

/// `connect("host", "user", "password", …)`, `login("user", "password")`: what comes behind the user, if all are strings.
fn password_argument(page: &Page<'_>, start: usize) -> Option<Range<usize>> {
    // `login(user, "x")`
    let rest = page.rest(start);
    let name = run(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    if name > 0 && rest[name..].starts_with(',') {
        return argument(page, start, 1).filter(|second| is_given(&page.text[second.clone()]));
    }
    let mut strings = strings(page, start).into_iter();
    let (first, second) = (strings.next()?, strings.next()?);
    // `login("/login", "SomeController")`
    if page.text[first].starts_with('/') {
        return None;
    }
    let third = strings.next().filter(|third| is_opaque(&page.text[third.clone()]));
    Some(third.unwrap_or(second))
}

/// Whether the first argument is somebody's name in a directory.
fn binds(page: &Page<'_>, start: usize) -> bool {
    argument(page, start, 0).is_some_and(|name| page.text[name].contains(['=', '@', '\\']))
}

/// The strings among the first arguments of a call.
fn strings(page: &Page<'_>, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = start;
    for _ in 0..5 {
        let rest = page.rest(at);
        let blanks = rest.len() - rest.trim_start().len();
        let begin = at + blanks + wrapper(&rest[blanks..]);
        if quoted::mark(page.rest(begin)).is_some() {
            let Some(string) = quoted::read(page, begin) else { break };
            found.push(string.inner);
            at = string.end;
        }
        let rest = page.rest(at);
        match rest.find([',', ';', '{']) {
            Some(comma) if rest[comma..].starts_with(',') => at += comma + 1,
            _ => break,
        }
    }
    found
}

/// `Some(` and the like, in which a string may be handed over.
fn wrapper(text: &str) -> usize {
    let found = ["Some(", "String::from(", "new String(", "str(", "b", "r"]
        .iter()
        .find(|open| text.strip_prefix(**open).is_some_and(|rest| quoted::mark(rest).is_some()));
    found.map_or(0, |open| open.len())
}

/// That argument of a call, if it is a string.
fn argument(page: &Page<'_>, start: usize, index: usize) -> Option<Range<usize>> {
    let mut at = start;
    for _ in 0..index {
        let rest = page.rest(at);
        let blanks = rest.len() - rest.trim_start().len();
        let past = match quoted::mark(&rest[blanks..]) {
            Some(_) => quoted::read(page, at + blanks)?.end,
            None => at,
        };
        at = past + page.rest(past).find(',')? + 1;
    }
    let rest = page.rest(at);
    let blanks = rest.len() - rest.trim_start().len();
    let blanks = blanks + wrapper(&rest[blanks..]);
    quoted::mark(&rest[blanks..])?;
    Some(quoted::read(page, at + blanks)?.inner).filter(|inner| !inner.is_empty())
}

/// `send "secret\r"`, as scripts of expect answer a prompt.
pub(crate) fn sent_at(page: &Page<'_>, at: usize) -> Option<Span> {
    // The prompt that is waited for stands before it, most often on the line above.
    let mut from = at.saturating_sub(200);
    while !page.text.is_char_boundary(from) {
        from += 1;
    }
    let near = &page.text[from..at];
    page.note(near.len());
    let is_asked = near.contains("assword") || near.contains("assphrase");
    let rest = page.rest(at);
    let open = rest.find([' ', '('])? + 1;
    let open = open + rest[open..].starts_with('b') as usize;
    mark(page.rest(at + open))?;
    let quoted = quoted::read(page, at + open)?;
    if !is_asked && !is_marked(&page.text[quoted.inner.clone()]) {
        return None;
    }
    let said = page.text[quoted.inner.clone()].trim_end_matches("\\r").trim_end_matches("\\n");
    let range = quoted.inner.start..quoted.inner.start + said.len();
    (said.len() >= 4 && !is_reference(said) && !is_stand_in(said)).then(|| Span::new(range, "password"))
}

/// Lines of `user:password` below cloud-init's `chpasswd:`.
pub(crate) fn logins_below(page: &Page<'_>, at: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut next = page.next_line(at);
    for _ in 0..24 {
        let Some(start) = next else { break };
        let line = page.rest(start);
        if !line.starts_with([' ', '\t']) && !line.is_empty() {
            break;
        }
        next = page.next_line(start);
        let text = line.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        let Some((user, password)) = text.split_once(':') else { continue };
        let is_login =
            !user.contains(' ') && !password.contains(' ') && is_opaque(password) && !is_reference(password);
        if is_login {
            let at = offset(password, line);
            found.push(Span::new(start + at..start + at + password.len(), &format!("{user}_password")));
        }
    }
    found
}
