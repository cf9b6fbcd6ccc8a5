//! `discover`: what is on a subnet.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use super::context::Context;
use crate::render::{cell, table};
use crate::{local, render};

pub(super) async fn run(context: &Context, cidr: &str, import: bool, ports: &str) -> Result<ExitCode> {
    let keeper = context.keeper().await?;
    let input = json!({"cidr": cidr, "import_alive": import, "ports": choice(ports)});
    let answer = local::call(&keeper, "discover_subnet", input).await?.output;
    if context.json {
        render::print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let scan = answer.get("scan").unwrap_or(&answer);
    let rows: Vec<Vec<String>> = scan["hosts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|host| host["alive"] == true)
        .map(|host| {
            ["ip", "hostname", "fingerprint", "vendor", "open_ports", "http_title"]
                .iter()
                .map(|name| cell(host.get(*name)))
                .collect()
        })
        .collect();
    render::print(&table(&["ip", "name", "what", "maker", "ports", "title"], &rows))?;
    render::note(&format!("{} of {} addresses answer", scan["alive"], scan["total"]));
    for line in since(&scan["since"]) {
        render::note(&line);
    }
    for problem in scan["problems"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        render::note(problem);
    }
    if let Some(done) = answer.get("import") {
        render::note(&format!("imported {}", done["imported"]));
    }
    Ok(ExitCode::SUCCESS)
}

/// A list of numbers, else the word for one.
fn choice(ports: &str) -> Value {
    let list: Result<Vec<u16>, _> = ports.split(',').map(|port| port.trim().parse()).collect();
    list.map_or_else(|_| ports.into(), Value::from)
}

/// What is otherwise than at the last scan, a line for each host.
fn since(since: &Value) -> Vec<String> {
    let all = |what: &str| since[what].as_array().cloned().unwrap_or_default();
    let text = |host: &Value, field: &str| host[field].as_str().unwrap_or_default().to_owned();
    let someone = |what: &'static str| {
        let line = move |host: Value| format!("{what}: {} {}", text(&host, "ip"), text(&host, "label"));
        all(what).into_iter().map(line)
    };
    let moved = all("moved").into_iter();
    let moved = moved.map(|host| format!("moved: {} to {}", text(&host, "from"), text(&host, "to")));
    let changed = all("changed").into_iter();
    let changed = changed.map(|host| {
        format!(
            "changed: {}, opened {}, closed {}",
            text(&host, "ip"),
            cell(host.get("opened")),
            cell(host.get("closed"))
        )
    });
    someone("new").chain(someone("gone")).chain(moved).chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_a_word_or_a_list() {
        assert_eq!(choice("quick"), json!("quick"));
        assert_eq!(choice("22, 80"), json!([22, 80]));
        assert_eq!(choice("22,http"), json!("22,http"), "which the operation refuses, with its reason");
    }

    #[test]
    fn each_host_that_is_otherwise_has_a_line() {
        let told = since(&json!({
            "new": [{"ip": "10.0.0.9", "label": "Camera"}],
            "gone": [],
            "moved": [{"from": "10.0.0.2", "to": "10.0.0.3"}],
            "changed": [{"ip": "10.0.0.4", "opened": [80], "closed": []}]
        }));
        assert_eq!(told.len(), 3);
        assert_eq!(told[0], "new: 10.0.0.9 Camera");
        assert!(since(&Value::Null).is_empty());
    }
}
