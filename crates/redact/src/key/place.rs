//! Where the value of a key is: the separators that make one.

use super::framed::framed_further_on;
use super::judge::{Standing, is_opaque, is_random, is_worded};
use super::lexicon::Certainty;
use super::loose::loose;
use super::markup::{attribute_value, call, element, entry, second_argument, xml_attributes};
use super::name::Key;
use super::quoted::{self, mark};
use super::surroundings::{Place, is_first, is_series};
use crate::page::{Page, offset, run, run_back};

pub(super) fn place(page: &Page<'_>, key: &Key<'_>, lead: &str) -> Option<Place> {
    let mut at = key.end;
    let lead_bare = lead.trim_end_matches('-');
    let closing = mark(page.rest(at));
    let mut is_quoted = false;
    if let Some(mark) = closing
        && is_opened(lead_bare, mark)
    {
        at += mark.len();
        is_quoted = true;
    }
    let rest = page.rest(at);
    let blanks = run(rest, |byte| matches!(byte, b' ' | b'\t'));
    let mut next = &rest[blanks..];
    let closed = if next.starts_with("][]") { 3 } else { usize::from(next.starts_with([']', ')'])) };
    if is_quoted && closed > 0 && next[closed..].trim_start().starts_with('=') {
        at += blanks + closed;
        next = page.rest(at).trim_start();
        at = at + page.rest(at).len() - next.len();
    } else {
        at += blanks;
    }
    // `config[:password] = "x"`
    let is_symbol = lead_bare.ends_with("[:") && next.starts_with(']');
    if is_symbol
        && let Some(after) =
            next[1..].trim_start().strip_prefix('=').filter(|after| !after.starts_with(['=', '~']))
    {
        let value = after.trim_start();
        return Some(Place::At {
            at: at + next.len() - value.len(),
            standing: Standing::Assigned,
            spaced: false,
        });
    }
    // `process.env.PASSWORD || "x"`: what is taken when there is none.
    let or_else = ["|| ", "?? ", "or "][..if lead.contains(['=', '(']) { 3 } else { 2 }]
        .iter()
        .find_map(|sign| next.strip_prefix(*sign))
        .map(str::trim_start);
    if let Some(value) = or_else.filter(|value| mark(value).is_some()) {
        let quoted = quoted::read(page, at + next.len() - value.len())?;
        return Some(Place::Range(quoted.inner, Standing::Quoted));
    }
    if is_package(lead) {
        return None;
    }
    let numbered = number_or_remark(key, next);
    if numbered > 0 {
        at += numbered;
        next = &next[numbered..];
    }
    // `aes_key[16] = {…}`
    let sized = next.strip_prefix('[').map_or(0, |rest| run(rest, |byte| byte.is_ascii_digit()) + 2);
    if sized > 2 && next.get(sized - 1..sized) == Some("]") && next[sized..].trim_start().starts_with('=') {
        at += sized + run(&next[sized..], |byte| byte == b' ');
        next = page.rest(at);
    }
    if let Some(compared) = compared(page, key, at, next) {
        return Some(compared);
    }
    // `API key ........ x`
    let dots = run(next, |byte| byte == b'.');
    if dots >= 2 && blanks > 0 && next[dots..].starts_with(' ') {
        let value = next[dots..].trim();
        let start = at + offset(value, next);
        let is_one = !value.contains(' ') || key.certainty == Certainty::Strong && is_worded(value);
        return is_one.then_some(Place::Range(start..start + value.len(), Standing::Assigned));
    }
    // `|| '''Password''' || x ||`
    let marks = run(next, |byte| matches!(byte, b'\'' | b'*' | b'_'));
    if lead.trim_start().starts_with('|')
        && let Some(cell) = next[marks..]
            .trim_start()
            .strip_prefix("||")
            .or_else(|| next[marks..].trim_start().strip_prefix("| "))
        && marks > 0
        && key.certainty >= Certainty::Medium
    {
        let value = cell.split('|').next().unwrap_or_default().trim();
        let start = at + offset(value, next);
        return (!value.is_empty() && !value.contains(' '))
            .then_some(Place::Range(start..start + value.len(), Standing::Assigned));
    }
    if let Some(length) = separator(next, is_quoted) {
        let after = &next[length..];
        let gap = run(after, |byte| matches!(byte, b' ' | b'\t'));
        // `--password= --port 80`, `password= port=80`: nothing is given, and something else follows.
        let is_empty = next.starts_with('=')
            && length == 1
            && gap > 0
            && page.byte_before(at).is_some_and(|byte| byte != b' ' && byte != b'\t')
            && !is_quoted
            && !is_first(lead)
            && mark(&after[gap..]).is_none();
        if is_empty {
            return None;
        }
        let standing = if !is_series(key.name) && is_prose_colon(page, key, lead, next, is_quoted) {
            Standing::Loose
        } else {
            Standing::Assigned
        };
        let tight_colon =
            next.starts_with(':') && gap == 0 && !is_quoted && mark(after).is_none() && !after.is_empty();
        let standing = if tight_colon { Standing::Loose } else { standing };
        return Some(Place::At {
            at: at + length + gap,
            standing,
            spaced: gap > 0 && (next.starts_with(':') || blanks > 0),
        });
    }
    if next.is_empty()
        && ["name:", "key:", "name: \"", "key: \""].iter().any(|end| lead.trim_end().ends_with(end))
    {
        return value_below(page, at);
    }
    if blanks == 0
        && !is_quoted
        && key.certainty == Certainty::Strong
        && next.starts_with(", ")
        && !lead.contains(['{', '"', '=', '<'])
        && lead.rfind('(').is_none_or(|open| lead[open..].contains(')'))
    {
        let skipped = 2;
        if let Some(range) = framed_further_on(&next[skipped..]) {
            let start = at + skipped;
            return Some(Place::Range(start + range.start..start + range.end, Standing::Quoted));
        }
        let value = next
            .rsplit_once(": ")
            .map(|(_, value)| value.trim())
            .filter(|value| is_worded(value) && value.split(' ').count() >= 4)?;
        let start = at + next.trim_end().len() - value.len();
        return Some(Place::Range(start..start + value.len(), Standing::Assigned));
    }
    match next.bytes().next()? {
        b'{' if is_quoted && lead.trim_start().starts_with("variable") => {
            Some(Place::At { at, standing: Standing::Assigned, spaced: false })
        }
        b',' if is_quoted || page.byte_before(key.start) == Some(b':') => {
            second_argument(page, key, lead_bare, at)
        }
        // `api_token,x`, a line of two cells
        b'|' if lead.is_empty()
            && blanks == 0
            && next.matches('|').count() == 1
            && key.certainty >= Certainty::Medium =>
        {
            cell(key, at, next)
        }
        b',' if lead.is_empty() && next.matches(',').count() == 1 && key.certainty >= Certainty::Medium => {
            cell(key, at, next)
        }
        b'>' => element(page, key, lead, at),
        b'<' if lead.ends_with('>') => entry(page, at),
        b'(' if blanks == 0 && !is_quoted && key.certainty >= Certainty::Medium => call(page, at),
        b'v' | b'V' if is_quoted || lead.trim_end().ends_with(['=', '<']) => attribute_value(page, at),
        _ if is_quoted || blanks == 0 => xml_attributes(page, lead, at),
        _ => loose(page, key, lead, at, next),
    }
}

/// Whether the quotation mark after the key is the partner of one before it, with nothing but the key's words between.
fn is_opened(lead: &str, mark: &str) -> bool {
    if lead.ends_with(mark) {
        return true;
    }
    // `"path": "/auth/password", "value": …`
    if lead.ends_with('/')
        && lead.contains("path")
        && lead.rsplit(mark).next().is_some_and(|path| path.starts_with('/') && !path.contains(' '))
    {
        return true;
    }
    let words = run_back(lead, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-' | b':' | b'.' | b'[' | b']')
    });
    words > 0
        && words < 40
        && lead[..lead.len() - words].ends_with(mark)
        && lead[..lead.len() - words].matches(mark).count() % 2 == 1
}

/// `Key 1:`, `password (admin):`, `password for bob:`
fn number_or_remark(key: &Key<'_>, next: &str) -> usize {
    if key.name.eq_ignore_ascii_case("secret")
        && let Some(after) =
            next.strip_prefix("ID").map(str::trim_start).filter(|after| after.starts_with(['=', ':']))
    {
        return next.len() - after.len();
    }
    if next.starts_with("are:") {
        return 3;
    }
    for mark in ["**", "__", "<const>", "`"] {
        if let Some(after) =
            next.strip_prefix(mark).map(str::trim_start).filter(|after| after.starts_with(['=', ':']))
        {
            return next.len() - after.len();
        }
    }
    let digits = run(next, |byte| byte.is_ascii_digit());
    // `Pass 2: Checking directory structure`
    let is_round = key.name == "Pass";
    if digits > 0 && digits < 3 && !is_round && next[digits..].starts_with(':') {
        return digits;
    }
    if next.starts_with(['(', '['])
        && let Some(end) = next.find([')', ']']).filter(|end| *end < 32)
    {
        let after = next[end + 1..].trim_start();
        if after.starts_with([':', '=']) {
            return next.len() - after.len();
        }
    }
    const WHOSE: &[&str] = &[
        "der ", "des ", "du ", "de ", "del ", "della ", "van ", "im ", "for ", "of ", "on ", "at ", "from ",
        "für ", "von ", "vom ", "zum ", "am ", "in ",
    ];
    if let Some((lead, whom)) = WHOSE.iter().find_map(|lead| Some((lead.len(), next.strip_prefix(lead)?))) {
        let words = run(whom, |byte| {
            byte.is_ascii_alphanumeric()
                || !byte.is_ascii()
                || matches!(byte, b' ' | b'@' | b'.' | b'_' | b'-' | b'\'' | b'(' | b')')
        });
        let is_short = words < 40 && whom[..words].split(' ').count() <= 4;
        if is_short && whom[words..].starts_with(':') && !whom[words..].starts_with("://") {
            return lead + words;
        }
        if let Some(verb) = whom[..words].find(" is ").filter(|at| *at < 32) {
            return lead + verb + 1;
        }
    }
    0
}

/// The second of two cells, if it looks like a secret.
fn cell(key: &Key<'_>, at: usize, next: &str) -> Option<Place> {
    let value = next[1..].trim_end();
    let fits = is_random(value) || key.certainty == Certainty::Strong && value.len() >= 8 && is_opaque(value);
    fits.then(|| Place::Range(at + 1..at + 1 + value.len(), Standing::Assigned))
}

/// `if ($http_x_auth != "x")`, `[ "$TOKEN" = "x" ]`: what a variable has to be.
fn compared(page: &Page<'_>, key: &Key<'_>, at: usize, next: &str) -> Option<Place> {
    let sign = ["!== ", "=== ", "!= ", "== ", "= ", "~ "].iter().find(|sign| next.starts_with(**sign))?;
    let value = at + sign.len();
    let is_variable = page.byte_before(key.start) == Some(b'$');
    let is_sure =
        key.certainty == Certainty::Strong && next.starts_with(['=', '!']) && !next.starts_with("= ");
    if !is_variable && !is_sure || mark(page.rest(value)).is_none() {
        return None;
    }
    let quoted = quoted::read(page, value)?;
    let said = &page.text[quoted.inner.clone()];
    (is_random(said) || said.len() >= 8 && is_opaque(said) && said.bytes().any(|byte| byte.is_ascii_digit()))
        .then_some(Place::Range(quoted.inner, Standing::Quoted))
}

/// `- name: KEY`, and on the next line `value: x`.
fn value_below(page: &Page<'_>, at: usize) -> Option<Place> {
    let line = page.next_line(at)?;
    let text = page.rest(line);
    let value = text.trim_start().strip_prefix("value:")?.trim_start();
    Some(Place::At { at: line + text.len() - value.len(), standing: Standing::Assigned, spaced: false })
}

/// How long the separator is, when it is one that gives a value.
fn separator(next: &str, is_quoted: bool) -> Option<usize> {
    const NOT: &[&str] = &["==", "=~", "::<", "!=", ":-", ":?", ":+"];
    const LONG: &[&str] = &[":=", "=>", ":: ", "+=", "?=", "%3D", "%3d", "%3A", "："];
    if NOT.iter().any(|mark| next.starts_with(mark)) {
        return None;
    }
    if let Some(mark) = LONG.iter().find(|mark| next.starts_with(**mark)) {
        return Some(mark.len());
    }
    if next.starts_with("::") && !is_quoted {
        return None;
    }
    next.starts_with(['=', ':']).then_some(1)
}

/// `error: bad token: unexpected end`: a colon in a sentence gives a value only if that looks like one.
fn is_prose_colon(page: &Page<'_>, key: &Key<'_>, lead: &str, next: &str, is_quoted: bool) -> bool {
    let has_mark = key.name.contains(['_', '-', '.']) || page.byte_before(key.start) == Some(b'-');
    // `Gast-WLAN Passwort: willkommen`: a label of few words, and one word behind it.
    const FAULTS: &[&str] = &[
        "invalid",
        "wrong",
        "bad",
        "incorrect",
        "no",
        "missing",
        "error",
        "forgot",
        "unknown",
        "failed",
        "expired",
        "unexpected",
        "falsches",
        "ungültiges",
        "mauvais",
        "field",
        "type",
    ];
    let value = next.get(1..).unwrap_or_default().trim();
    let is_label = key.certainty == Certainty::Strong
        && (1..=3).contains(&lead.split_whitespace().count())
        && lead.chars().all(|mark| mark.is_alphanumeric() || matches!(mark, ' ' | '-' | '_'))
        && !lead.split_whitespace().any(|word| FAULTS.contains(&word.to_lowercase().as_str()))
        && value.len() >= 6
        && !value.contains(char::is_whitespace)
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'!' | b'.'));
    if is_label && next.starts_with(": ") {
        return false;
    }
    next.starts_with(':') && !is_quoted && !has_mark && !is_first(lead) && !lead.contains(['{', '"'])
}

/// `ii  passwd  1:4.13`: what a package is called, as dpkg lists it.
fn is_package(lead: &str) -> bool {
    matches!(lead, "ii  " | "hi  " | "rc  " | "un  " | "iU  " | "iF  ")
}
