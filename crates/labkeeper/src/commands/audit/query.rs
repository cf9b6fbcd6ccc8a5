//! `audit query`: the records that match, as a table.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_ops::keeper::Keeper;
use serde_json::{Value, json};

use crate::cli::AuditQuestion;
use crate::commands::context::Context;
use crate::commands::list;
use crate::{local, render};

pub(super) async fn query(context: &Context, keeper: &Keeper, question: AuditQuestion) -> Result<ExitCode> {
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
    let code = list::show(context, &answer, "no record matches", &columns)?;
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
