//! `show`: everything about one item.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::fault::Fault;
use serde_json::{Value, json};

use super::context::Context;
use crate::render::{cell, table};
use crate::{local, render};

pub(super) async fn run(context: &Context, kind: &str, id: Option<i64>) -> Result<ExitCode> {
    let (wanted, id) = match id {
        Some(id) => (Some(super::list::kind(kind)?), id),
        None => (None, kind.parse().map_err(|_| which(kind))?),
    };
    let keeper = context.keeper().await?;
    let answer = local::call(&keeper, "inventory_show", json!({"id": id})).await?;
    let data = &answer.output["data"];
    if let Some(wanted) = wanted.filter(|wanted| data["kind"] != wanted.key()) {
        let (label, found) = (wanted.spec().label.to_lowercase(), cell(data.get("kind")));
        let fault = Fault::not_found(format!("there is no {label} {id}"));
        return Err(fault
            .with_hint(format!("{id} is one of the {found}: labkeeper show {found} {id}"))
            .into());
    }
    if context.json {
        render::print_json(&answer.output)?;
        return Ok(ExitCode::SUCCESS);
    }
    let facts: Vec<Vec<String>> = data["facts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|fact| {
            let mark = if fact["shown"] == true { "" } else { "(not shown)" };
            vec![
                cell(fact.get("field")),
                cell(fact.get("value")),
                format!("{} {mark}", cell(fact.get("source"))),
            ]
        })
        .collect();
    render::print(&table(&["field", "value", "source"], &facts))?;
    for (title, key) in [("stands on", "parents"), ("carries", "children"), ("networks", "networks")] {
        names(title, &data[key])?;
    }
    for (key, other) in [("links", "to"), ("backlinks", "from")] {
        for link in data[key].as_array().into_iter().flatten() {
            render::print(&format!(
                "{} {} {}",
                cell(link.get("rel")),
                cell(link[other].get("name")),
                cell(link.get("label"))
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn names(title: &str, list: &Value) -> Result<()> {
    let names: Vec<String> =
        list.as_array().into_iter().flatten().map(|item| cell(item.get("name"))).collect();
    if names.is_empty() { Ok(()) } else { render::print(&format!("{title}: {}", names.join(", "))) }
}

/// That it takes a number, for whoever gave a kind alone, or a name.
fn which(word: &str) -> Fault {
    match super::list::kind(word) {
        Ok(_) => Fault::invalid("id", format!("which {word}? give its id: labkeeper show {word} 12")),
        Err(_) => Fault::invalid("id", format!("\"{word}\" is no id"))
            .with_hint(format!("labkeeper search {word} finds it, with its id")),
    }
}
