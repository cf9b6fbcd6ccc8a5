//! Files that are run later, by the system or by whoever trusts them: once strangers' words were read, a person decides about those.

use std::os::unix::fs::symlink;

use labkeeper_core::actor::{Actor, Scope, Via};
use labkeeper_core::fault::{Code, Fault};
use serde_json::{Value, json};

use crate::shell_lab::{DEBIAN, ShellLab, reached};

fn claude(session: &str) -> Actor {
    let grant = Scope::Root.grant();
    Actor { name: "claude".into(), grant, session: Some(session.into()), ..Actor::local(Via::Mcp) }
}

async fn write(home: &ShellLab, session: &str, path: &str) -> Result<Value, Fault> {
    let input = json!({"vmid": DEBIAN, "path": path, "content": "* * * * * root true\n", "confirm": true});
    Ok(home.lab.call_as(claude(session), "pct_write_file", input).await?.output)
}

#[tokio::test]
async fn after_strangers_were_read_what_runs_later_waits_for_a_person() {
    let Some(home) = reached("after_strangers_were_read_what_runs_later_waits_for_a_person").await else {
        return;
    };
    for path in ["/etc/notes", "/etc/cron.d/a"] {
        home.put(Some(DEBIAN), path, b"old\n", 0o644);
    }
    home.put(Some(DEBIAN), "/srv/run-me", b"#!/bin/sh\n", 0o755);
    write(&home, "clean", "/etc/cron.d/a").await.expect("nothing was read before this call");

    let read = json!({"vmid": DEBIAN, "path": "/etc/notes"});
    home.lab.call_as(claude("tainted"), "pct_read_file", read).await.unwrap();
    symlink("/srv/dotfile", home.file(Some(DEBIAN), "/root/.bashrc")).unwrap();
    home.put(Some(DEBIAN), "/srv/dotfile", b"alias l=ls\n", 0o644);
    for path in ["/etc/cron.d/b", "/srv/run-me", "/root/.bashrc"] {
        let fault = write(&home, "tainted", path).await.expect_err(path);
        assert_eq!(fault.code, Code::ApprovalPending, "{path}: {fault}");
    }
    assert_eq!(home.get(Some(DEBIAN), "/etc/cron.d/b"), None);
    write(&home, "tainted", "/etc/notes").await.expect("what only is read goes on");
}
