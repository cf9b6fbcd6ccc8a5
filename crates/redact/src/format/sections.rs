//! Sections and blocks whose name says that every value in them is secret: `[vpn-secrets]`, `passwords:` with names below.

use crate::core_of::core_of;
use crate::key::harmless::{is_reference, is_stand_in};
use crate::key::judge::{is_dense, is_opaque, is_random};
use crate::page::offset;
use crate::span::Span;

/// Where the lines before have led.
#[derive(Default, Clone)]
pub(crate) struct Memory {
    section: Section,
    /// Inside a block of secrets, whose name is indented so far.
    block: Option<usize>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Section {
    #[default]
    Plain,
    /// Values that look like secrets are.
    Likely,
    /// Every value is.
    Secret,
}

/// Names of what holds nothing but secrets.
const NAMES: &[&str] = &[
    "secrets",
    "passwords",
    "credentials",
    "tokens",
    "api_keys",
    "apikeys",
    "api-keys",
    "passwds",
    "passphrases",
    "securitykeys",
];
/// Names of values that are none all the same.
const BESIDE: &[&str] = &[
    "user", "username", "host", "hostname", "port", "url", "name", "id", "type", "database", "file", "email",
    "region",
];

/// The secret of a line that is one for where it stands.
pub(crate) fn secret(memory: &mut Memory, line: &str, start: usize, has_key: bool) -> Option<Span> {
    // Whatever begins such a block is called after a secret.
    if memory.section == Section::Plain && memory.block.is_none() && !has_key {
        return None;
    }
    inside(memory, line, start)
}

/// The secret of a line that may be inside such a block, or begin one.
fn inside(memory: &mut Memory, line: &str, start: usize) -> Option<Span> {
    let text = line.trim();
    if text.starts_with('[') && text.ends_with(']') {
        let name = &text[1..text.len() - 1];
        memory.section = match name {
            "vpn-secrets" | "wifi-secrets" => Section::Secret,
            name if NAMES.contains(&name) => Section::Likely,
            _ => Section::Plain,
        };
        return None;
    }
    let indent = line.len() - line.trim_start().len();
    if memory.block.is_some_and(|block| indent <= block && !text.is_empty()) {
        memory.block = None;
    }
    let name = text.trim_end_matches('{').trim_end();
    if name.ends_with(':')
        && NAMES.contains(
            &name[..name.len() - 1].trim_matches(['"', '\'', '-', ' ']).to_ascii_lowercase().as_str(),
        )
    {
        memory.block = memory.block.or(Some(indent));
        return None;
    }
    if memory.section == Section::Plain && memory.block.is_none() {
        return None;
    }
    let (key, value) = assigned(text)?;
    let is_beside = BESIDE.contains(&key.to_ascii_lowercase().as_str());
    let fits = match memory.section {
        Section::Secret => value.len() >= 3,
        Section::Likely => !is_beside && is_opaque(value) && !is_stand_in(value),
        Section::Plain => {
            !is_beside && (is_dense(value) || is_random(value) && !value.contains(['_', '-', '.']))
        }
    };
    let core = core_of(value).filter(|_| fits && !is_reference(value))?;
    let at = start + offset(value, line);
    Some(Span::new(at + core.start..at + core.end, key))
}

/// `name = value`, `name: value`, `"name": "value",`
fn assigned(text: &str) -> Option<(&str, &str)> {
    let at = text.find(['=', ':'])?;
    let frame: &[char] = &['"', '\'', ' ', '\t', ','];
    let (key, value) = (text[..at].trim_matches(frame), text[at + 1..].trim_matches(frame));
    (!key.is_empty() && !value.is_empty()).then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut memory = Memory::default();
        text.lines()
            .filter_map(|line| {
                let span = secret(&mut memory, line, 0, true)?;
                Some(&line[span.start..span.end])
            })
            .collect()
    }

    #[test]
    fn a_block_of_secrets_ends_where_its_indentation_does() {
        assert_eq!(found("secrets:\n  jwt: Kx93faQ27bbZ\n  db: {x}\nimage: Kx93faQ27bbZ"), ["Kx93faQ27bbZ"]);
        assert_eq!(
            found("\"passwords\": {\n  \"nas\": \"Kx93!fa7\",\n  \"user\": \"Kx93!fa7\"\n},"),
            ["Kx93!fa7"]
        );
        assert_eq!(found("[wifi-secrets]\npsk=sunflower\n[connection]\nid=home2"), ["sunflower"]);
        assert_eq!(
            found("secrets:\n  db_password:\n    file: ./x\n  - source: app_key_v2_prod"),
            Vec::<&str>::new()
        );
    }
}
