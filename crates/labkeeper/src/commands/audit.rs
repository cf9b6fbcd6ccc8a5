//! `audit verify|query|export`.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::context::Context;
use crate::cli::AuditCommand;
use crate::{local, render};

pub(super) async fn run(context: &Context, what: AuditCommand) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    match what {
        AuditCommand::Verify => {
            let answer = local::call(&keeper, "audit_verify", json!({})).await?.output;
            if context.json {
                render::print_json(&answer)?;
            } else if answer["ok"] == true {
                render::print(&format!(
                    "the audit log holds: {} records, head {}",
                    answer["records"],
                    render::cell(answer.get("head"))
                ))?;
            } else {
                render::print(&format!("the audit log is broken: {}", render::cell(answer.get("broken"))))?;
            }
            Ok(if answer["ok"] == true { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        AuditCommand::Query { op, actor, phase, limit } => {
            let mut input = json!({"limit": limit});
            for (name, value) in [("op", op), ("actor", actor), ("phase", phase)] {
                if let Some(value) = value {
                    input[name] = value.into();
                }
            }
            let answer = local::call(&keeper, "audit_query", input).await?;
            super::list::show(
                context,
                &answer.output,
                "no record matches",
                &["seq", "at", "actor", "via", "op", "phase", "summary"],
            )
        }
        AuditCommand::Export => {
            let mut view = keeper.store().snapshot().await?;
            let mut after = 0;
            loop {
                let page = view.audit_after(after, 1_000).await?;
                let Some((last, _)) = page.last() else { return Ok(ExitCode::SUCCESS) };
                after = last.seq;
                for (record, hash) in &page {
                    let mut line = serde_json::to_value(record)?;
                    line["hash"] = hash.clone().into();
                    render::print(&line.to_string())?;
                }
            }
        }
    }
}
