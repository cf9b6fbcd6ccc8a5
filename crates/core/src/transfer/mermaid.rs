//! The inventory as a Mermaid flowchart: what stands on what, and how things are linked.

use std::collections::HashMap;
use std::fmt::Write;

use super::lab::Lab;
use crate::inventory::link::parent_label;
use crate::inventory::{Item, ItemId, Kind, Rel};

/// Writes the chart; documents are not part of it.
pub fn write(lab: &Lab) -> String {
    let items: HashMap<ItemId, &Item> =
        lab.items.iter().filter(|item| item.kind != Kind::Documents).map(|item| (item.id, item)).collect();
    let mut out = String::from("flowchart TD\n");
    for item in lab.items.iter().filter(|item| items.contains_key(&item.id)) {
        let (open, close) = outline(item.kind);
        let _ = writeln!(out, "  n{}{open}\"{}\"{close}", item.id, label(&item.name));
    }
    for link in &lab.links {
        let (Some(from), Some(to)) = (items.get(&link.from_id), items.get(&link.to_id)) else { continue };
        let (from, to) = (from.id, to.id);
        let text = link.label.as_deref().map(label);
        let _ = match link.rel {
            Rel::Parent => {
                let share = items.get(&link.from_id).and_then(|item| item.fields.get("share_type")?.as_str());
                let kind = items.get(&link.from_id).map_or(Kind::Misc, |item| item.kind);
                writeln!(out, "  n{to} -->|\"{}\"| n{from}", label(&parent_label(kind, share)))
            }
            Rel::ConnectedTo | Rel::Edge => match text {
                Some(text) => writeln!(out, "  n{from} ---|\"{text}\"| n{to}"),
                None => writeln!(out, "  n{from} --- n{to}"),
            },
            rel => {
                let text = text.unwrap_or_else(|| rel.as_str().replace('_', " "));
                writeln!(out, "  n{from} -.->|\"{text}\"| n{to}")
            }
        };
    }
    out
}

fn outline(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Storage | Kind::Shares => ("[(", ")]"),
        Kind::Networks => ("{{", "}}"),
        Kind::Apps => ("(", ")"),
        _ => ("[", "]"),
    }
}

/// Quotes and brackets as entities, so that no name can end its label.
fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '#' => out.push_str("#35;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push_str("#96;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    if out.is_empty() { " ".into() } else { out }
}
