//! Secrets are laid out all over the lab, and every tool is called that can see some: none of them is told to a model.

use labkeeper_core::actor::{Actor, Scope, Via};
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::shell_lab::{DEBIAN, MACHINE, ShellLab, reached};

/// In files, logs, configurations, notes. No pattern knows it; only its names and its neighbours give it away.
const CANARY: &str = "zebra-Quartz-8812";
const FILE: &str = "/srv/app/service.env";

fn claude() -> Actor {
    let (grant, session) = (Scope::Root.grant(), Some("s-canary".into()));
    Actor { name: "claude".into(), grant, session, ..Actor::local(Via::Mcp) }
}

/// What is asked of each tool that may answer with the lab's own text.
fn questions() -> Vec<(&'static str, Value)> {
    let inside = |more: Value| with(json!({"vmid": DEBIAN, "path": FILE}), &more);
    let machine = |more: Value| with(json!({"vmid": MACHINE, "path": FILE}), &more);
    let host = |more: Value| with(json!({"path": FILE}), &more);
    let content = json!({"content": "PORT=1\n", "confirm": true});
    let edit = json!({"oldString": "PORT=1", "newString": "PORT=2", "confirm": true});
    vec![
        ("pct_read_file", inside(json!({}))),
        ("qm_read_file", machine(json!({}))),
        ("read_file", host(json!({}))),
        ("search_file_regex", inside(json!({"pattern": "."}))),
        ("tail_log", json!({"target": {"kind": "pct", "vmid": DEBIAN}, "path": FILE})),
        ("list_directory", json!({"path": "/srv/app"})),
        ("pct_exec", json!({"vmid": DEBIAN, "command": format!("cat {FILE}; cat {FILE} >&2")})),
        ("qm_exec", json!({"vmid": MACHINE, "command": format!("cat {FILE}")})),
        ("execute", json!({"command": format!("cat {FILE}")})),
        // A refusal quotes what it refuses.
        ("pct_exec", json!({"vmid": DEBIAN, "command": format!("mysql -psecret{CANARY}; rm -rf /")})),
        ("pct_write_file", inside(content.clone())),
        ("qm_write_file", machine(content.clone())),
        ("write_file", host(content)),
        ("pct_edit_file", inside(edit.clone())),
        ("qm_edit_file", machine(edit.clone())),
        ("edit_file", host(edit)),
        ("diff_config", inside(json!({}))),
        ("list_backups", inside(json!({}))),
        ("revert_file", inside(json!({"confirm": true}))),
        ("service_status", json!({"vmid": DEBIAN, "unit": "ssh"})),
        ("service_logs", json!({"vmid": DEBIAN, "unit": "ssh"})),
        ("service_restart", json!({"vmid": DEBIAN, "unit": "ssh", "confirm": true})),
        ("describe_guest", json!({"vmid": DEBIAN})),
        ("describe_homelab", json!({"depth": "full"})),
        ("plan", json!({"tool": "pct_write_file", "input": inside(json!({"content": "x"}))})),
        ("discover_subnet", json!({"cidr": "10.0.0.0/30"})),
        ("reachability_list", json!({})),
        ("changes_list", json!({})),
        ("config_history", json!({})),
        ("config_sweep", json!({"confirm": true})),
        ("job_status", json!({"id": 1})),
        ("http_probe", json!({"url": "http://127.0.0.1:1/"})),
        ("query_audit", json!({})),
        ("approval_status", json!({})),
        ("inventory_search", json!({"query": "canary note"})),
        ("session_undo", json!({"session": "s-canary", "confirm": true})),
        ("change_undo", json!({"id": 1, "confirm": true})),
    ]
}

fn with(mut input: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    input
}

fn lay_out(home: &ShellLab) {
    let text = format!("DB_PASSWORD={CANARY}\nPORT=8080\nconnecting as root with {CANARY}\n");
    for vmid in [Some(DEBIAN), Some(MACHINE), None] {
        home.put(vmid, FILE, text.as_bytes(), 0o600);
    }
    let log = format!("1800000000\tsshd\t1\t6\tlogin token={CANARY}\n");
    home.put(Some(DEBIAN), "/var/log/units/ssh.service.log", log.as_bytes(), 0o600);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tool_tells_a_model_a_secret_of_the_lab() {
    let Some(home) = reached("no_tool_tells_a_model_a_secret_of_the_lab").await else { return };
    lay_out(&home);
    let note = json!({"name": "canary note", "notes": format!("root password: {CANARY}")});
    home.lab.create("misc", note).await;

    let keeper = &home.lab.keeper;
    let (mut told, mut answered) = (Vec::new(), 0);
    for (name, input) in questions() {
        let raw = match keeper.call(Call::new(claude(), name, input)).await {
            Ok(answer) => answer.output,
            Err(fault) => fault.to_json(),
        };
        answered += usize::from(raw.get("error").is_none());
        let shown = keeper.for_model(&claude(), raw).into_value().to_string();
        assert!(!shown.contains(CANARY), "{name} tells it: {shown}");
        told.push(name);
    }
    assert!(answered > 20, "only {answered} answered, so little was asked");

    // A tool that comes later has to be asked too.
    let can_see = keeper.registry().iter().filter(|entry| entry.meta.foreign && entry.meta.tool);
    for entry in can_see {
        assert!(told.contains(&entry.meta.name), "{} is not asked", entry.meta.name);
    }
    let records = keeper.store().read().await.unwrap().audit_after(0, 1000).await.unwrap();
    assert!(!format!("{records:?}").contains(CANARY), "the audit log has it");
}
