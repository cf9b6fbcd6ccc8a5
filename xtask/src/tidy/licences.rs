//! deny.toml's licences, bans and sources, held without cargo-deny being installed. `cargo deny check` reads the same
//! file and knows more (advisories need the network).

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::finding::Finding;
use super::metadata::{Metadata, Package};
use crate::repository::Files;

pub(super) struct Rules {
    /// SPDX identifiers.
    allowed: Vec<String>,
    /// Names of packages.
    banned: Vec<String>,
}

impl Rules {
    pub(super) fn read(files: &Files) -> Result<Self> {
        let text = files.text("deny.toml")?.context("deny.toml is not UTF-8")?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self> {
        let table: Table = text.parse().context("deny.toml is not TOML")?;
        let list =
            |section: &str, key: &str| table.get(section).and_then(|section| section.get(key)?.as_array());
        let allowed = list("licenses", "allow").context("deny.toml lacks licenses.allow")?;
        let banned = list("bans", "deny").context("deny.toml lacks bans.deny")?;
        let name = |entry: &Value| {
            let name = entry.get("crate").or(entry.get("name")).unwrap_or(entry);
            name.as_str().map(str::to_owned)
        };
        Ok(Self {
            allowed: allowed.iter().filter_map(name).collect(),
            banned: banned.iter().filter_map(name).collect(),
        })
    }
}

pub(super) fn check(metadata: &Metadata, rules: &Rules) -> Vec<Finding> {
    let foreign = metadata.packages.iter().filter(|package| !package.is_member);
    foreign.filter_map(|package| Some(Finding::new(&package.name, objection(package, rules)?))).collect()
}

fn objection(package: &Package, rules: &Rules) -> Option<String> {
    if rules.banned.contains(&package.name) {
        return Some("is banned by deny.toml, which says why".to_owned());
    }
    if !package.is_from_crates_io {
        return Some("does not come from crates.io".to_owned());
    }
    match &package.licence {
        None => Some("names no licence".to_owned()),
        Some(expression) if is_satisfied(expression, &rules.allowed) => None,
        Some(expression) => Some(format!("its licence {expression} is not allowed by deny.toml")),
    }
}

/// Whether the licences of an SPDX expression can be chosen among `allowed`. `WITH` binds tighter than `AND`, `AND`
/// than `OR`; the old `MIT/Apache-2.0` means `OR`. An exception only widens what its licence permits, so it is ignored.
fn is_satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Expression { words: &words, allowed };
    let satisfied = reader.any();
    satisfied && reader.words.is_empty()
}

struct Expression<'a> {
    words: &'a [&'a str],
    allowed: &'a [String],
}

impl Expression<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn any(&mut self) -> bool {
        let mut satisfied = self.all();
        while self.take("OR") {
            satisfied |= self.all();
        }
        satisfied
    }

    fn all(&mut self) -> bool {
        let mut satisfied = self.one();
        while self.take("AND") {
            satisfied &= self.one();
        }
        satisfied
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let satisfied = self.any();
            return self.take(")") && satisfied;
        }
        let Some((licence, rest)) = self.words.split_first() else { return false };
        self.words = rest;
        if self.take("WITH") {
            self.words = self.words.get(1..).unwrap_or_default();
        }
        self.allowed.iter().any(|allowed| allowed == licence)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn expressions_are_satisfied_by_what_may_be_chosen() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned);
        let cases = [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT/GPL-3.0", true),
            ("GPL-3.0 OR MIT", true),
            ("GPL-3.0 AND MIT", false),
            ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT AND (GPL-3.0 OR Apache-2.0 WITH LLVM-exception)", true),
            ("MIT AND", false),
            ("(MIT", false),
            ("", false),
        ];
        for (expression, satisfied) in cases {
            assert_eq!(is_satisfied(expression, &allowed), satisfied, "{expression}");
        }
    }

    #[test]
    fn both_spellings_of_a_ban_are_read() {
        let text = "[licenses]\nallow = ['MIT']\n[bans]\ndeny = [{ crate = 'rsa', reason = 'x' }, 'openssl']";
        let rules = Rules::parse(text).unwrap();
        let package = |name: &str, licence: &str| Package {
            name: name.to_owned(),
            licence: Some(licence.to_owned()),
            oldest_rust: None,
            is_from_crates_io: true,
            is_member: false,
            dependencies: Vec::new(),
        };
        assert!(objection(&package("rsa", "MIT"), &rules).is_some());
        assert!(objection(&package("openssl", "MIT"), &rules).is_some());
        assert!(objection(&package("serde", "MIT"), &rules).is_none());
        assert!(objection(&package("serde", "AGPL-3.0"), &rules).is_some());
    }
}
