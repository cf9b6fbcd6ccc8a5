//! A question as people type it: words, quoted phrases, `-without`, and operators such as `kind:vm` or `@proxmox`.
//! What is not understood as an operator is a word.

use ipnet::IpNet;
use std::net::IpAddr;

use super::fold::{fold, is_filler, singular};
use super::tokens;
use crate::inventory::Kind;

/// A question, taken apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// What is looked up, in the order typed.
    pub wanted: Vec<Wanted>,
    /// Phrases that must stand in the text as quoted, folded.
    pub phrases: Vec<String>,
    /// Terms that must not occur.
    pub without: Vec<String>,
    /// Operators.
    pub filters: Filters,
    /// The words without operators, as typed: what meaning is made of.
    pub text: String,
    /// The same folded, for names and addresses typed in full.
    pub whole: String,
    /// There is at least one word that could mean something; false for fragments of addresses and numbers only.
    pub has_meaning: bool,
}

/// One thing looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Spellings that satisfy it, with what each is worth.
    pub spellings: Vec<(String, f32)>,
    /// Parts that satisfy it when they occur together.
    pub parts: Vec<String>,
    /// Longer tokens that begin like it satisfy it too.
    pub open: bool,
    /// A word of four letters or more, in which a typo is forgiven.
    pub word: bool,
}

/// What a hit must be beside matching.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// `kind:vm`: one of these.
    pub kinds: Vec<Kind>,
    /// `kind:changes`, `kind:memory`: also notes or history.
    pub records: Vec<Record>,
    /// `tag:prod`: all of these.
    pub tags: Vec<String>,
    /// `host:pve1`: stands on one of that name, directly or not.
    pub hosts: Vec<String>,
    /// `net:iot`: has an address in the network of that name or VLAN.
    pub nets: Vec<String>,
    /// `ip:10.0.20.0/24`: has an address in it.
    pub ips: Vec<IpNet>,
    /// `is:missing`.
    pub states: Vec<State>,
    /// `@proxmox`.
    pub sources: Vec<String>,
}

impl Filters {
    /// Nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Only items can pass: notes and history have none of these.
    pub fn only_items(&self) -> bool {
        let about_items = Self { kinds: Vec::new(), records: Vec::new(), ..self.clone() };
        !about_items.is_empty()
    }
}

/// What is searched beside items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Notes people and assistants keep.
    Memories,
    /// The change journal.
    Changes,
}

/// A state that items are filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Did not answer when last asked.
    Down,
    /// A source sees something else than what is written.
    Drift,
    /// A source that used to see it no longer does.
    Missing,
    /// A guest or storage that nothing backs up.
    Unbacked,
}

/// Reads a question. Never fails: what cannot be an operator is a word.
pub fn parse(text: &str) -> Query {
    let mut query = Query::default();
    let mut plain: Vec<&str> = Vec::new();
    for part in parts(text) {
        match part {
            Part::Phrase(phrase) => {
                let phrase = fold(phrase.trim());
                if !phrase.is_empty() {
                    query.phrases.push(phrase);
                }
            }
            Part::Word(word) => {
                if let Some(without) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                    query.without.extend(without_terms(without));
                } else if !query.filters.take(word) {
                    plain.push(word);
                }
            }
        }
    }
    query.text =
        plain.iter().copied().chain(query.phrases.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    query.whole = fold(query.text.trim());
    let phrases = query.phrases.join(" ");
    query.wanted = wanted(&plain.join(" "));
    query.wanted.extend(wanted(&phrases));
    query.has_meaning = query.wanted.iter().any(|wanted| wanted.word);
    query
}

impl Query {
    /// Nothing to look up and nothing to filter by.
    pub fn is_blank(&self) -> bool {
        self.wanted.is_empty() && self.phrases.is_empty() && self.filters.is_empty()
    }
}

enum Part<'a> {
    Word(&'a str),
    Phrase(&'a str),
}

/// Cuts at blanks, quotes kept together; a quote that is never closed is an ordinary character.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('"').and_then(|after| Some((after, after.find('"')?)));
        if let Some((after, end)) = quoted {
            parts.push(Part::Phrase(&after[..end]));
            rest = after[end + 1..].trim_start();
            continue;
        }
        // `tag:"home lab"` is one word: the blank inside quotes does not end it.
        let mut inside = false;
        let end = rest
            .char_indices()
            .find(|(at, c)| {
                inside ^= *c == '"' && (inside || rest[..*at].ends_with(':'));
                c.is_whitespace() && !inside
            })
            .map_or(rest.len(), |(at, _)| at);
        parts.push(Part::Word(&rest[..end]));
        rest = rest[end..].trim_start();
    }
    parts
}

impl Filters {
    fn take(&mut self, word: &str) -> bool {
        if let Some(source) = word.strip_prefix('@') {
            let known = source.chars().next().is_some_and(char::is_alphabetic);
            if known {
                self.sources.push(fold(source));
            }
            return known;
        }
        let Some((name, value)) = word.split_once(':') else { return false };
        let value = value.trim_matches('"').trim();
        if value.is_empty() {
            return false;
        }
        match name.to_ascii_lowercase().as_str() {
            "kind" | "type" => self.kind(value),
            "tag" => push(&mut self.tags, fold(value)),
            "host" | "on" => push(&mut self.hosts, fold(value)),
            "net" | "network" | "vlan" => push(&mut self.nets, fold(value)),
            "ip" => address(value).is_some_and(|net| push(&mut self.ips, net)),
            "is" => state(value).is_some_and(|state| push(&mut self.states, state)),
            "source" => push(&mut self.sources, fold(value)),
            _ => false,
        }
    }

    fn kind(&mut self, value: &str) -> bool {
        match fold(value).as_str() {
            "change" | "changes" | "history" => push(&mut self.records, Record::Changes),
            "memory" | "memories" | "note" | "notes" => push(&mut self.records, Record::Memories),
            value => {
                let kind = Kind::guess(value).or_else(|| Kind::guess(singular(value)));
                kind.is_some_and(|kind| push(&mut self.kinds, kind))
            }
        }
    }
}

fn push<T>(list: &mut Vec<T>, value: T) -> bool {
    list.push(value);
    true
}

/// A network, an address, or the dotted beginning of one: `10.0.20.` is `10.0.20.0/24`.
fn address(value: &str) -> Option<IpNet> {
    let whole = value.parse::<IpNet>().ok().or_else(|| value.parse::<IpAddr>().ok().map(IpNet::from));
    whole.map(|net| net.trunc()).or_else(|| {
        let groups: Vec<u8> = value
            .trim_end_matches(['.', '*'])
            .split('.')
            .map(|group| group.parse().ok())
            .collect::<Option<_>>()?;
        let bits = u8::try_from(groups.len() * 8).ok().filter(|bits| *bits < 32)?;
        let mut full = [0; 4];
        full[..groups.len()].copy_from_slice(&groups);
        IpNet::new(IpAddr::from(full), bits).ok()
    })
}

fn state(value: &str) -> Option<State> {
    match value.to_ascii_lowercase().as_str() {
        "down" | "offline" => Some(State::Down),
        "drift" | "drifted" => Some(State::Drift),
        "missing" | "gone" => Some(State::Missing),
        "unbacked" => Some(State::Unbacked),
        _ => None,
    }
}

fn without_terms(word: &str) -> Vec<String> {
    tokens::tokens(word).into_iter().find(|token| !token.piece).map(|token| token.term).into_iter().collect()
}

/// What a run of words asks for. Fillers count only when there is nothing else.
fn wanted(text: &str) -> Vec<Wanted> {
    let mut list: Vec<(Wanted, bool)> = Vec::new();
    let mut number: Option<(&str, usize)> = None;
    for raw in text.split_whitespace() {
        if let Some(fragment) = fragment(raw) {
            list.push((fragment, false));
            number = None;
            continue;
        }
        for (_, unit) in tokens::units(raw) {
            if let Some((name, at)) = number.take()
                && let Some(pair) = numbered(name, unit)
            {
                list.truncate(at);
                list.push((pair, false));
                continue;
            }
            number = Some((unit, list.len()));
            let found = tokens::tokens(unit);
            let Some(whole) = found.iter().find(|token| !token.piece) else { continue };
            list.push((of_unit(unit, &whole.term, &found), is_filler(&fold(unit))));
        }
    }
    let all_fillers = list.iter().all(|(_, filler)| *filler);
    let mut list: Vec<Wanted> =
        list.into_iter().filter(|(_, filler)| all_fillers || !filler).map(|(wanted, _)| wanted).collect();
    join_neighbours(&mut list);
    list
}

/// The beginning of an address, a part of a MAC, a port: looked up as they stand.
fn fragment(raw: &str) -> Option<Wanted> {
    let exact = |spellings| Some(Wanted { spellings, parts: Vec::new(), open: true, word: false });
    let raw = raw.trim_matches([',', ';', '"', '(', ')', '?', '!']);
    if tokens::is_port(raw) {
        return exact(vec![(raw.to_string(), 1.0), (raw[1..].to_string(), 0.7)]);
    }
    let digits_and = |extra: char| raw.chars().all(|c| c.is_ascii_digit() || c == extra);
    if raw.contains('.') && digits_and('.') && raw.len() > 1 && (raw.ends_with('.') || raw.starts_with('.')) {
        return exact(vec![(raw.to_string(), 1.0)]);
    }
    let hex = raw.to_ascii_lowercase().replace('-', ":");
    let groups: Vec<&str> = hex.split(':').collect();
    let hexadecimal = |group: &&str| group.len() <= 2 && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    let pairs = groups.len() >= 2 && groups.len() <= 6 && groups.iter().all(hexadecimal);
    // A dash also joins numbers that are no MAC, so there a letter and a third pair are asked for.
    let plausible =
        raw.contains(':') || (groups.len() > 2 && raw.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let filled = groups.iter().rev().skip(1).all(|group| group.len() == 2);
    if pairs && plausible && filled && !groups[0].is_empty() {
        return exact(vec![(hex, 1.0)]);
    }
    None
}

/// `CT 101`, `port 8006`, `vlan 20`.
fn numbered(name: &str, number: &str) -> Option<Wanted> {
    let both = tokens::tokens(&format!("{name} {number}"));
    let pair = both
        .iter()
        .find(|token| !token.piece && token.start == 0 && token.end == name.len() + 1 + number.len())?;
    let spellings = vec![(pair.term.clone(), 1.0)];
    Some(Wanted { spellings, parts: vec![fold(name), number.into()], open: false, word: false })
}

fn of_unit(unit: &str, whole: &str, found: &[tokens::Token]) -> Wanted {
    let letters = whole.chars().all(char::is_alphabetic);
    let separated = unit.contains(['-', '_', '.', '/']);
    let joined = fold(unit).replace(['-', '_'], "");
    let mut spellings = vec![(whole.to_string(), 1.0)];
    if joined != whole && found.iter().any(|token| token.term == joined) {
        spellings.push((joined, 0.95));
    }
    let is_leaf = |token: &&tokens::Token| {
        token.piece
            && !spellings.iter().any(|(spelling, _)| *spelling == token.term)
            && !token.term.contains('.')
    };
    let mut parts: Vec<String> = Vec::new();
    let leaves: Vec<&tokens::Token> = found.iter().filter(is_leaf).collect();
    for leaf in &leaves {
        let cut_further = leaves.iter().any(|other| {
            other.start >= leaf.start && other.end <= leaf.end && other.term.len() < leaf.term.len()
        });
        if !cut_further && !parts.contains(&leaf.term) {
            parts.push(leaf.term.clone());
        }
    }
    // A camel-cased or digit-bearing word is looked up in parts only if it is written with separators.
    if !separated {
        parts.clear();
    }
    let long = whole.chars().count();
    Wanted { word: letters && long >= 2 && !whole.is_empty(), open: long >= 2, spellings, parts }
}

/// `pi hole` is also `pihole`: two neighbours are both satisfied by the word they make together.
fn join_neighbours(list: &mut [Wanted]) {
    for at in 1..list.len() {
        let joined = {
            let (left, right) = (&list[at - 1], &list[at]);
            let ends =
                left.word && (right.word || right.spellings[0].0.bytes().all(|byte| byte.is_ascii_digit()));
            ends.then(|| format!("{}{}", left.spellings[0].0, right.spellings[0].0))
        };
        if let Some(joined) = joined {
            list[at - 1].spellings.push((joined.clone(), 0.9));
            list[at].spellings.push((joined, 0.9));
        }
    }
}

#[cfg(test)]
mod tests;
