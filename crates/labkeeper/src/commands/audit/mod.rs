//! `audit verify|query|export`.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_ops::keeper::Keeper;
use serde_json::{Value, json};

use super::context::Context;
use crate::cli::{AuditCommand, AuditQuestion};
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
        AuditCommand::Query(question) => query(context, &keeper, *question).await,
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

async fn query(context: &Context, keeper: &Keeper, question: AuditQuestion) -> Result<ExitCode> {
    let limit = question.limit;
    let mut input = json!({
        "tool": question.tool, "vmid": question.vmid, "pathContains": question.path_contains,
        "since": question.since, "until": question.until, "largeOnly": question.large_only,
        "textSearch": question.text, "actor": question.actor, "phase": question.phase, "limit": limit,
    });
    let mut answer = local::call(keeper, "query_audit", input.clone()).await?.output;
    let mut rows = take_rows(&mut answer);
    let total =
        answer["summary"]["total"].as_u64().and_then(|total| usize::try_from(total).ok()).unwrap_or(0);
    // A page holds fewer than people may ask for.
    while rows.len() < limit.min(total) {
        input["before"] = rows.last().map_or(Value::Null, |row: &Value| row["seq"].clone());
        input["limit"] = (limit - rows.len()).into();
        rows.append(&mut take_rows(&mut local::call(keeper, "query_audit", input.clone()).await?.output));
    }
    let shown = rows.len();
    answer["count"] = shown.into();
    answer["data"] = rows.into();
    let columns = ["seq", "at", "actor", "via", "op", "vmid", "phase", "summary"];
    let code = super::list::show(context, &answer, "no record matches", &columns)?;
    if !context.json && shown < total {
        render::note(&format!("{shown} of {total}; --limit shows more"));
    }
    Ok(code)
}

fn take_rows(answer: &mut Value) -> Vec<Value> {
    match answer["data"].take() {
        Value::Array(rows) => rows,
        _ => Vec::new(),
    }
}
