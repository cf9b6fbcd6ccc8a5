//! Command lines: which argument of which program is a secret.

use std::ops::Range;

use super::headers::{cookies, is_encoded_login};
use super::programs::Program;
use super::programs::Shape::{self, After, AfterLast, Cookies, Glued, Next};
use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_joined, is_opaque, is_worded};
use crate::page::Page;
use crate::span::Span;

/// An argument, where it stands without its quotation marks.
struct Argument<'t> {
    range: Range<usize>,
    text: &'t str,
}

/// The secrets among the arguments of `program`, whose name is at `at`.
pub(crate) fn arguments_at(page: &Page<'_>, program: &Program, at: usize) -> Vec<Span> {
    if page
        .byte_before(at)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    {
        return Vec::new();
    }
    let rest = page.rest(at);
    let name = rest.find([' ', '\t', '"', '\'', ',']).unwrap_or(rest.len());
    let words = arguments(page, at + name);
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        for (option, shape) in program.options {
            let is_last = ends_cluster(word.text, option, *shape);
            let rest = if is_last { Some("") } else { word.text.strip_prefix(option) };
            let Some(glued) = rest else { continue };
            let glued_value = glued.strip_prefix('=').unwrap_or(glued).trim_start_matches(['"', '\'']);
            let own = word.range.end - glued_value.len()..word.range.end;
            let next = words.get(index + 1).map(|word| word.range.clone());
            let target = if glued.is_empty() {
                next
            } else {
                Some(own).filter(|_| glued.starts_with('=') || !option.starts_with("--"))
            };
            found.extend(secrets_in(page, *shape, glued.is_empty(), target));
        }
    }
    if let Some(index) = program.operand {
        found.extend(operand_of(page, program, &words, index));
    }
    found
}

/// `-sku`: options of one letter written together, the last of which wants an argument.
fn ends_cluster(word: &str, option: &str, shape: Shape) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| (2..6).contains(&letters.len()));
    let is_short = option.len() == 2 && matches!(shape, After(':') | Cookies);
    is_short
        && letters.is_some_and(|letters| {
            letters.ends_with(&option[1..]) && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

fn secrets_in(page: &Page<'_>, shape: Shape, is_next: bool, target: Option<Range<usize>>) -> Vec<Span> {
    let Some(target) = target else { return Vec::new() };
    let text = &page.text[target.clone()];
    match shape {
        Next if is_next => whole(page, target),
        Glued if !is_next => whole(page, target),
        After(mark) => match text.split_once(mark) {
            Some((user, _)) if !user.contains('/') || mark == '%' => {
                whole(page, target.start + user.len() + 1..target.end)
            }
            _ => Vec::new(),
        },
        AfterLast(mark) => match text.rsplit_once(mark) {
            Some((_, secret)) => whole(page, target.end - secret.len()..target.end),
            None => Vec::new(),
        },
        Cookies if is_next => cookies(text, target.end),
        Next | Glued | Cookies => Vec::new(),
    }
}

fn whole(page: &Page<'_>, range: Range<usize>) -> Vec<Span> {
    let text = &page.text[range.clone()];
    let is_number = text.len() < 5 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let fits = text.len() >= 3
        && !text.starts_with('-')
        && !is_number
        && !is_reference(text)
        && !is_stand_in(text)
        && !text.starts_with('$');
    let core = if fits { core_of(text) } else { None };
    core.map(|core| Span::new(range.start + core.start..range.start + core.end, "password"))
        .into_iter()
        .collect()
}

fn operand_of(page: &Page<'_>, program: &Program, words: &[Argument<'_>], index: i8) -> Vec<Span> {
    let skip = program.name.matches(' ').count();
    let operands: Vec<&Argument<'_>> =
        words.iter().skip(skip).filter(|word| !is_option(program, word.text)).collect();
    let at = if index > 0 { usize::try_from(index - 1).ok() } else { operands.len().checked_sub(1) };
    let Some(word) = at.and_then(|at| operands.get(at)) else { return Vec::new() };
    let enough = index > 0 || operands.len() >= 3 || words.iter().any(|word| word.text.starts_with("-nb"));
    if enough
        && (is_opaque(word.text)
            || is_joined(word.text)
            || is_worded(word.text)
            || is_grouped_seed(word.text))
    {
        whole(page, word.range.clone())
    } else {
        Vec::new()
    }
}

/// `GFCO VKIS AOCX WLNE`
fn is_grouped_seed(text: &str) -> bool {
    let is_group = |group: &str| {
        group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    text.split(' ').count() >= 4 && text.split(' ').all(is_group)
}

/// An option; those of Windows begin with a slash.
fn is_option(program: &Program, word: &str) -> bool {
    word.starts_with('-') || program.name == "net use" && word.starts_with('/')
}

/// The arguments of a simple command, from `at` on.
fn arguments<'t>(page: &Page<'t>, at: usize) -> Vec<Argument<'t>> {
    let rest = page.rest(at);
    let bytes = rest.as_bytes();
    let is_list = rest.starts_with("\",") || rest.starts_with("\" ,") || rest.starts_with("',");
    let mut words = Vec::new();
    let mut here = 0;
    while here < bytes.len() && words.len() < 64 {
        let byte = bytes[here];
        if byte.is_ascii_whitespace() || is_list && matches!(byte, b'"' | b'\'' | b',' | b'[' | b']') {
            here += 1;
        } else if matches!(byte, b'|' | b';' | b'&' | b')' | b'\n') {
            break;
        } else {
            let (range, next) = word(rest, here, is_list);
            words.push(Argument { text: &rest[range.clone()], range: at + range.start..at + range.end });
            here = next;
        }
    }
    words
}

/// One word of a shell from `here` on: what it says, as far as that stands in one piece, and where the next may begin.
fn word(rest: &str, here: usize, is_list: bool) -> (Range<usize>, usize) {
    let bytes = rest.as_bytes();
    if is_list {
        let end = rest[here..].find(['"', '\'']).map_or(rest.len(), |end| here + end);
        return (here..end, (end + 1).min(rest.len()));
    }
    if matches!(bytes[here], b'"' | b'\'') {
        let mark = bytes[here];
        let end =
            bytes[here + 1..].iter().position(|byte| *byte == mark).map_or(rest.len(), |end| here + 1 + end);
        return (here + 1..end, (end + 1).min(rest.len()));
    }
    let mut at = here;
    while at < bytes.len() && !bytes[at].is_ascii_whitespace() && !matches!(bytes[at], b'|' | b';') {
        if matches!(bytes[at], b'"' | b'\'') {
            let mark = bytes[at];
            let end =
                bytes[at + 1..].iter().position(|byte| *byte == mark).map_or(rest.len(), |end| at + 1 + end);
            // -p'x' and --option="x" are the option and what is quoted; a mark that closes what began outside ends the word.
            let is_glued = (rest[here..at].starts_with(['-', '/']) || rest[here..at].ends_with([':', '%']))
                && end < rest.len();
            return if is_glued { (here..end, end + 1) } else { (here..at, at + 1) };
        }
        at += 1;
    }
    (here..at, at)
}

/// What `echo` or `printf` before the reader at `at` hands to it, or a here-string behind it.
pub(crate) fn piped_at(page: &Page<'_>, at: usize, has_user: bool) -> Vec<Span> {
    let is_decoder = page.text[at..].starts_with("base64");
    let mut found = if is_decoder { Vec::new() } else { here_string(page, at, has_user) };
    let piped = handed(page, at, has_user);
    if page.text[at..].starts_with("xxd") {
        let is_key = page.rest(at).contains("key");
        return piped.into_iter().filter(|span| is_key && span.end - span.start >= 32).collect();
    }
    // Of what is decoded only a login is known to be secret.
    found.extend(
        piped.into_iter().filter(|span| !is_decoder || is_encoded_login(&page.text[span.start..span.end])),
    );
    found
}

/// `<<< secret`
fn here_string(page: &Page<'_>, at: usize, has_user: bool) -> Vec<Span> {
    let rest = page.rest(at);
    let Some(sign) = rest.find("<<<") else { return Vec::new() };
    let words = arguments(page, at + sign + 3);
    words.first().map_or_else(Vec::new, |word| of_login(page, word, has_user))
}

/// The word, or what stands behind its user.
fn of_login(page: &Page<'_>, word: &Argument<'_>, has_user: bool) -> Vec<Span> {
    let range = match word.text.split_once(':') {
        Some((user, _)) if has_user => word.range.start + user.len() + 1..word.range.end,
        _ => word.range.clone(),
    };
    whole(page, range)
}

fn handed(page: &Page<'_>, at: usize, has_user: bool) -> Vec<Span> {
    let before = page.before(at);
    // A redirection has its sign in the words that announce it.
    let into_file = (page.byte(at) == Some(b'>')).then_some(before.len());
    let Some(pipe) = into_file.or_else(|| before.rfind('|')) else { return Vec::new() };
    let verb = ["echo ", "printf "]
        .iter()
        .filter_map(|verb| before[..pipe].rfind(verb).map(|at| at + verb.len()))
        .max();
    let Some(verb) = verb else { return Vec::new() };
    let line = at - before.len();
    let words = arguments(page, line + verb);
    let word = words.iter().rev().find(|word| word.range.end <= line + pipe);
    word.map_or_else(Vec::new, |word| of_login(page, word, has_user))
}

/// `--from-literal=key=value`
pub(crate) fn literal_at(page: &Page<'_>, at: usize) -> Vec<Span> {
    let start = at + "--from-literal".len();
    let words = arguments(page, start);
    let Some(word) = words.first() else { return Vec::new() };
    let inner = word.text.trim_start_matches('=');
    let Some((key, value)) = inner.split_once('=') else { return Vec::new() };
    if matches!(key, "username" | "user" | "host" | "port" | "database") {
        return Vec::new();
    }
    whole(page, word.range.end - value.len()..word.range.end)
}

/// `user:password` after the address of a relay, as in Postfix' `sasl_passwd`.
pub(crate) fn relay(line: &str, start: usize) -> Option<Span> {
    let text = line.trim_end();
    let gap = text.bytes().position(|byte| matches!(byte, b' ' | b'\t'))?;
    let (host, login) = (&text[..gap], text[gap..].trim_start());
    let is_host = host.starts_with('[') && !host.starts_with("[[")
        || [":587", ":465", ":25", ":2525"].iter().any(|port| host.ends_with(port))
        || host.starts_with("smtp.")
        || host.starts_with('@');
    if !is_host {
        return None;
    }
    let (user, password) = login.split_once(':')?;
    let is_login = !login.contains(char::is_whitespace) && password.len() >= 4 && !user.is_empty();
    let fits = is_login && !is_reference(password) && !is_stand_in(password) && !password.starts_with("//");
    let end = start + text.len();
    fits.then(|| Span::new(end - password.len()..end, "smtp_password"))
}

/// `static:user:password` in Postfix' tables.
pub(crate) fn static_map_at(page: &Page<'_>, at: usize) -> Vec<Span> {
    let rest = page.rest(at + "static:".len());
    let word = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
    let Some((user, password)) = word.split_once(':') else { return Vec::new() };
    let begin = at + "static:".len() + user.len() + 1;
    whole(page, begin..begin + password.len())
}
