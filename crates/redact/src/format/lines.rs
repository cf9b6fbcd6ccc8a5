//! Reads line by line, remembering what earlier lines say about later ones: headings of tables, announcements, questions.

use super::answers::{Asked, answered};
use super::commands::relay;
use super::entropy::by_chance;
use super::fields::{
    challenge, chap, client, cookie, des_hash, digest, mysql_hash, pgpass, share, userlist, wireguard,
};
use super::hashes::nt_hashes;
use super::hints::Hints;
use super::listing::{listed, lists_logins};
use super::printed::{alone, announces, asked, is_prompt, lists_file, unprefixed};
use super::prose::logins;
use super::table::{Table, heading};
use super::traits::Traits;
use super::{beneath, notes, sections};
use crate::placeholder;
use crate::span::Span;

/// What earlier lines say about later ones.
#[derive(Default, Clone)]
pub(crate) struct Memory {
    table: Option<Table>,
    /// Whether something begins behind the last line; `None` before the first.
    begins: Option<bool>,
    /// A line announced a secret, and so many lines may still be it.
    announced: u8,
    /// Somebody asked for a secret, and so many lines may still be the answer.
    asked: Option<(Asked, u8)>,
    /// Below a heading that announces logins, until something else begins.
    is_login_list: bool,
    /// The line before was a user of PgBouncer with a hash.
    is_userlist: bool,
    sections: sections::Memory,
    beneath: beneath::Memory,
}

/// A line, where it begins, what it has in it, and the two before it in the same stretch, the nearest first.
pub(crate) struct Line<'t> {
    pub(crate) text: &'t str,
    pub(crate) start: usize,
    pub(crate) before: [Option<&'t str>; 2],
    pub(crate) traits: Traits,
}

impl Line<'_> {
    /// Whether something begins with this line, so that it may be the heading of a table.
    fn begins(&self, memory: &Memory) -> bool {
        let earlier = memory.begins.unwrap_or(true);
        let [Some(last), before] = self.before else { return earlier };
        // What stands above a rule is a heading already.
        ends_something(last) || is_rule(last) && before.map_or(earlier, ends_something)
    }
}

/// Tells the next stretch what the last line of this one was.
pub(crate) fn leave(memory: &mut Memory, last: &str) {
    memory.begins = Some(ends_something(last));
}

/// The secrets of a line.
pub(crate) fn secrets(memory: &mut Memory, line: &Line<'_>, hints: Hints) -> Vec<Span> {
    let Line { text, start, ref traits, .. } = *line;
    if let Some(table) = &mut memory.table {
        match table.row(text, start) {
            Some(found) => return found,
            None => memory.table = None,
        }
    }
    let mut found = written(memory, text, start, traits, hints);
    if memory.beneath.is_some() || hints.has_key || hints.has_login {
        found.extend(beneath::secrets(&mut memory.beneath, text, start, hints.has_key || hints.has_login));
    }
    if text.len() < 8 || text.len() > 2048 {
        return found;
    }
    found.extend(sections::secret(&mut memory.sections, text, start, hints.has_key));
    if text.len() < 256 && (hints.has_key || hints.has_login) {
        memory.table = heading(text, traits, || line.begins(memory));
    }
    if traits.has_tab() {
        found.extend(cookie(text, start));
    }
    if traits.has_tab() && traits.has_equals() {
        found.extend(wireguard(text, start));
    }
    let colons = traits.colons;
    if colons >= 4 {
        found.extend(nt_hashes(text, start));
        found.extend(challenge(text, start));
        // It has no blank in it.
        if traits.blanks == 0 {
            found.extend(pgpass(text, start));
        }
    }
    if colons > 0 {
        found.extend(relay(text, start));
        if colons >= 2 && traits.has_at() {
            found.extend(client(text, start));
        }
    }
    if colons >= 2 {
        found.extend(des_hash(text, start));
        found.extend(digest(text, start));
    }
    if text.starts_with("http") {
        found.extend(share(text, start));
    }
    if text.starts_with('"') {
        found.extend(userlist(&mut memory.is_userlist, text, start));
    }
    if traits.has_star() {
        found.extend(mysql_hash(text, start));
    }
    if traits.has_star() || hints.has_dialer && text.len() < 128 {
        found.extend(chap(text, start));
    }
    found
}

/// Whether a line has several words.
fn may_ask(traits: &Traits) -> bool {
    traits.blanks > 0 || traits.has_tab()
}

/// Whether something may begin behind this line: it is empty, a statement of SQL, an announcement or a command.
fn ends_something(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || text.ends_with([';', ':']) || is_prompt(text)
}

fn is_rule(line: &str) -> bool {
    line.chars().all(|mark| matches!(mark, ' ' | '-' | '+' | '=' | '#' | '\u{2500}'..='\u{257f}'))
}

/// What people and commands wrote down: alone on its line, in a list, in a sentence, in an answer.
fn written(memory: &mut Memory, line: &str, start: usize, traits: &Traits, hints: Hints) -> Vec<Span> {
    let is_expected = memory.announced > 0 || memory.asked.is_some() || memory.is_login_list;
    let is_hinted = hints.has_key
        || hints.has_login
        || hints.has_user
        || hints.has_slash
        || hints.has_show
        || hints.has_admin;
    if !is_expected && !is_hinted && !notes::may_hold(line, traits) {
        return Vec::new();
    }
    let prefix = if traits.has_bar() { unprefixed(line) } else { 0 };
    let (line, start) = (&line[prefix..], start + prefix);
    let said = line.trim();
    let is_empty = said.is_empty();
    let mut found = Vec::new();
    if memory.announced > 0 {
        memory.announced -= 1;
        found.extend(alone(line, start));
        memory.announced *= u8::from(is_empty);
    }
    if let Some((what, lines)) = memory.asked.filter(|_| !is_empty) {
        found.extend(answered(what, line, start));
        memory.asked = Some((what, lines - 1)).filter(|_| lines > 1);
    }
    // What was taken out of a line may have been what made it no announcement and no question.
    let is_whole = !placeholder::is_in(said);
    if is_whole && announces(said, traits, hints) {
        memory.announced = 2;
    }
    if is_whole
        && hints.has_key
        && may_ask(traits)
        && let Some(what) = asked(said, traits)
    {
        memory.asked = Some((what, 4));
    }
    // What is made by chance has both.
    if hints.has_key && traits.has_capital() && traits.has_digit() {
        found.extend(by_chance(line, start, hints.first_key));
    }
    found.extend(notes::secrets(line, start, traits, hints));
    if line.len() >= 8 && memory.is_login_list {
        found.extend(listed(line, start));
    }
    if line.len() >= 8 {
        found.extend(logins(line, start, memory.is_login_list, traits, hints));
    }
    if is_whole && (hints.has_key || hints.has_login) && (lists_logins(said) || lists_file(said, traits)) {
        memory.is_login_list = true;
    } else if memory.is_login_list && (said.starts_with('#') || is_prompt(said)) {
        memory.is_login_list = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the rules that are asked for few lines find.
    const FOUND: &[&str] = &[
        "db.lan:5432:app:eva:Kx93faQ27bbZ",
        "what is the password?",
        "can you send me the db pass",
        "wat was de code van de fietsenstalling?",
        "eva * Kx93faQ27bbZ *",
        "eva pptpd Kx93faQ27bbZ 10.0.0.7",
        "token of it aB3dE5gH7jK9mN1pQ3sT5v",
        "A1B2C-D3E4F-G5H6I-J7K8L-M9N0P",
        "web-1  | password",
        "user  password  host",
        "user,password",
        "| host | password |",
        "smtp.lan:eva@example.org:Kx93faQ27bbZ",
        "*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29",
        "eva:aB3dE5gH7jK9m:1001",
        ".lan\tTRUE\t/\tTRUE\t0\tsid\tKx93faQ27bbZ",
    ];

    /// One of them with something changed in it.
    fn line() -> impl Strategy<Value = String> {
        let change = (
            any::<usize>(),
            prop::sample::select(vec!["", ":", " ", "\t", "*", "A", "a", "9", "?", "|", "\"", "@"]),
        );
        let changes = prop::collection::vec(change, 0..4);
        let all = prop::sample::select(vec![
            (' ', "\t"),
            (' ', ""),
            (':', ""),
            (':', ";"),
            ('*', "x"),
            ('?', ""),
            ('|', ""),
            ('@', "."),
            ('p', "P"),
        ]);
        (prop::sample::select(FOUND), changes, prop::option::of(all)).prop_map(|(line, changes, all)| {
            let mut line = line.to_owned();
            for (at, mark) in changes {
                let at = at % (line.len() + 1);
                line.replace_range(at..(at + 1).min(line.len()), mark);
            }
            all.map_or_else(|| line.clone(), |(mark, other)| line.replace(mark, other))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_rule_that_is_not_asked_would_find_nothing(line in line()) {
            let traits = Traits::of(&line);
            if !traits.has_capital() || !traits.has_digit() {
                prop_assert_eq!(by_chance(&line, 0, 0), []);
            }
            if traits.colons < 4 || traits.blanks > 0 {
                prop_assert_eq!(pgpass(&line, 0), None);
            }
            if !may_ask(&traits) {
                prop_assert!(asked(line.trim(), &traits).is_none());
            }
            if !traits.has_bar() {
                prop_assert_eq!(unprefixed(&line), 0);
            }
            if traits.colons < 2 || !traits.has_at() {
                prop_assert_eq!(client(&line, 0), None);
            }
            if traits.colons < 2 {
                prop_assert_eq!(des_hash(&line, 0), None);
                prop_assert_eq!(digest(&line, 0), None);
            }
            if !traits.has_tab() {
                prop_assert_eq!(cookie(&line, 0), None);
            }
            if !traits.has_star() {
                prop_assert_eq!(mysql_hash(&line, 0), None);
                if !line.to_ascii_lowercase().contains("tpd") {
                    prop_assert_eq!(chap(&line, 0), None);
                }
            }
            // Names of columns have none, whatever the heading is told of them.
            if traits.colons > 0 && !line.contains("<th") {
                prop_assert!(heading(&line, &Traits::of(&line.replace(':', "")), || true).is_none());
            }
        }
    }
}
