//! What is indexed of an item, a note or a change: one card, and for long texts one chunk a section. A chunk knows
//! its lines, so that a hit can say which field matched.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::fold::fold;
use super::lexicon::Weight;
use super::sections;
use super::tokens::tokens;
use crate::audit::sha256_hex;
use crate::inventory::{Item, Kind, Shape, search_text};

/// One line of a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Field name, or `content › Heading` for a part of a page.
    pub field: String,
    /// Its text.
    pub text: String,
}

/// A piece of something searchable, small enough for one vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Name of the thing it belongs to.
    pub name: String,
    /// What kind of thing that is, in words.
    pub label: &'static str,
    /// Its lines, without the name.
    pub lines: Vec<Line>,
}

/// Worth of a token beside the name.
const IN_TEXT: f32 = 0.9;
/// Worth of a part of a token, against the whole.
const PIECE: f32 = 0.85;
/// Notes with more words than this get chunks of their own.
const LONG_NOTE: usize = 120;

impl Chunk {
    /// The text whose meaning is searched: what people wrote comes first, and where they wrote something, make, model
    /// and system are left out, which measured better. Addresses and numbers mean nothing.
    pub fn meaning(&self) -> String {
        let described = self.lines.iter().any(|line| is_prose(&line.field));
        let mut lines: Vec<(u8, &Line)> =
            self.lines.iter().filter_map(|line| Some((place(&line.field, described)?, line))).collect();
        lines.sort_by_key(|(place, _)| *place);
        let mut text = format!("{}: {}", self.label, self.name);
        for (_, line) in lines {
            text.push_str(if text.ends_with(['.', '\n']) { " " } else { ". " });
            if let Some((_, headings)) = line.field.split_once(" › ") {
                text.push_str(headings);
                text.push_str(": ");
            }
            text.push_str(&line.text);
        }
        text
    }

    /// Names the vector of this chunk: the same text has the same vector wherever it stands.
    pub fn hash(&self) -> String {
        let mut hash = sha256_hex(self.meaning().as_bytes());
        hash.truncate(32);
        hash
    }

    /// Its tokens with what they are worth.
    pub fn tokens(&self) -> HashMap<String, Weight> {
        let mut weights: HashMap<String, Weight> = HashMap::new();
        let mut take = |text: &str, worth: f32, in_name: bool| {
            for token in tokens(text) {
                let worth = if token.piece { worth * PIECE } else { worth };
                let known = weights.entry(token.term).or_insert(Weight { worth, in_name });
                *known = Weight { worth: known.worth.max(worth), in_name: known.in_name || in_name };
            }
        };
        take(&self.name, 1.0, true);
        take(&self.name.replace(' ', ""), 0.95, true);
        for line in &self.lines {
            take(&line.text, IN_TEXT, false);
            if let Some((_, headings)) = line.field.split_once(" › ") {
                take(headings, IN_TEXT, false);
            }
        }
        take(self.label, 0.5, false);
        weights
    }
}

/// Fields that people write sentences in.
fn is_prose(field: &str) -> bool {
    matches!(field, "description" | "notes" | "text" | "content" | "items") || field.starts_with("content › ")
}

/// Whether a field tells a reader something when no word of it matched.
pub fn is_telling(field: &str) -> bool {
    place(field, false).is_some()
}

/// Where a field stands in the text that is read for its meaning; `None` when it has none.
fn place(field: &str, described: bool) -> Option<u8> {
    match field {
        "description" => Some(0),
        field if is_prose(field) => Some(1),
        "category" => Some(2),
        "location" => Some(3),
        "os" | "make" | "model" | "storage_type" | "raid_type" | "filesystem" | "share_type" => {
            (!described).then_some(4)
        }
        field if field.starts_with("custom.") => Some(5),
        _ => None,
    }
}

/// What the kind is called in texts that are searched by meaning.
fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Hardware => "physical machine, hardware",
        Kind::Vms => "virtual machine, VM",
        Kind::Containers => "LXC container",
        Kind::Apps => "app, service",
        Kind::Storage => "storage pool",
        Kind::Shares => "network share",
        Kind::Networks => "network, VLAN",
        Kind::Misc => "device",
        Kind::Documents => "document",
    }
}

/// The chunks of an item from its row. `stands_on` is the name of its parent. There is always one.
pub fn of_item(item: &Item, row: &Map<String, Value>, stands_on: Option<&str>) -> Vec<Chunk> {
    let spec = item.kind.spec();
    let chunk = |lines| Chunk { name: item.name.clone(), label: label(item.kind), lines };
    let mut card = Vec::new();
    let mut long: Vec<Line> = Vec::new();
    for passage in search_text::passages(item, row) {
        if passage.field == spec.name_field {
            continue;
        }
        let text = match spec.field(&passage.field).map(|field| field.shape) {
            Some(Shape::Port) => format!("port {}", passage.text),
            Some(Shape::Vlan) => format!("VLAN {}", passage.text),
            _ => passage.text,
        };
        if text.split_whitespace().nth(LONG_NOTE).is_some() {
            let pieces = sections::pieces(&text).into_iter();
            long.extend(pieces.map(|text| Line { field: passage.field.clone(), text }));
        } else {
            card.push(Line { field: passage.field, text });
        }
    }
    if let Some(name) = stands_on {
        card.push(Line { field: "on".into(), text: name.into() });
    }
    for section in row.get("content").and_then(Value::as_str).map(sections::sections).unwrap_or_default() {
        let path = std::iter::once("content").chain(section.path.iter().map(String::as_str));
        long.push(Line { field: path.collect::<Vec<_>>().join(" › "), text: section.text });
    }
    if item.kind == Kind::Documents && !long.is_empty() {
        // A page has no card of its own: what is known of it stands at the head of its first section.
        card.push(long.remove(0));
    }
    std::iter::once(card).chain(long.into_iter().map(|line| vec![line])).map(chunk).collect()
}

/// The chunks of a note.
pub fn of_memory(kind: &str, text: &str) -> Vec<Chunk> {
    let name: String = text.lines().next().unwrap_or_default().chars().take(80).collect();
    let lines = |text: String| {
        vec![Line { field: "text".into(), text }, Line { field: "kind".into(), text: kind.into() }]
    };
    sections::pieces(text)
        .into_iter()
        .map(|piece| Chunk { name: name.clone(), label: "note", lines: lines(piece) })
        .collect()
}

/// The chunk of an entry in the change journal.
pub fn of_change(summary: &str, actor: &str, items: &[String]) -> Chunk {
    let lines = vec![
        Line { field: "items".into(), text: items.join(", ") },
        Line { field: "actor".into(), text: actor.into() },
    ];
    Chunk { name: summary.into(), label: "change", lines }
}

/// Names and addresses by which an item is found when they are typed in full, folded.
pub fn keys(item: &Item, row: &Map<String, Value>) -> Vec<(String, Key)> {
    let mut keys = vec![(fold(item.name.trim()), Key::Name)];
    for field in ["hostname", "external_hostname", "serial_number"] {
        if let Some(text) = row.get(field).and_then(Value::as_str) {
            keys.push((fold(text.trim()), Key::Address));
            if let Some((label, _)) = text.split_once('.').filter(|_| field == "hostname") {
                keys.push((fold(label), Key::Address));
            }
        }
    }
    for address in crate::inventory::address::stored(row.get("addresses")) {
        keys.extend(address.ip.into_iter().chain(address.mac).map(|text| (text, Key::Address)));
    }
    for field in item.kind.spec().fields {
        let seen = matches!(field.shape, Shape::Address | Shape::Mac | Shape::Cidr);
        if let Some(text) = row.get(field.name).and_then(Value::as_str).filter(|_| seen) {
            keys.push((fold(text.trim()), Key::Address));
        }
    }
    if let Some(vlan) = row.get("vlan_id").and_then(Value::as_i64) {
        keys.extend([(vlan.to_string(), Key::Address), (format!("vlan {vlan}"), Key::Address)]);
    }
    keys.retain(|(key, _)| !key.is_empty());
    keys.sort();
    keys.dedup_by(|later, first| later.0 == first.0);
    keys
}

/// What kind of key was typed in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// The name or title.
    Name,
    /// An address, host name or serial number.
    Address,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::inventory::row::row;
    use crate::stamp::Stamp;
    use serde_json::json;

    fn item(kind: Kind, name: &str, fields: &Value) -> Item {
        let fields = fields.as_object().unwrap().clone();
        Item { id: 1, kind, name: name.into(), fields, rev: 1, created_at: Stamp(0), updated_at: Stamp(0) }
    }

    fn chunks(item: &Item) -> Vec<Chunk> {
        of_item(item, &row(item, None, None), None)
    }

    #[test]
    fn a_card_holds_addresses_as_tokens_but_not_in_its_meaning() {
        let nas = item(
            Kind::Hardware,
            "truenas",
            &json!({"notes": "NAS in the basement", "addresses": [{"ip": "10.10.50.20", "mac": "3c:ec:ef:aa:bb:20", "primary": true}]}),
        );
        let [card] = chunks(&nas).try_into().unwrap();
        assert!(
            card.meaning().contains("NAS in the basement") && !card.meaning().contains("10.10."),
            "{}",
            card.meaning()
        );
        let tokens = card.tokens();
        assert!(["10.10.50.", "aa:bb", "basement"].iter().all(|term| tokens.contains_key(*term)));
        assert!(tokens["truenas"].in_name && !tokens["basement"].in_name);
        let keys = keys(&nas, &row(&nas, None, None));
        assert!(
            keys.contains(&("10.10.50.20".into(), Key::Address))
                && keys.contains(&("truenas".into(), Key::Name))
        );
    }

    #[test]
    fn a_page_has_one_chunk_a_section_and_the_title_in_each() {
        let page = item(
            Kind::Documents,
            "Runbook",
            &json!({"content": "Start.\n## Power\nUPS\n## Restore\nPBS", "tags": ["ops"]}),
        );
        let chunks = chunks(&page);
        let fields: Vec<&str> =
            chunks.iter().flat_map(|chunk| chunk.lines.iter().map(|line| line.field.as_str())).collect();
        assert_eq!(fields, ["tags", "content", "content › Power", "content › Restore"]);
        assert!(chunks.iter().all(|chunk| chunk.tokens().contains_key("runbook")));
        assert!(chunks[2].meaning().contains("Restore: PBS"), "{}", chunks[2].meaning());
    }

    #[test]
    fn an_empty_page_is_found_by_its_title() {
        assert_eq!(chunks(&item(Kind::Documents, "Untitled", &json!({}))).len(), 1);
    }

    #[test]
    fn the_port_of_an_app_is_found_with_its_colon() {
        let app = item(Kind::Apps, "Proxmox UI", &json!({"port": 8006}));
        assert!(chunks(&app)[0].tokens().contains_key(":8006"));
    }
}
