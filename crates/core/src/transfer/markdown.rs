//! The inventory as a page to read: a table for each kind, then what is linked, then the documents.

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::Value;

use super::lab::Lab;
use crate::inventory::{Field, Item, ItemId, Kind, Rel, Shape, row};

/// Writes the page.
pub fn write(lab: &Lab) -> String {
    let items: HashMap<ItemId, &Item> = lab.items.iter().map(|item| (item.id, item)).collect();
    let parents: HashMap<ItemId, &Item> = lab
        .links
        .iter()
        .filter(|link| link.rel == Rel::Parent)
        .filter_map(|link| Some((link.from_id, *items.get(&link.to_id)?)))
        .collect();
    let mut out = String::from("# Homelab inventory\n");
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Documents) {
        table(lab, kind, &parents, &mut out);
    }
    links(lab, &items, &mut out);
    documents(lab, &mut out);
    out
}

fn table(lab: &Lab, kind: Kind, parents: &HashMap<ItemId, &Item>, out: &mut String) {
    let items: Vec<&Item> = lab.items.iter().filter(|item| item.kind == kind).collect();
    if items.is_empty() {
        return;
    }
    let spec = kind.spec();
    let told = |field: &&Field| {
        let shown = field.column || field.name == "notes";
        shown && items.iter().any(|item| !value(item, field, parents).is_empty())
    };
    let fields: Vec<&Field> = spec.fields.iter().filter(told).collect();
    let _ = write!(out, "\n## {} ({})\n\n| Name |", spec.label_many, items.len());
    for field in &fields {
        let unit = field.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
        let _ = write!(out, " {}{unit} |", field.label);
    }
    let _ = writeln!(out, "\n|{}", "---|".repeat(fields.len() + 1));
    for item in items {
        let _ = write!(out, "| {} |", cell(&item.name));
        for field in &fields {
            let _ = write!(out, " {} |", cell(&value(item, field, parents)));
        }
        out.push('\n');
    }
}

fn value(item: &Item, field: &Field, parents: &HashMap<ItemId, &Item>) -> String {
    let parent = parents.get(&item.id);
    if let Shape::Parent(kind) = field.shape {
        return parent
            .filter(|parent| parent.kind == kind)
            .map(|parent| parent.name.clone())
            .unwrap_or_default();
    }
    match row::asserted(item, None, field.name) {
        Some(Value::String(text)) => text,
        Some(Value::Bool(yes)) => if yes { "yes" } else { "no" }.into(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn links(lab: &Lab, items: &HashMap<ItemId, &Item>, out: &mut String) {
    let mut lines: Vec<String> = Vec::new();
    for link in lab.links.iter().filter(|link| link.rel != Rel::Parent) {
        let (Some(from), Some(to)) = (items.get(&link.from_id), items.get(&link.to_id)) else { continue };
        let label = link.label.as_deref().map(|label| format!(" ({})", cell(label))).unwrap_or_default();
        let rel = link.rel.as_str().replace('_', " ");
        lines.push(format!("- {} *{rel}* {}{label}", cell(&from.name), cell(&to.name)));
    }
    if !lines.is_empty() {
        lines.sort();
        let _ = write!(out, "\n## Links\n\n{}\n", lines.join("\n"));
    }
}

fn documents(lab: &Lab, out: &mut String) {
    for item in lab.items.iter().filter(|item| item.kind == Kind::Documents) {
        let content = item.fields.get("content").and_then(Value::as_str).unwrap_or_default();
        let _ = write!(out, "\n---\n\n# {}\n\n{}\n", cell(&item.name), content.trim_end());
    }
}

/// Text that stays inside its cell and means itself.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '<' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("<br>"),
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}
