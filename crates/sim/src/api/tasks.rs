//! `/nodes/{node}/tasks` and `/cluster/tasks`: what was started, how it goes, what it said.

use serde_json::{Value, json};

use super::cx::Cx;
use super::parameters::list;
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};
use crate::world::Task;

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    if method != Method::Get {
        return None;
    }
    Some(match template {
        "/cluster/tasks" => Ok(mine(cx, None).take(25).map(|task| row(task, true)).collect()),
        "/cluster/log" => Ok(news(cx)),
        "/nodes/{node}/tasks" => of_node(cx),
        "/nodes/{node}/tasks/{upid}" => index("name", &["log", "status"]),
        "/nodes/{node}/tasks/{upid}/status" => task(cx).map(status),
        "/nodes/{node}/tasks/{upid}/log" => log(cx),
        _ => return None,
    })
}

/// Tasks the caller may see, newest first: their own, and with `Sys.Audit` on the node everybody's.
fn mine<'a>(cx: &'a Cx<'_>, node: Option<&'a str>) -> impl Iterator<Item = &'a Task> {
    cx.world
        .tasks
        .iter()
        .rev()
        .filter(move |task| node.is_none_or(|node| task.node == node) && sees(cx, task))
}

fn sees(cx: &Cx<'_>, task: &Task) -> bool {
    task.user == cx.caller.name() || cx.may(&format!("/nodes/{}", task.node), &["Sys.Audit"])
}

fn of_node(cx: &mut Cx<'_>) -> Answer {
    let node = cx.node()?.name.clone();
    let rows: Vec<Value> =
        mine(cx, Some(&node)).filter(|task| is_wanted(cx, task)).map(|task| row(task, false)).collect();
    cx.total = Some(rows.len());
    let (start, limit) = (cx.ask.number("start").unwrap_or(0), cx.ask.number("limit").unwrap_or(50));
    Ok(rows.into_iter().skip(start).take(limit).collect())
}

fn is_wanted(cx: &Cx<'_>, task: &Task) -> bool {
    let given = |name: &str| cx.ask.parameters.get(name).map(String::as_str);
    let source = match given("source").unwrap_or("archive") {
        "active" => task.outcome.is_none(),
        "archive" => task.outcome.is_some(),
        _ => true,
    };
    let user = |text: &str| task.user.to_lowercase().contains(&text.to_lowercase());
    let failed = task.exitstatus().is_none_or(|exit| exit != "OK");
    let ended = match task.exitstatus() {
        None => "unknown",
        Some("OK") => "ok",
        Some(_) => "error",
    };
    source
        && given("typefilter").is_none_or(|kind| task.kind == kind)
        && given("vmid").is_none_or(|vmid| task.id == vmid)
        && given("userfilter").is_none_or(user)
        && given("statusfilter").is_none_or(|wanted| list(wanted).any(|wanted| wanted == ended))
        && cx.ask.number("since").is_none_or(|since: i64| task.started >= since)
        && cx.ask.number("until").is_none_or(|until: i64| task.started <= until)
        && (cx.ask.flag("errors") != Some(true) || failed)
}

fn row(task: &Task, of_cluster: bool) -> Value {
    let (user, token) = split(&task.user);
    let mut row = json!({
        "id": task.id, "node": task.node, "starttime": task.started, "type": task.kind, "upid": task.upid, "user": user,
    });
    if of_cluster {
        row["saved"] = if task.outcome.is_some() { "1" } else { "0" }.into();
    } else {
        row["pid"] = task.pid.into();
        row["pstart"] = task.pstart.into();
    }
    if let Some(token) = token {
        row["tokenid"] = token.into();
    }
    if let (Some(ended), Some(status)) = (task.ended(), task.exitstatus()) {
        row["endtime"] = ended.into();
        row["status"] = status.into();
    }
    row
}

/// The cluster's log: begin and end of every task, newest first. Who may not read it is shown an empty one.
fn news(cx: &Cx<'_>) -> Value {
    if !cx.may("/", &["Sys.Syslog"]) {
        return json!([]);
    }
    let mut lines: Vec<(i64, &Task, String, u8)> = Vec::new();
    for task in &cx.world.tasks {
        lines.push((task.started, task, format!("starting task {}", task.upid), 6));
        if let (Some(ended), Some(exit)) = (task.ended(), task.exitstatus()) {
            let priority = if exit == "OK" { 6 } else { 3 };
            lines.push((ended, task, format!("end task {} {exit}", task.upid), priority));
        }
    }
    lines.sort_by_key(|(at, ..)| *at);
    let most = cx.ask.number("max").unwrap_or(50);
    let rows = lines.iter().enumerate().rev().take(most).map(|(at, (time, task, message, priority))| {
        json!({
            "id": format!("{at}:{}", task.node), "msg": message, "node": task.node, "pid": task.pid, "pri": priority,
            "tag": "pvedaemon", "time": time, "uid": at.to_string(), "user": task.user,
        })
    });
    rows.collect()
}

fn task<'a>(cx: &'a Cx<'_>) -> Result<&'a Task, Refusal> {
    let upid = cx.at("upid");
    if !upid.starts_with("UPID:") {
        return Err(Refusal::parameter("upid", "unable to parse worker upid"));
    }
    let node = &cx.node()?.name;
    let task = cx.world.task(upid).filter(|task| task.node == *node);
    let task = task.ok_or_else(|| Refusal::died("no such task"))?;
    if sees(cx, task) {
        return Ok(task);
    }
    Err(Refusal::forbidden(&format!("/nodes/{}, Sys.Audit", task.node)))
}

fn status(task: &Task) -> Value {
    let (user, token) = split(&task.user);
    let mut row = json!({
        "id": task.id, "node": task.node, "pid": task.pid, "pstart": task.pstart, "starttime": task.started,
        "status": if task.outcome.is_some() { "stopped" } else { "running" }, "type": task.kind, "upid": task.upid,
        "user": user,
    });
    if let Some(token) = token {
        row["tokenid"] = token.into();
    }
    if let Some(exit) = task.exitstatus() {
        row["exitstatus"] = exit.into();
    }
    row
}

fn log(cx: &mut Cx<'_>) -> Answer {
    let (start, limit) = (cx.ask.number("start").unwrap_or(0), cx.ask.number("limit").unwrap_or(50));
    let log = &task(cx)?.log;
    let lines = log.iter().enumerate().skip(start).take(limit);
    let rows: Value = lines.map(|(at, line)| json!({"n": at + 1, "t": line})).collect();
    let total = log.len();
    cx.total = Some(total.max(1));
    // A log without a line is shown with one that says so.
    Ok(if total == 0 { json!([{"n": 1, "t": "no content"}]) } else { rows })
}

/// A token's task names the user and, apart, the token.
fn split(user: &str) -> (&str, Option<&str>) {
    user.split_once('!').map_or((user, None), |(user, token)| (user, Some(token)))
}
