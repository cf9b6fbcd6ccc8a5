//! `tools`: the registry.

use std::process::ExitCode;

use anyhow::{Result, bail};
use labkeeper_core::actor::Grant;
use labkeeper_core::change::Effect;
use labkeeper_core::tier::Tier;
use serde_json::json;

use super::context::Context;
use crate::render;

pub(super) async fn run(context: &Context, tier: Option<String>) -> Result<ExitCode> {
    let tier = match tier.as_deref() {
        None => Tier::Root,
        Some(name) => match serde_json::from_value::<Tier>(name.into()) {
            Ok(tier) => tier,
            Err(_) => bail!("there is no tier \"{name}\": observe, operate, companion or root"),
        },
    };
    let keeper = context.keeper().await?;
    let actor = labkeeper_core::actor::Actor {
        grant: Grant { tier, ..Grant::FULL },
        ..labkeeper_core::actor::Actor::local(labkeeper_core::actor::Via::Cli)
    };
    let entries: Vec<_> = keeper.offered(&actor).collect();
    if context.json {
        let list: Vec<_> = entries
            .iter()
            .map(|entry| {
                json!({
                    "name": entry.meta.name, "title": entry.meta.title, "tier": entry.meta.tier.as_str(),
                    "effect": effect(entry.meta.effect), "tool": entry.meta.tool, "route": route(&entry.meta),
                    "description": entry.description, "input_schema": entry.input_schema,
                })
            })
            .collect();
        render::print_json(&json!(list))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = entries
        .iter()
        .map(|entry| {
            let summary = entry.description.split(". ").next().unwrap_or_default().to_string();
            let meta = &entry.meta;
            vec![
                meta.name.into(),
                meta.tier.as_str().into(),
                effect(meta.effect).into(),
                route(meta),
                summary,
            ]
        })
        .collect();
    render::print(&render::table(&["name", "tier", "effect", "route", "summary"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write(labkeeper_core::change::Reversal::None) => "write, final",
        Effect::Write(_) => "write",
    }
}

fn route(meta: &labkeeper_ops::operation::Meta) -> String {
    meta.routes.first().map_or_else(String::new, |route| {
        format!("{:?} {}", route.method, route.path)
            .replace("Get", "GET")
            .replace("Post", "POST")
            .replace("Put", "PUT")
            .replace("Patch", "PATCH")
            .replace("Delete", "DELETE")
    })
}
