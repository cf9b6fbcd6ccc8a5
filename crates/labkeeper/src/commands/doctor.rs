//! `doctor`: whether the installation is sound, and the effective configuration.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use super::context::Context;
use crate::config::KEYS;
use crate::render::{self, DEGRADED};

pub(super) async fn run(context: &Context, show_config: bool) -> Result<ExitCode> {
    if show_config {
        return configuration(context);
    }
    let mut findings: Vec<(bool, &str, String)> = Vec::new();
    match context.keeper().await {
        Ok(keeper) => {
            let answer = crate::local::call(&keeper, "audit_verify", json!({})).await?.output;
            findings.push((true, "database", format!("{} opens", context.config.database.display())));
            findings.push((
                answer["ok"] == true,
                "audit",
                match answer.get("broken") {
                    None => format!("{} records hold", answer["records"]),
                    Some(broken) => render::cell(Some(broken)),
                },
            ));
        }
        Err(error) => findings.push((false, "database", format!("{error:#}"))),
    }
    match labkeeper_embed::MiniLm::open(&context.config.models_dir) {
        Ok(_) => findings.push((true, "model", format!("{} is whole", context.config.models_dir.display()))),
        Err(error) => findings.push((
            false,
            "model",
            format!("{error}; search answers by words only until `labkeeper model install`"),
        )),
    }
    let loopback = context.config.bind.ip().is_loopback();
    let guarded = context.config.api_token.is_some();
    findings.push((
        true,
        "bind",
        format!(
            "{} {}",
            context.config.bind,
            if loopback || guarded {
                ""
            } else {
                "needs a token or a person who can log in before it starts"
            },
        ),
    ));
    let sound = findings.iter().all(|(ok, _, _)| *ok);
    if context.json {
        let list: Vec<Value> = findings
            .iter()
            .map(|(ok, what, text)| json!({"ok": ok, "check": what, "finding": text}))
            .collect();
        render::print_json(&json!(list))?;
    } else {
        let rows: Vec<Vec<String>> = findings
            .into_iter()
            .map(|(ok, what, text)| vec![if ok { "ok" } else { "mend" }.into(), what.into(), text])
            .collect();
        render::print(&render::table(&["", "check", "finding"], &rows))?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(DEGRADED) })
}

fn configuration(context: &Context) -> Result<ExitCode> {
    let shown: Vec<(&str, String, String)> = KEYS
        .iter()
        .filter_map(|key| {
            let value = context.config.effective.get(key.path)?;
            let text = if key.secret && !value.text.is_empty() { "(set)".into() } else { value.text.clone() };
            Some((key.path, text, value.source.shown()))
        })
        .collect();
    if context.json {
        let list: Vec<Value> = shown
            .iter()
            .map(|(key, value, source)| json!({"key": key, "value": value, "source": source}))
            .collect();
        render::print_json(&json!(list))?;
    } else {
        let rows: Vec<Vec<String>> =
            shown.into_iter().map(|(key, value, source)| vec![key.into(), value, source]).collect();
        render::print(&render::table(&["key", "value", "source"], &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}
