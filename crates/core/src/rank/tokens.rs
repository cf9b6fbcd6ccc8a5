//! The tokens of a text: words, and identifiers both whole and in parts, so that a fragment of an address, a MAC or
//! a host name finds the thing. Questions are cut by the same rules.

use std::net::IpAddr;

use super::fold::{fold, singular};

/// One thing to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// In the spelling of the index.
    pub term: String,
    /// Where it stands in the text, in bytes.
    pub start: usize,
    /// Its end, exclusive.
    pub end: usize,
    /// Part of a longer token, or derived from it.
    pub piece: bool,
}

/// Every token of a text, in reading order; parts follow their whole.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut before: Option<(&'static str, usize)> = None;
    for (start, unit) in units(text) {
        if let Some((numbered, from)) = before.take()
            && unit.len() <= 5
            && unit.bytes().all(|byte| byte.is_ascii_digit())
        {
            out.push(Token {
                term: format!("{numbered}{unit}"),
                start: from,
                end: start + unit.len(),
                piece: false,
            });
        }
        before = numbered_by(unit).map(|numbered| (numbered, start));
        Cut { out: &mut out }.unit(unit, start);
    }
    out
}

/// Words that name the number after them: `CT 101` is one thing, `port 8006` is `:8006`.
fn numbered_by(unit: &str) -> Option<&'static str> {
    match unit.to_ascii_lowercase().as_str() {
        "ct" | "ctid" | "lxc" | "container" => Some("ct#"),
        "vm" | "vmid" => Some("vm#"),
        "vlan" => Some("vlan#"),
        "port" | "ports" => Some(":"),
        _ => None,
    }
}

/// Runs of characters that may belong to one identifier, trimmed of punctuation, with where they start.
pub(crate) fn units(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '-' | '_' | '/' | '@' | '+' | '#');
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let from = rest.find(inside)?;
            let run = &rest[from..];
            let length = run.find(|c| !inside(c)).unwrap_or(run.len());
            let at = text.len() - rest.len() + from;
            rest = &run[length..];
            let (skipped, unit) = trim(&run[..length]);
            if !unit.is_empty() {
                return Some((at + skipped, unit));
            }
        }
    })
}

fn trim(run: &str) -> (usize, &str) {
    let mut unit = run.trim_start_matches(['.', '-', '_', '@', '+', '#']);
    if unit.starts_with(':') && unit.parse::<IpAddr>().is_err() && !is_port(unit) {
        unit = unit.trim_start_matches(':');
    }
    let skipped = run.len() - unit.len();
    if unit.ends_with("::") && unit.parse::<IpAddr>().is_ok() {
        return (skipped, unit);
    }
    let unit = unit.trim_end_matches(['.', ':', '-', '_', '@', '#', '+']);
    (skipped, if unit.len() > 1 { unit.trim_end_matches('/') } else { unit.trim_matches('/') })
}

/// `:8006`.
pub(crate) fn is_port(unit: &str) -> bool {
    unit.strip_prefix(':').is_some_and(|digits| {
        (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The twelve digits of a MAC in any of its usual spellings as six pairs with colons.
fn mac(unit: &str) -> Option<String> {
    let separated = unit.len() == 17 && unit.bytes().filter(|byte| matches!(byte, b':' | b'-')).count() == 5;
    let dotted = unit.len() == 14 && unit.bytes().filter(|byte| *byte == b'.').count() == 2;
    (separated || dotted).then(|| crate::inventory::address::mac(unit).ok()).flatten()
}

struct Cut<'a> {
    out: &'a mut Vec<Token>,
}

impl Cut<'_> {
    fn push(&mut self, term: impl Into<String>, start: usize, length: usize, piece: bool) {
        let term = term.into();
        let known =
            self.out.iter().rev().take_while(|token| token.end > start).any(|token| token.term == term);
        if !known && !term.is_empty() {
            self.out.push(Token { term, start, end: start + length, piece });
        }
    }

    fn unit(&mut self, unit: &str, at: usize) {
        if let Some((scheme, rest)) = unit.split_once("://") {
            return self.place(rest, at + scheme.len() + 3);
        }
        if let Some(mac) = mac(unit) {
            return self.mac(&mac, at, unit.len());
        }
        if let Ok(ip) = unit.parse::<IpAddr>() {
            return self.ip(ip, unit, at);
        }
        if let Some((ip, bits)) = unit.split_once('/')
            && let (Ok(ip), Ok(_)) = (ip.parse::<IpAddr>(), bits.parse::<u8>())
        {
            self.push(unit.to_ascii_lowercase(), at, unit.len(), false);
            return self.ip(ip, &unit[..unit.len() - bits.len() - 1], at);
        }
        if is_port(unit) {
            return self.port(&unit[1..], at);
        }
        if let Some((host, port)) = unit.rsplit_once(':')
            && is_port(&unit[host.len()..])
            && !host.is_empty()
        {
            self.unit(host, at);
            return self.port(port, at + host.len());
        }
        if unit.contains('/') {
            return self.path(unit, at);
        }
        self.word(unit, at, false);
    }

    /// What follows the scheme of an address on the web.
    fn place(&mut self, rest: &str, at: usize) {
        let host = rest.find('/').map_or(rest, |slash| &rest[..slash]);
        if !host.is_empty() {
            self.unit(host, at);
        }
        if host.len() + 1 < rest.len() {
            self.path(&rest[host.len()..], at + host.len());
        }
    }

    fn path(&mut self, path: &str, at: usize) {
        self.push(fold(path), at, path.len(), false);
        let mut from = at;
        for part in path.split('/') {
            if !part.is_empty() {
                self.word(part, from, true);
            }
            from += part.len() + 1;
        }
    }

    /// `digits` follow a colon that stands at `at`.
    fn port(&mut self, digits: &str, at: usize) {
        self.push(format!(":{digits}"), at, digits.len() + 1, false);
        self.push(digits, at + 1, digits.len(), true);
    }

    /// The whole, what it starts with, group by group, and the last group of a v4 address.
    fn ip(&mut self, ip: IpAddr, written: &str, at: usize) {
        self.push(ip.to_string(), at, written.len(), false);
        let dot = if ip.is_ipv4() { '.' } else { ':' };
        let stops: Vec<usize> = written.match_indices(dot).map(|(stop, _)| stop).collect();
        for stop in &stops {
            self.push(written[..=*stop].to_ascii_lowercase(), at, stop + 1, true);
        }
        if let (IpAddr::V4(_), Some(last)) = (ip, stops.last()) {
            self.push(&written[*last..], at + last, written.len() - last, true);
        }
    }

    /// The whole, every run of two to five neighbouring pairs, and the digits alone.
    fn mac(&mut self, mac: &str, at: usize, length: usize) {
        self.push(mac, at, length, false);
        for pairs in (2..=5).rev() {
            for first in 0..=(6 - pairs) {
                let (from, to) = (first * 3, (first + pairs) * 3 - 1);
                let plain = length == mac.len();
                let (start, span) = if plain { (at + from, to - from) } else { (at, length) };
                self.push(&mac[from..to], start, span, true);
            }
        }
        self.push(mac.replace(':', ""), at, length, true);
    }

    /// A word or name: whole, without its separators, and its parts.
    fn word(&mut self, word: &str, at: usize, piece: bool) {
        let folded = fold(word);
        self.push(singular(&folded), at, word.len(), piece);
        if is_version(&folded) {
            let digits = folded.trim_start_matches('v');
            return self.push(digits, at + word.len() - digits.len(), digits.len(), true);
        }
        if word.chars().any(is_ideograph) {
            return self.pairs(word, at);
        }
        let separator = |c: char| matches!(c, '-' | '_' | '.' | ':' | '@' | '+' | '#');
        if word.contains(separator) {
            if word.contains('.') {
                let mut from = at;
                for label in word.split('.') {
                    if !label.is_empty() {
                        self.word(label, from, true);
                    }
                    from += label.len() + 1;
                }
                return;
            }
            self.push(folded.replace(separator, ""), at, word.len(), true);
        }
        let mut from = at;
        for part in word.split(separator) {
            self.part(part, from);
            from += part.len() + 1;
        }
    }

    /// A part without separators, cut again where letters meet digits and small letters meet capitals.
    fn part(&mut self, part: &str, at: usize) {
        self.piece(part, at);
        let mut from = 0;
        let mut last: Option<char> = None;
        for (position, character) in part.char_indices() {
            if last.is_some_and(|last| is_seam(last, character)) {
                self.piece(&part[from..position], at + from);
                from = position;
            }
            last = Some(character);
        }
        if from > 0 {
            self.piece(&part[from..], at + from);
        }
    }

    fn piece(&mut self, piece: &str, at: usize) {
        let digits = !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            let number = piece.trim_start_matches('0');
            self.push(if number.is_empty() { "0" } else { number }, at, piece.len(), true);
        }
        if digits || piece.chars().nth(1).is_some() {
            self.push(singular(&fold(piece)), at, piece.len(), true);
        }
    }

    /// Scripts without spaces are looked up by pairs of neighbours.
    fn pairs(&mut self, word: &str, at: usize) {
        let characters: Vec<(usize, char)> = word.char_indices().collect();
        for pair in characters.windows(2) {
            let (from, to) = (pair[0].0, pair[1].0 + pair[1].1.len_utf8());
            self.push(fold(&word[from..to]), at + from, to - from, true);
        }
    }
}

fn is_seam(left: char, right: char) -> bool {
    (left.is_lowercase() && right.is_uppercase()) || (left.is_ascii_digit() != right.is_ascii_digit())
}

fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix('v').unwrap_or(word);
    digits.contains('.') && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn terms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn identifiers_are_found_whole_and_in_parts() {
        let table: &[(&str, &[&str])] = &[
            ("10.10.20.21", &["10.10.20.21", "10.", "10.10.", "10.10.20.", ".21"]),
            ("on 10.10.10.53.", &["10.10.10.53", "10.10."]),
            ("10.10.20.0/24", &["10.10.20.0/24", "10.10.20.0", "10.10."]),
            ("fd00:10::1", &["fd00:10::1", "fd00:", "fd00:10:"]),
            ("BC-24-11-00-00-21", &["bc:24:11:00:00:21", "bc:24", "11:00:00", "00:21", "bc2411000021"]),
            ("bc24.1100.0021", &["bc:24:11:00:00:21"]),
            (
                "docker-01.home.arpa",
                &["docker-01.home.arpa", "docker-01", "docker01", "docker", "1", "01", "arpa"],
            ),
            ("https://10.10.10.1:8006/ui", &["10.10.10.1", ":8006", "8006", "/ui"]),
            ("pve.lan:8006", &["pve.lan", "pve", ":8006"]),
            (":8006", &[":8006", "8006"]),
            ("port 8006", &[":8006", "8006", "port"]),
            ("CT 101", &["ct#101", "ct", "101"]),
            ("CTID 105,", &["ct#105"]),
            ("VLAN 20 servers", &["vlan#20", "server"]),
            ("/opt/stacks", &["/opt/stacks", "opt", "stack"]),
            ("TrueNAS SCALE 24.04", &["truenas", "true", "nas", "scale", "24.04"]),
            ("v2.4.1", &["v2.4.1", "2.4.1"]),
            ("Pi-hole", &["pi-hole", "pihole", "pi", "hole"]),
            ("SMT1500", &["smt1500", "smt", "1500"]),
            ("RAID-Z2", &["raid-z2", "raidz2", "raid", "z2"]),
            ("日本語", &["日本語", "日本", "本語"]),
            ("e1000e", &["e1000e", "1000"]),
        ];
        for (text, wanted) in table {
            let found = terms(text);
            for term in *wanted {
                assert!(found.iter().any(|found| found == term), "{text}: {term} is missing in {found:?}");
            }
        }
    }

    #[test]
    fn a_version_is_not_cut_into_noise() {
        assert_eq!(terms("24.04"), ["24.04"]);
    }

    proptest! {
        #[test]
        fn every_token_stands_where_it_says(text in "\\PC{0,60}") {
            for token in tokens(&text) {
                prop_assert!(token.start < token.end && token.end <= text.len());
                prop_assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
                prop_assert!(!token.term.is_empty());
            }
        }

        #[test]
        fn any_two_pairs_of_a_mac_find_it(bytes in proptest::array::uniform6(0u8..), first in 0usize..5) {
            let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let fragment = pairs[first..first + 2].join(":");
            prop_assert!(terms(&pairs.join(":")).contains(&fragment));
        }

        #[test]
        fn the_first_groups_of_an_address_find_it(a in 0u8.., b in 0u8.., c in 0u8.., d in 0u8..) {
            let found = terms(&format!("{a}.{b}.{c}.{d}"));
            let (first, last) = (format!("{a}.{b}."), format!(".{d}"));
            prop_assert!(found.contains(&first) && found.contains(&last));
        }
    }
}
